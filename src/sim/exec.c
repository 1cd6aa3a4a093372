/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The interpreter: a thread runs ops until one takes time. Small costs (of
 * lock operations and wake-up calls) gather in thread.lead and are spent with
 * the next segment of work, or on their own before an op that others can see.
 */
#include "sim/core.h"

/* Ops without time in between before the thread is declared stuck. */
enum { OPS_WITHOUT_TIME = 1 << 20 };

/* Events at one instant, per thread, before time is declared to stand still. */
enum { EVENTS_PER_INSTANT = 10000 };

void exec_segment(struct sim *sim, struct thread *thread, sim_time lead, sim_time work) {
    sim_time length = lead + work;
    if (!sim->bare) {
        if (sim->profile != NULL)
            profile_segment(sim, thread, lead, work);
        length = irq_stretch(sim, thread, length);
    }
    events_set_often(&sim->events, thread->id, sim->now + length);
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
    sim_time lead = thread->lead == 0 ? 0 : irq_stretch(sim, thread, thread->lead);
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

static uint32_t choose(struct sim *sim, struct thread *thread, const struct op *op) {
    const struct choice *choices = &sim->program->choices[op->index];
    double u = stream_uniform(&thread->streams[op->stream]);
    uint32_t i = 0;
    while (i + 1 < op->target && u >= choices[i].p)
        i++;
    return choices[i].target;
}

/* How often the body runs; the loop register counts down. */
static void repeat(struct thread *thread, const struct op *op) {
    uint32_t n = thread->batch;
    if (op->dist != NULL) {
        double x = draw(op->dist, &thread->streams[op->stream]) + 0.5;
        n = x < UINT32_MAX ? (uint32_t)x : UINT32_MAX;
    }
    thread->regs[op->reg] = n;
    thread->pc = n == 0 ? op->target : thread->pc + 1;
}

static void next(struct thread *thread, const struct op *op) {
    thread->pc = --thread->regs[op->reg] != 0 ? op->target : thread->pc + 1;
}

/* The thread is gone after this iteration. */
static bool is_last(const struct sim *sim, const struct thread *thread) {
    return group_is_open(thread->group) || sim->iterations[thread->id] == 1;
}

/* One iteration is done; false when the thread has nothing more to do. */
static bool again(struct sim *sim, struct thread *thread) {
    const struct program_group *group = thread->group;
    thread->pc = group->first_op;
    if (group_is_open(group)) {
        sched_leave(sim, thread, T_GONE);
        start_to_pool(sim, thread);
        return false;
    }
    if (--sim->iterations[thread->id] == 0) {
        sim->unfinished--;
        sim->stop |= sim_done(sim);
        sched_leave(sim, thread, T_GONE);
        return false;
    }
    return true;
}

/* Where a thread that should make way does: under PREEMPT_FULL anywhere, else
 * outside all locks and where it may sleep for one (might_sleep()). */
static bool is_resched_point(const struct sim *sim, const struct thread *thread,
                             const struct op *op) {
    if (thread->atomic != 0)
        return false;
    switch (sim->machine->preemption) {
    case PREEMPT_FULL:
        return true;
    case PREEMPT_VOLUNTARY:
        return thread->nowned == 0 || op->code == OP_LOCK;
    default:
        return op->code == OP_RUN && op->user;
    }
}

/* Works for so long; false when that is a segment, true when it takes no time. */
static OUT_OF_LINE bool run_stretched(struct sim *sim, struct thread *thread, const struct op *op,
                                      sim_time length) {
    if (!op->clock)
        length = ramp_stretch(sim, thread, length);
    times_of(sim, thread)->user += op->user ? length : 0;
    sim_time lead = thread->lead;
    bool passes = false;
    if (op->clock) {
        delay(sim, thread, length);
    } else if (lead + length != 0) {
        thread->lead = 0;
        exec_segment(sim, thread, lead, length);
    } else {
        passes = true;
    }
    thread->pc++;
    return passes;
}

static inline bool run(struct sim *sim, struct thread *thread, const struct op *op) {
    sim_time length = draw_ticks(op->dist, &thread->streams[op->stream]);
    thread->user = op->user;
    if (!sim->bare || op->clock)
        return run_stretched(sim, thread, op, length);
    thread->pc++;
    times_of(sim, thread)->user += op->user ? length : 0;
    length += thread->lead;
    if (length == 0)
        return true;
    thread->lead = 0;
    events_set_often(&sim->events, thread->id, sim->now + length);
    return false;
}

static bool sleeps(struct sim *sim, struct thread *thread, const struct op *op) {
    sim_time length = draw_ticks(op->dist, &thread->streams[op->stream]);
    thread->pc++;
    if (length == 0)
        return true;
    if (sim->machine->sleep_slack != NULL && !thread->group->outside)
        length += draw_ticks(sim->machine->sleep_slack, &sim->noise[thread->id].stream);
    sched_leave(sim, thread, T_SLEEP);
    events_set_often(&sim->events, thread->id, sim->now + length);
    return false;
}

/* Runs the op; false when the thread must wait for an event or for others. */
static inline bool step(struct sim *sim, struct thread *thread, const struct op *op) {
    if (op->code > OP_END) /* never; without a default the compiler names a code that is missing */
        __builtin_unreachable();
    switch ((enum op_code)op->code) {
    case OP_RUN:
        return run(sim, thread, op);
    case OP_SLEEP:
        return sleeps(sim, thread, op);
    case OP_LOCK:
        locking_request(sim, thread, op);
        return !thread->waits && !thread->asking;
    case OP_UNLOCK:
        locking_release(sim, thread, op);
        return !thread->asking;
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
            return false;
        break;
    case OP_COMPLETE:
        completion_complete(sim, thread, op);
        break;
    case OP_WAIT_FOR:
        if (!completion_wait(sim, thread, op))
            return false;
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
        thread->pc++;
        rcu_synchronize(sim, thread, (enum rcu_flavor)op->mode);
        return false;
    case OP_TOUCH:
        lines_touch(sim, thread, op);
        break;
    case OP_COUNT:
        sim->progress[op->index]++;
        break;
    case OP_CHOOSE:
        thread->pc = choose(sim, thread, op);
        return true;
    case OP_REPEAT:
        repeat(thread, op);
        return true;
    case OP_NEXT:
        next(thread, op);
        return true;
    case OP_JUMP:
        thread->pc = op->target;
        return true;
    case OP_END:
        if (!op->visible) { /* for ever */
            thread->pc = thread->group->first_op;
            return true;
        }
        if (is_last(sim, thread))
            work_done(sim, thread);
        return (is_last(sim, thread) && thread->lead != 0) || again(sim, thread);
    }
    thread->pc++;
    return true;
}

/* A spinning thread has got its lock: the hand-over and the work after it are one segment. */
void exec_granted(struct sim *sim, struct thread *thread, sim_time delay) {
    const struct op *op = &sim->ops[thread->pc];
    thread->lead = delay;
    if (op->code == OP_RUN && !run(sim, thread, op))
        return;
    if (sim->profile != NULL)
        profile_segment(sim, thread, thread->lead, 0);
    events_set_often(&sim->events, thread->id, sim->now + thread->lead);
    thread->lead = 0;
    thread->user = false;
}

/* Something comes before the op: what is owed, or others. */
static OUT_OF_LINE bool is_delayed(struct sim *sim, struct thread *thread, const struct op *op) {
    if (thread->lead != 0 && op->visible) {
        sim_time lead = thread->lead;
        thread->lead = 0;
        thread->user = false;
        exec_segment(sim, thread, lead, 0);
        return true;
    }
    if (thread->need_resched && !thread->asking && is_resched_point(sim, thread, op)) {
        sched_yield_cpu(sim, thread);
        return true;
    }
    if (sim->profile != NULL && op->visible)
        profile_op(sim, thread, op);
    return false;
}

static IN_LINE void advance(struct sim *sim, struct thread *thread) {
    thread->in_delay = false;
    for (uint32_t n = 0; n < OPS_WITHOUT_TIME; n++) {
        const struct op *op = &sim->ops[thread->pc];
        if (__builtin_expect(thread->need_resched | sim->profiled, 0) ||
            (thread->lead != 0 && op->visible))
            if (is_delayed(sim, thread, op))
                return;
        if (!step(sim, thread, op))
            return;
    }
    events_clear(&sim->events, thread->id);
    outcome_set(sim, SIM_STALLED, "a thread runs its steps without any time passing");
}

void exec_advance(struct sim *sim, struct thread *thread) {
    advance(sim, thread);
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

static IN_LINE void fire(struct sim *sim, uint32_t source) {
    if (source >= sim->first_cpu_source) {
        fire_other(sim, source);
        return;
    }
    struct thread *thread = sim->actor = &sim->threads[source];
    if (thread->state == T_RUN || thread->group->outside)
        advance(sim, thread);
    else if (thread->state == T_ENTER)
        sched_entered(sim, thread);
    else if (thread->waits)
        locking_timeout(sim, thread);
    else
        sched_wake(sim, thread);
}

/* Time stands still, or has gone on for too long. */
static void check_limits(struct sim *sim) {
    uint64_t most = ((uint64_t)sim->program->nthreads + 1) * EVENTS_PER_INSTANT;
    if (sim->events_done - sim->last_advance > most)
        outcome_set(sim, SIM_STALLED, "time does not pass: threads wake each other at no cost");
    else if (sim->events_done >= sim->program->budget)
        outcome_set(sim, SIM_BUDGET, "the event budget is exhausted");
}

void exec_run(struct sim *sim, uint64_t limit) {
    uint64_t key = 0;
    while (!sim->stop && (key = events_first(&sim->events)) < limit) {
        sim_time time = (sim_time)(key >> sim->events.bits);
        if (__builtin_expect(time == sim->now || sim->events_done >= sim->program->budget, 0)) {
            if (time != sim->now)
                sim->last_advance = sim->events_done;
            check_limits(sim);
            if (sim->stop)
                return;
        } else {
            sim->last_advance = sim->events_done;
        }
        sim->now = time;
        sim->events_done++;
        fire(sim, event_source(&sim->events, key));
    }
    if (!sim->stop && key == EVENT_NONE)
        outcome_no_events(sim);
}
