/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lock/fifo.h"

void fifo_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    struct fifo_lock *fifo = (struct fifo_lock *)lock;
    if (fifo->lock.owner == NULL) {
        fifo->lock.owner = thread;
        lock_grant(lock, thread, lock_touch(lock, &lock->word, thread));
        return;
    }
    fifo_wait(fifo, thread);
}

void fifo_wait(struct fifo_lock *fifo, struct thread *thread) {
    lock_contended(&fifo->lock, thread);
    wait_push(&fifo->waiters, thread);
    waiting_begin(&fifo->lock, thread);
}

void fifo_give(struct fifo_lock *fifo, sim_time delay) {
    waiting_grant(&fifo->lock, fifo->lock.owner, delay);
    if (!lock_on_cpu(fifo->lock.owner))
        fifo_owner_off(&fifo->lock);
}

void fifo_owner_off(struct lock *lock) {
    waiting_owner_off(lock, &((struct fifo_lock *)lock)->waiters);
}
