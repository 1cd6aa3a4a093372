/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lock/qspin.h"

void qspin_join(struct qspin *spin, struct thread *thread) {
    struct lock *lock = &spin->lock;
    struct thread *before = spin->waiters.tail;
    sim_time swapped = lock_touch(lock, &lock->word, thread);
    lock_contended(lock, thread);
    if (spin->waiters.n > 0) {
        lock_traced(lock, thread); /* by the queue alone, not by the pending waiter */
        lock_set_note(thread, lock_note(thread) | QSPIN_QUEUED);
    }
    bool queued = spin->waiters.n > 0 && (lock_note(before) & QSPIN_QUEUED) != 0;
    node_wait(lock, thread, queued ? before : NULL, swapped);
    wait_push(&spin->waiters, thread);
}

void qspin_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    if (lock->owner == NULL) {
        lock->owner = thread;
        lock_grant(lock, thread, lock_touch(lock, &lock->word, thread));
        return;
    }
    qspin_join((struct qspin *)lock, thread);
    lock_spin(lock, thread);
}

sim_time qspin_pass(struct qspin *spin, struct thread *thread, sim_time *stored) {
    struct lock *lock = &spin->lock;
    struct thread *next = spin->waiters.head;
    *stored = node_free(lock, thread, next);
    lock->owner = wait_pop(&spin->waiters);
    if (next == NULL)
        return 0;
    sim_time delay = lock_touch(lock, &lock->word, next);
    if (spin->waiters.n > 0 && (lock_note(next) & QSPIN_QUEUED) != 0)
        node_lead(lock, next, spin->waiters.head, delay);
    return delay;
}

void qspin_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    struct qspin *spin = (struct qspin *)lock;
    sim_time stored, delay = qspin_pass(spin, thread, &stored);
    lock_charge(lock, stored);
    if (lock->owner != NULL)
        lock_grant(lock, lock->owner, delay);
}

/* The pending waiter, or the head of the queue, is the first. */
const struct wait_list *qspin_queue(const struct lock *lock) {
    return &((const struct qspin *)lock)->waiters;
}

const struct kind_functions qspin_functions = {.acquire = {"_raw_spin_lock"},
                                               .release = {"_raw_spin_unlock"},
                                               .first = {"queued_spin_lock_slowpath"},
                                               .queued = "queued_spin_lock_slowpath"};
