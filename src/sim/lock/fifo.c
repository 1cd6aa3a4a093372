/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lock/fifo.h"

void fifo_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    struct fifo_lock *fifo = (struct fifo_lock *)lock;
    if (fifo->owner == NULL) {
        fifo->owner = thread;
        lock_grant(lock, thread, lock_touch(lock, &lock->word, thread));
        return;
    }
    lock_contended(lock, thread);
    wait_push(&fifo->waiters, thread);
    lock_spin(lock, thread);
}

void fifo_hand_over(struct lock *lock, struct thread *thread, uint32_t crowd) {
    struct fifo_lock *fifo = (struct fifo_lock *)lock;
    lock_charge(lock, lock_touch(lock, &lock->word, thread));
    fifo->owner = wait_pop(&fifo->waiters);
    if (fifo->owner == NULL)
        return;
    lock_storm(lock, &lock->word, crowd);
    lock_grant(lock, fifo->owner, lock_touch(lock, &lock->word, fifo->owner));
}

void fifo_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    fifo_hand_over(lock, thread, 0);
}
