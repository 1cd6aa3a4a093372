/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/estimate.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static const double CONFIDENCE = 0.95;
static const double MANY = 1e9;

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

/* A part of a sum that does not depend on the rest: its variance, and how well that is known. */
struct part {
    double variance, freedom;
};

/* Half the width of the t interval of the sum (B. L. Welch, 1947). */
static double joint_half_width(struct part a, struct part b) {
    double variance = a.variance + b.variance, freedom = a.freedom;
    if (b.variance > 0)
        freedom = variance * variance /
                  (a.variance * a.variance / a.freedom + b.variance * b.variance / b.freedom);
    return gsl_cdf_tdist_Pinv(0.5 + CONFIDENCE / 2, freedom) * sqrt(variance);
}

/* Those that have a partner: what of mean(a) / above - mean(b) / below they make up. */
static struct part paired_part(const double *a, size_t na, double above, const double *b, size_t nb,
                               double below) {
    size_t n = na < nb ? na : nb;
    double in_a = (double)n / (double)na / above, in_b = (double)n / (double)nb / below;
    double mean = mean_of(a, n) * in_a - mean_of(b, n) * in_b, squares = 0;
    for (size_t i = 0; i < n; i++) {
        double residue = a[i] * in_a - b[i] * in_b - mean;
        squares += residue * residue;
    }
    return (struct part){squares / (double)(n - 1) / (double)n, (double)(n - 1)};
}

/* Those of x beyond n. */
static struct part single_part(const double *x, size_t nx, double mean, size_t n) {
    double share = (double)(nx - n) / (double)nx / (double)nx;
    double spread = squared_deviations(x, nx, mean) / (double)(nx - 1) / (mean * mean);
    return (struct part){spread * share, (double)(nx - 1)};
}

struct estimate estimate_ratio(const double *a, size_t na, const double *b, size_t nb) {
    double above = na > 0 ? mean_of(a, na) : 0, below = nb > 0 ? mean_of(b, nb) : 0;
    size_t n = na < nb ? na : nb;
    if (below == 0 || n == 0)
        return (struct estimate){NAN, NAN, NAN};
    double ratio = above / below;
    if (n == 1)
        return (struct estimate){ratio, NAN, NAN};
    if (ratio == 0)
        return (struct estimate){0, 0, 0};
    struct part single = na > nb ? single_part(a, na, above, n) : single_part(b, nb, below, n);
    double spread = exp(joint_half_width(paired_part(a, na, above, b, nb, below), single));
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
    double mean = mean_of(x, n);
    double error = sqrt(squared_deviations(x, n, mean) / (double)(n - 1)) / fabs(mean) / precision;
    double normal = gsl_cdf_ugaussian_Pinv(0.5 + CONFIDENCE / 2) * error;
    double needed = fmin(fmax(2, floor(normal * normal)), MANY);
    while (needed < MANY && student_t((size_t)needed) * error > sqrt(needed))
        needed++;
    return needed;
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
