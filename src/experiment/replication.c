/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/replication.h"

#include "base/arena.h"

#include <string.h>

struct edge { /* what the engine counts at one instant */
    struct sim_counters counters;
    struct lock_integrals *locks;
    uint64_t *progress;
    struct group_time *groups;
    struct profile_cell *profile; /* NULL: not wanted */
};

static struct edge edge_now(struct arena *arena, struct sim *sim, const struct program *program) {
    struct edge edge = {.locks = arena_array(arena, program->nlocks, sizeof(*edge.locks)),
                        .progress = arena_array(arena, program->nprogress, sizeof(uint64_t)),
                        .groups = arena_array(arena, program->ngroups, sizeof(*edge.groups))};
    sim_counters(sim, &edge.counters);
    for (uint32_t i = 0; i < program->nlocks; i++)
        sim_lock_integrals(sim, i, &edge.locks[i]);
    for (uint32_t i = 0; i < program->nprogress; i++)
        edge.progress[i] = sim_progress(sim, i);
    for (uint32_t i = 0; i < program->ngroups; i++)
        edge.groups[i] = sim_group_time(sim, i);
    const struct profile_cell *cells = sim_profile(sim);
    if (cells == NULL)
        return edge;
    edge.profile = arena_array(arena, program->nframes, sizeof(*cells));
    memcpy(edge.profile, cells, program->nframes * sizeof(*cells));
    return edge;
}

static struct sim_counters difference(const struct sim_counters *begin,
                                      const struct sim_counters *end) {
    return (struct sim_counters){.now = end->now - begin->now,
                                 .events = end->events - begin->events,
                                 .preemptions = end->preemptions - begin->preemptions,
                                 .sleeps = end->sleeps - begin->sleeps,
                                 .run = end->run - begin->run,
                                 .spin = end->spin - begin->spin,
                                 .switching = end->switching - begin->switching,
                                 .irq = end->irq - begin->irq,
                                 .occupied = end->occupied - begin->occupied};
}

static struct group_time group_difference(const struct group_time *begin,
                                          const struct group_time *end) {
    return (struct group_time){.cpu = end->cpu - begin->cpu,
                               .user = end->user - begin->user,
                               .run_delay = end->run_delay - begin->run_delay,
                               .arrivals = end->arrivals - begin->arrivals,
                               .departures = end->departures - begin->departures};
}

static void take_lock_sample(struct lock_sample *lock, const struct class_view *view) {
    lock->acquisitions = view->hold.count;
    lock->waited = view->waited;
    lock->slept = view->slept;
    lock->waited_time = view->waited_time;
    lock->wait = view->wait.sum;
    lock->hold = view->hold.sum;
    memcpy(lock->rows, view->rows, sizeof(lock->rows));
    if (lock->nsites == 0)
        return;
    memcpy(lock->waiters, view->waiters, lock->nsites * sizeof(*lock->waiters));
    memcpy(lock->holders, view->holders, lock->nsites * sizeof(*lock->holders));
    memcpy(lock->callers, view->callers, lock->nsites * sizeof(*lock->callers));
}

static void take_profile(struct sample *sample, const struct program *program,
                         const struct edge *begin, const struct edge *end) {
    if (sample->profile == NULL)
        return;
    for (uint32_t i = 0; i < program->nframes; i++)
        for (int slot = 0; slot < PROFILE_SLOTS; slot++)
            sample->profile[i].ticks[slot] =
                end->profile[i].ticks[slot] - begin->profile[i].ticks[slot];
    audit_profile(&sample->audit, &sample->used, sample->profile, program->nframes);
}

static void take_sample(struct sample *sample, const struct lock_view *view,
                        const struct edge *begin, const struct edge *end) {
    const struct program *program = view->program;
    sample->used = difference(&begin->counters, &end->counters);
    audit_time(&sample->audit, program->machine.cpus, &begin->counters, &end->counters);
    take_profile(sample, program, begin, end);
    for (uint32_t i = 0; i < program->nprogress; i++)
        sample->progress[i] = end->progress[i] - begin->progress[i];
    for (uint32_t i = 0; i < program->ngroups; i++)
        sample->groups[i] = group_difference(&begin->groups[i], &end->groups[i]);
    for (uint32_t i = 0; i < program->nlocks; i++) {
        struct lock_sample *lock = &sample->locks[i];
        take_lock_sample(lock, &view->classes[i]);
        lock->held = end->locks[i].held - begin->locks[i].held;
        if (lock->held < 0)
            lock->held = 0; /* grants are booked a hand-over ahead of holds that take no time */
        const struct stamps stamps = {lock->acquisitions, lock->wait + lock->hold, lock->hold};
        audit_lock(&sample->audit, program->locks[i].name, &begin->locks[i], &end->locks[i],
                   &stamps);
    }
}

/* How many are inside each group, at the ends of the parts of a window. */
typedef double inside_group[BACKLOG_POINTS];

static void note_inside(const struct sim *sim, const struct program *program, inside_group *inside,
                        int point) {
    for (uint32_t i = 0; i < program->ngroups; i++)
        inside[i][point] = (double)sim_group_inside(sim, i);
}

static enum sim_outcome run_window(struct arena *arena, const struct replication *r,
                                   struct sim *sim, struct sample *sample) {
    const struct program *program = r->program;
    enum sim_outcome outcome = SIM_OK;
    inside_group *inside = arena_array(arena, program->ngroups, sizeof(*inside));
    sim_time part = program->duration / REPLICATION_PARTS;
    note_inside(sim, program, inside, 0);
    for (int i = 1; i <= REPLICATION_PARTS && outcome == SIM_OK && !sim_done(sim); i++) {
        sim_time end = i < REPLICATION_PARTS ? r->warmup + i * part : r->warmup + program->duration;
        outcome = sim_run_until(sim, program->finite ? TIME_NEVER : end);
        note_inside(sim, program, inside, i);
        r->part_done(r->self);
    }
    for (uint32_t i = 0; i < program->ngroups && !program->finite; i++)
        sample->backlogs[i] = backlog_of(inside[i]);
    return sim_finish(sim);
}

struct lock_view *replication_run(struct arena *arena, const struct replication *r,
                                  struct sample *sample) {
    const struct program *program = r->program;
    struct lock_view *view = lock_view_new(arena, program);
    const struct observer observer = {view, lock_view_passages};
    struct sim *sim = sim_new(arena, program, program->seed, r->number, &observer);
    if (sample->profile != NULL)
        sim_profile_begin(sim);
    if (r->general)
        sim_take_general_way(sim);
    if (r->warmup > 0)
        sample->outcome = sim_run_until(sim, r->warmup);
    struct edge begin = edge_now(arena, sim, program);
    view->on = true;
    if (r->busy)
        view->busy = busy_view_new(arena, program, begin.counters.now);
    if (sample->outcome == SIM_OK)
        sample->outcome = run_window(arena, r, sim, sample);
    struct edge end = edge_now(arena, sim, program);
    lock_view_sum(view);
    take_sample(sample, view, &begin, &end);
    for (uint32_t i = 0; i < program->nlocks; i++)
        sample->locks[i].unfinished = sim_longest_wait(sim, i);
    if (sample->outcome != SIM_OK)
        sample->detail = sim_detail(sim);
    return view;
}
