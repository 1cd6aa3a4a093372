/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/dist.h"

#include "base/arena.h"
#include "base/exactmath.h"

#include <math.h>

static double power(double x, int k) {
    return k == 1 ? x : x * x;
}

/* (1 - exp(-x)) / x, without cancellation near 0. */
static double decay(double x) {
    return x > -1e-4 && x < 1e-4 ? 1 - x / 2 + x * x / 6 : (1 - exact_exp(-x)) / x;
}

/*
 * E[X^k] of the bounded Pareto, a ratio of two integrals of x^(-s-1) from b to
 * c in logarithms, so that alpha = k needs no case of its own.
 */
static double pareto_moment(const struct dist *d, int k) {
    double span = exact_log(d->c / d->b);
    return power(d->b, k) * decay((d->a - k) * span) / decay(d->a * span);
}

static double weibull_moment(const struct dist *d, int k) {
    return power(d->b, k) * exact_gamma(1 + k / d->a);
}

/* First (k = 1) or second (k = 2) moment of a straight piece of a distribution function. */
static double piece_moment(double x, double y, int k) {
    return k == 1 ? (x + y) / 2 : (x * x + x * y + y * y) / 3;
}

static double parts_moment(const struct dist *d, int k);

static double moment(const struct dist *d, int k) {
    switch (d->kind) {
    case DIST_CONST:
        return power(d->a, k);
    case DIST_UNIFORM:
        return piece_moment(d->a, d->b, k);
    case DIST_EXP:
        return k == 1 ? d->a : 2 * d->a * d->a;
    case DIST_LOGNORMAL:
        return exact_exp(k * d->a + k * k * d->b * d->b / 2);
    case DIST_GAMMA:
        return k == 1 ? d->a * d->b : d->a * (d->a + 1) * d->b * d->b;
    case DIST_WEIBULL:
        return weibull_moment(d, k);
    case DIST_PARETO:
        return pareto_moment(d, k);
    case DIST_MIX:
    case DIST_EMPIRICAL:
        break;
    }
    return parts_moment(d, k);
}

static double parts_moment(const struct dist *d, int k) {
    double sum = 0, p = 0;
    for (uint32_t i = 0; i < d->n; i++) {
        const struct dist_part *part = &d->parts[i];
        if (d->kind == DIST_MIX)
            sum += (part->p - p) * moment(part->dist, k);
        else if (i > 0)
            sum += (part->p - p) * piece_moment(part[-1].x, part->x, k);
        p = part->p;
    }
    return sum;
}

double dist_mean(const struct dist *dist) {
    return moment(dist, 1);
}

double dist_cv(const struct dist *dist) {
    double mean = moment(dist, 1);
    if (mean == 0 || dist->kind == DIST_CONST)
        return 0;
    double excess = moment(dist, 2) / mean / mean - 1;
    return excess > 0 ? sqrt(excess) : 0;
}

static const struct dist_part *parts_scaled(struct arena *arena, const struct dist *dist,
                                            double factor) {
    struct dist_part *parts = arena_array(arena, dist->n, sizeof(*parts));
    for (uint32_t i = 0; i < dist->n; i++) {
        parts[i] = dist->parts[i];
        parts[i].x *= factor;
        if (parts[i].dist != NULL)
            parts[i].dist = dist_scaled(arena, parts[i].dist, factor);
    }
    return parts;
}

const struct dist *dist_scaled(struct arena *arena, const struct dist *dist, double factor) {
    struct dist *scaled = arena_alloc(arena, sizeof(*scaled));
    if (factor == 0) {
        *scaled = (struct dist){.kind = DIST_CONST};
        return scaled;
    }
    *scaled = *dist;
    switch (dist->kind) {
    case DIST_CONST:
    case DIST_UNIFORM:
    case DIST_EXP:
        scaled->a *= factor;
        scaled->b *= factor;
        break;
    case DIST_LOGNORMAL:
        scaled->a += exact_log(factor);
        break;
    case DIST_GAMMA:
    case DIST_WEIBULL:
        scaled->b *= factor;
        break;
    case DIST_PARETO:
        scaled->b *= factor;
        scaled->c *= factor;
        break;
    case DIST_MIX:
    case DIST_EMPIRICAL:
        scaled->parts = parts_scaled(arena, dist, factor);
        break;
    }
    return scaled;
}
