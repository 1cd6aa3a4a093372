/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/sensitivity.h"

#include "base/arena.h"
#include "experiment/programs.h"
#include "experiment/values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct sensitivity_title sensitivity_outputs[SENSITIVITY_OUTPUTS] = {
    [OUT_WAIT_RATIO] = {"wait_total_ratio", "wait ratio"},
    [OUT_TRUE_WAIT_RATIO] = {"true_wait_total_ratio", "true ratio"},
    [OUT_CONTENTIONS] = {"contentions", "contentions"},
    [OUT_WAIT_AVG] = {"waittime_avg", "wait avg"},
    [OUT_THROUGHPUT] = {"throughput", "throughput"},
    [OUT_SPEEDUP] = {"speedup", "speed-up"},
};

enum { REPLICATIONS = 4 }; /* few and long: each pays its warm-up again */

struct study {
    const struct sensitivity_plan *plan;
    struct arena *arena;
    struct diag *diag;
    struct sensitivity *out;
    uint32_t done, total; /* experiments */
};

/* ---- one experiment ---- */

static const struct scenario *load(struct study *s, struct arena *arena, const char *path,
                                   const char *value) {
    const struct sensitivity_plan *plan = s->plan;
    size_t n = plan->nsettings;
    struct setting *settings = arena_array(s->arena, n + 1, sizeof(*settings));
    if (n > 0)
        memcpy(settings, plan->settings, n * sizeof(*settings));
    settings[n] = (struct setting){path, value};
    return scenario_load(arena, s->diag, plan->file, plan->text, plan->length, settings,
                         path != NULL ? n + 1 : n);
}

static struct program **compile(struct study *s, struct arena *arena,
                                const struct scenario *scenario) {
    const struct result *main = s->plan->main;
    const char **names = arena_array(arena, main->ndesigns, sizeof(*names));
    for (uint32_t i = 0; i < main->ndesigns; i++)
        names[i] = main->designs[i].name;
    struct program **programs = programs_compile(arena, s->diag, scenario, names, main->ndesigns);
    for (uint32_t i = 0; i < main->ndesigns; i++) {
        if (programs[i] == NULL)
            return NULL;
        if (!isnan(s->out->duration))
            programs[i]->duration = (sim_time)(s->out->duration * (double)TICKS_PER_SECOND);
        programs[i]->warmup = main->runs->warmup;
        programs[i]->warmup_auto = false;
    }
    return programs;
}

static void tell(void *self, double done) {
    struct study *s = self;
    s->plan->progress(s->plan->self, (s->done + done) / s->total);
}

static uint32_t find_lock(const struct design_result *design, const char *name) {
    uint32_t i = 0;
    while (i < design->nlocks && strcmp(design->locks[i].name, name) != 0)
        i++;
    return i;
}

static struct estimate scaled(struct estimate e, double factor) {
    return (struct estimate){e.mean * factor, e.lo * factor, e.hi * factor};
}

static void extract(const struct study *s, struct arena *arena, const struct result *result,
                    struct estimate *outputs) {
    const struct design_result *design = &result->designs[result->ndesigns > 1];
    uint32_t lock = find_lock(design, s->out->lock);
    for (int o = 0; o < SENSITIVITY_OUTPUTS; o++)
        outputs[o] = (struct estimate){NAN, NAN, NAN};
    if (result->ndesigns > 1) {
        const struct comparison *compare = &result->compare[0];
        outputs[OUT_WAIT_RATIO] = compare->wait_total;
        outputs[OUT_TRUE_WAIT_RATIO] = compare->true_wait_total;
        if (design->finite || result->nprogress > 0)
            outputs[OUT_SPEEDUP] = design->finite ? compare->elapsed : compare->speedup[0];
    }
    if (result->nprogress > 0)
        outputs[OUT_THROUGHPUT] = design->rates[0];
    if (lock == design->nlocks)
        return;
    const struct design_runs *runs = design->runs;
    outputs[OUT_CONTENTIONS] =
        scaled(values_mean(arena, runs, value_contentions, lock),
               design->finite ? design->elapsed.mean : s->plan->main->duration);
    outputs[OUT_WAIT_AVG] =
        estimate_ratio(values_of(arena, runs, value_contended_time, lock), runs->replications,
                       values_of(arena, runs, value_contentions, lock), runs->replications);
}

static bool experiment(struct study *s, const char *path, const char *value,
                       struct estimate *outputs) {
    struct arena *arena = arena_new();
    const struct scenario *scenario = load(s, arena, path, value);
    struct program **programs = scenario != NULL ? compile(s, arena, scenario) : NULL;
    if (programs != NULL) {
        const struct run_plan plan = {.programs = (const struct program *const *)programs,
                                      .ndesigns = s->plan->main->ndesigns,
                                      .replications = s->out->replications,
                                      .jobs = s->plan->jobs,
                                      .progress = s->plan->progress != NULL ? tell : NULL,
                                      .self = s};
        extract(s, arena, result_new(arena, scenario, experiment_run(arena, &plan)), outputs);
    }
    arena_free(arena);
    s->done++;
    return programs != NULL;
}

/* ---- the study ---- */

static bool is_assumption(const struct quantity *quantity) {
    return quantity->origin == ORIGIN_ASSUMED && quantity->low != NULL && quantity->high != NULL;
}

static uint32_t count_assumptions(const struct scenario *scenario) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < scenario->nquantities; i++)
        n += is_assumption(scenario->quantities[i]);
    return n;
}

static const char *most_contended(const struct design_result *design) {
    const char *name = "";
    uint64_t most = 0;
    for (uint32_t i = 0; i < design->nlocks; i++) {
        struct lock_stat_row row = result_lock_stat(&design->locks[i]);
        if (i > 0 && row.wait.count <= most)
            continue;
        most = row.wait.count;
        name = design->locks[i].name;
    }
    return name;
}

/* All runs together simulate `effort` times what the main run did; a job cannot be shortened. */
static void set_length(struct study *s) {
    const struct result *main = s->plan->main;
    double share = s->plan->effort / s->total;
    uint32_t n = main->runs->replications;
    s->out->replications = n < REPLICATIONS ? n : REPLICATIONS;
    s->out->duration =
        main->designs[0].finite ? NAN : main->duration * fmin(1, share * n / s->out->replications);
}

static int by_swing(const void *a, const void *b) {
    const struct sensitivity_row *x = a, *y = b;
    if (x->swing != y->swing)
        return x->swing < y->swing ? 1 : -1;
    return strcmp(x->path, y->path);
}

/* The speed-up, if the design makes a difference there; else the waits, if there are any. */
static enum sensitivity_output most_telling(const struct estimate *base) {
    enum sensitivity_output o = OUT_WAIT_RATIO;
    if (fabs(log(base[OUT_SPEEDUP].mean)) > 0.05)
        return OUT_SPEEDUP;
    while (o < OUT_THROUGHPUT && !(base[o].mean > 0 && isfinite(base[o].mean)))
        o++;
    return o;
}

static void sort_rows(struct sensitivity *out) {
    out->sorted_by = most_telling(out->base);
    for (uint32_t i = 0; i < out->n; i++) {
        struct sensitivity_row *row = &out->rows[i];
        double swing = fabs(log(row->high[out->sorted_by].mean / row->low[out->sorted_by].mean));
        row->swing = isnan(swing) ? 0 : swing;
    }
    qsort(out->rows, out->n, sizeof(*out->rows), by_swing);
}

static bool study_assumption(struct study *s, const struct quantity *quantity) {
    struct sensitivity_row *row = &s->out->rows[s->out->n++];
    row->path = quantity->path;
    row->value = quantity->text;
    row->low_text = quantity->low;
    row->high_text = quantity->high;
    return experiment(s, quantity->path, quantity->set_low, row->low) &&
           experiment(s, quantity->path, quantity->set_high, row->high);
}

struct sensitivity *sensitivity_run(struct arena *arena, struct diag *diag,
                                    const struct sensitivity_plan *plan) {
    const struct scenario *scenario = plan->main->scenario;
    const struct design_result *design = &plan->main->designs[plan->main->ndesigns > 1];
    uint32_t n = count_assumptions(scenario);
    struct sensitivity *out = arena_alloc(arena, sizeof(*out));
    struct study s = {plan, arena, diag, out, 0, 2 * n + 1};
    out->design = design->name;
    out->lock = most_contended(design);
    out->rows = arena_array(arena, n, sizeof(*out->rows));
    set_length(&s);
    if (!experiment(&s, NULL, NULL, out->base))
        return NULL;
    for (uint32_t i = 0; i < scenario->nquantities; i++)
        if (is_assumption(scenario->quantities[i]) &&
            !study_assumption(&s, scenario->quantities[i]))
            return NULL;
    sort_rows(out);
    return out;
}
