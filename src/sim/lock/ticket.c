/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ticket lock, as the kernel's spinlocks were from 2.6.25 to 4.1. In order of
 * arrival; all waiters spin on one line, so a release sends every one of them
 * to fetch it again, one after another, the next owner's fetch anywhere among
 * them: the hand-over grows with the number of waiters
 * (Boyd-Wickizer, Kaashoek, Morris, Zeldovich: Non-scalable locks are
 * dangerous, Linux Symposium 2012). A user-space lock.
 */
#include "sim/lock/fifo.h"

static void ticket_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    uint32_t waiters = ((struct fifo_lock *)lock)->waiters.n;
    fifo_hand_over(lock, thread, waiters > 0 ? lock_random(lock, waiters) : 0);
}

static const struct kind_param ticket_params[] = {{0}};

const struct lock_kind lock_kind_ticket = {
    .info = {.name = "ticket",
             .source = "Boyd-Wickizer et al., Non-scalable locks are dangerous, 2012",
             .fifo = true,
             .params = ticket_params},
    .size = sizeof(struct fifo_lock),
    .acquire = fifo_acquire,
    .release = ticket_release,
    .running = lock_spin,
};
