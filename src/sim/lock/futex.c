/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * glibc's default mutex (PTHREAD_MUTEX_TIMED_NP; nptl/lowlevellock.c, glibc
 * 2.36): see unfair.h. Nobody spins; a thread that comes as the lock is free
 * has it before the one that was woken for it.
 */
#include "sim/lock/unfair.h"

static const struct kind_param futex_params[] = {{0}};

const struct lock_kind lock_kind_futex = {
    .info = {.name = "futex",
             .source = "nptl/lowlevellock.c, glibc 2.36",
             .side = SIDE_USER,
             .waits = WAITS_ANY,
             .waiting = WAIT_PARK,
             .params = futex_params},
    .size = sizeof(struct unfair_lock),
    .acquire = unfair_acquire,
    .release = unfair_release,
    .running = unfair_running,
    .resched = unfair_resched,
    .owner_off = unfair_owner_off,
    .timeout = unfair_timeout,
};
