/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * glibc's adaptive mutex (PTHREAD_MUTEX_ADAPTIVE_NP; nptl/pthread_mutex_lock.c,
 * glibc 2.36): as its default one, but before it sleeps a waiter looks at the
 * lock some times, in about twice as many turns of a loop as were enough
 * lately, at most 100.
 */
#include "sim/lock/unfair.h"

static const struct kind_param adaptive_params[] = {{0}};

const struct lock_kind lock_kind_adaptive = {
    .info = {.name = "adaptive",
             .source = "nptl/pthread_mutex_lock.c, glibc 2.36",
             .side = SIDE_USER,
             .waits = WAITS_ANY,
             .waiting = WAIT_ADAPTIVE,
             .params = adaptive_params},
    .size = sizeof(struct unfair_lock),
    .acquire = unfair_acquire,
    .release = unfair_release,
    .running = unfair_running,
    .resched = unfair_resched,
    .owner_off = unfair_owner_off,
    .timeout = unfair_timeout,
};
