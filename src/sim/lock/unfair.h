/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LOCK_UNFAIR_H
#define SIM_LOCK_UNFAIR_H

#include "sim/lock/waiting.h"

/*
 * The body of the user-space locks without a queue. A release frees the lock:
 * whoever's atomic operation comes first has it, one spinning waiter as likely
 * as another.
 *
 * Who sleeps does so as with glibc 2.36 (nptl/lowlevellock.c,
 * sysdeps/nptl/lowlevellock.h): it first marks the lock word as contended, and
 * the kernel lets it sleep only if the word is still so. The release of a lock
 * that is marked wakes the first sleeper, who competes again, and marks the
 * lock when it gets it, as there may be others. Only that release makes a
 * system call.
 */
struct unfair_lock {
    struct lock lock;
    bool contended;
    int32_t spins;            /* glibc's __spins, of WAIT_ADAPTIVE */
    struct wait_list waiters; /* that spin, or were preempted as they spun */
    struct wait_list sleepers;
};

void unfair_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode);
/* Of a lock that waiters read as they spin. */
void unfair_release(struct lock *lock, struct thread *thread, enum lock_mode mode);
void unfair_running(struct lock *lock, struct thread *thread);
void unfair_timeout(struct lock *lock, struct thread *thread);
void unfair_resched(struct lock *lock, struct thread *thread);
void unfair_owner_off(struct lock *lock);
/* The last part of a release: one of those that spin has the lock, and one that sleeps is woken. */
void unfair_hand_over(struct lock *lock);

#endif
