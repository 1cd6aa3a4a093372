/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lock/unfair.h"

static void own(struct unfair_lock *unfair, struct thread *thread) {
    struct lock *lock = &unfair->lock;
    unfair->owner = thread;
    lock_grant(lock, thread, lock_touch(lock, &lock->word, thread));
}

void unfair_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    struct unfair_lock *unfair = (struct unfair_lock *)lock;
    if (unfair->owner == NULL) {
        own(unfair, thread);
        return;
    }
    lock_contended(lock, thread);
    wait_push(&unfair->waiters, thread);
    lock_spin(lock, thread);
}

void unfair_running(struct lock *lock, struct thread *thread) {
    struct unfair_lock *unfair = (struct unfair_lock *)lock;
    if (unfair->owner != NULL) {
        lock_spin(lock, thread);
        return;
    }
    wait_remove(&unfair->waiters, thread);
    own(unfair, thread);
}

void unfair_hand_over(struct lock *lock) {
    struct unfair_lock *unfair = (struct unfair_lock *)lock;
    struct thread *winner = wait_take_running(&unfair->waiters, lock);
    unfair->owner = NULL;
    if (winner != NULL)
        own(unfair, winner);
}
