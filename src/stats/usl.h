/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STATS_USL_H
#define STATS_USL_H

#include "stats/estimate.h"

#include <stdint.h>

/*
 * The Universal Scalability Law (N. J. Gunther, "Guerrilla Capacity Planning",
 * 2007, chapter 4): the rate of N processors, or threads,
 *
 *     X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1))
 *
 * with sigma, the share that is serial, and kappa, what each must do for each
 * other one. Neither is below 0: where the fit would have one there, it is 0,
 * and the others are fitted with it.
 */
struct usl_point {
    double n, rate;
    double error; /* standard error of the rate; NAN: not known */
};

struct usl {
    bool fitted; /* false: too few points, or nothing could be found; then all else is 0 */
    struct estimate lambda, sigma, kappa;
    struct estimate peak; /* the N of the highest rate, NAN: there is none */
    double peak_rate;     /* there; without a peak what the rate grows to, or INFINITY */
    bool negative;        /* sigma or kappa would be, by more than their intervals: no such law */
    uint32_t freedom;     /* points less parameters that were fitted */
    double misfit;        /* sqrt(chi^2 / freedom): residuals by standard errors */
    double worst;         /* the largest relative residual */
    uint32_t worst_point; /* where it is */
    bool fits;            /* no residual is beyond USL_MISFIT and beyond chance */
};

/* Closer than this nobody needs the law; by less than this its residuals are no misfit. */
#define USL_MISFIT 0.05
/* Three parameters, and one to see whether they are right. */
enum { USL_POINTS_MIN = 4 };

struct usl usl_fit(const struct usl_point *points, uint32_t n);
double usl_rate(const struct usl *usl, double n);

#endif
