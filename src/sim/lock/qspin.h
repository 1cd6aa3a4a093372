/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LOCK_QSPIN_H
#define SIM_LOCK_QSPIN_H

#include "sim/lock/node.h"

/*
 * The kernel's queued spinlock (kernel/locking/qspinlock.c, Linux 6.1), the
 * body of the kinds that are one or have one in them. All in order of arrival:
 * the first waiter of a lock without a queue takes the pending bit and reads
 * the lock word; later ones queue as in an MCS lock, and the head of the queue
 * reads the lock word. Preemption is off throughout.
 */
struct qspin {
    struct lock lock;
    struct wait_list waiters;
};

/* In the note of a waiting thread: it has a node in the queue. */
enum { QSPIN_QUEUED = 0x80 };

void qspin_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode);
void qspin_release(struct lock *lock, struct thread *thread, enum lock_mode mode);
const struct wait_list *qspin_queue(const struct lock *lock);
extern const struct kind_functions qspin_functions;
/* The two halves of both: a thread waits, without spinning yet; ... */
void qspin_join(struct qspin *spin, struct thread *thread);
/* ... and the owner releases, which the next has seen after so long, if there is one. */
sim_time qspin_pass(struct qspin *spin, struct thread *thread, sim_time *stored);

#endif
