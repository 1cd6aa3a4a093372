/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_DIST_H
#define BASE_DIST_H

#include <stdint.h>

/*
 * A probability distribution of a non-negative quantity, as data. The unit is
 * whatever the owner says: seconds in a scenario, ticks in a program. Drawing
 * from it is src/sim/random.h.
 */
enum dist_kind {
    DIST_CONST,     /* a */
    DIST_UNIFORM,   /* from a to b */
    DIST_EXP,       /* mean a */
    DIST_LOGNORMAL, /* exp of a normal with mean a and standard deviation b */
    DIST_GAMMA,     /* shape a, scale b */
    DIST_WEIBULL,   /* shape a, scale b */
    DIST_PARETO,    /* bounded: tail index a, from b to c */
    DIST_MIX,       /* part i with probability parts[i].p - parts[i-1].p */
    DIST_EMPIRICAL  /* quantiles: value parts[i].x at cumulative probability parts[i].p, linear
                       between */
};

struct dist_part {
    double p;                /* cumulative probability, ascending, the last is 1 */
    double x;                /* DIST_EMPIRICAL */
    const struct dist *dist; /* DIST_MIX */
};

struct dist {
    enum dist_kind kind;
    double a, b, c;
    uint32_t n;
    const struct dist_part *parts;
};

struct arena;

double dist_mean(const struct dist *dist);
/* Coefficient of variation; infinite where the second moment is. */
double dist_cv(const struct dist *dist);
/* The same distribution of factor times the quantity. */
const struct dist *dist_scaled(struct arena *arena, const struct dist *dist, double factor);

#endif
