/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/calibrate.h"

#include "base/arena.h"
#include "experiment/calibrate_parts.h"
#include "experiment/programs.h"

#include <math.h>
#include <string.h>

enum { ROUNDS = 4 };

/* Residuals so much larger than they should be are not explained by chance. */
static const double MISFIT = 2;

struct study {
    struct arena *arena;
    struct diag *diag;
    const struct calibrate_plan *plan;
    struct parameters parameters;
    struct calibrator runs;
    struct aims aims;
    bool *known;    /* parameters that the targets determine, as far as we have seen */
    bool *free;     /* those that the next fit may change */
    double *values; /* of all parameters */
    double *joint;  /* of all, when all were free */
    double *spread; /* of their logarithms: the widest of all rounds */
    double scale;   /* how much larger residuals are than they should be, when all is free */
    const struct outcome *before, *after;
    struct calibration *out;
};

static double chi2(const struct aims *aims, const struct outcome *outcome) {
    double sum = 0;
    for (uint32_t i = 0; i < aims->n; i++) {
        double r = aim_residual(&aims->items[i], &outcome->lines.lines[aims->items[i].line]);
        sum += r * r;
    }
    return sum;
}

static int freedom(const struct study *s) {
    int n = (int)s->aims.n;
    for (uint32_t j = 0; j < s->parameters.n; j++)
        n -= s->known[j];
    return n;
}

/* What neither chance nor the stated errors explain makes the fitted numbers less sure. */
static double misfit(const struct study *s) {
    int n = freedom(s);
    return n > 0 ? sqrt(fmax(1, chi2(&s->aims, s->after) / n)) : 1;
}

/* ---- the beginning ---- */

static bool begin(struct study *s) {
    const struct calibrate_plan *plan = s->plan;
    const struct scenario *scenario = scenario_load(s->arena, s->diag, plan->file, plan->text,
                                                    plan->length, plan->settings, plan->nsettings);
    if (scenario == NULL || !parameters_find(s->arena, s->diag, plan, scenario, &s->parameters) ||
        !calibrator_begin(&s->runs, scenario))
        return false;
    uint32_t n = s->parameters.n;
    s->runs.expected = 10 * (n + 1);
    s->known = arena_array(s->arena, n, sizeof(*s->known));
    s->free = arena_array(s->arena, n, sizeof(*s->free));
    s->values = arena_array(s->arena, n, sizeof(*s->values));
    s->joint = arena_array(s->arena, n, sizeof(*s->joint));
    s->spread = arena_array(s->arena, n, sizeof(*s->spread));
    for (uint32_t j = 0; j < n; j++) {
        s->known[j] = s->free[j] = true;
        s->values[j] = s->parameters.items[j].start;
    }
    return true;
}

static bool fail(struct study *s, const char *why) {
    diag_error(s->diag, (struct pos){0}, "%s", why);
    return false;
}

static bool look_first(struct study *s) {
    s->before = s->after = calibrator_run(&s->runs, s->values);
    if (s->before == NULL)
        return false;
    if (!s->before->well)
        return fail(s, "a design does not end well, as `sim run` shows: there is nothing to fit");
    s->aims = aims_find(s->arena, s->plan, &s->before->lines);
    aims_weigh(&s->aims, s->before, s->runs.replications);
    return s->aims.n > 0 || fail(s, "nothing is measured that could be fitted to");
}

/* ---- rounds ---- */

static uint32_t count(const bool *which, uint32_t n) {
    uint32_t sum = 0;
    for (uint32_t j = 0; j < n; j++)
        sum += which[j];
    return sum;
}

static bool fit_once(struct study *s, bool prior) {
    const struct fit fit = {&s->runs, &s->aims, s->free, prior, s->values};
    if (!fit_run(&fit, &s->out->converged))
        return false;
    s->after = calibrator_run(&s->runs, s->values);
    if (s->after == NULL)
        return false;
    if (s->after->well)
        aims_weigh(&s->aims, s->after, s->runs.replications);
    return true;
}

/* What is not known goes back to where it was. */
static bool judge(struct study *s) {
    const struct fit fit = {&s->runs, &s->aims, s->free, false, s->values};
    uint32_t n = s->parameters.n;
    double *spread = arena_array(s->arena, n, sizeof(*spread));
    gsl_matrix *slopes = fit_slopes(&fit);
    if (slopes == NULL)
        return false;
    identify(slopes, s->scale, &s->parameters, s->known, s->out->parameters, spread);
    gsl_matrix_free(slopes);
    for (uint32_t j = 0; j < n; j++) {
        s->spread[j] = fmax(s->spread[j], spread[j]);
        s->free[j] &= s->known[j];
        if (!s->known[j])
            s->values[j] = s->parameters.items[j].start;
    }
    return true;
}

/* Somewhere else in all ranges, if that is better than where the fit has come to. */
static bool try_elsewhere(struct study *s, double share) {
    uint32_t n = s->parameters.n;
    double *best = arena_array(s->arena, n, sizeof(*best)), before = misfit(s);
    const struct outcome *outcome = s->after;
    memcpy(best, s->values, n * sizeof(*best));
    for (uint32_t j = 0; j < n; j++) {
        const struct parameter *p = &s->parameters.items[j];
        s->values[j] = parameter_round(s->arena, p, p->low * pow(p->high / p->low, share));
    }
    if (!fit_once(s, true))
        return false;
    if (s->after->well && misfit(s) < before)
        return true;
    memcpy(s->values, best, n * sizeof(*best));
    s->after = outcome;
    aims_weigh(&s->aims, s->after, s->runs.replications);
    return true;
}

/* A fit that misses may have lost its way: it is begun anew in other places. */
static bool fit_jointly(struct study *s) {
    static const double elsewhere[] = {0.5, 0.25, 0.75};
    if (!fit_once(s, true))
        return false;
    for (int i = 0; i < 3 && misfit(s) > MISFIT; i++)
        if (!try_elsewhere(s, elsewhere[i]))
            return false;
    s->scale = s->out->misfit = misfit(s);
    s->out->chi2_joint = chi2(&s->aims, s->after);
    memcpy(s->joint, s->values, s->parameters.n * sizeof(*s->joint));
    return judge(s);
}

/*
 * A parameter that leaves its interval to make up for another that was put back
 * says nothing about itself: it stays where it was when all were free.
 */
static void hold_makeshifts(struct study *s) {
    for (uint32_t j = 0; j < s->parameters.n; j++) {
        if (!s->free[j] || fabs(log(s->values[j] / s->joint[j])) <= 1.96 * s->spread[j])
            continue;
        s->free[j] = false;
        s->values[j] = s->joint[j];
    }
}

/* Until nothing more turns out to be unknown, or a makeshift. */
static bool fit_rounds(struct study *s) {
    uint32_t n = s->parameters.n;
    if (!fit_jointly(s))
        return false;
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t before = count(s->free, n);
        if (!fit_once(s, false))
            return false;
        hold_makeshifts(s);
        if (!judge(s))
            return false;
        if (count(s->free, n) == before)
            return true;
    }
    s->after = calibrator_run(&s->runs, s->values);
    return s->after != NULL;
}

/* ---- what comes out ---- */

static void describe_parameters(struct study *s) {
    for (uint32_t j = 0; j < s->parameters.n; j++) {
        const struct parameter *p = &s->parameters.items[j];
        struct calibrate_parameter *to = &s->out->parameters[j];
        double factor = exp(1.96 * s->spread[j]);
        to->path = p->path;
        to->low = p->low;
        to->high = p->high;
        to->before = to->after = p->quantity->text;
        if (to->verdict == CALIBRATED)
            to->after = parameter_text(s->arena, &s->parameters, j, s->values);
        to->was = parameter_number(s->arena, p, to->before);
        to->is = parameter_number(s->arena, p, to->after);
        to->unit = p->unit;
        to->start = p->start;
        to->value = s->values[j];
        double middle = s->known[j] ? s->values[j] : s->joint[j];
        to->lo = fmax(p->low, middle / factor);
        to->hi = fmin(p->high, middle * factor);
        to->at_limit = to->verdict == CALIBRATED &&
                       (to->value <= p->low * 1.002 || to->value >= p->high / 1.002);
    }
}

static void describe_fields(struct study *s) {
    const struct measured_lines *before = &s->before->lines, *after = &s->after->lines;
    double sum = 0;
    s->out->nfields = after->n;
    s->out->fields = arena_array(s->arena, after->n, sizeof(*s->out->fields));
    for (uint32_t i = 0; i < after->n; i++)
        s->out->fields[i] = (struct calibrate_field){.before = before->lines[i],
                                                     .after = after->lines[i],
                                                     .error = NAN,
                                                     .sigma = NAN,
                                                     .residual = NAN};
    for (uint32_t i = 0; i < s->aims.n; i++)
        sum += 1 / (s->aims.items[i].sigma * s->aims.items[i].sigma);
    for (uint32_t i = 0; i < s->aims.n; i++) {
        const struct aim *aim = &s->aims.items[i];
        struct calibrate_field *field = &s->out->fields[aim->line];
        field->fitted = true;
        field->error = aim->error;
        field->sigma = aim->sigma;
        field->weight = 1 / (aim->sigma * aim->sigma) / sum;
        field->residual = aim_residual(aim, &field->after);
    }
}

static void describe(struct study *s) {
    describe_parameters(s);
    describe_fields(s);
    s->out->chi2_before = chi2(&s->aims, s->before);
    s->out->chi2 = chi2(&s->aims, s->after);
    s->out->freedom = freedom(s);
    s->out->scenario = s->parameters.scenario;
    s->out->designs = s->runs.designs;
    s->out->ndesigns = s->runs.ndesigns;
    s->out->experiments = s->runs.experiments;
    s->out->replications = s->runs.replications;
    s->out->duration = s->runs.duration;
}

struct calibration *calibrate_run(struct arena *arena, struct diag *diag,
                                  const struct calibrate_plan *plan) {
    struct calibration *out = arena_alloc(arena, sizeof(*out));
    struct study s = {.arena = arena, .diag = diag, .plan = plan, .out = out};
    s.runs = (struct calibrator){
        .arena = arena, .diag = diag, .plan = plan, .parameters = &s.parameters};
    if (!begin(&s) || !look_first(&s))
        return NULL;
    out->nparameters = s.parameters.n;
    out->parameters = arena_array(arena, out->nparameters, sizeof(*out->parameters));
    if (!fit_rounds(&s))
        return NULL;
    describe(&s);
    out->text = calibrated_text(arena, diag, plan, &s.parameters, out, &out->length);
    bool good = out->text != NULL && scenario_load(arena, diag, plan->file, out->text, out->length,
                                                   plan->settings, plan->nsettings) != NULL;
    return good ? out : NULL;
}
