/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RCU as what guards sections (kernel/rcu/tree.c and include/linux/rcupdate.h,
 * Linux 6.1). Reading is an RCU read section, at no cost; an update excludes
 * nobody, and once it is done its thread sleeps until a grace period is over
 * (synchronize_rcu()), or leaves the rest to a callback (call_rcu()), which
 * the compiler adds to its steps. Updaters that must exclude each other take
 * another lock too.
 */
#include "sim/lock/lock.h"

static void rcu_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    if (mode == MODE_READ)
        lock_rcu_enter(lock, thread);
    lock_grant(lock, thread, 0);
}

static void rcu_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    if (mode == MODE_READ)
        lock_rcu_exit(lock, thread);
}

static const struct kind_param rcu_params[] = {
    [RCU_SYNCHRONIZE] = {"synchronize", PARAM_FLAG, 1,
                         "an update ends with synchronize_rcu(), else with call_rcu()"},
    [RCU_EXPEDITE] = {"expedited", PARAM_FLAG, 0, "it is synchronize_rcu_expedited()"},
    [RCU_CALLBACK] = {"callback", PARAM_TIME, 0, "work of the callback of call_rcu()"},
    {0}};

const struct lock_kind lock_kind_rcu = {
    .info = {.name = "rcu",
             .source = "kernel/rcu/tree.c, include/linux/rcupdate.h, Linux 6.1",
             .has_readers = true,
             .rcu = true,
             .never_waits = true,
             .params = rcu_params},
    .size = sizeof(struct lock),
    .acquire = rcu_acquire,
    .release = rcu_release,
};
