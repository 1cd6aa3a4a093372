/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between threads and lock kinds: requests and releases go down to the kind,
 * its verbs come back here and become time, states and passages.
 */
#include "sim/plain.h"

#include <string.h>

void locking_flush_class(struct sim *sim, uint32_t lock_class) {
    struct passage_batch *batch = &sim->batches[lock_class];
    const struct passages passages =
        sim->form == PLAIN ? plain_passages(batch, lock_class) : passages_of(batch, lock_class);
    if (batch->n != 0 && sim->observer.passages != NULL)
        sim->observer.passages(sim->observer.self, &passages);
    batch->n = 0;
}

void locking_flush(struct sim *sim) {
    for (uint32_t i = 0; i < sim->program->nlocks; i++)
        locking_flush_class(sim, i);
}

/* The cost of lock code that the CPU may have run long ago. */
static sim_time code_cost(const struct sim *sim, const struct thread *thread, sim_time cost) {
    return sim->cold_code ? (sim_time)((double)cost * sim->noise[thread->id].cold) : cost;
}

/* A lock operation begins: is its code still in the caches? */
static void begin_code(const struct sim *sim, struct thread *thread) {
    if (!sim->cold_code)
        return;
    sim_time since = sim->now - sim->cpus[thread->cpu].code_at;
    sim->noise[thread->id].cold =
        1 + (sim->machine->cold_factor - 1) * saturation(since, sim->machine->cold_halfway);
}

static void end_code(const struct sim *sim, const struct thread *thread, sim_time when) {
    if (sim->cold_code)
        sim->cpus[thread->cpu].code_at = when;
}

/* The thread has the lock, delay from now, and its request returns once lock_stat has seen it. */
static sim_time acquired(struct sim *sim, struct lock *lock, struct thread *thread,
                         sim_time delay) {
    struct hold *hold = thread->wanted;
    hold->held_from = sim->now + delay;
    delay += code_cost(sim, thread, sim->machine->stat_acquired);
    sim_time when = sim->now + delay;
    end_code(sim, thread, when);
    lock->nwaiting -= thread->waits;
    thread->waits = false;
    thread->atomic -= lock->atomic_waiting[hold->mode];
    locking_acquired(thread, lock, hold, when);
    thread->at++;
    return delay;
}

/* What of lock_contended() a waiter has yet to spend. */
static sim_time contended_rest(const struct sim *sim, const struct thread *thread,
                               const struct hold *hold) {
    if ((hold->flags & PASSAGE_CONTENDED) == 0)
        return 0;
    sim_time rest =
        hold->contended + code_cost(sim, thread, sim->machine->stat_contended) - sim->now;
    return rest > 0 ? rest : 0;
}

void lock_grant(struct lock *lock, struct thread *thread, sim_time delay) {
    struct sim *sim = lock->sim;
    struct hold *hold = thread->wanted;
    lock->grants++;
    if (lock->excludes[hold->mode])
        lock->holder = thread;
    hold->owned = true;
    if (thread == sim->asker) {
        if ((hold->flags & PASSAGE_WAITED) == 0)
            delay += code_cost(sim, thread, lock->class->acquire);
        delay += contended_rest(sim, thread, hold);
        thread->lead += acquired(sim, lock, thread, delay);
    } else if (thread->state == T_SPIN) {
        delay += sim->machine->spin_notice + irq_residual(sim, thread, sim->now - thread->since) +
                 contended_rest(sim, thread, hold);
        sched_account(sim, thread);
        thread->state = T_RUN;
        lock->spinning--;
        exec_granted(sim, thread, acquired(sim, lock, thread, delay));
    }
    /* Otherwise it learns of it when it is on a CPU again: locking_running(). */
    else if (thread->state == T_BLOCKED)
        events_clear(&sim->events, thread->id);
}

static void begin_wait(struct lock *lock, struct thread *thread) {
    struct hold *hold = thread->wanted;
    if (thread->waits)
        return;
    hold->flags |= PASSAGE_WAITED;
    if ((hold->flags & PASSAGE_CONTENDED) == 0)
        hold->holder_site = lock->last_site;
    thread->waits = true;
    lock->nwaiting++;
    if (thread->nowned != 0)
        outcome_check_cycle(lock->sim, thread);
}

void lock_spin(struct lock *lock, struct thread *thread) {
    struct sim *sim = lock->sim;
    begin_wait(lock, thread);
    if (thread->state == T_SPIN)
        return;
    lock->spinning++;
    sched_account(sim, thread);
    thread->state = T_SPIN;
    if (sim->profile != NULL)
        profile_spin(sim, lock, thread);
    events_clear(&sim->events, thread->id);
    if (thread->need_resched)
        locking_resched(sim, thread);
}

void lock_park(struct lock *lock, struct thread *thread) {
    begin_wait(lock, thread);
    thread->wanted->flags |= PASSAGE_SLEPT;
    sched_leave(lock->sim, thread, T_BLOCKED);
}

void lock_yield(struct lock *lock, struct thread *thread) {
    begin_wait(lock, thread);
    sched_leave(lock->sim, thread, T_READY);
}

void lock_preempt(struct lock *lock, struct thread *thread) {
    sched_yield_cpu(lock->sim, thread);
}

void lock_timer(struct lock *lock, struct thread *thread, sim_time delay) {
    delay += contended_rest(lock->sim, thread, thread->wanted);
    events_set_often(&lock->sim->events, thread->id, lock->sim->now + delay);
}

/* A thread that its own timer wakes is woken by an interrupt: it pays for no call. */
void lock_wake(struct lock *lock, struct thread *waiter) {
    struct sim *sim = lock->sim;
    sim_time call = sim->machine->wake_awake;
    if (waiter->state == T_BLOCKED)
        call = sched_wake(sim, waiter);
    if (waiter != sim->actor)
        lock_charge(lock, call);
}

void lock_charge(struct lock *lock, sim_time cost) {
    if (lock->sim->actor != NULL)
        lock->sim->actor->lead += cost;
}

void lock_contended(struct lock *lock, struct thread *thread) {
    struct hold *hold = thread->wanted;
    hold->flags |= PASSAGE_CONTENDED;
    hold->contended = lock->sim->now;
    hold->holder_site = lock->last_site;
    if (lock->last_cpu != thread->cpu)
        hold->flags |= PASSAGE_CON_BOUNCE;
}

void lock_traced(struct lock *lock, struct thread *thread) {
    struct hold *hold = thread->wanted;
    if ((hold->flags & PASSAGE_TRACED) == 0) {
        hold->flags |= PASSAGE_TRACED;
        hold->traced = lock->sim->now;
    }
}

bool lock_in_interrupt(const struct thread *thread) {
    return thread->wanted->interrupt;
}

bool lock_on_cpu(const struct thread *thread) {
    return thread->state == T_RUN || thread->state == T_SPIN;
}

bool lock_need_resched(const struct thread *thread) {
    return thread->need_resched;
}

bool lock_overdue(const struct lock *lock, const struct thread *thread, sim_time limit) {
    sim_time since = thread->wanted->traced;
    sim_time tick = lock->sim->machine->tick;
    if (tick == 0)
        return lock->sim->now - since > limit;
    return lock->sim->now / tick - since / tick > (limit + tick - 1) / tick;
}

bool lock_parked(const struct thread *thread) {
    return thread->state == T_BLOCKED;
}

sim_time lock_clock(const struct lock *lock) {
    return lock->sim->now;
}

uint32_t lock_numa_node(const struct lock *lock, const struct thread *thread) {
    return lock->sim->cpus[thread->cpu].node;
}

sim_time lock_syscall(const struct lock *lock) {
    return lock->sim->machine->syscall;
}

sim_time lock_pause(const struct lock *lock) {
    return lock->sim->machine->spin_notice;
}

sim_time lock_transfer(const struct lock *lock) {
    return lock->sim->mean_transfer + lock->sim->machine->atomic;
}

uint32_t lock_random(struct lock *lock, uint32_t n) {
    return stream_below(&lock->sim->lock_stream, n);
}

sim_time lock_random_time(struct lock *lock, double mean) {
    struct dist dist = {.kind = DIST_EXP, .a = mean};
    return draw_ticks(&dist, &lock->sim->lock_stream);
}

uint8_t lock_note(const struct thread *thread) {
    return thread->note;
}

void lock_set_note(struct thread *thread, uint8_t note) {
    thread->note = note;
}

static struct hold *hold_of(const struct lock *lock, struct thread *thread) {
    struct hold *hold = thread->wanted; /* it may have the lock in another mode, too */
    if (hold->lock != lock)
        hold = thread->holds;
    while (hold->lock != lock)
        hold++;
    return hold;
}

static struct place *place_of(struct sim *sim, const struct hold *hold) {
    return sim->places == NULL ? &sim->nowhere : &sim->places[hold - sim->holds];
}

struct line *lock_node(const struct lock *lock, struct thread *thread) {
    return &place_of(lock->sim, hold_of(lock, thread))->node;
}

void *lock_memo(const struct lock *lock, struct thread *thread) {
    return place_of(lock->sim, hold_of(lock, thread))->memo;
}

/* Not the repetition of what was in vain. */
static void first_request(struct sim *sim, struct thread *thread, struct lock *lock,
                          const struct op *op) {
    struct hold *hold = &thread->holds[op->slot];
    if (!thread->asking)
        hold->requested = sim->now;
    locking_asked(thread, op, lock, hold);
    if (sim->places != NULL)
        *place_of(sim, hold) = (struct place){.node = {.cpu = thread->cpu, .reader = thread->cpu}};
    thread->atomic += lock->atomic_waiting[op->mode];
    if (op->mode == MODE_READ && lock->kind->retry != NULL)
        memcpy(thread->streams + stream_words(sim, thread), thread->streams,
               stream_words(sim, thread) * sizeof(*thread->streams));
}

/* A kind has done something, after which another spinner may be the first. */
static void settle(struct sim *sim, const struct lock *lock) {
    if (sim->profile != NULL)
        profile_settle(sim, lock);
}

void locking_request(struct sim *sim, struct thread *thread, const struct op *op) {
    struct lock *lock = lock_of(sim, thread, op);
    struct hold *hold = &thread->holds[op->slot];
    if (!thread->asking) {
        begin_code(sim, thread);
        if (sim->machine->stat_acquire != 0) {
            thread->asking = true;
            if (hold->lock == NULL)
                hold->requested = sim->now;
            exec_segment(sim, thread, code_cost(sim, thread, sim->machine->stat_acquire), 0);
            return;
        }
    }
    if (hold->lock == NULL)
        first_request(sim, thread, lock, op);
    thread->asking = false;
    thread->note = 0;
    sim->asker = thread;
    lock->kind->acquire(lock, thread, op->mode);
    sim->asker = NULL;
    settle(sim, lock);
}

void locking_running(struct sim *sim, struct thread *thread) {
    struct lock *lock = thread->wanted->lock;
    if (thread->wanted->owned) {
        thread->lead += acquired(sim, lock, thread, 0);
    } else {
        sim->asker = thread;
        lock->kind->running(lock, thread);
        sim->asker = NULL;
        settle(sim, lock);
    }
    if (!thread->waits)
        exec_advance(sim, thread);
}

void locking_timeout(struct sim *sim, struct thread *thread) {
    struct lock *lock = thread->wanted->lock;
    events_clear(&sim->events, thread->id);
    lock->kind->timeout(lock, thread);
    settle(sim, lock);
    if (thread->state == T_SPIN && thread->need_resched)
        locking_resched(sim, thread);
}

/* A spinning waiter should make way. */
void locking_resched(struct sim *sim, struct thread *thread) {
    struct lock *lock = thread->wanted->lock;
    if (thread->atomic != 0)
        return;
    if (lock->kind->resched != NULL)
        lock->kind->resched(lock, thread);
    else
        sched_yield_cpu(sim, thread);
    settle(sim, lock);
}

void locking_off_cpu(struct thread *thread) {
    for (uint32_t i = 0; i < thread->group->nslots; i++) {
        const struct hold *hold = &thread->holds[i];
        if (hold->lock == NULL || !hold->owned || hold->lock->kind->owner_off == NULL)
            continue;
        hold->lock->kind->owner_off(hold->lock);
        settle(hold->lock->sim, hold->lock);
    }
}

/*
 * What the thread did since it got the lock was part of its wait. It does the
 * same work again, so it draws the same numbers again.
 */
static void run_again(struct thread *thread, const struct op *op) {
    struct hold *hold = &thread->holds[op->slot];
    struct lock_account *account = hold->lock->account;
    account->grants--;
    account->grant_times -= (uint64_t)hold->acquired;
    hold->owned = false;
    hold->flags |= PASSAGE_WAITED | PASSAGE_RETRIED;
    hold->grants++; /* nobody overtook by this one */
    thread->nowned--;
    thread->at = &hold->lock->sim->ops[op->target];
    size_t n = stream_words(hold->lock->sim, thread);
    memcpy(thread->streams, thread->streams + n, n * sizeof(*thread->streams));
}

void locking_release(struct sim *sim, struct thread *thread, const struct op *op) {
    struct hold *hold = &thread->holds[op->slot];
    struct lock *lock = hold->lock;
    if (!thread->asking) {
        begin_code(sim, thread);
        hold->held_to = sim->now;
        if (sim->machine->stat_release != 0) {
            thread->asking = true;
            exec_segment(sim, thread, code_cost(sim, thread, sim->machine->stat_release), 0);
            return;
        }
    }
    thread->asking = false;
    if (lock->kind->retry != NULL && lock->kind->retry(lock, thread, hold->mode)) {
        run_again(thread, op);
        return;
    }
    locking_released(sim, thread, lock, hold);
    thread->at = op + 1;
    thread->lead += code_cost(sim, thread, lock->class->release);
    end_code(sim, thread, sim->now);
    lock->kind->release(lock, thread, hold->mode);
    settle(sim, lock);
    hold->lock = NULL; /* not before: it has the thread's queue node */
}

int64_t sim_lock_inside(const struct sim *sim, uint32_t lock_class) {
    const struct lock_account *account = &sim->accounts[lock_class];
    uint64_t inside = account->requests - account->releases;
    return (int64_t)(account->release_times - account->request_times + inside * (uint64_t)sim->now);
}

void sim_lock_integrals(const struct sim *sim, uint32_t lock_class,
                        struct lock_integrals *integrals) {
    const struct lock_account *account = &sim->accounts[lock_class];
    uint64_t held = account->grants - account->releases;
    *integrals =
        (struct lock_integrals){.requests = account->requests,
                                .grants = account->grants,
                                .releases = account->releases,
                                .inside = sim_lock_inside(sim, lock_class),
                                .held = (int64_t)(account->release_times - account->grant_times +
                                                  held * (uint64_t)sim->now)};
    for (uint32_t i = 0; i < sim->program->nthreads; i++) {
        const struct thread *thread = &sim->threads[i];
        for (uint32_t k = 0; k < thread->group->nslots; k++) {
            const struct hold *hold = &thread->holds[k];
            if (hold->lock == NULL || hold->lock->lock_class != lock_class)
                continue;
            integrals->open_inside += sim->now - hold->requested;
            if (hold->owned && waits_for(thread) != hold->lock)
                integrals->open_held += sim->now - hold->acquired;
        }
    }
}
