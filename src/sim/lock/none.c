/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * No lock: every request is granted at once and nothing is paid. The upper
 * bound of what any design can win.
 */
#include "sim/lock/none.h"

void none_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    lock_grant(lock, thread, 0);
}

void none_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)lock, (void)thread, (void)mode;
}

static const struct kind_param none_params[] = {{0}};

const struct lock_kind lock_kind_none = {
    .info = {.name = "none",
             .source = "no lock at all",
             .side = SIDE_EITHER,
             .has_readers = true,
             .never_waits = true,
             .params = none_params},
    .size = sizeof(struct lock),
    .acquire = none_acquire,
    .release = none_release,
};
