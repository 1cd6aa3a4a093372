/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/validate.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

/*
 * What single locks reach where the work is known (docs/validation.md): nine in
 * ten throughputs within 10 %, and mean waits within 40 %. Whole systems are
 * known less well, so holds, which depend on what code really costs, get twice
 * the first, and waits, which have all the errors of the rest in them, 50 %.
 */
const struct tolerance default_tolerances[] = {
    {"rate", 0.1},
    {"elapsed", 0.1},
    {"speedup", 0.1},
    {"acquisitions", 0.1},
    {"holdtime-avg", 0.2},
    {"holdtime-total", 0.2},
    {"hold-avg", 0.2},
    {"hold-total", 0.2},
    {"cpu", 0.2},
    {"user", 0.2},
    {"sys", 0.2},
    {"contentions", 0.5},
    {"con-bounces", 0.5},
    {"acq-bounces", 0.5},
    {"waittime-avg", 0.5},
    {"waittime-total", 0.5},
    {"wait-avg", 0.5},
    {"wait-total", 0.5},
    {"perf-contended", 0.5},
    {"perf-avg-wait", 0.5},
    {"perf-total-wait", 0.5},
    {"wait-total-ratio", 0.5},
    {"waiters", 0.1},
    {"holders", 0.1},
    {"profile", 0.1},
    {NULL, 0},
};

/* Of what was never seen, so many may be expected: with more, one would have been (95 %). */
static const double UNSEEN = 3;

const char *verdict_name(enum verdict verdict) {
    static const char *const names[] = {"ok", "fitted", "outside", "not scored"};
    return names[verdict];
}

static double tolerance_of(const struct tolerance *tolerances, size_t n, const char *field) {
    for (size_t i = n; i-- > 0;)
        if (tolerances[i].field == NULL || strcmp(tolerances[i].field, field) == 0)
            return tolerances[i].share;
    const struct tolerance *t = default_tolerances;
    while (t->field != NULL && strcmp(t->field, field) != 0)
        t++;
    return t->field != NULL ? t->share : NAN;
}

static bool is_scored(const struct measured_line *line) {
    bool comparable = line->measured != 0 || line->unit == UNIT_COUNT || line->unit == UNIT_SHARE;
    return line->scored && comparable && isfinite(line->predicted.mean);
}

/* What may be predicted. */
struct band {
    double low, high;
};

static struct band band_of(const struct measured_line *line, double tolerance) {
    if (line->unit == UNIT_SHARE)
        return (struct band){line->measured - tolerance, line->measured + tolerance};
    if (line->measured == 0)
        return (struct band){0, UNSEEN};
    return (struct band){line->measured / (1 + tolerance), line->measured * (1 + tolerance)};
}

/* The interval reaches into the band from outside, or out of it. */
static bool is_unsure(const struct band *band, const struct estimate *e, bool within) {
    if (!isfinite(e->lo) || !isfinite(e->hi))
        return false;
    return within ? e->lo < band->low || e->hi > band->high
                  : e->hi >= band->low && e->lo <= band->high;
}

static struct validated_line judge(const struct measured_line *line,
                                   const struct tolerance *tolerances, size_t n) {
    struct validated_line out = {.line = *line, .tolerance = NAN, .verdict = VERDICT_NOT_SCORED};
    if (!is_scored(line))
        return out;
    out.tolerance = tolerance_of(tolerances, n, line->field);
    struct band band = band_of(line, out.tolerance);
    bool within = line->predicted.mean >= band.low && line->predicted.mean <= band.high;
    out.verdict = within ? VERDICT_OK : VERDICT_OUTSIDE;
    if (within && line->calibrated)
        out.verdict = VERDICT_FITTED;
    out.unsure = is_unsure(&band, &line->predicted, within);
    return out;
}

static bool is_asked_about(const struct measured_lines *lines, const char *design) {
    for (uint32_t i = 0; i < lines->n; i++)
        if (strcmp(lines->lines[i].design, design) == 0)
            return true;
    return false;
}

struct validation *validate(struct arena *arena, const struct result *result,
                            const struct measured_lines *lines, const struct tolerance *tolerances,
                            size_t n) {
    struct validation *out = arena_alloc(arena, sizeof(*out));
    out->lines = arena_array(arena, lines->n, sizeof(*out->lines));
    for (; out->n < lines->n; out->n++) {
        const struct validated_line line = judge(&lines->lines[out->n], tolerances, n);
        out->lines[out->n] = line;
        out->counts[line.verdict]++;
        out->outside_fitted += line.verdict == VERDICT_OUTSIDE && line.line.calibrated;
    }
    for (uint32_t d = 0; d < result->ndesigns; d++)
        out->failed +=
            result->designs[d].outcome != SIM_OK && is_asked_about(lines, result->designs[d].name);
    return out;
}
