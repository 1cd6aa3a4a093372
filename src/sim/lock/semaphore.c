/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's counting semaphore (kernel/locking/semaphore.c, Linux 6.1).
 * down() takes a unit or goes to sleep at the end of the line, without
 * spinning; up() gives its unit to the first in line, so that nobody overtakes
 * and a unit is idle until who has been given it runs. Count and line are
 * under a raw spinlock, held for moments: here its cache line. It has no
 * lockdep map: lock_stat never sees a wait for it. contention_begin is traced
 * by those that sleep.
 */
#include "sim/lock/lock.h"

struct semaphore {
    struct lock lock;
    uint32_t taken;
    struct wait_list waiters;
};

enum { COUNT };

static uint32_t units(const struct lock *lock) {
    return (uint32_t)lock->params[COUNT];
}

static void own(struct lock *lock, struct thread *thread, sim_time delay) {
    lock_grant(lock, thread, delay);
    /* Who waits may be helped by any of several holders: no deadlock goes through one of them. */
    if (units(lock) > 1)
        lock->holder = NULL;
}

static void semaphore_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    struct semaphore *semaphore = (struct semaphore *)lock;
    if (semaphore->taken < units(lock)) {
        semaphore->taken++;
        own(lock, thread, lock_touch(lock, &lock->word, thread));
        return;
    }
    lock_traced(lock, thread);
    wait_push(&semaphore->waiters, thread);
    lock_park(lock, thread);
}

static void semaphore_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    struct semaphore *semaphore = (struct semaphore *)lock;
    lock_charge(lock, lock_touch(lock, &lock->word, thread));
    struct thread *first = wait_pop(&semaphore->waiters);
    if (first == NULL) {
        semaphore->taken--;
        return;
    }
    own(lock, first, 0);
    lock_wake(lock, first);
}

static const struct kind_param semaphore_params[] = {
    [COUNT] = {"count", PARAM_NUMBER, 1, "holders at once (sema_init())"}, {0}};

const struct lock_kind lock_kind_semaphore = {
    .info = {.name = "semaphore",
             .source = "kernel/locking/semaphore.c, Linux 6.1",
             .fifo = true,
             .nested = "would wait for itself once its other units are taken",
             .params = semaphore_params},
    .size = sizeof(struct semaphore),
    .acquire = semaphore_acquire,
    .release = semaphore_release,
};
