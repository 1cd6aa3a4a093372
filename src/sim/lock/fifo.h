/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LOCK_FIFO_H
#define SIM_LOCK_FIFO_H

#include "sim/lock/waiting.h"

/*
 * The body of the locks that serve in order of arrival: a release gives the
 * lock to the next, whatever that does. They differ in who may be preempted,
 * in lines and in what the kernel's tools see of a wait.
 */
struct fifo_lock {
    struct lock lock;
    struct wait_list waiters;
};

void fifo_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode);
/* The thread asked and another has it. */
void fifo_wait(struct fifo_lock *fifo, struct thread *thread);
/* The owner that was set gets to know of it. */
void fifo_give(struct fifo_lock *fifo, sim_time delay);
void fifo_owner_off(struct lock *lock);

#endif
