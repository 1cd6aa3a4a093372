/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CLH queue lock (Craig, UW TR 93-02-02, 1993; Landin, Hagersten: Efficient
 * Software Synchronization on Large Cache Coherent Multiprocessors, 1993). As
 * MCS, but each waiter spins on its predecessor's line: in order of arrival,
 * one line transfer for a hand-over. A user-space lock.
 */
#include "sim/lock/fifo.h"

static const struct kind_param clh_params[] = {{0}};

const struct lock_kind lock_kind_clh = {
    .info = {.name = "clh",
             .source = "Craig, UW TR 93-02-02, 1993; Landin and Hagersten, 1993",
             .fifo = true,
             .waits = WAITS_IN_LINE,
             .params = clh_params},
    .size = sizeof(struct fifo_lock),
    .acquire = fifo_acquire,
    .release = fifo_release,
    .running = waiting_running,
    .resched = waiting_resched,
    .timeout = waiting_timeout,
    .owner_off = fifo_owner_off,
};
