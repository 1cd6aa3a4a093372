/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lock/rwspin.h"

static void own(struct rwspin *rw, struct thread *thread, bool reads) {
    if (reads)
        rw->readers++;
    else
        rw->writer = thread;
    lock_grant(&rw->lock, thread, lock_touch(&rw->lock, &rw->lock.word, thread));
}

static void wait_in(struct rwspin *rw, struct wait_list *list, struct thread *thread, bool reads) {
    lock_contended(&rw->lock, thread);
    if (!lock_in_interrupt(thread))
        lock_traced(&rw->lock, thread);
    lock_set_note(thread, reads ? RWSPIN_READER : 0);
    wait_push(list, thread);
    lock_spin(&rw->lock, thread);
}

static bool is_free_for(const struct rwspin *rw, bool reads) {
    return rw->writer == NULL && (reads || rw->readers == 0);
}

/* Who passes those that wait does so when the writer leaves, too. */
static void acquire(struct rwspin *rw, struct thread *thread, bool reads, bool passes) {
    if ((passes || rw->queue.n == 0) && is_free_for(rw, reads))
        own(rw, thread, reads);
    else
        wait_in(rw, passes ? &rw->waiting_readers : &rw->queue, thread, reads);
}

void rwspin_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    bool reads = mode == MODE_READ;
    acquire((struct rwspin *)lock, thread, reads, reads && lock_in_interrupt(thread));
}

void rwspin_acquire_readers_pass(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    bool reads = mode == MODE_READ;
    acquire((struct rwspin *)lock, thread, reads, reads);
}

/* Lets in whoever can come in, from the head of the list. */
static void let_in(struct rwspin *rw, struct wait_list *list) {
    while (list->n > 0) {
        bool reads = lock_note(list->head) == RWSPIN_READER;
        if (!is_free_for(rw, reads))
            return;
        own(rw, wait_pop(list), reads);
    }
}

void rwspin_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    struct rwspin *rw = (struct rwspin *)lock;
    lock_charge(lock, lock_touch(lock, &lock->word, thread));
    if (mode == MODE_READ)
        rw->readers--;
    else
        rw->writer = NULL;
    let_in(rw, &rw->waiting_readers);
    let_in(rw, &rw->queue);
}
