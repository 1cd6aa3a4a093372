/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The interpreter: a thread runs ops until one takes time. Small costs (of
 * lock operations and wake-up calls) gather in thread.lead and are spent with
 * the next segment of work, or on their own before an op that others can see.
 */
#include "sim/core.h"

#include <math.h>

/* Ops without time in between before the thread is declared stuck. */
enum { OPS_WITHOUT_TIME = 1 << 20 };

enum { PURPOSE_IRQ = 1, PURPOSE_START, PURPOSE_ARRIVAL };

static uint64_t owner_key(const struct sim *sim, const struct program_group *group,
                          uint32_t index) {
    uint64_t group_index = (uint64_t)(group - sim->program->groups) + 1;
    return mix64(group_index << 32 | index);
}

static void start_streams(struct sim *sim, struct thread *thread, uint64_t owner) {
    const struct program_group *group = thread->group;
    for (uint32_t i = 0; i < group->nstreams; i++)
        thread->streams[i] = stream_new(sim->seed, sim->replication, owner, group->purposes[i]);
}

void exec_segment(struct sim *sim, struct thread *thread, sim_time lead, sim_time work) {
    if (sim->profile != NULL)
        profile_segment(sim, thread, lead, work);
    sim_time length = irq_stretch(sim, thread, lead + work);
    events_set(&sim->events, thread->id, sim->now + length);
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
        length += (sim_time)((double)read * (0.5 + stream_uniform(&thread->irq_stream)));
    thread->lead = 0;
    thread->in_delay = true;
    length += irq_residual(sim, thread, length);
    events_set(&sim->events, thread->id, sim->now + lead + length);
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

static bool is_open(const struct program_group *group) {
    return group->arrivals != ARRIVAL_CLOSED;
}

/* The thread is gone after this iteration. */
static bool is_last(const struct thread *thread) {
    return is_open(thread->group) || thread->iterations == 1;
}

static void to_pool(struct sim *sim, struct thread *thread) {
    struct thread **pool = &sim->pool[thread->group - sim->program->groups];
    thread->wait_next = *pool;
    *pool = thread;
}

/* One iteration is done; false when the thread has nothing more to do. */
static bool again(struct sim *sim, struct thread *thread) {
    const struct program_group *group = thread->group;
    thread->pc = group->first_op;
    if (is_open(group)) {
        sched_leave(sim, thread, T_GONE);
        to_pool(sim, thread);
        return false;
    }
    if (group->iterations != 0 && --thread->iterations == 0) {
        sim->unfinished--;
        sched_leave(sim, thread, T_GONE);
        return false;
    }
    return true;
}

/* Others see this op's effect, so it must happen at its own time. */
static bool is_visible(const struct thread *thread, const struct op *op) {
    switch (op->code) {
    case OP_SLEEP:
    case OP_LOCK:
    case OP_UNLOCK:
    case OP_POST:
    case OP_TAKE:
    case OP_COMPLETE:
    case OP_WAIT_FOR:
    case OP_RCU_LOCK:
    case OP_RCU_UNLOCK:
    case OP_SYNCHRONIZE:
    case OP_CALL_RCU:
    case OP_TOUCH:
        return true;
    case OP_END:
        return thread->group->iterations != 0 || is_open(thread->group);
    default:
        return false;
    }
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

static bool run(struct sim *sim, struct thread *thread, const struct op *op) {
    sim_time length = draw_ticks(op->dist, &thread->streams[op->stream]), lead = thread->lead;
    bool passes = op->clock || lead + length != 0;
    thread->user = op->user;
    if (!op->clock)
        length = ramp_stretch(sim, &sim->cpus[thread->cpu], length);
    if (op->user)
        group_time(sim, thread)->user += length;
    if (op->clock) {
        delay(sim, thread, length);
    } else if (passes) {
        thread->lead = 0;
        exec_segment(sim, thread, lead, length);
    }
    thread->pc++;
    return !passes;
}

static bool sleeps(struct sim *sim, struct thread *thread, const struct op *op) {
    sim_time length = draw_ticks(op->dist, &thread->streams[op->stream]);
    thread->pc++;
    if (length == 0)
        return true;
    if (sim->machine->sleep_slack != NULL && !thread->group->outside)
        length += draw_ticks(sim->machine->sleep_slack, &thread->irq_stream);
    sched_leave(sim, thread, T_SLEEP);
    events_set(&sim->events, thread->id, sim->now + length);
    return false;
}

/* Runs the op; false when the thread must wait for an event or for others. */
static bool step(struct sim *sim, struct thread *thread, const struct op *op) {
    switch ((enum op_code)op->code) {
    case OP_RUN:
        return run(sim, thread, op);
    case OP_SLEEP:
        return sleeps(sim, thread, op);
    case OP_LOCK:
        locking_request(sim, thread, op);
        return thread->waits_for == NULL && !thread->asking;
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
        if (is_last(thread))
            work_done(sim, thread);
        return (is_last(thread) && thread->lead != 0) || again(sim, thread);
    }
    thread->pc++;
    return true;
}

/* A spinning thread has got its lock: the hand-over and the work after it are one segment. */
void exec_granted(struct sim *sim, struct thread *thread, sim_time delay) {
    const struct op *op = &sim->ops[thread->pc];
    thread->lead = delay;
    if (op->code == OP_RUN && !step(sim, thread, op))
        return;
    if (sim->profile != NULL)
        profile_segment(sim, thread, thread->lead, 0);
    events_set(&sim->events, thread->id, sim->now + thread->lead);
    thread->lead = 0;
    thread->user = false;
}

void exec_advance(struct sim *sim, struct thread *thread) {
    thread->in_delay = false;
    for (uint32_t n = 0; n < OPS_WITHOUT_TIME; n++) {
        const struct op *op = &sim->ops[thread->pc];
        if (thread->lead != 0 && is_visible(thread, op)) {
            sim_time lead = thread->lead;
            thread->lead = 0;
            thread->user = false;
            exec_segment(sim, thread, lead, 0);
            return;
        }
        if (thread->need_resched && !thread->asking && is_resched_point(sim, thread, op)) {
            sched_yield_cpu(sim, thread);
            return;
        }
        if (sim->profile != NULL && is_visible(thread, op))
            profile_op(sim, thread, op);
        if (!step(sim, thread, op))
            return;
    }
    events_clear(&sim->events, thread->id);
    outcome_set(sim, SIM_STALLED, "a thread runs its steps without any time passing");
}

/* Closed threads: ready for the first step, after the start delay. */
void exec_start(struct sim *sim, struct thread *thread, uint32_t index) {
    const struct program_group *group = thread->group;
    uint64_t owner = owner_key(sim, group, index);
    thread->irq_stream = stream_new(sim->seed, sim->replication, owner, PURPOSE_IRQ);
    irq_start(sim, thread);
    thread->pc = group->first_op;
    thread->state = T_GONE;
    if (is_open(group)) {
        to_pool(sim, thread);
        return;
    }
    start_streams(sim, thread, owner);
    if (group->per != NO_INDEX)
        thread->regs[0] = index / group->threads_per_object;
    thread->iterations = group->iterations;
    if (group->iterations != 0)
        sim->unfinished++;
    sim_time delay = 0;
    if (group->start != NULL) {
        struct stream stream = stream_new(sim->seed, sim->replication, owner, PURPOSE_START);
        delay = draw_ticks(group->start, &stream);
    }
    events_set(&sim->events, thread->id, delay);
}

static void next_arrival(struct sim *sim, struct source *source, uint32_t event) {
    double wait = source->group->interarrival;
    if (source->group->arrivals == ARRIVAL_POISSON) {
        struct dist dist = {.kind = DIST_EXP, .a = wait};
        wait = draw(&dist, &source->stream);
    }
    /* Carry the fraction of a tick: periods and rates are exact in the long run. */
    source->due += wait;
    double whole = floor(source->due);
    source->due -= whole;
    sim_time gap = whole < 0x1p52 ? (sim_time)whole : (sim_time)1 << 52;
    events_set(&sim->events, event, sim->now + gap);
}

void exec_start_source(struct sim *sim, struct source *source, uint32_t index) {
    uint64_t owner = owner_key(sim, source->group, index);
    source->owner = owner + PURPOSE_ARRIVAL;
    source->stream = stream_new(sim->seed, sim->replication, owner, PURPOSE_ARRIVAL);
    next_arrival(sim, source, sim->first_arrival_source + (uint32_t)(source - sim->sources));
}

void exec_arrival(struct sim *sim, uint32_t event) {
    struct source *source = &sim->sources[event - sim->first_arrival_source];
    const struct program_group *group = source->group;
    struct thread **pool = &sim->pool[group - sim->program->groups];
    struct thread *thread = *pool;
    uint64_t serial = ++source->arrivals;
    uint32_t cpu = stream_below(&source->stream, sim->machine->cpus);
    next_arrival(sim, source, event);
    if (thread == NULL) {
        outcome_overload(sim, group);
        return;
    }
    *pool = thread->wait_next;
    thread->wait_next = NULL;
    start_streams(sim, thread, mix64(source->owner) + serial);
    if (group->per != NO_INDEX)
        thread->regs[0] = source->object;
    if (group->pin == PIN_CPU)
        cpu = source->index % sim->machine->cpus;
    thread->cpu = cpu;
    sched_wake(sim, thread);
}
