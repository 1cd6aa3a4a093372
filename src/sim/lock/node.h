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

/*
 * A queue in front of the lock word (of the qspinlock, the OSQ, a qrwlock): its
 * head alone reads the word, and who gets the lock makes the next one the head.
 *
 * The thread comes, behind another or as the head (before: NULL).
 */
void node_wait(struct lock *lock, struct thread *thread, struct thread *before, sim_time swapped);
/*
 * In delay ticks the thread makes the other the head, while it goes on itself:
 * the store buffer and a prefetch hide this from it.
 */
void node_lead(struct lock *lock, const struct thread *thread, struct thread *head, sim_time delay);
/*
 * A thread frees the lock, by a write to the word that the head (NULL: there is
 * none) keeps reading, if it is the head already: how long until it has. What
 * is then done to the word is not before the head sees it.
 */
sim_time node_free(struct lock *lock, const struct thread *thread, struct thread *head);

#endif
