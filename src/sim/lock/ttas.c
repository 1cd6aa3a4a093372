/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Test-and-test-and-set lock: waiters read their copies of the lock word and
 * try the atomic exchange only when they see it free (Rudolph, Segall: Dynamic
 * Decentralized Cache Schemes for MIMD Parallel Processors, ISCA 1984). The
 * line rests while the lock is held; after a release one waiter gets it and
 * the others fetch the line again, which keeps it busy for whoever needs it
 * next. No order. A user-space lock.
 */
#include "sim/lock/unfair.h"

static void ttas_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    unfair_release(lock, thread, mode);
    lock_storm(lock, &lock->word, ((struct unfair_lock *)lock)->waiters.n);
}

static const struct kind_param ttas_params[] = {{0}};

const struct lock_kind lock_kind_ttas = {
    .info = {.name = "ttas",
             .source = "Rudolph and Segall, ISCA 1984",
             .side = SIDE_USER,
             .waits = WAITS_ANY,
             .params = ttas_params},
    .polling = POLL_ALL,
    .size = sizeof(struct unfair_lock),
    .acquire = unfair_acquire,
    .release = ttas_release,
    .running = unfair_running,
    .resched = unfair_resched,
    .owner_off = unfair_owner_off,
    .timeout = unfair_timeout,
};
