/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's rwlock (kernel/locking/qrwlock.c, Linux 6.1). A reader comes in
 * at once unless a writer holds or waits; whoever does not come in at once,
 * reader or writer, queues for the internal spinlock, so that all are served
 * in order of arrival, neighbouring readers together. A reader in an interrupt
 * does not queue: it waits for a writer that holds, and for nobody who waits.
 * Preemption is off from before the wait until the release.
 */
#include "sim/lock/rwspin.h"

static const struct kind_param rwlock_params[] = {{0}};

const struct lock_kind lock_kind_rwlock = {
    .info = {.name = "rwlock",
             .source = "kernel/locking/qrwlock.c, Linux 6.1",
             .atomic_context = true,
             .waits = WAITS(WAIT_SPIN),
             .has_readers = true,
             .fifo = true,
             .params = rwlock_params},
    .size = sizeof(struct rwspin),
    .acquire = rwspin_acquire,
    .release = rwspin_release,
    .running = lock_spin,
};
