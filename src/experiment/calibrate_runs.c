/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The experiments of a calibration: the scenario with other numbers, run alike every time. */
#include "base/arena.h"
#include "experiment/calibrate_parts.h"
#include "experiment/programs.h"

#include <math.h>
#include <string.h>

/* Chance is judged by how replications differ: it takes some. */
enum { REPLICATIONS = 8 };

/* ---- what is run ---- */

static bool is_needed(const struct calibrate_plan *plan, const struct scenario *scenario,
                      uint32_t design) {
    for (uint32_t i = 0; i < plan->ntargets; i++) {
        const struct measured *target = &plan->targets[i];
        if (strcmp(target->design.text, scenario->designs[design].name.text) == 0)
            return true;
        for (uint32_t k = 0; k < target->nfields && design == 0; k++)
            if (strcmp(target->fields[k].name, "speedup") == 0)
                return true;
    }
    return false;
}

/* As much as the scenario's own runs come to, in at least so many replications. */
static void set_length(struct calibrator *c, const struct scenario *scenario,
                       const struct program *program) {
    uint32_t wanted = (uint32_t)scenario->run.replications->dist->a;
    c->replications = wanted < REPLICATIONS ? REPLICATIONS : wanted;
    c->duration = program->finite
                      ? NAN
                      : ticks_to_seconds((double)program->duration) * wanted / c->replications;
    c->warmup = program->warmup_auto ? NAN : ticks_to_seconds((double)program->warmup);
}

bool calibrator_begin(struct calibrator *c, const struct scenario *scenario) {
    c->designs = arena_array(c->arena, scenario->ndesigns, sizeof(*c->designs));
    for (uint32_t i = 0; i < scenario->ndesigns; i++)
        if (is_needed(c->plan, scenario, i))
            c->designs[c->ndesigns++] = scenario->designs[i].name.text;
    struct program **programs =
        programs_compile(c->arena, c->diag, scenario, c->designs, c->ndesigns);
    if (diag_errors(c->diag) > 0)
        return false;
    set_length(c, scenario, programs[0]);
    return true;
}

/* ---- one experiment ---- */

static bool same_place(struct pos a, struct pos b) {
    return a.source == b.source && a.line == b.line && a.col == b.col;
}

/* Through aliases one number of the text is several quantities: all of them change. */
static size_t add_settings(struct calibrator *c, struct arena *arena, const double *values,
                           struct setting *settings) {
    const struct scenario *scenario = c->parameters->scenario;
    size_t n = 0;
    for (uint32_t i = 0; i < c->parameters->n; i++) {
        const struct quantity *quantity = c->parameters->items[i].quantity;
        const char *text = parameter_text(arena, c->parameters, i, values);
        for (uint32_t k = 0; k < scenario->nquantities; k++)
            if (scenario->quantities[k] == quantity ||
                same_place(scenario->quantities[k]->pos, quantity->pos))
                settings[n++] = (struct setting){scenario->quantities[k]->path, text};
    }
    return n;
}

static const struct scenario *load(struct calibrator *c, struct arena *arena,
                                   const double *values) {
    const struct calibrate_plan *plan = c->plan;
    size_t most =
        plan->nsettings + (size_t)c->parameters->n * (1 + c->parameters->scenario->nquantities);
    struct setting *settings = arena_array(arena, most, sizeof(*settings));
    if (plan->nsettings > 0)
        memcpy(settings, plan->settings, plan->nsettings * sizeof(*settings));
    size_t n = plan->nsettings + add_settings(c, arena, values, settings + plan->nsettings);
    return scenario_load(arena, c->diag, plan->file, plan->text, plan->length, settings, n);
}

static void tell(void *self, double done) {
    struct calibrator *c = self;
    double all = c->expected > c->experiments ? c->expected : c->experiments + 1;
    c->plan->progress(c->plan->self, (c->experiments + done) / all);
}

static bool run(struct calibrator *c, struct arena *arena, const struct scenario *scenario,
                struct outcome *outcome) {
    struct program **programs = programs_compile(arena, c->diag, scenario, c->designs, c->ndesigns);
    if (diag_errors(c->diag) > 0)
        return false;
    for (uint32_t i = 0; i < c->ndesigns; i++) {
        if (!isnan(c->duration))
            programs[i]->duration = (sim_time)(c->duration * (double)TICKS_PER_SECOND);
        if (isnan(c->warmup))
            continue;
        programs[i]->warmup = (sim_time)(c->warmup * (double)TICKS_PER_SECOND);
        programs[i]->warmup_auto = false;
    }
    const struct run_plan plan = {.programs = (const struct program *const *)programs,
                                  .ndesigns = c->ndesigns,
                                  .replications = c->replications,
                                  .jobs = c->plan->jobs,
                                  .progress = c->plan->progress != NULL ? tell : NULL,
                                  .self = c};
    struct result *result = result_new(arena, scenario, experiment_run(arena, &plan));
    outcome->well = true;
    for (uint32_t i = 0; i < result->ndesigns; i++)
        outcome->well &= result->designs[i].outcome == SIM_OK;
    outcome->lines = measured_compare_with(arena, result, c->plan->targets, c->plan->ntargets);
    if (isnan(c->warmup))
        c->warmup = result->warmup;
    return true;
}

/* ---- what is kept ---- */

static const char *key_of(struct calibrator *c, struct arena *arena, const double *values) {
    const char *key = "";
    for (uint32_t i = 0; i < c->parameters->n; i++)
        key = arena_printf(arena, "%s%.9g ", key, values[i]);
    return key;
}

static const char *copy_text(struct arena *arena, const char *text) {
    return text != NULL ? arena_strndup(arena, text, strlen(text)) : NULL;
}

/* What the lines point to goes with the arena of the experiment. */
static struct measured_lines copy_lines(struct calibrator *c, const struct measured_lines *lines) {
    struct measured_lines copy = {arena_array(c->arena, lines->n, sizeof(*copy.lines)), lines->n};
    for (uint32_t i = 0; i < lines->n; i++) {
        struct measured_line *line = &copy.lines[i];
        *line = lines->lines[i];
        line->design = copy_text(c->arena, line->design);
        if (line->values == NULL)
            continue;
        double *values = arena_array(c->arena, c->replications, sizeof(*values));
        memcpy(values, line->values, c->replications * sizeof(*values));
        line->values = values;
    }
    return copy;
}

static struct outcome *remember(struct calibrator *c, const struct outcome *outcome) {
    if (c->nknown == c->room) {
        c->room = 2 * c->room + 32;
        struct outcome **known = arena_array(c->arena, c->room, sizeof(*known));
        if (c->nknown > 0)
            memcpy(known, c->known, c->nknown * sizeof(*known));
        c->known = known;
    }
    struct outcome *kept = arena_alloc(c->arena, sizeof(*kept));
    *kept = (struct outcome){copy_text(c->arena, outcome->key), outcome->well,
                             copy_lines(c, &outcome->lines)};
    c->known[c->nknown++] = kept;
    return kept;
}

const struct outcome *calibrator_run(struct calibrator *c, const double *values) {
    struct arena *arena = arena_new();
    double *rounded = arena_array(arena, c->parameters->n, sizeof(*rounded));
    for (uint32_t i = 0; i < c->parameters->n; i++)
        rounded[i] = parameter_round(arena, &c->parameters->items[i], values[i]);
    struct outcome outcome = {.key = key_of(c, arena, rounded)};
    const struct outcome *found = NULL;
    for (uint32_t i = 0; i < c->nknown && found == NULL; i++)
        if (strcmp(c->known[i]->key, outcome.key) == 0)
            found = c->known[i];
    if (found == NULL) {
        const struct scenario *scenario = load(c, arena, rounded);
        if (scenario != NULL && run(c, arena, scenario, &outcome))
            found = remember(c, &outcome);
        c->experiments++;
    }
    arena_free(arena);
    return found;
}
