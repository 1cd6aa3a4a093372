/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/estimate.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static const double CONFIDENCE = 0.95;

static double mean_of(const double *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum / (double)n;
}

static double student_t(size_t n) {
    return gsl_cdf_tdist_Pinv(0.5 + CONFIDENCE / 2, (double)(n - 1));
}

/* Half the width of the t interval from the sum of squared deviations. */
static double half_width(double squares, size_t n) {
    return student_t(n) * sqrt(squares / (double)(n - 1) / (double)n);
}

static double squared_deviations(const double *x, size_t n, double mean) {
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    return squares;
}

struct estimate estimate_mean(const double *x, size_t n) {
    if (n == 0)
        return (struct estimate){NAN, NAN, NAN};
    double mean = mean_of(x, n);
    if (n == 1)
        return (struct estimate){mean, NAN, NAN};
    double half = half_width(squared_deviations(x, n, mean), n);
    return (struct estimate){mean, mean - half, mean + half};
}

struct estimate estimate_ratio(const double *a, const double *b, size_t n) {
    double above = n > 0 ? mean_of(a, n) : 0, below = n > 0 ? mean_of(b, n) : 0;
    if (below == 0)
        return (struct estimate){NAN, NAN, NAN};
    double ratio = above / below;
    if (n == 1)
        return (struct estimate){ratio, NAN, NAN};
    if (ratio == 0)
        return (struct estimate){0, 0, 0};
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        double residue = a[i] / above - b[i] / below;
        squares += residue * residue;
    }
    double spread = exp(half_width(squares, n));
    return (struct estimate){ratio, ratio / spread, ratio * spread};
}

double estimate_precision(const struct estimate *estimate) {
    double half = (estimate->hi - estimate->lo) / 2;
    return half == 0 ? 0 : half / fabs(estimate->mean);
}

double estimate_error(const struct estimate *estimate, size_t n) {
    return n > 1 ? (estimate->hi - estimate->lo) / 2 / student_t(n) : NAN;
}

double estimate_needed(const double *x, size_t n, double precision) {
    double mean = mean_of(x, n), squares = squared_deviations(x, n, mean);
    if (squares == 0)
        return 2;
    double half = half_width(squares, n) / fabs(mean);
    return ceil((double)n * (half / precision) * (half / precision));
}

enum { MSER_BATCH = 5 };

size_t mser5(const double *x, size_t n, bool *settled) {
    size_t batches = n / MSER_BATCH, best = 0;
    double least = INFINITY, mean = 0, squares = 0;
    /* From the end backwards, so that mean and squares of the rest are running sums (Welford). */
    for (size_t i = batches; i-- > 0;) {
        size_t kept = batches - i;
        double value = mean_of(x + i * MSER_BATCH, MSER_BATCH), delta = value - mean;
        mean += delta / (double)kept;
        squares += delta * (value - mean);
        double error = squares / ((double)kept * (double)kept);
        if (i <= batches / 2 && error <= least) {
            least = error;
            best = i;
        }
    }
    *settled = best < batches / 2;
    return best * MSER_BATCH;
}
