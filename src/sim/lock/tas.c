/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Test-and-set lock: every waiter repeats an atomic exchange on the lock word
 * (Anderson: The Performance of Spin Lock Alternatives for Shared-Memory
 * Multiprocessors, IEEE TPDS 1(1), 1990). The line never rests: a release
 * queues behind one exchange of each waiter. No order. A user-space lock.
 */
#include "sim/lock/unfair.h"

static void tas_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    lock_storm(lock, &lock->word, ((struct unfair_lock *)lock)->waiters.n);
    lock_charge(lock, lock_touch(lock, &lock->word, thread));
    unfair_hand_over(lock);
}

static const struct kind_param tas_params[] = {{0}};

const struct lock_kind lock_kind_tas = {
    .info = {.name = "tas",
             .source = "Anderson, IEEE TPDS 1(1), 1990",
             .side = SIDE_USER,
             .waits = WAITS_ANY,
             .params = tas_params},
    .polling = POLL_WRITE,
    .size = sizeof(struct unfair_lock),
    .acquire = unfair_acquire,
    .release = tas_release,
    .running = unfair_running,
    .resched = unfair_resched,
    .owner_off = unfair_owner_off,
    .timeout = unfair_timeout,
};
