/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_PLAIN_H
#define SIM_PLAIN_H

#include "sim/locking.h"

/*
 * Where nothing but work and sleep takes time, every thread has a CPU of its
 * own and all locks serve in order of arrival, there is but one way to pass a
 * lock (enum leaf), and no kind need be asked for it. Who waits spins until it
 * has the lock: it contends as it asks, with somebody on another CPU who had
 * the lock last. All waits are spinning, and nothing else is: that time is not
 * booked apart until it is asked for.
 */
bool plain_is(const struct sim *sim); /* a calm run, as it begins */
/* All time spent spinning so far, in ticks. */
int64_t plain_spun(const struct sim *sim);
/* As user_work_ahead(): a segment is nothing but work here, the op before that which is next. */
sim_time plain_user_work_ahead(const struct sim *sim, const struct thread *thread);

static inline void plain_grant(struct sim *sim, struct lock *lock, struct thread *thread,
                               struct hold *hold) {
    hold->owned = true;
    lock->holder = thread;
    lock->grants++;
    locking_count_grant(thread, lock, hold, sim->now);
}

static inline void plain_wait(struct lock *lock, struct thread *thread, struct hold *hold) {
    hold->flags = PASSAGE_WAITED | PASSAGE_CONTENDED | PASSAGE_CON_BOUNCE | PASSAGE_ACQ_BOUNCE;
    hold->holder_site = lock->last_site;
    thread->wait_next = NULL;
    if (lock->first == NULL) {
        lock->first = thread;
    } else {
        lock->last->wait_next = thread;
        hold->flags |= lock->in_line;
    }
    lock->last = thread;
    thread->waits = true;
    thread->state = T_SPIN;
    if (thread->nowned != 0)
        outcome_check_cycle(lock->sim, thread);
}

/* False: it waits, and that is the first key of all. */
static inline bool plain_request(struct sim *sim, struct thread *thread, const struct op *op,
                                 struct lock *lock, uint64_t *first) {
    bool waits = lock->holder != NULL;
    if (waits)
        *first = events_clear_often(&sim->events, thread->id); /* it has just had one */
    struct hold *hold = &thread->holds[op->slot];
    hold->requested = sim->now;
    locking_count_request(thread, op, lock, hold);
    if (waits) {
        thread->at = op + 1;
        plain_wait(lock, thread, hold);
        return false;
    }
    hold->flags = lock->last_cpu != thread->cpu ? PASSAGE_ACQ_BOUNCE : 0;
    hold->holder_site = 0;
    plain_grant(sim, lock, thread, hold);
    return true;
}

/* Who has the lock now, after a wait, or NULL. */
static inline struct thread *plain_release(struct sim *sim, struct thread *thread,
                                           struct hold *hold) {
    struct lock *lock = hold->lock;
    struct thread *next = lock->first;
    locking_passage(sim, lock, thread, hold);
    locking_count_release(sim, thread, lock, hold);
    hold->lock = NULL;
    lock->holder = NULL;
    if (next == NULL)
        return NULL;
    lock->first = next->wait_next;
    next->waits = false;
    next->state = T_RUN;
    plain_grant(sim, lock, next, next->wanted);
    return next;
}

/* The next event of a thread that waited, and has the lock. */
static IN_LINE void plain_granted(struct sim *sim, struct thread *thread) {
    const struct op *op = thread->at;
    if (op->code != OP_RUN) {
        events_set_aside(&sim->events, thread->id, sim->now);
        return;
    }
    struct stream *next;
    sim_time work = work_of(sim, thread, op, PLAIN, &next);
    events_set_aside(&sim->events, thread->id, sim->now + work);
    work_ahead(sim, op, next);
    if (op->user)
        times_of(sim, thread)->user += work;
    thread->at = op + 1;
}

/* Works; the next op if that takes no time, else NULL, and the first key of all. */
static IN_LINE const struct op *plain_run(struct sim *sim, struct thread *thread,
                                          const struct op *op, uint64_t *first) {
    struct stream *next;
    sim_time length = work_of(sim, thread, op, PLAIN, &next);
    if (length != 0) {
        thread->at = op + 1;
        *first = events_set_again(&sim->events, thread->id, sim->now + length);
    }
    work_ahead(sim, op, next);
    if (op->user)
        times_of(sim, thread)->user += length;
    return length == 0 ? op + 1 : NULL;
}

/* Beyond what mostly comes next and takes no time. */
static IN_LINE const struct op *plain_pass(struct sim *sim, const struct op *op) {
    while (op->code == OP_COUNT)
        sim->progress[(op++)->index]++;
    return op->code == OP_END && !op->visible ? &sim->ops[op->target] : op;
}

/* The columns that are not written are the same as others. */
static inline struct passages plain_passages(const struct passage_batch *batch,
                                             uint32_t lock_class) {
    struct passages passages = passages_of(batch, lock_class);
    passages.contended = passages.traced = batch->requested;
    passages.held_from = batch->acquired; /* not contended: that was the instant of the request */
    passages.held_to = batch->released;
    return passages;
}

#endif
