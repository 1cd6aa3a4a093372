/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * MCS queue lock (Mellor-Crummey, Scott: Algorithms for Scalable
 * Synchronization on Shared-Memory Multiprocessors, TOCS 9(1), 1991).
 * Served in order of arrival; each waiter spins on a line of its own, so a
 * hand-over is one line transfer however many wait. A user-space lock:
 * waiter and holder can be preempted.
 */
#include "sim/lock/fifo.h"

static const struct kind_param mcs_params[] = {{0}};

const struct lock_kind lock_kind_mcs = {
    .info = {.name = "mcs",
             .source = "Mellor-Crummey and Scott, TOCS 9(1), 1991",
             .fifo = true,
             .waits = WAITS_IN_LINE,
             .params = mcs_params},
    .size = sizeof(struct fifo_lock),
    .acquire = fifo_acquire,
    .release = fifo_release,
    .running = waiting_running,
    .resched = waiting_resched,
    .timeout = waiting_timeout,
    .owner_off = fifo_owner_off,
};
