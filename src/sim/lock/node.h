/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LOCK_NODE_H
#define SIM_LOCK_NODE_H

#include "sim/lock/lock.h"

/*
 * Queue nodes, of the locks whose waiters spin on lines of their own. To hand
 * over is to store to a line that another CPU keeps reading: the line moves to
 * and fro, two transfers.
 */

/* The thread queues behind another, and writes so into its node, once it has swapped the tail. */
void node_join(struct lock *lock, struct thread *thread, struct thread *before, sim_time swapped);
/* A thread's CPU writes to the node of `to`: how long until it has. */
sim_time node_store(struct lock *lock, const struct thread *thread, struct thread *to);
/* How long until the thread has seen what was last written to its node. */
sim_time node_load(struct lock *lock, struct thread *thread);

#endif
