/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STATS_ESTIMATE_H
#define STATS_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Point and 95 % interval. With fewer than two values there is no interval:
 * lo and hi are NAN; with none the mean is NAN too.
 */
struct estimate {
    double mean, lo, hi;
};

/* Mean of independent values with Student's t interval. */
struct estimate estimate_mean(const double *x, size_t n);

/*
 * mean(a) / mean(b) of values that are paired as far as there are as many of
 * both. The interval is that of the linearised ratio on the log scale, so a
 * ratio and its inverse have inverse intervals, and what a and b share
 * cancels. NAN where b is zero throughout.
 */
struct estimate estimate_ratio(const double *a, size_t na, const double *b, size_t nb);

/* Half the interval's width relative to the mean; 0 when both are 0. */
double estimate_precision(const struct estimate *estimate);

/* The standard error of a mean of n values, from its interval; NAN without one. */
double estimate_error(const struct estimate *estimate, size_t n);

/* How many values like x a mean needs for a relative half-width of `precision`. */
double estimate_needed(const double *x, size_t n, double precision);

/*
 * MSER-5 (White, Cobb & Spratt 2000): how many values at the start of a series
 * to drop, a multiple of 5, so that the standard error of the rest is least.
 * Looks at the first half only; `settled` says that the minimum was inside it.
 */
size_t mser5(const double *x, size_t n, bool *settled);

#endif
