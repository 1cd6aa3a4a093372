/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An atomic counter (atomic_inc(), atomic_dec_and_test(), ...; x86: a locked
 * instruction that cannot fail): one read-modify-write of a line as the
 * section begins, and no exclusion at all: the section itself runs beside
 * others.
 */
#include "sim/lock/lock.h"

static void atomic_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    lock_grant(lock, thread, lock_touch(lock, &lock->word, thread));
}

static void atomic_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)lock, (void)thread, (void)mode;
}

static const struct kind_param atomic_params[] = {{0}};

const struct lock_kind lock_kind_atomic = {
    .info = {.name = "atomic",
             .source = "include/linux/atomic, Linux 6.1: one locked instruction",
             .side = SIDE_EITHER,
             .never_waits = true,
             .params = atomic_params},
    .size = sizeof(struct lock),
    .acquire = atomic_acquire,
    .release = atomic_release,
};
