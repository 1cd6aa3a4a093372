/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LOCK_FIFO_H
#define SIM_LOCK_FIFO_H

#include "sim/lock/lock.h"

/*
 * The body of the spinning locks that serve in order of arrival. They differ
 * in who may be preempted and in what the kernel's tools see of a wait.
 */
struct fifo_lock {
    struct lock lock;
    struct thread *owner;
    struct wait_list waiters;
};

void fifo_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode);
void fifo_release(struct lock *lock, struct thread *thread, enum lock_mode mode);
/* Release, where crowd other waiters fetch the lock word before the next owner does. */
void fifo_hand_over(struct lock *lock, struct thread *thread, uint32_t crowd);

#endif
