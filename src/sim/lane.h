/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LANE_H
#define SIM_LANE_H

#include "sim/core.h"

/*
 * A shorter way for programs in which nothing but locks in order of arrival
 * makes a thread wait: every thread has a CPU of its own and all its time to
 * itself, works, passes a lock with one piece of work in it, works again. When
 * such a thread asks, all who are before it are known, and so are the instants
 * at which it gets the lock and releases it (Lindley, The Theory of Queues
 * with a Single Server, 1952): one event, where the general way has two or
 * three.
 *
 * Results are those of the general way, bit for bit: the same draws in the
 * same order of each stream, requests in the same order of (time, thread), and
 * after each call the same state as it would have left. One coincidence is an
 * exception: who waited, holds the lock for less than half a tick and works for
 * as little until it asks again may come before another who asks in that tick.
 * A run that exhausts its event budget may end some events later.
 */
struct lane;

/* NULL: the program is not like that. */
struct lane *lane_new(struct sim *sim);
/* From the state of a run that has just begun; false: it cannot go on from there. */
bool lane_enter(struct sim *sim);
/* Everything that has a key below the limit. */
void lane_run(struct sim *sim, uint64_t limit);
/* The state of threads and locks by then, for whoever asks between two calls. */
void lane_settle(struct sim *sim, uint64_t limit);
/* Then, as user_work_ahead(), of who does not hold a lock: else what is booked is done. */
sim_time lane_user_work_ahead(const struct sim *sim, const struct thread *thread);

#endif
