/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "experiment/run.h"

#include "base/arena.h"
#include "experiment/precision.h"
#include "experiment/warmup.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

enum {
    FIRST_ROUND = 5, /* replications before the first look at the precision */
    PARTS = 16       /* of a run, between which progress is told */
};

struct experiment {
    const struct run_plan *plan;
    struct arena *arena;
    struct runs *runs;
    pthread_mutex_t lock; /* of the pools, the progress, and the arena while tasks are under way */
    enum { TO_PILOT, TO_FIRST_ROUND, TO_NEXT_ROUND } state;
    uint32_t round_end; /* replications, once the round under way is done */
    uint64_t parts_done, parts;
    bool *settled; /* of the pilots, by design */
    sim_time *warmups;
};

static void tell_progress(struct experiment *e) {
    if (e->plan->progress == NULL)
        return;
    pthread_mutex_lock(&e->lock);
    e->parts_done++;
    e->plan->progress(e->plan->self, fmin(1, (double)e->parts_done / (double)e->parts));
    pthread_mutex_unlock(&e->lock);
}

/* ---- one replication ---- */

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
        sample->groups[i] = (struct group_time){end->groups[i].cpu - begin->groups[i].cpu,
                                                end->groups[i].user - begin->groups[i].user};
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

static enum sim_outcome run_window(struct experiment *e, struct sim *sim,
                                   const struct program *program, sim_time begin) {
    enum sim_outcome outcome = SIM_OK;
    sim_time part = program->duration / PARTS;
    for (int i = 1; i <= PARTS && outcome == SIM_OK && !sim_done(sim); i++) {
        sim_time end = i < PARTS ? begin + i * part : begin + program->duration;
        outcome = sim_run_until(sim, program->finite ? TIME_NEVER : end);
        tell_progress(e);
    }
    return sim_finish(sim);
}

static void run_replication(void *self, struct arena *arena, uint32_t index) {
    struct experiment *e = self;
    uint32_t replication = e->runs->replications + index / e->runs->ndesigns;
    struct design_runs *design = &e->runs->designs[index % e->runs->ndesigns];
    const struct program *program = design->program;
    struct sample *sample = &design->samples[replication];
    struct lock_view *view = lock_view_new(arena, program);
    const struct observer observer = {view, lock_view_passages};
    struct sim *sim = sim_new(arena, program, program->seed, replication, &observer);
    if (sample->profile != NULL)
        sim_profile_begin(sim);
    if (e->plan->general)
        sim_take_general_way(sim);
    sim_time warmup = e->runs->warmup;
    if (warmup > 0)
        sample->outcome = sim_run_until(sim, warmup);
    struct edge begin = edge_now(arena, sim, program);
    view->on = true;
    if (e->plan->busy)
        view->busy = busy_view_new(arena, program, begin.counters.now);
    if (sample->outcome == SIM_OK)
        sample->outcome = run_window(e, sim, program, warmup);
    struct edge end = edge_now(arena, sim, program);
    lock_view_sum(view);
    take_sample(sample, view, &begin, &end);
    for (uint32_t i = 0; i < program->nlocks; i++)
        sample->locks[i].unfinished = sim_longest_wait(sim, i);
    pthread_mutex_lock(&e->lock);
    if (sample->outcome != SIM_OK)
        sample->detail = arena_printf(e->arena, "%s", sim_detail(sim));
    lock_view_merge(design->pool, view);
    pthread_mutex_unlock(&e->lock);
}

/* ---- rounds ---- */

static void run_pilot(void *self, struct arena *arena, uint32_t index) {
    struct experiment *e = self;
    const struct program *program = e->runs->designs[index].program;
    e->settled[index] = true;
    if (program->finite)
        return;
    if (program->warmup_auto)
        e->warmups[index] = warmup_find(arena, program, &e->settled[index]);
    else
        e->warmups[index] = program->warmup;
}

static void settle_warmup(struct experiment *e) {
    e->runs->warmup_settled = true;
    for (uint32_t i = 0; i < e->runs->ndesigns; i++) {
        if (e->warmups[i] > e->runs->warmup)
            e->runs->warmup = e->warmups[i];
        e->runs->warmup_settled &= e->settled[i];
    }
}

static struct lock_sample *lock_samples(struct arena *arena, const struct lock_view *view) {
    uint32_t n = view->program->nlocks;
    struct lock_sample *locks = arena_array(arena, n, sizeof(*locks));
    for (uint32_t i = 0; i < n; i++) {
        struct lock_sample *lock = &locks[i];
        lock->nsites = view->classes[i].sites.n;
        lock->waiters = arena_array(arena, lock->nsites, sizeof(*lock->waiters));
        lock->holders = arena_array(arena, lock->nsites, sizeof(*lock->holders));
        lock->callers = arena_array(arena, lock->nsites, sizeof(*lock->callers));
    }
    return locks;
}

static void make_room(struct experiment *e, struct design_runs *design, uint32_t n) {
    const struct program *program = design->program;
    uint32_t old = e->runs->replications;
    struct sample *samples = arena_array(e->arena, n, sizeof(*samples));
    if (old > 0)
        memcpy(samples, design->samples, old * sizeof(*samples));
    for (uint32_t i = old; i < n; i++) {
        samples[i].nlocks = program->nlocks;
        samples[i].locks = lock_samples(e->arena, design->pool);
        samples[i].progress = arena_array(e->arena, program->nprogress, sizeof(uint64_t));
        samples[i].groups = arena_array(e->arena, program->ngroups, sizeof(struct group_time));
        if (e->plan->profile || program->profiled)
            samples[i].profile = arena_array(e->arena, program->nframes, sizeof(*samples->profile));
    }
    design->samples = samples;
}

static bool begin_round(struct experiment *e, uint32_t n, struct stage *stage) {
    struct runs *runs = e->runs;
    for (uint32_t i = 0; i < runs->ndesigns; i++)
        make_room(e, &runs->designs[i], n);
    e->round_end = n;
    e->parts = (uint64_t)n * runs->ndesigns * PARTS;
    *stage = (struct stage){(n - runs->replications) * runs->ndesigns, run_replication, e};
    return true;
}

static uint32_t least(double a, double b) {
    return (uint32_t)fmin(a, b);
}

/* Rounds are sized by the results so far alone, never by the number of threads. */
static bool next_round(struct experiment *e, struct stage *stage) {
    const struct run_plan *plan = e->plan;
    struct runs *runs = e->runs;
    runs->replications = e->round_end;
    if (plan->precision == 0)
        return false;
    struct precision now = precision_of(e->arena, runs, plan->precision);
    runs->precision = now.worst;
    runs->precise = now.worst <= plan->precision;
    if (runs->precise || runs->replications >= plan->replications)
        return false;
    /* The variance of few replications is a guess: step at most fourfold. */
    double next = fmin(ceil(now.needed * 1.1), 4.0 * runs->replications);
    return begin_round(e, least(fmax(next, runs->replications + 1), plan->replications), stage);
}

static void finish(struct experiment *e) {
    struct runs *runs = e->runs;
    for (uint32_t i = 0; i < runs->ndesigns; i++)
        for (uint32_t r = 0; r < runs->replications; r++)
            audit_merge(&runs->audit, &runs->designs[i].samples[r].audit);
    pthread_mutex_destroy(&e->lock);
}

static bool next_stage(void *self, struct stage *stage) {
    struct experiment *e = self;
    const struct run_plan *plan = e->plan;
    switch (e->state) {
    case TO_PILOT:
        e->state = TO_FIRST_ROUND;
        *stage = (struct stage){plan->ndesigns, run_pilot, e};
        return true;
    case TO_FIRST_ROUND:
        e->state = TO_NEXT_ROUND;
        settle_warmup(e);
        return begin_round(
            e, plan->precision == 0 ? plan->replications : least(FIRST_ROUND, plan->replications),
            stage);
    case TO_NEXT_ROUND:
        break;
    }
    if (next_round(e, stage))
        return true;
    finish(e);
    return false;
}

/* ---- experiments ---- */

struct job experiment_job(struct arena *arena, const struct run_plan *plan, struct runs **out) {
    struct experiment *e = arena_alloc(arena, sizeof(*e));
    struct runs *runs = arena_alloc(arena, sizeof(*runs));
    *e = (struct experiment){.plan = plan, .arena = arena, .runs = runs, .parts = 1};
    pthread_mutex_init(&e->lock, NULL);
    e->settled = arena_array(arena, plan->ndesigns, sizeof(*e->settled));
    e->warmups = arena_array(arena, plan->ndesigns, sizeof(*e->warmups));
    runs->ndesigns = plan->ndesigns;
    runs->precise = true;
    runs->designs = arena_array(arena, plan->ndesigns, sizeof(*runs->designs));
    for (uint32_t i = 0; i < plan->ndesigns; i++) {
        runs->designs[i].program = plan->programs[i];
        runs->designs[i].pool = lock_view_new(arena, plan->programs[i]);
        if (plan->busy)
            runs->designs[i].pool->busy = busy_view_new(arena, plan->programs[i], 0);
    }
    *out = runs;
    return (struct job){e, next_stage};
}

static bool take_job(void *self, struct job *job) {
    struct job *only = self;
    *job = *only;
    only->next = NULL;
    return job->next != NULL;
}

struct runs *experiment_run(struct arena *arena, const struct run_plan *plan) {
    struct runs *runs;
    struct job job = experiment_job(arena, plan, &runs);
    pool_run(plan->jobs, &(struct job_source){&job, take_job});
    return runs;
}
