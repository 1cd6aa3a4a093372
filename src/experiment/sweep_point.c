/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One point of a sweep: the scenario there, and what is kept of its results. */
#include "base/arena.h"
#include "experiment/programs.h"
#include "experiment/sweep.h"
#include "experiment/values.h"

#include <math.h>
#include <string.h>

/* ---- the scenario ---- */

const char *sweep_value(const struct sweep_plan *plan, uint32_t index, uint32_t axis) {
    for (uint32_t i = plan->naxes; i-- > axis + 1;)
        index /= plan->axes[i].n;
    return plan->axes[axis].values[index % plan->axes[axis].n];
}

/* Those that are the same everywhere, then the swept ones. */
static const struct setting *settings_at(struct arena *arena, const struct sweep_plan *plan,
                                         uint32_t index) {
    size_t n = plan->nsettings;
    struct setting *settings = arena_array(arena, n + plan->naxes, sizeof(*settings));
    if (n > 0)
        memcpy(settings, plan->settings, n * sizeof(*settings));
    for (uint32_t i = 0; i < plan->naxes; i++)
        settings[n + i] = (struct setting){plan->axes[i].path, sweep_value(plan, index, i)};
    return settings;
}

struct scenario *sweep_base(struct arena *arena, struct diag *diag, const char *file,
                            const struct sweep_plan *plan) {
    size_t n = plan->nsettings;
    if (plan->naxes > 0) {
        struct diag *probe = diag_new();
        if (scenario_load(arena, probe, file, plan->text, plan->length, plan->settings, n) == NULL)
            n += plan->naxes;
        diag_free(probe);
    }
    const struct setting *settings = settings_at(arena, plan, 0);
    return scenario_load(arena, diag, file, plan->text, plan->length, settings, n);
}

bool sweep_open(struct arena *arena, struct diag *diag, const struct sweep_plan *plan,
                uint32_t index, struct opened *opened) {
    size_t n = plan->nsettings + plan->naxes;
    struct scenario *scenario = scenario_load(arena, diag, plan->scenario->file, plan->text,
                                              plan->length, settings_at(arena, plan, index), n);
    if (scenario == NULL)
        return false;
    opened->scenario = scenario;
    opened->programs = programs_compile(arena, diag, scenario, plan->designs, plan->ndesigns);
    return diag_errors(diag) == 0;
}

/* ---- the record ---- */

static const char *copy_text(struct arena *arena, const char *text) {
    return text != NULL ? arena_strndup(arena, text, strlen(text)) : NULL;
}

/* A progress point may be missing at a point where a setting has changed the steps. */
static uint32_t find_progress(const struct result *result, const char *name) {
    uint32_t i = 0;
    while (i < result->nprogress && strcmp(result->progress[i], name) != 0)
        i++;
    return i;
}

static double jobs_per_second(const struct sample *sample, uint32_t index) {
    return 1 / value_elapsed(sample, index);
}

static void record_speeds(struct arena *arena, const struct sweep *sweep,
                          const struct result *result, const struct design_result *from,
                          struct sweep_design *to) {
    uint32_t n = from->runs->replications;
    to->rates = arena_array(arena, sweep->nsubjects, sizeof(*to->rates));
    to->values = arena_array(arena, sweep->nsubjects, sizeof(*to->values));
    for (uint32_t s = 0; s < sweep->nsubjects; s++) {
        const char *name = sweep->subjects[s].name;
        uint32_t p = name != NULL ? find_progress(result, name) : 0;
        bool known = !from->cut_short && (name == NULL || p < result->nprogress);
        if (known)
            to->values[s] =
                values_of(arena, from->runs, name != NULL ? value_rate : jobs_per_second, p);
        to->rates[s] = estimate_mean(to->values[s], known ? n : 0);
    }
}

static void record_locks(struct arena *arena, const struct design_result *from,
                         struct sweep_design *to) {
    to->nlocks = from->nlocks;
    to->locks = arena_array(arena, from->nlocks, sizeof(*to->locks));
    for (uint32_t i = 0; i < from->nlocks; i++) {
        const struct lock_result *lock = &from->locks[i];
        to->locks[i] = (struct sweep_lock){.name = copy_text(arena, lock->name),
                                           .kind = copy_text(arena, lock->kind),
                                           .instances = lock->instances,
                                           .acquisitions = lock->acquisitions,
                                           .contended = lock->contended,
                                           .waiting = lock->waiting,
                                           .utilization = lock->utilization,
                                           .wait = lock->wait,
                                           .hold = lock->hold,
                                           .busy = lock->busy};
    }
}

static void record_groups(const struct design_result *from, struct sweep_design *to) {
    double run_delay = 0, cpu = 0;
    for (uint32_t i = 0; i < from->ngroups; i++) {
        run_delay += from->groups[i].run_delay.mean;
        cpu += from->groups[i].cpu.mean;
        to->behind += from->groups[i].behind;
    }
    to->cpu_wait = run_delay == 0 ? 0 : run_delay / cpu;
}

void sweep_record(struct arena *arena, const struct sweep *sweep, const struct result *result,
                  struct sweep_point *point) {
    const struct runs *runs = result->runs;
    point->replications = runs->replications;
    point->duration = result->duration;
    point->warmup = result->warmup;
    point->warmup_settled = runs->warmup_settled;
    point->precise = runs->precise;
    point->precision = runs->precision;
    point->simulated = result->simulated;
    point->acquisitions = result->acquisitions;
    point->events = result->events;
    point->audit = runs->audit;
    point->designs = arena_array(arena, result->ndesigns, sizeof(*point->designs));
    for (uint32_t d = 0; d < result->ndesigns; d++) {
        const struct design_result *from = &result->designs[d];
        struct sweep_design *to = &point->designs[d];
        to->name = sweep->designs[d];
        to->outcome = from->outcome;
        to->detail = copy_text(arena, from->detail);
        to->replications = from->runs->replications;
        to->failures = from->failures;
        to->precision = from->runs->precision;
        to->precise = from->runs->precise;
        to->cut_short = from->cut_short;
        to->elapsed = from->elapsed;
        to->cpu = from->cpu;
        to->wait = design_wait(arena, from);
        record_groups(from, to);
        record_speeds(arena, sweep, result, from, to);
        record_locks(arena, from, to);
    }
}

/* ---- what is not there ---- */

static const struct estimate UNKNOWN = {NAN, NAN, NAN};
static const struct time_result NO_TIMES = {{NAN, NAN, NAN}, NAN, NAN, NAN, NAN, NAN};

static void fill_design(struct arena *arena, const struct sweep *sweep,
                        struct sweep_design *design) {
    *design = (struct sweep_design){.name = design->name,
                                    .elapsed = UNKNOWN,
                                    .cpu = {NAN, NAN, NAN, NAN, NAN},
                                    .cpu_wait = NAN,
                                    .behind = NAN,
                                    .wait = NO_TIMES};
    design->rates = arena_array(arena, sweep->nsubjects, sizeof(*design->rates));
    design->values = arena_array(arena, sweep->nsubjects, sizeof(*design->values));
    for (uint32_t s = 0; s < sweep->nsubjects; s++)
        design->rates[s] = UNKNOWN;
}

void sweep_fill(struct arena *arena, struct sweep *sweep) {
    for (uint32_t i = 0; i < sweep->npoints; i++) {
        struct sweep_point *point = &sweep->points[i];
        if (sweep_has(point))
            continue;
        point->precise = point->warmup_settled = true;
        point->designs = arena_array(arena, sweep->ndesigns, sizeof(*point->designs));
        for (uint32_t d = 0; d < sweep->ndesigns; d++) {
            point->designs[d].name = sweep->designs[d];
            fill_design(arena, sweep, &point->designs[d]);
        }
    }
}
