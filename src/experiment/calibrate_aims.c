/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is fitted to, and how much each figure weighs. */
#include "base/arena.h"
#include "experiment/calibrate_parts.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

/*
 * Two measurements of the same locks on one machine differed by so much
 * (tests/data/README.md). Totals follow from counts and averages; bounces say
 * where threads ran, which a scenario seldom describes.
 */
const struct tolerance calibrate_errors[] = {
    {"acquisitions", 0.02},   {"contentions", 0.05},
    {"waittime-avg", 0.07},   {"holdtime-avg", 0.03},
    {"wait-avg", 0.07},       {"hold-avg", 0.02},
    {"perf-contended", 0.05}, {"perf-avg-wait", 0.07},
    {"waiters", 0.02},        {"holders", 0.02},
    {"rate", 0.02},           {"elapsed", 0.02},
    {"speedup", 0.02},        {"cpu", 0.02},
    {"user", 0.02},           {"sys", 0.02},
    {"profile", 0.02},        {NULL, 0},
};

static double find_error(const struct calibrate_plan *plan, const char *field) {
    const struct tolerance *usual = calibrate_errors;
    while (usual->field != NULL && strcmp(usual->field, field) != 0)
        usual++;
    for (size_t i = plan->nerrors; i-- > 0;) {
        const struct tolerance *error = &plan->errors[i];
        if (error->field == NULL ? usual->field != NULL : strcmp(error->field, field) == 0)
            return error->share;
    }
    return usual->field != NULL ? usual->share : NAN;
}

struct aims aims_find(struct arena *arena, const struct calibrate_plan *plan,
                      const struct measured_lines *lines) {
    struct aims aims = {arena_array(arena, lines->n, sizeof(*aims.items)), 0};
    for (uint32_t i = 0; i < lines->n; i++) {
        const struct measured_line *line = &lines->lines[i];
        double error = find_error(plan, line->field);
        bool share = line->unit == UNIT_SHARE, count = line->unit == UNIT_COUNT;
        if (!line->scored || !(error > 0) || (line->measured == 0 && !share && !count))
            continue;
        aims.items[aims.n++] = (struct aim){i, error, error, share};
    }
    return aims;
}

/* ---- chance ---- */

/* Standard deviation of one replication: relative, of shares absolute; NAN where not known. */
static double spread_of(const struct aim *aim, const struct measured_line *line, uint32_t n) {
    double sum = 0, squares = 0, mean;
    uint32_t known = 0;
    for (uint32_t i = 0; line->values != NULL && i < n; i++) {
        if (isnan(line->values[i]))
            continue;
        known++;
        sum += line->values[i];
    }
    mean = sum / known;
    if (known < 2 || !(mean > 0))
        return NAN;
    for (uint32_t i = 0; i < n; i++)
        if (!isnan(line->values[i]))
            squares += (line->values[i] - mean) * (line->values[i] - mean);
    return sqrt(squares / (known - 1)) / (aim->difference ? 1 : mean);
}

static double spread_by_interval(const struct aim *aim, const struct measured_line *line,
                                 uint32_t n) {
    double half = (line->predicted.hi - line->predicted.lo) / 2;
    double spread = half / gsl_cdf_tdist_Pinv(0.975, n - 1.0) * sqrt(n);
    return aim->difference ? spread : spread / line->predicted.mean;
}

/* A figure that nothing is known of may be off by as much as itself. */
static double chance(const struct aim *aim, const struct measured_line *line, uint32_t n) {
    double spread = spread_of(aim, line, n);
    if (isnan(spread))
        spread = spread_by_interval(aim, line, n);
    spread = isfinite(spread) ? fmin(spread, sqrt(n)) : 1;
    return spread * spread * (1.0 / n + 1 / fmax(line->observed, 1e-9));
}

void aims_weigh(struct aims *aims, const struct outcome *outcome, uint32_t replications) {
    for (uint32_t i = 0; i < aims->n; i++) {
        struct aim *aim = &aims->items[i];
        double by_chance = chance(aim, &outcome->lines.lines[aim->line], replications);
        aim->sigma = sqrt(aim->error * aim->error + by_chance);
    }
}

/* ---- residuals ---- */

double aim_residual_of(const struct aim *aim, const struct measured_line *line, double predicted) {
    static const double least = 1e-3; /* of what was measured: a logarithm of 0 says too much */
    if (aim->difference)
        return (predicted - line->measured) / aim->sigma;
    double half = line->unit == UNIT_COUNT ? 0.5 : 0;
    double ratio = (predicted + half) / (line->measured + half);
    return log(ratio > least ? ratio : least) / aim->sigma;
}

double aim_residual(const struct aim *aim, const struct measured_line *line) {
    return aim_residual_of(aim, line, line->predicted.mean);
}
