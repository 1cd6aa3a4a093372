/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LOCK_UNFAIR_H
#define SIM_LOCK_UNFAIR_H

#include "sim/lock/lock.h"

/*
 * The body of the spinning locks without a queue: whoever's atomic operation
 * comes first after a release has the lock, one waiter as likely as another.
 */
struct unfair_lock {
    struct lock lock;
    struct thread *owner;
    struct wait_list waiters;
};

void unfair_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode);
void unfair_running(struct lock *lock, struct thread *thread);
/* The lock is free: one of the waiters that run has it, if any do. */
void unfair_hand_over(struct lock *lock);

#endif
