/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LOCK_WAITING_H
#define SIM_LOCK_WAITING_H

#include "sim/lock/lock.h"

/*
 * How the waiters of user-space locks wait, apart from the order in which they
 * are served. A thread that goes to sleep makes a system call, and for the
 * first half of it can still be given the lock.
 */

/* What a waiting thread does, in its note. */
enum {
    WAITING_FRESH,  /* nothing yet */
    WAITING_SPINS,  /* or did when it was preempted */
    WAITING_ENTERS, /* in the system call, on its way to sleep */
    WAITING_SLEEPS, /* or was just woken */
    WAITING_LEAVES  /* in the system call, refused */
};

/* May it spin: at first, or further after preemption? */
bool waiting_spins(const struct lock *lock, const struct thread *thread);
/* It spins, for as long as it may. */
void waiting_spin(struct lock *lock, struct thread *thread);
/* It goes to sleep. */
void waiting_sleep(struct lock *lock, struct thread *thread);
/* A thread that the call of waiting_sleep() has refused is still on its CPU. */
void waiting_leave(struct lock *lock, struct thread *thread);
/* The owner has gone off its CPU: whether this one gives up spinning. */
bool waiting_gives_up(const struct lock *lock, const struct thread *thread);
/* The lock is the thread's, and it is woken if it sleeps. */
void waiting_grant(struct lock *lock, struct thread *thread, sim_time delay);

/* Of struct lock_kind, for locks that are handed over, asleep or not. */
void waiting_begin(struct lock *lock, struct thread *thread);
void waiting_running(struct lock *lock, struct thread *thread);
void waiting_resched(struct lock *lock, struct thread *thread);
void waiting_timeout(struct lock *lock, struct thread *thread);
/* For owner_off(): those of the list that give up spinning. */
void waiting_owner_off(struct lock *lock, const struct wait_list *waiters);

#endif
