/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "validation/replay.h"

#include "experiment/run.h"
#include "program/program.h"
#include "sim/lock/lock.h"
#include "stats/estimate.h"

#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the scenario of a row ---- */

enum { SETTINGS_MAX = 96 };

struct settings {
    struct arena *arena;
    const char *group; /* of the threads that run the loop */
    struct setting list[SETTINGS_MAX];
    size_t n;
};

static void set(struct settings *s, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void set(struct settings *s, const char *path, const char *format, ...) {
    char value[200];
    va_list args;
    va_start(args, format);
    vsnprintf(value, sizeof(value), format, args);
    va_end(args);
    if (s->n < SETTINGS_MAX)
        s->list[s->n++] = (struct setting){path, arena_printf(s->arena, "%s", value)};
}

static const char *of_group(const struct settings *s, const char *path) {
    return arena_printf(s->arena, "threads.%s.%s", s->group, path);
}

static void set_section(struct settings *s, const struct row *row, enum lock_mode mode) {
    static const char *const section[] = {"sections.write", "sections.read"};
    static const char *const delay[] = {"sections.write.delay", "sections.read.delay"};
    static const char *const step[] = {"steps.1.choose.1.do", "steps.1.choose.0.do"};
    double hold = row->value[COL_HOLD];
    if (row->hold_form != FORM_SLEEP) {
        set(s, delay[mode], "%s(%.17gns)", form_name(row->hold_form), hold);
        return;
    }
    set(s, section[mode], "{}");
    set(s, of_group(s, step[mode]), "[{in: %s, do: [{sleep: %.17gns}]}]",
        section[mode] + strlen("sections."), hold);
}

static void set_row(struct settings *s, const struct row *row) {
    const double *v = row->value;
    if (row->lockstat)
        set(s, "machine.profile", "vm-2-lockstat");
    set(s, of_group(s, "count"), "%.0f", v[COL_THREADS]);
    set(s, of_group(s, "pin"), v[COL_PINNED] > 0 ? "yes" : "no");
    set(s, of_group(s, "steps.0.delay"), "%s(%.17gns)", form_name(row->think_form), v[COL_THINK]);
    set(s, of_group(s, "steps.1.choose.0.weight"), "%.17g", v[COL_READ_PCT]);
    set(s, of_group(s, "steps.1.choose.1.weight"), "%.17g", 100 - v[COL_READ_PCT]);
    set_section(s, row, MODE_WRITE);
    set_section(s, row, MODE_READ);
}

/* Mean time between two acquisitions, ns; roughly. */
static double cycle_time(const struct row *row) {
    const double *v = row->value;
    double alone = v[COL_HOLD] + v[COL_THINK] + 200;
    return fmax(alone / v[COL_THREADS], fmax(v[COL_HOLD], alone / 2));
}

/* Long enough for the stalls of virtual CPUs, of which there are thousands a second. */
static void set_quick(struct settings *s, const struct row *row) {
    const double acquisitions = 10000, least = 25e6, most = 150e6;
    double duration = fmin(fmax(acquisitions * cycle_time(row), least), most);
    set(s, "run.duration", "%.0fns", duration);
    set(s, "run.warmup", "2ms");
    set(s, "threads.kthread.start", "0");
}

static struct scenario *load(struct arena *arena, struct diag *diag, const struct replay *replay,
                             const struct row *row) {
    struct settings s = {.arena = arena, .group = replay->group};
    if (row != NULL)
        set_row(&s, row);
    if (row != NULL && replay->quick)
        set_quick(&s, row);
    for (size_t i = 0; i < replay->nsettings && s.n < SETTINGS_MAX; i++)
        s.list[s.n++] = replay->settings[i];
    return scenario_load(arena, diag, replay->file, replay->text, replay->length, s.list, s.n);
}

struct scenario *replay_load(struct arena *arena, struct diag *diag, struct replay *replay) {
    struct scenario *scenario = load(arena, diag, replay, NULL);
    if (scenario != NULL)
        replay->group = scenario->threads[0].name.text;
    return scenario;
}

static const struct design *find_design(const struct scenario *scenario, const char *name) {
    for (uint32_t i = 0; i < scenario->ndesigns; i++)
        if (strcmp(scenario->designs[i].name.text, name) == 0)
            return &scenario->designs[i];
    return NULL;
}

/* ---- one row ---- */

/*
 * Rows with few acquisitions in their half second need more of them, and so do
 * rows with more threads than CPUs, where who sleeps lasts for long.
 */
static uint32_t replications_for(const struct row *row) {
    enum { ACQUISITIONS = 40000, LEAST = 2, CROWDED = 6, MOST = 16 };
    double n = ceil(ACQUISITIONS * cycle_time(row) / 5e8);
    return (uint32_t)fmin(fmax(n, row->value[COL_THREADS] > 2 ? CROWDED : LEAST), MOST);
}

static double mean_ns(double ticks, double n) {
    return n > 0 ? ticks / n / TICKS_PER_NS : NAN;
}

static void reduce_views(const struct design_runs *runs, struct prediction *p) {
    const struct class_view *view = &runs->pool->classes[0];
    p->wait = mean_ns((double)view->wait.sum, (double)view->wait.count);
    p->hold = mean_ns((double)view->hold.sum, (double)view->hold.count);
    for (int mode = MODE_WRITE; mode <= MODE_READ; mode++) {
        const struct lock_stat_row *stat = &view->rows[mode];
        double n = (double)stat->hold.count;
        p->contentions[mode] = n > 0 ? (double)stat->wait.count / n : NAN;
        p->stat_hold[mode] = mean_ns((double)stat->hold.total, n);
        p->stat_wait[mode] = mean_ns((double)stat->wait.total, (double)stat->wait.count);
    }
}

static void reduce(struct arena *arena, const struct runs *runs, struct prediction *p) {
    const struct design_runs *design = &runs->designs[0];
    double *rates = arena_array(arena, runs->replications, sizeof(*rates));
    double seconds = 0, sleeps = 0;
    for (uint32_t i = 0; i < runs->replications; i++) {
        const struct sample *sample = &design->samples[i];
        double window = ticks_to_seconds((double)sample->used.now);
        rates[i] = window > 0 ? (double)sample->progress[0] / window : 0;
        seconds += window;
        sleeps += (double)sample->used.sleeps;
        if (p->outcome == SIM_OK)
            p->outcome = sample->outcome;
    }
    struct estimate rate = estimate_mean(rates, runs->replications);
    p->replications = runs->replications;
    p->throughput = rate.mean;
    p->throughput_pm = estimate_precision(&rate);
    p->sleeps = seconds > 0 ? sleeps / seconds : 0;
    reduce_views(design, p);
}

/* The first line of what the diag says, without the place: it is ours. */
static const char *first_error(struct arena *arena, const struct diag *diag) {
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        return "cannot be simulated";
    diag_print(diag, memory);
    fclose(memory);
    const char *message = strstr(text, "error: ");
    message = message != NULL ? message + strlen("error: ") : text;
    char *copy = arena_strndup(arena, message, strcspn(message, "\n"));
    free(text);
    return copy;
}

static void replay_row(struct arena *arena, struct arena *kept, const struct replay *replay,
                       const struct row *row, struct prediction *p) {
    struct diag *diag = diag_new();
    struct scenario *scenario = load(arena, diag, replay, row);
    const struct design *design = scenario != NULL ? find_design(scenario, row->kind) : NULL;
    const struct program *program = NULL;
    if (design != NULL)
        program = program_compile(arena, diag, scenario, design, lock_kind_infos, lock_kind_count);
    if (scenario != NULL && design == NULL)
        p->failure = arena_printf(kept, "no model of kind '%.40s'", row->kind);
    else if (program == NULL)
        p->failure = first_error(kept, diag);
    if (program != NULL) {
        uint32_t n = replay->replications > 0 ? replay->replications : replications_for(row);
        const struct run_plan plan = {
            .programs = &program, .ndesigns = 1, .replications = n, .jobs = 1};
        const struct runs *runs = experiment_run(arena, &plan);
        reduce(arena, runs, p);
        if (!audit_passed(&runs->audit))
            p->failure = arena_printf(kept, "internal error: %s", runs->audit.message);
    }
    diag_free(diag);
}

/* ---- all rows ---- */

struct work {
    const struct replay *replay;
    const struct row *const *rows;
    struct prediction *predictions;
    size_t n, next;
    struct arena *kept; /* only used by whoever holds the lock */
    pthread_mutex_t lock;
};

static size_t next_row(struct work *work) {
    pthread_mutex_lock(&work->lock);
    size_t index = work->next++;
    pthread_mutex_unlock(&work->lock);
    return index;
}

static void *work_through(void *self) {
    struct work *work = self;
    struct arena *arena = arena_new(), *said = arena_new();
    for (size_t i = next_row(work); i < work->n; i = next_row(work)) {
        struct prediction *p = &work->predictions[i];
        arena_reset(arena);
        arena_reset(said);
        *p = (struct prediction){.outcome = SIM_OK};
        replay_row(arena, said, work->replay, work->rows[i], p);
        if (p->failure == NULL)
            continue;
        pthread_mutex_lock(&work->lock);
        p->failure = arena_printf(work->kept, "%s", p->failure);
        pthread_mutex_unlock(&work->lock);
    }
    arena_free(arena);
    arena_free(said);
    return NULL;
}

void replay_rows(struct arena *arena, const struct replay *replay, const struct row *const *rows,
                 struct prediction *predictions, size_t n) {
    struct work work = {
        .replay = replay, .rows = rows, .predictions = predictions, .n = n, .kept = arena};
    pthread_mutex_init(&work.lock, NULL);
    size_t helpers = replay->jobs > 1 ? replay->jobs - 1 : 0;
    pthread_t *threads = arena_array(arena, helpers, sizeof(*threads));
    size_t started = 0;
    while (started < helpers && pthread_create(&threads[started], NULL, work_through, &work) == 0)
        started++;
    work_through(&work);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&work.lock);
}
