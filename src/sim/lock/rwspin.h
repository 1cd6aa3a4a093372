/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LOCK_RWSPIN_H
#define SIM_LOCK_RWSPIN_H

#include "sim/lock/node.h"

/*
 * The body of the spinning reader-writer locks: either one queue for readers
 * and writers, served in order of arrival, but for readers in interrupts, who
 * pass all that wait; or all readers pass all writers who wait.
 *
 * Invariant: a writer holds it, or some readers, or nobody; nobody waits who
 * could have it.
 */
struct rwspin {
    struct lock lock;
    uint32_t readers; /* that hold it */
    struct thread *writer;
    struct wait_list queue; /* who waits for its turn */
    struct wait_list
        waiting_readers; /* who waits for the writer that holds it, and for nobody else */
};

void rwspin_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode);
void rwspin_release(struct lock *lock, struct thread *thread, enum lock_mode mode);
void rwspin_acquire_readers_pass(struct lock *lock, struct thread *thread, enum lock_mode mode);

/* In the note of a waiting thread. */
enum { RWSPIN_READER = 1 };

#endif
