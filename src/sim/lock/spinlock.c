/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's spinlock (kernel/locking/qspinlock.c, Linux 6.1). The second
 * comer takes the pending bit and spins on the lock word, later ones queue as
 * in an MCS lock: all in order of arrival. Preemption is off from before the
 * wait until the release. lock_stat counts every acquisition whose first
 * trylock failed; contention_begin is traced in the queue only, not by the
 * pending waiter.
 */
#include "sim/lock/fifo.h"

static void spinlock_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    const struct fifo_lock *fifo = (const struct fifo_lock *)lock;
    if (fifo->waiters.n > 0)
        lock_traced(lock, thread);
    fifo_acquire(lock, thread, mode);
}

static const struct kind_param spinlock_params[] = {{0}};

const struct lock_kind lock_kind_spinlock = {
    .info = {.name = "spinlock",
             .source = "kernel/locking/qspinlock.c, Linux 6.1",
             .atomic_context = true,
             .waits = WAITS(WAIT_SPIN),
             .fifo = true,
             .params = spinlock_params},
    .size = sizeof(struct fifo_lock),
    .acquire = spinlock_acquire,
    .release = fifo_release,
    .running = lock_spin,
};
