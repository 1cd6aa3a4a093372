/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CLH queue lock (Craig, UW TR 93-02-02, 1993; Landin, Hagersten: Efficient
 * Software Synchronization on Large Cache Coherent Multiprocessors, 1993). In
 * order of arrival. Each waiter spins on its predecessor's node, to which the
 * predecessor stores as it releases: two transfers, as in MCS. Whoever finds
 * the lock free has the node of the last holder to read, too. A user-space
 * lock.
 */
#include "sim/lock/fifo.h"
#include "sim/lock/node.h"

struct clh {
    struct fifo_lock fifo;
    struct line last; /* the node that the tail points to when nobody has the lock */
};

static void clh_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    struct clh *clh = (struct clh *)lock;
    struct fifo_lock *fifo = &clh->fifo;
    sim_time swapped = lock_touch(lock, &lock->word, thread);
    if (fifo->lock.owner == NULL) {
        fifo->lock.owner = thread;
        lock_keep(lock, &clh->last, swapped);
        lock_load(lock, &clh->last, thread);
        lock_grant(lock, thread, lock_transit(lock, &clh->last));
        return;
    }
    struct thread *before = fifo->waiters.n > 0 ? fifo->waiters.tail : fifo->lock.owner;
    lock_keep(lock, lock_node(lock, before), swapped);
    lock_load(lock, lock_node(lock, before), thread);
    fifo_wait(fifo, thread);
}

static void clh_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    struct clh *clh = (struct clh *)lock;
    struct line *node = lock_node(lock, thread);
    lock_charge(lock, lock_store(lock, node, thread));
    clh->last = *node;
    clh->fifo.lock.owner = wait_pop(&clh->fifo.waiters);
    if (clh->fifo.lock.owner != NULL)
        fifo_give(&clh->fifo, lock_load(lock, node, clh->fifo.lock.owner));
}

static const struct kind_param clh_params[] = {{0}};

const struct lock_kind lock_kind_clh = {
    .info = {.name = "clh",
             .source = "Craig, UW TR 93-02-02, 1993; Landin and Hagersten, 1993",
             .side = SIDE_USER,
             .fifo = true,
             .waits = WAITS_IN_LINE,
             .params = clh_params},
    .leaf = LEAF,
    .size = sizeof(struct clh),
    .acquire = clh_acquire,
    .release = clh_release,
    .running = waiting_running,
    .resched = waiting_resched,
    .timeout = waiting_timeout,
    .owner_off = fifo_owner_off,
};
