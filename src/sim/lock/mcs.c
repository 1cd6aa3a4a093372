/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * MCS queue lock (Mellor-Crummey, Scott: Algorithms for Scalable
 * Synchronization on Shared-Memory Multiprocessors, TOCS 9(1), 1991).
 * Served in order of arrival; each waiter spins on a node of its own, so a
 * hand-over moves the node's line to the releaser and back, however many
 * wait. The lock word is the tail of the queue: every acquire swaps it, and
 * so does a release that finds no successor. A user-space lock: waiter and
 * holder can be preempted.
 */
#include "sim/lock/fifo.h"
#include "sim/lock/node.h"

static void mcs_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    struct fifo_lock *mcs = (struct fifo_lock *)lock;
    sim_time swapped = lock_touch(lock, &lock->word, thread);
    if (mcs->lock.owner == NULL) {
        mcs->lock.owner = thread;
        lock_grant(lock, thread, swapped);
        return;
    }
    node_join(lock, thread, mcs->waiters.n > 0 ? mcs->waiters.tail : mcs->lock.owner, swapped);
    fifo_wait(mcs, thread);
}

static void mcs_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    struct fifo_lock *mcs = (struct fifo_lock *)lock;
    struct thread *next = mcs->lock.owner = wait_pop(&mcs->waiters);
    if (next == NULL) {
        lock_charge(lock, lock_touch(lock, &lock->word, thread));
        return;
    }
    lock_charge(lock, node_store(lock, thread, next));
    fifo_give(mcs, node_load(lock, next));
}

static const struct kind_param mcs_params[] = {{0}};

const struct lock_kind lock_kind_mcs = {
    .info = {.name = "mcs",
             .source = "Mellor-Crummey and Scott, TOCS 9(1), 1991",
             .side = SIDE_USER,
             .fifo = true,
             .waits = WAITS_IN_LINE,
             .params = mcs_params},
    .leaf = LEAF,
    .size = sizeof(struct fifo_lock),
    .acquire = mcs_acquire,
    .release = mcs_release,
    .running = waiting_running,
    .resched = waiting_resched,
    .timeout = waiting_timeout,
    .owner_off = fifo_owner_off,
};
