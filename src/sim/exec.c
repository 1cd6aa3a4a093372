/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The interpreter: a thread runs ops until one takes time. Small costs (of
 * lock operations and wake-up calls) gather in thread.lead and are spent with
 * the next segment of work, or on their own before an op that others can see.
 *
 * It is compiled three times, with a constant that says how simple the run is.
 */
#include "sim/plain.h"

/* Ops without time in between, or up to twice as many, before the thread is declared stuck. */
enum { OPS_WITHOUT_TIME = 1 << 20 };

/* Events at one instant, per thread, before time is declared to stand still. */
enum { EVENTS_PER_INSTANT = 10000 };

/* Begins it; its end. */
static IN_LINE sim_time segment(struct sim *sim, struct thread *thread, sim_time lead,
                                sim_time work, enum form form) {
    if (form == FULL && sim->profile != NULL)
        profile_segment(sim, thread, lead, work);
    return sim->now + irq_stretch(sim, thread, lead + work, form == CALM);
}

void exec_segment(struct sim *sim, struct thread *thread, sim_time lead, sim_time work) {
    events_set_often(&sim->events, thread->id, segment(sim, thread, lead, work, FULL));
}

/*
 * The thread whose event is being handled has nothing to do until then, which
 * is later. If that is the next event of all, it is handled by going on: true.
 */
static IN_LINE bool goes_on(struct sim *sim, struct thread *thread, sim_time end) {
    uint64_t key = event_key(&sim->events, thread->id, end);
    uint64_t limit = sim->events_done < sim->program->budget ? sim->limit : 0;
    if (!events_goes_on(&sim->events, thread->id, key, limit))
        return false;
    sim->now = end;
    sim->last_advance = sim->events_done++;
    return true;
}

static bool others_read_clock(const struct sim *sim, const struct thread *thread) {
    for (uint32_t i = 0; i < sim->machine->cpus; i++) {
        const struct thread *other = sim->cpus[i].current;
        if (other != NULL && other != thread && other->state == T_RUN && other->in_delay)
            return true;
    }
    return false;
}

/*
 * Reads the clock until it has advanced by length: what disturbs the loop
 * lengthens it by as much as it goes on past the end. The last read begins
 * before the end and the one that sees it, at any point within a read.
 */
static void delay(struct sim *sim, struct thread *thread, sim_time length) {
    const struct machine_costs *machine = sim->machine;
    if (sim->profile != NULL)
        profile_segment(sim, thread, thread->lead, length);
    sim_time lead = thread->lead == 0 ? 0 : irq_stretch(sim, thread, thread->lead, false);
    sim_time read = machine->clock_read;
    if (machine->clock_shared != 0 && others_read_clock(sim, thread))
        read += machine->clock_shared;
    if (read != 0)
        length += (sim_time)((double)read * (0.5 + stream_uniform(&sim->noise[thread->id].stream)));
    thread->lead = 0;
    thread->in_delay = true;
    length += irq_residual(sim, thread, length);
    events_set_often(&sim->events, thread->id, sim->now + lead + length);
}

static IN_LINE const struct op *choose(struct sim *sim, struct thread *thread,
                                       const struct op *op) {
    const struct choice *choices = &sim->program->choices[op->index];
    double u = stream_uniform(&thread->streams[op->stream]);
    uint32_t i = 0;
    while (i + 1 < op->target && u >= choices[i].p)
        i++;
    return &sim->ops[choices[i].target];
}

/* How often the body runs; the loop register counts down. */
static const struct op *repeat(struct sim *sim, struct thread *thread, const struct op *op) {
    uint32_t n = thread->batch;
    if (op->dist != NULL) {
        double x = draw(op->dist, &thread->streams[op->stream]) + 0.5;
        n = x < UINT32_MAX ? (uint32_t)x : UINT32_MAX;
    }
    thread->regs[op->reg] = n;
    return n == 0 ? &sim->ops[op->target] : op + 1;
}

/* The thread is gone after this iteration. */
static bool is_last(const struct sim *sim, const struct thread *thread) {
    return group_is_open(thread->group) || sim->iterations[thread->id] == 1;
}

/* One iteration is done; NULL when the thread has nothing more to do. */
static const struct op *again(struct sim *sim, struct thread *thread, const struct op *op) {
    if (is_last(sim, thread)) {
        work_done(sim, thread);
        if (thread->lead != 0)
            return op;
    }
    thread->at = &sim->ops[op->target];
    if (group_is_open(thread->group)) {
        times_of(sim, thread)->departures++;
        sched_leave(sim, thread, T_GONE);
        start_to_pool(sim, thread);
        return NULL;
    }
    if (--sim->iterations[thread->id] == 0) {
        sim->unfinished--;
        if (sim_done(sim))
            sim_stop(sim);
        sched_leave(sim, thread, T_GONE);
        return NULL;
    }
    return thread->at;
}

/* Where a thread that should make way does: in user work, under PREEMPT_FULL anywhere, under
 * PREEMPT_VOLUNTARY outside all locks and where it may sleep for one (might_sleep()). */
static bool is_resched_point(const struct sim *sim, const struct thread *thread,
                             const struct op *op) {
    if (thread->atomic != 0)
        return false;
    if (op->code == OP_RUN && op->user)
        return true;
    switch (sim->machine->preemption) {
    case PREEMPT_FULL:
        return true;
    case PREEMPT_VOLUNTARY:
        return thread->nowned == 0 || op->code == OP_LOCK;
    default:
        return false;
    }
}

static OUT_OF_LINE const struct op *run_by_clock(struct sim *sim, struct thread *thread,
                                                 const struct op *op) {
    struct stream *next;
    sim_time length = work_of(sim, thread, op, FULL, &next);
    if (op->user)
        begin_user_work(sim, thread, length);
    delay(sim, thread, length);
    work_ahead(sim, op, next);
    thread->at = op + 1;
    return NULL;
}

/* It acts: its event is being handled. */
static IN_LINE const struct op *run(struct sim *sim, struct thread *thread, const struct op *op,
                                    enum form form, bool acts) {
    thread->user = op->user;
    if (op->clock)
        return run_by_clock(sim, thread, op);
    struct stream *next;
    sim_time length = work_of(sim, thread, op, form, &next), lead = thread->lead;
    if (form == FULL)
        length = ramp_stretch(sim, thread, length);
    bool passes = lead + length == 0;
    if (!passes) {
        thread->lead = 0;
        sim_time end = segment(sim, thread, lead, length, form);
        thread->at = op + 1;
        if (acts)
            passes = goes_on(sim, thread, end);
        else
            events_set_often(&sim->events, thread->id, end);
    }
    work_ahead(sim, op, next);
    if (op->user)
        begin_user_work(sim, thread, length);
    return passes ? op + 1 : NULL;
}

static const struct op *sleeps(struct sim *sim, struct thread *thread, const struct op *op) {
    sim_time length = draw_ticks(op->dist, &thread->streams[op->stream]);
    if (length == 0)
        return op + 1;
    thread->at = op + 1;
    if (sim->machine->sleep_slack != NULL && !thread->group->outside)
        length += draw_ticks(sim->machine->sleep_slack, &sim->noise[thread->id].stream);
    sched_leave(sim, thread, T_SLEEP);
    events_set_often(&sim->events, thread->id, sim->now + length);
    return NULL;
}

/* A spinning thread has got its lock: the hand-over and the work after it are one segment. */
static IN_LINE void granted(struct sim *sim, struct thread *thread, sim_time delay,
                            enum form form) {
    const struct op *op = thread->at;
    thread->lead = delay;
    if (op->code == OP_RUN) {
        op = run(sim, thread, op, form, false);
        if (op == NULL)
            return;
        thread->at = op;
    }
    if (form == FULL && sim->profile != NULL)
        profile_segment(sim, thread, thread->lead, 0);
    events_set_often(&sim->events, thread->id, sim->now + thread->lead);
    thread->lead = 0;
    thread->user = false;
}

void exec_granted(struct sim *sim, struct thread *thread, sim_time delay) {
    if (sim->form == CALM)
        granted(sim, thread, delay, CALM);
    else
        granted(sim, thread, delay, FULL);
}

static IN_LINE const struct op *request(struct sim *sim, struct thread *thread, const struct op *op,
                                        enum form form, uint64_t *first) {
    struct lock *lock = lock_of(sim, thread, op);
    if (form == PLAIN)
        return plain_request(sim, thread, op, lock, first) ? op + 1 : NULL;
    if (form == CALM && locking_is_free(lock)) {
        locking_take(sim, thread, op, lock);
        return op + 1;
    }
    locking_request(sim, thread, op);
    return thread->waits || thread->asking ? NULL : thread->at;
}

static IN_LINE const struct op *release(struct sim *sim, struct thread *thread, const struct op *op,
                                        enum form form) {
    struct hold *hold = &thread->holds[op->slot];
    if (form == PLAIN) {
        struct thread *next = plain_release(sim, thread, hold);
        if (next != NULL)
            plain_granted(sim, next);
        return plain_pass(sim, op + 1);
    }
    if (form == CALM && locking_is_alone(hold->lock)) {
        locking_leave(sim, thread, hold);
        return op + 1;
    }
    locking_release(sim, thread, op);
    return thread->asking ? NULL : thread->at;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wswitch-enum" /* a code that is missing, for all the default */

/*
 * Runs the op; the next one, or NULL when the thread must wait for an event or
 * for others. Which op an event leads to is hard to foresee, and a comparison
 * is done with sooner than a jump by a table: the commonest come first.
 */
static IN_LINE const struct op *step(struct sim *sim, struct thread *thread, const struct op *op,
                                     enum form form, uint64_t *first) {
    if (op->code == OP_LOCK)
        return request(sim, thread, op, form, first);
    if (op->code == OP_UNLOCK)
        return release(sim, thread, op, form);
    if (op->code == OP_RUN)
        return form == PLAIN ? plain_run(sim, thread, op, first) : run(sim, thread, op, form, true);
    switch ((enum op_code)op->code) {
    case OP_LOCK:
    case OP_UNLOCK:
    case OP_RUN:
        break;
    case OP_SLEEP:
        return sleeps(sim, thread, op);
    case OP_PICK:
        thread->regs[op->reg] = pick_object(sim, thread, op);
        break;
    case OP_ORDER:
        pick_order(thread, op);
        break;
    case OP_POST:
        work_post(sim, thread, op);
        break;
    case OP_TAKE:
        if (!work_take(sim, thread, op))
            return NULL;
        break;
    case OP_COMPLETE:
        completion_complete(sim, thread, op);
        break;
    case OP_WAIT_FOR:
        if (!completion_wait(sim, thread, op))
            return NULL;
        break;
    case OP_RCU_LOCK:
        rcu_enter(sim, thread);
        break;
    case OP_RCU_UNLOCK:
        rcu_exit(sim, thread);
        break;
    case OP_CALL_RCU:
        rcu_call(sim, queue_of(sim, thread, op));
        break;
    case OP_SYNCHRONIZE:
        thread->at = op + 1;
        rcu_synchronize(sim, thread, (enum rcu_flavor)op->mode);
        return NULL;
    case OP_TOUCH:
        lines_touch(sim, thread, op);
        break;
    case OP_COUNT:
        sim->progress[op->index]++;
        break;
    case OP_CHOOSE:
        return choose(sim, thread, op);
    case OP_REPEAT:
        return repeat(sim, thread, op);
    case OP_NEXT:
        if (--thread->regs[op->reg] == 0)
            break;
        return &sim->ops[op->target];
    case OP_JUMP:
        return &sim->ops[op->target];
    case OP_END:
        return op->visible ? again(sim, thread, op) : &sim->ops[op->target]; /* for ever */
    default:
        __builtin_unreachable();
    }
    return op + 1;
}

#pragma GCC diagnostic pop

/* What is owed comes first; false: it takes until a later event. */
static IN_LINE bool pays(struct sim *sim, struct thread *thread, enum form form) {
    sim_time lead = thread->lead;
    thread->lead = 0;
    thread->user = false;
    return goes_on(sim, thread, segment(sim, thread, lead, 0, form));
}

/* Others come before the op. */
static OUT_OF_LINE bool is_delayed(struct sim *sim, struct thread *thread, const struct op *op) {
    if (thread->need_resched && !thread->asking && is_resched_point(sim, thread, op)) {
        sched_yield_cpu(sim, thread);
        return true;
    }
    if (sim->profile != NULL && op->visible)
        profile_op(sim, thread, op);
    return false;
}

/* Returns the first key of all, if it is known, or 0: to have it from the tree takes longer. */
static IN_LINE uint64_t advance(struct sim *sim, struct thread *thread, enum form form) {
    uint64_t first = 0;
    sim_time began;
    const struct op *op = thread->at;
    if (form != PLAIN)
        thread->in_delay = false;
    do {
        began = sim->now;
        for (uint32_t n = 0; n < OPS_WITHOUT_TIME; n++) {
            thread->at = op;
            if (form != PLAIN && thread->lead != 0 && op->visible && !pays(sim, thread, form))
                return 0;
            bool asks = form == FULL && sim->profile != NULL;
            if (form != PLAIN && __builtin_expect(thread->need_resched | asks, 0) &&
                is_delayed(sim, thread, op))
                return 0;
            op = step(sim, thread, op, form, &first);
            if (op == NULL)
                return first;
        }
    } while (sim->now != began);
    events_clear(&sim->events, thread->id);
    outcome_set(sim, SIM_STALLED, "a thread runs its steps without any time passing");
    return 0;
}

void exec_advance(struct sim *sim, struct thread *thread) {
    if (sim->form == PLAIN)
        advance(sim, thread, PLAIN);
    else if (sim->form == CALM)
        advance(sim, thread, CALM);
    else
        advance(sim, thread, FULL);
}

static void fire_other(struct sim *sim, uint32_t source) {
    sim->actor = NULL;
    if (source >= sim->first_rcu_source)
        rcu_event(sim, source);
    else if (source >= sim->first_arrival_source)
        start_arrival(sim, source);
    else
        sched_slice_end(sim, source - sim->first_cpu_source);
}

/* As advance(). */
static IN_LINE uint64_t fire(struct sim *sim, uint32_t source, enum form form) {
    if (form != PLAIN && source >= sim->first_cpu_source) {
        fire_other(sim, source);
        return 0;
    }
    if (form != PLAIN)
        events_begin(&sim->events, source);
    struct thread *thread = sim->actor = &sim->threads[source];
    if (thread->state == T_RUN || (form != PLAIN && thread->group->outside))
        return advance(sim, thread, form);
    if (thread->state == T_ENTER)
        sched_entered(sim, thread);
    else if (thread->waits)
        locking_timeout(sim, thread);
    else
        sched_wake(sim, thread);
    return 0;
}

/* Time stands still, or has gone on for too long. */
static OUT_OF_LINE void check_limits(struct sim *sim) {
    uint64_t most = ((uint64_t)sim->program->nthreads + 1) * EVENTS_PER_INSTANT;
    if (sim->events_done - sim->last_advance > most)
        outcome_set(sim, SIM_STALLED, "time does not pass: threads wake each other at no cost");
    else if (sim->events_done >= sim->program->budget)
        outcome_set(sim, SIM_BUDGET, "the event budget is exhausted");
}

static IN_LINE void run_events(struct sim *sim, enum form form) {
    struct events *events = &sim->events;
    uint64_t key = events_first(events);
    while (key < sim->limit) {
        sim_time time = (sim_time)(key >> events->bits);
        bool stands = time == sim->now;
        if (!stands)
            sim->last_advance = sim->events_done;
        if (__builtin_expect(stands || sim->events_done >= sim->program->budget, 0)) {
            check_limits(sim);
            if (sim->stop)
                return;
        }
        sim->now = time;
        sim->events_done++;
        key = fire(sim, event_source(events, key), form);
        if (form != PLAIN || key == 0)
            key = events_first(events);
    }
    if (!sim->stop && key == EVENT_NONE)
        outcome_no_events(sim);
}

void exec_run(struct sim *sim, uint64_t limit) {
    sim->limit = sim->stop ? 0 : limit;
    if (sim->form == PLAIN)
        run_events(sim, PLAIN);
    else if (sim->form == CALM)
        run_events(sim, CALM);
    else
        run_events(sim, FULL);
}
