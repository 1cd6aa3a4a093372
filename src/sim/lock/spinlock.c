/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's spinlock: see qspin.h. lock_stat counts every acquisition whose
 * first trylock failed; contention_begin is traced in the queue only, not by
 * the pending waiter.
 */
#include "sim/lock/qspin.h"

static const struct kind_param spinlock_params[] = {{0}};

const struct lock_kind lock_kind_spinlock = {
    .info = {.name = "spinlock",
             .source = "kernel/locking/qspinlock.c, Linux 6.1",
             .atomic_context = true,
             .waits = WAITS(WAIT_SPIN),
             .fifo = true,
             .params = spinlock_params,
             .functions = &qspin_functions},
    .leaf = LEAF_TRACED_IN_LINE,
    .by_word = true,
    .size = sizeof(struct qspin),
    .acquire = qspin_acquire,
    .release = qspin_release,
    .running = lock_spin,
    .queue = qspin_queue,
};
