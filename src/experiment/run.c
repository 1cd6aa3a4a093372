/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "experiment/run.h"

#include "base/arena.h"
#include "experiment/precision.h"
#include "experiment/replication.h"
#include "experiment/warmup.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

enum { FIRST_ROUND = 5 }; /* replications before the first look at the precision */

struct task {
    uint32_t design, replication;
};

struct experiment {
    const struct run_plan *plan;
    struct arena *arena;
    struct runs *runs;
    pthread_mutex_t lock; /* of the pools, the progress, and the arena while tasks are under way */
    enum { TO_PILOT, TO_FIRST_ROUND, TO_NEXT_ROUND } state;
    uint32_t *round_end; /* by design: replications, once the round under way is done */
    struct task *tasks;  /* of the round */
    uint64_t parts_done, parts;
    bool *settled; /* of the pilots, by design */
    sim_time *warmups;
};

/* ---- one replication ---- */

static void part_done(void *self) {
    struct experiment *e = self;
    if (e->plan->progress == NULL)
        return;
    pthread_mutex_lock(&e->lock);
    e->parts_done++;
    e->plan->progress(e->plan->self, fmin(1, (double)e->parts_done / (double)e->parts));
    pthread_mutex_unlock(&e->lock);
}

static void run_replication(void *self, struct arena *arena, uint32_t index) {
    struct experiment *e = self;
    struct design_runs *design = &e->runs->designs[e->tasks[index].design];
    const struct replication replication = {.program = design->program,
                                            .number = e->tasks[index].replication,
                                            .warmup = e->runs->warmup,
                                            .general = e->plan->general,
                                            .busy = e->plan->busy,
                                            .part_done = part_done,
                                            .self = e};
    struct sample *sample = &design->samples[replication.number];
    const struct lock_view *view = replication_run(arena, &replication, sample);
    pthread_mutex_lock(&e->lock);
    if (sample->detail != NULL)
        sample->detail = arena_printf(e->arena, "%s", sample->detail);
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
    uint32_t old = design->replications;
    struct sample *samples = arena_array(e->arena, n, sizeof(*samples));
    if (old > 0)
        memcpy(samples, design->samples, old * sizeof(*samples));
    for (uint32_t i = old; i < n; i++) {
        samples[i].nlocks = program->nlocks;
        samples[i].locks = lock_samples(e->arena, design->pool);
        samples[i].progress = arena_array(e->arena, program->nprogress, sizeof(uint64_t));
        samples[i].groups = arena_array(e->arena, program->ngroups, sizeof(struct group_time));
        samples[i].backlogs = arena_array(e->arena, program->ngroups, sizeof(struct backlog));
        if (e->plan->profile || program->profiled)
            samples[i].profile = arena_array(e->arena, program->nframes, sizeof(*samples->profile));
    }
    design->samples = samples;
}

/* Replication by replication, so that designs that differ in cost are mixed. */
static uint32_t list_tasks(struct experiment *e, uint32_t most) {
    uint32_t n = 0;
    for (uint32_t r = 0; r < most; r++)
        for (uint32_t d = 0; d < e->runs->ndesigns; d++)
            if (r >= e->runs->designs[d].replications && r < e->round_end[d])
                e->tasks[n++] = (struct task){d, r};
    return n;
}

/* Up to round_end; false: there is nothing to run. */
static bool begin_round(struct experiment *e, struct stage *stage) {
    struct runs *runs = e->runs;
    uint32_t most = 0, all = 0, new = 0;
    for (uint32_t d = 0; d < runs->ndesigns; d++) {
        struct design_runs *design = &runs->designs[d];
        most = e->round_end[d] > most ? e->round_end[d] : most;
        all += e->round_end[d];
        new += e->round_end[d] - design->replications;
        if (e->round_end[d] > design->replications)
            make_room(e, design, e->round_end[d]);
    }
    e->parts = (uint64_t)all * REPLICATION_PARTS;
    e->tasks = arena_array(e->arena, new, sizeof(*e->tasks));
    *stage = (struct stage){list_tasks(e, most), run_replication, e};
    return new > 0;
}

static bool first_round(struct experiment *e, struct stage *stage) {
    uint32_t n = e->plan->replications;
    if (e->plan->precision > 0 && n > FIRST_ROUND)
        n = FIRST_ROUND;
    for (uint32_t d = 0; d < e->runs->ndesigns; d++)
        e->round_end[d] = n;
    return begin_round(e, stage);
}

static void end_round(struct experiment *e) {
    struct runs *runs = e->runs;
    for (uint32_t d = 0; d < runs->ndesigns; d++) {
        runs->designs[d].replications = e->round_end[d];
        if (e->round_end[d] > runs->replications)
            runs->replications = e->round_end[d];
    }
}

/* How many a design is to have: by its own results so far, never by the number of threads. */
static uint32_t replications_for(const struct run_plan *plan, uint32_t now, double needed) {
    /* The variance of few replications is a guess: step at most fourfold. */
    double next = fmin(ceil(needed * 1.1), 4.0 * now);
    return (uint32_t)fmin(fmax(next, now + 1), plan->replications);
}

static bool next_round(struct experiment *e, struct stage *stage) {
    const struct run_plan *plan = e->plan;
    struct runs *runs = e->runs;
    end_round(e);
    if (plan->precision == 0)
        return false;
    runs->precision = 0;
    runs->precise = true;
    for (uint32_t d = 0; d < runs->ndesigns; d++) {
        struct design_runs *design = &runs->designs[d];
        struct precision now = precision_of(e->arena, design, plan->precision);
        design->precision = now.worst;
        design->precise = now.worst <= plan->precision;
        runs->precision = fmax(runs->precision, now.worst);
        runs->precise &= design->precise;
        if (!design->precise)
            e->round_end[d] = replications_for(plan, design->replications, now.needed);
    }
    return begin_round(e, stage);
}

static void finish(struct experiment *e) {
    struct runs *runs = e->runs;
    for (uint32_t i = 0; i < runs->ndesigns; i++)
        for (uint32_t r = 0; r < runs->designs[i].replications; r++)
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
        return first_round(e, stage);
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
    e->round_end = arena_array(arena, plan->ndesigns, sizeof(*e->round_end));
    runs->ndesigns = plan->ndesigns;
    runs->precise = true;
    runs->designs = arena_array(arena, plan->ndesigns, sizeof(*runs->designs));
    for (uint32_t i = 0; i < plan->ndesigns; i++) {
        runs->designs[i].program = plan->programs[i];
        runs->designs[i].precise = true;
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
