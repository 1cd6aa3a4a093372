/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "experiment/sweep.h"

#include "base/arena.h"

#include <pthread.h>

struct study {
    const struct sweep_plan *plan;
    struct sweep *sweep;
    struct arena *arena;
    const struct sweep_feed *feed;
    struct work *works;   /* by point */
    pthread_mutex_t lock; /* of the arena, feed->done() and what follows */
    double done;          /* points, with parts of those under way */
    bool stopped;
};

/* A point being computed, in an arena of its own. */
struct work {
    struct study *study;
    struct arena *arena;
    uint32_t index;
    struct opened opened;
    struct run_plan plan;
    struct runs *runs;
    struct job experiment;
    double told; /* of its progress */
};

uint32_t sweep_size(const struct sweep_plan *plan) {
    uint32_t n = 1;
    for (uint32_t i = 0; i < plan->naxes; i++) {
        if (plan->axes[i].n > SWEEP_POINTS_MAX / n)
            return 0;
        n *= plan->axes[i].n;
    }
    return n;
}

static const char *name_of(struct arena *arena, const struct sweep_plan *plan, uint32_t index) {
    const char *name = "";
    for (uint32_t i = 0; i < plan->naxes; i++)
        name = arena_printf(arena, "%s%s%s=%s", name, i > 0 ? ", " : "", plan->axes[i].path,
                            sweep_value(plan, index, i));
    return name;
}

const char *sweep_check(struct arena *arena, struct diag *diag, const struct sweep_plan *plan) {
    uint32_t n = sweep_size(plan);
    struct arena *scratch = arena_new();
    for (uint32_t i = 0; i < n; i++) {
        struct diag *probe = diag_new();
        struct opened opened;
        bool good = sweep_open(scratch, probe, plan, i, &opened);
        diag_free(probe);
        arena_reset(scratch);
        if (good)
            continue;
        arena_free(scratch);
        sweep_open(arena, diag, plan, i, &opened);
        return name_of(arena, plan, i);
    }
    arena_free(scratch);
    return NULL;
}

static void tell(void *self, double done) {
    struct work *w = self;
    struct study *study = w->study;
    if (study->plan->progress == NULL)
        return;
    pthread_mutex_lock(&study->lock);
    study->done += done - w->told;
    w->told = done;
    study->plan->progress(study->plan->self, study->done / study->feed->n);
    pthread_mutex_unlock(&study->lock);
}

static void open_point(struct work *w) {
    const struct sweep_plan *plan = w->study->plan;
    struct diag *diag = diag_new();
    w->arena = arena_new();
    sweep_open(w->arena, diag, plan, w->index, &w->opened);
    diag_free(diag);
    const struct run_spec *spec = &w->opened.scenario->run;
    w->plan = (struct run_plan){.programs = (const struct program *const *)w->opened.programs,
                                .ndesigns = plan->ndesigns,
                                .replications = (uint32_t)spec->replications->dist->a,
                                .precision = spec->precision != NULL ? spec->precision->dist->a : 0,
                                .busy = true,
                                .progress = plan->progress != NULL ? tell : NULL,
                                .self = w};
    w->experiment = experiment_job(w->arena, &w->plan, &w->runs);
}

static void close_point(struct work *w) {
    struct study *study = w->study;
    const struct result *result = result_new(w->arena, w->opened.scenario, w->runs);
    tell(w, 1);
    pthread_mutex_lock(&study->lock);
    sweep_record(study->arena, study->sweep, result, &study->sweep->points[w->index]);
    if (study->feed->done != NULL && !study->stopped)
        study->stopped = !study->feed->done(study->feed->self, w->index);
    pthread_mutex_unlock(&study->lock);
    arena_free(w->arena);
}

static bool is_stopped(struct study *study) {
    pthread_mutex_lock(&study->lock);
    bool stopped = study->stopped;
    pthread_mutex_unlock(&study->lock);
    return stopped;
}

static bool next_stage(void *self, struct stage *stage) {
    struct work *w = self;
    if (w->arena == NULL)
        open_point(w);
    if (is_stopped(w->study)) {
        arena_free(w->arena);
        return false;
    }
    if (w->experiment.next(w->experiment.self, stage))
        return true;
    close_point(w);
    return false;
}

static bool more_points(void *self, struct job *job) {
    struct study *study = self;
    uint32_t index;
    if (is_stopped(study) || !study->feed->next(study->feed->self, &index))
        return false;
    *job = (struct job){&study->works[index], next_stage};
    return true;
}

struct sweep *sweep_new(struct arena *arena, const struct sweep_plan *plan) {
    const struct program *program = plan->program;
    struct sweep *sweep = arena_alloc(arena, sizeof(*sweep));
    *sweep = (struct sweep){.scenario = plan->scenario,
                            .axes = plan->axes,
                            .naxes = plan->naxes,
                            .designs = plan->designs,
                            .ndesigns = plan->ndesigns,
                            .finite = program->finite,
                            .seed = program->seed,
                            .npoints = sweep_size(plan)};
    sweep->subjects = arena_array(arena, program->nprogress + 1, sizeof(*sweep->subjects));
    if (sweep->finite)
        sweep->nsubjects++;
    for (uint32_t i = 0; i < program->nprogress; i++)
        sweep->subjects[sweep->nsubjects++].name = program->progress[i];
    sweep->points = arena_array(arena, sweep->npoints, sizeof(*sweep->points));
    for (uint32_t i = 0; i < sweep->npoints; i++) {
        sweep->points[i].values = arena_array(arena, plan->naxes, sizeof(char *));
        for (uint32_t a = 0; a < plan->naxes; a++)
            sweep->points[i].values[a] = sweep_value(plan, i, a);
    }
    return sweep;
}

void sweep_compute(struct arena *arena, const struct sweep_plan *plan, struct sweep *sweep,
                   const struct sweep_feed *feed) {
    struct study study = {.plan = plan, .sweep = sweep, .arena = arena, .feed = feed};
    study.works = arena_array(arena, sweep->npoints, sizeof(*study.works));
    for (uint32_t i = 0; i < sweep->npoints; i++)
        study.works[i] = (struct work){.study = &study, .index = i};
    pthread_mutex_init(&study.lock, NULL);
    pool_run(plan->jobs, &(struct job_source){&study, more_points});
    pthread_mutex_destroy(&study.lock);
}

/* The last points first: they are the largest, and at the end small ones fill the CPUs. */
static bool count_down(void *self, uint32_t *index) {
    uint32_t *left = self;
    *index = *left - 1;
    return *left > 0 && (*left)-- > 0;
}

struct sweep *sweep_run(struct arena *arena, const struct sweep_plan *plan) {
    struct sweep *sweep = sweep_new(arena, plan);
    uint32_t left = sweep->npoints;
    const struct sweep_feed all = {.self = &left, .n = left, .next = count_down};
    sweep_compute(arena, plan, sweep, &all);
    return sweep;
}
