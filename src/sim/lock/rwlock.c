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

static const struct wait_list *rwlock_queue(const struct lock *lock) {
    return &((const struct rwspin *)lock)->queue;
}

static const struct kind_functions rwlock_functions = {
    .acquire = {[MODE_READ] = "_raw_read_lock", [MODE_WRITE] = "_raw_write_lock"},
    .release = {[MODE_READ] = "_raw_read_unlock", [MODE_WRITE] = "_raw_write_unlock"},
    .first =
        {[MODE_READ] = "queued_read_lock_slowpath", [MODE_WRITE] = "queued_write_lock_slowpath"},
    .queued = "queued_spin_lock_slowpath"};

static const struct kind_param rwlock_params[] = {{0}};

const struct lock_kind lock_kind_rwlock = {
    .info = {.name = "rwlock",
             .source = "kernel/locking/qrwlock.c, Linux 6.1",
             .atomic_context = true,
             .waits = WAITS(WAIT_SPIN),
             .has_readers = true,
             .nested = "would wait for itself if a writer came between",
             .fifo = true,
             .params = rwlock_params,
             .functions = &rwlock_functions},
    .size = sizeof(struct rwspin),
    .acquire = rwspin_acquire,
    .release = rwspin_release,
    .running = lock_spin,
    .queue = rwlock_queue,
};
