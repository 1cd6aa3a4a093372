/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A reader-preferring rwlock, as the kernel's was on x86 until qrwlock came in
 * Linux 3.16: a reader waits for a writer that holds, never for one that
 * waits, so that overlapping readers starve writers. Preemption is off
 * throughout.
 */
#include "sim/lock/rwspin.h"

static const struct kind_param rwlock_reader_params[] = {{0}};

const struct lock_kind lock_kind_rwlock_reader = {
    .info = {.name = "rwlock-reader",
             .source = "arch/x86/include/asm/rwlock.h, Linux 3.15",
             .atomic_context = true,
             .waits = WAITS(WAIT_SPIN),
             .has_readers = true,
             .nested = "would not have to wait, but that it reads twice is not modelled",
             .params = rwlock_reader_params},
    .polling = POLL_ALL,
    .size = sizeof(struct rwspin),
    .acquire = rwspin_acquire_readers_pass,
    .release = rwspin_release,
    .running = lock_spin,
};
