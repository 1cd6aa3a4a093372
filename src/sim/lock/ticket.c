/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ticket lock, as the kernel's spinlocks were from 2.6.25 to 4.1. In order of
 * arrival; all waiters spin on one line
 * (Boyd-Wickizer, Kaashoek, Morris, Zeldovich: Non-scalable locks are
 * dangerous, Linux Symposium 2012). A user-space lock.
 *
 * A release takes the line from all of them, and they fetch it again. The line
 * serves one request after another, in no order, each in an exponential time
 * of mean half a transfer: anybody's as likely as the next owner's, so that
 * half a transfer of hand-over is spent for each thread that is there. Who
 * comes does an atomic operation on the line. Once the lock is handed over,
 * that takes the line away from the owner, whose release has to fetch it back.
 */
#include "sim/lock/fifo.h"

struct ticket {
    struct fifo_lock fifo;
    struct thread *next; /* the owner, while it does not know */
    /* Whose request is served: whoever's comes, not the next owner's, or that. */
    enum { ANY, OTHER, ITS } request;
    uint32_t arrivals; /* whose atomic operation has not been served */
};

static double request_time(const struct lock *lock) {
    return (double)lock_transfer(lock) / 2;
}

static uint32_t present(const struct ticket *ticket) {
    return 1 + wait_running(&ticket->fifo.waiters);
}

/* One request is served. */
static void serve_one(struct ticket *ticket, uint8_t request) {
    struct lock *lock = &ticket->fifo.lock;
    ticket->request = request;
    if (lock_on_cpu(ticket->next)) /* else it was preempted meanwhile */
        lock_timer(lock, ticket->next, lock_random_time(lock, request_time(lock)));
}

/* Requests are served until one is that matters: the next owner's, or an arrival's. */
static void serve_any(struct ticket *ticket) {
    struct lock *lock = &ticket->fifo.lock;
    double mean = request_time(lock) * present(ticket) / (1 + ticket->arrivals);
    ticket->request = ANY;
    lock_timer(lock, ticket->next, lock_random_time(lock, mean));
}

static void arrive(struct ticket *ticket) {
    if (ticket->next != NULL && ticket->request == ANY) {
        uint32_t served = lock_random(&ticket->fifo.lock, present(ticket));
        serve_one(ticket, served == 0 ? ITS : OTHER);
        if (served > 0 && served <= ticket->arrivals)
            ticket->arrivals--;
    }
    ticket->arrivals++;
}

static void ticket_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    struct ticket *ticket = (struct ticket *)lock;
    if (ticket->fifo.lock.owner != NULL)
        arrive(ticket);
    fifo_acquire(lock, thread, mode);
}

static void ticket_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    struct ticket *ticket = (struct ticket *)lock;
    struct fifo_lock *fifo = &ticket->fifo;
    bool taken = ticket->arrivals > 0;
    lock_charge(lock, lock_touch(lock, &lock->word, thread));
    ticket->arrivals = 0;
    fifo->lock.owner = wait_pop(&fifo->waiters);
    if (fifo->lock.owner == NULL)
        return;
    if (request_time(lock) == 0 || !lock_on_cpu(fifo->lock.owner)) {
        fifo_give(fifo, lock_touch(lock, &lock->word, fifo->lock.owner));
        return;
    }
    ticket->next = fifo->lock.owner;
    if (taken)
        serve_one(ticket, OTHER);
    else
        serve_any(ticket);
}

static void ticket_timeout(struct lock *lock, struct thread *thread) {
    struct ticket *ticket = (struct ticket *)lock;
    if (thread != ticket->next) {
        waiting_timeout(lock, thread);
    } else if (ticket->request == OTHER) {
        serve_any(ticket);
    } else if (ticket->request == ANY && lock_random(lock, 1 + ticket->arrivals) > 0) {
        ticket->arrivals--;
        serve_any(ticket);
    } else {
        ticket->next = NULL;
        lock_moved(lock, &lock->word, thread);
        lock_grant(lock, thread, 0);
    }
}

static void ticket_running(struct lock *lock, struct thread *thread) {
    struct ticket *ticket = (struct ticket *)lock;
    if (thread != ticket->next) {
        waiting_running(lock, thread);
        return;
    }
    ticket->next = NULL;
    lock_grant(lock, thread, lock_touch(lock, &lock->word, thread));
}

static void ticket_resched(struct lock *lock, struct thread *thread) {
    if (thread == ((struct ticket *)lock)->next)
        lock_preempt(lock, thread);
    else
        waiting_resched(lock, thread);
}

static const struct kind_param ticket_params[] = {{0}};

const struct lock_kind lock_kind_ticket = {
    .info = {.name = "ticket",
             .source = "Boyd-Wickizer et al., Non-scalable locks are dangerous, 2012",
             .side = SIDE_USER,
             .fifo = true,
             .waits = WAITS_IN_LINE,
             .params = ticket_params},
    .polling = POLL_ALL,
    .leaf = LEAF,
    .by_word = true,
    .size = sizeof(struct ticket),
    .acquire = ticket_acquire,
    .release = ticket_release,
    .running = ticket_running,
    .resched = ticket_resched,
    .timeout = ticket_timeout,
    .owner_off = fifo_owner_off,
};
