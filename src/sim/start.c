/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How threads come: all at the start, or as work arrives, from a pool of their group. */
#include "sim/core.h"

#include "base/arena.h"

#include <string.h>

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

/* Of more threads than that, what one drew is no longer in a cache when it is due. */
enum { MOST_AHEAD = 1 << 16 };

/* Ops of open groups do not draw ahead: their streams last for one arrival. */
static void look_ahead(struct sim *sim, struct thread *thread) {
    const struct program_group *group = thread->group;
    if (group_is_open(group))
        return;
    size_t words = stream_words(sim, thread) * (group->retries ? 2 : 1);
    struct stream *streams = arena_array(sim->arena, words, sizeof(*streams));
    memcpy(streams, thread->streams, group->nstreams * sizeof(*streams));
    thread->streams = streams;
    for (const struct op *op = &sim->ops[group->first_op]; op->code != OP_END; op++)
        if (op->code == OP_RUN && op->drawn)
            work_ahead(sim, op, &streams[op->stream]);
}

void start_ahead(struct sim *sim) {
    const struct program *program = sim->program;
    if (program->nthreads > MOST_AHEAD && sim->form != PLAIN)
        return;
    for (const struct program_group *g = program->groups; g < program->groups + program->ngroups;
         g++)
        if (!group_is_open(g) && g->nstreams > sim->ahead)
            sim->ahead = g->nstreams;
    for (uint32_t i = 0; i < program->nthreads && sim->ahead != 0; i++)
        look_ahead(sim, &sim->threads[i]);
}

void start_to_pool(struct sim *sim, struct thread *thread) {
    struct thread **pool = &sim->pool[thread->group - sim->program->groups];
    thread->wait_next = *pool;
    *pool = thread;
}

/* Closed threads: ready for the first step, after the start delay. */
void start_thread(struct sim *sim, struct thread *thread, uint32_t index) {
    const struct program_group *group = thread->group;
    uint64_t owner = owner_key(sim, group, index);
    if (sim->noise != NULL)
        sim->noise[thread->id].stream = stream_new(sim->seed, sim->replication, owner, PURPOSE_IRQ);
    irq_start(sim, thread);
    thread->at = &sim->ops[group->first_op];
    thread->state = T_GONE;
    if (group_is_open(group)) {
        start_to_pool(sim, thread);
        return;
    }
    start_streams(sim, thread, owner);
    if (group->per != NO_INDEX)
        thread->regs[0] = index / group->threads_per_object;
    if (group->iterations != 0) {
        sim->iterations[thread->id] = group->iterations;
        sim->unfinished++;
    }
    sim_time delay = 0;
    if (group->start != NULL) {
        struct stream stream = stream_new(sim->seed, sim->replication, owner, PURPOSE_START);
        delay = draw_ticks(group->start, &stream);
    }
    events_set_often(&sim->events, thread->id, delay);
}

static void next_arrival(struct sim *sim, struct source *source, uint32_t event) {
    const double most = 0x1p52;
    double wait = source->group->interarrival;
    if (source->group->arrivals == ARRIVAL_POISSON)
        wait *= draw_unit_exp(&source->stream);
    /* Carry the fraction of a tick: periods and rates are exact in the long run. */
    wait += source->due;
    sim_time gap = (sim_time)(wait < most ? wait : most);
    source->due = wait < most ? wait - (double)gap : 0;
    events_set_seldom(&sim->events, event, sim->now + gap);
}

void start_source(struct sim *sim, struct source *source, uint32_t index) {
    uint64_t owner = owner_key(sim, source->group, index);
    source->owner = owner + PURPOSE_ARRIVAL;
    source->stream = stream_new(sim->seed, sim->replication, owner, PURPOSE_ARRIVAL);
    next_arrival(sim, source, sim->first_arrival_source + (uint32_t)(source - sim->sources));
}

void start_arrival(struct sim *sim, uint32_t event) {
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
    times_of(sim, thread)->arrivals++;
    start_streams(sim, thread, mix64(source->owner) + serial);
    if (group->per != NO_INDEX)
        thread->regs[0] = source->object;
    if (group->pin == PIN_CPU)
        cpu = source->index % sim->machine->cpus;
    thread->cpu = cpu;
    sched_wake(sim, thread);
}
