/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LOCKING_H
#define SIM_LOCKING_H

#include "sim/lines.h"

/*
 * What is noted of a passage as it goes on, whoever gives the lock: its kind
 * (locking.c), the order of arrival (plain.h), or nobody, as it is free. That
 * is how most passages are, and what the end of this file is for.
 */

static inline struct lock *lock_of(struct sim *sim, const struct thread *thread,
                                   const struct op *op) {
    struct lock **locks = sim->class_locks[op->index];
    return locks[op->reg == NO_REG ? 0 : thread->regs[op->reg]];
}

/* A passage of its lock's batch, which ends now: its row, with what is noted in all runs. */
static inline size_t locking_passage(struct sim *sim, const struct lock *lock,
                                     const struct thread *thread, const struct hold *hold) {
    struct passage_batch *batch = lock->batch;
    if (batch->n == PASSAGE_BATCH)
        locking_flush_class(sim, lock->lock_class);
    size_t i = batch->n++;
    batch->instance[i] = lock->instance;
    batch->thread[i] = thread->id;
    batch->site[i] = hold->site;
    batch->holder_site[i] = hold->holder_site;
    batch->flags[i] = hold->flags;
    batch->requested[i] = hold->requested;
    batch->acquired[i] = hold->acquired;
    batch->released[i] = sim->now;
    return i;
}

static inline void locking_report(struct sim *sim, const struct lock *lock,
                                  const struct thread *thread, const struct hold *hold) {
    size_t i = locking_passage(sim, lock, thread, hold);
    struct passage_batch *batch = lock->batch;
    batch->contended[i] = hold->contended;
    batch->traced[i] = hold->traced;
    batch->held_from[i] = hold->flags & PASSAGE_CONTENDED ? hold->held_from : hold->requested;
    batch->held_to[i] = hold->held_to;
}

/* The thread asks, as of hold->requested. */
static IN_LINE void locking_count_request(struct thread *thread, const struct op *op,
                                          struct lock *lock, struct hold *hold) {
    struct lock_account *account = lock->account;
    hold->lock = lock;
    hold->grants = (uint32_t)lock->grants;
    hold->site = op->site;
    account->requests++;
    account->request_times += (uint64_t)hold->requested;
    thread->wanted = hold;
}

/* It has the lock, from then on. */
static IN_LINE void locking_count_grant(struct thread *thread, struct lock *lock, struct hold *hold,
                                        sim_time when) {
    struct lock_account *account = lock->account;
    hold->acquired = when;
    lock->last_cpu = thread->cpu;
    lock->last_site = hold->site;
    thread->nowned++;
    account->grants++;
    account->grant_times += (uint64_t)when;
}

/* It has it no more. */
static IN_LINE void locking_count_release(const struct sim *sim, struct thread *thread,
                                          const struct lock *lock, struct hold *hold) {
    struct lock_account *account = lock->account;
    account->releases++;
    account->release_times += (uint64_t)sim->now;
    hold->owned = false;
    thread->nowned--;
}

/* The same three where kinds are asked, or could be. */
static IN_LINE void locking_asked(struct thread *thread, const struct op *op, struct lock *lock,
                                  struct hold *hold) {
    locking_count_request(thread, op, lock, hold);
    hold->holder_site = 0;
    hold->flags = op->mode == MODE_READ ? PASSAGE_READ : 0;
    hold->mode = op->mode;
    hold->interrupt = op->interrupt;
    thread->irq_off += lock->class->irq_off;
}

static IN_LINE void locking_acquired(struct thread *thread, struct lock *lock, struct hold *hold,
                                     sim_time when) {
    if (lock->last_cpu != thread->cpu)
        hold->flags |= PASSAGE_ACQ_BOUNCE;
    locking_count_grant(thread, lock, hold, when);
    thread->atomic += lock->atomic_held[hold->mode];
}

static IN_LINE void locking_released(struct sim *sim, struct thread *thread, struct lock *lock,
                                     struct hold *hold) {
    locking_report(sim, lock, thread, hold);
    locking_count_release(sim, thread, lock, hold);
    if (lock->holder == thread)
        lock->holder = NULL;
    thread->atomic -= lock->atomic_held[hold->mode];
    if (lock->class->irq_off && --thread->irq_off == 0)
        irq_enable(sim, thread);
}

/*
 * In a calm run, in which lock operations cost always the same and lock_stat
 * nothing, and of which no profile is wanted: a lock that is free, or that
 * nobody waits for, is passed without asking its kind, if that allows it.
 */
static inline bool locking_is_free(const struct lock *lock) {
    return lock->by_word && lock->owner == NULL;
}

static IN_LINE void locking_take(struct sim *sim, struct thread *thread, const struct op *op,
                                 struct lock *lock) {
    struct hold *hold = &thread->holds[op->slot];
    hold->requested = sim->now;
    locking_asked(thread, op, lock, hold);
    sim_time delay = lock->class->acquire;
    if (!lock->free_lines)
        delay += line_own(sim, &lock->word, thread->cpu, sim->machine->atomic);
    lock->grants++;
    lock->holder = lock->owner = thread;
    hold->owned = true;
    hold->held_from = sim->now + delay;
    locking_acquired(thread, lock, hold, sim->now + delay);
    thread->lead += delay;
}

static inline bool locking_is_alone(const struct lock *lock) {
    return lock->by_word && lock->nwaiting == 0;
}

static IN_LINE void locking_leave(struct sim *sim, struct thread *thread, struct hold *hold) {
    struct lock *lock = hold->lock;
    hold->held_to = sim->now;
    locking_released(sim, thread, lock, hold);
    thread->lead += lock->class->release;
    if (!lock->free_lines)
        thread->lead += line_own(sim, &lock->word, thread->cpu, sim->machine->atomic);
    lock->owner = NULL;
    hold->lock = NULL;
}

#endif
