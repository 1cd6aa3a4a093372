/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which parameters the targets determine. With slopes J in standard deviations,
 * J'J is the information on their logarithms, and its inverse their covariance.
 * A range is information, too, but little: half of it, either way, is one
 * standard deviation.
 */
#include "experiment/calibrate_parts.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>

/* Known is what its interval confines to a factor of 1.5 either way, and to half its range. */
static double widest(const struct parameter *p) {
    return fmin(log(1.5), log(p->high / p->low) / 4) / 1.96;
}

/* Correlations from which on one value is as good as the other. */
static const double TIED = 0.9;

static double range_weight(const struct parameter *p) {
    double w = 2 / log(p->high / p->low);
    return w * w;
}

struct study {
    const struct parameters *parameters;
    gsl_matrix *information, *covariance;
};

static struct study begin(const gsl_matrix *slopes, double scale,
                          const struct parameters *parameters) {
    size_t n = parameters->n;
    struct study s = {parameters, gsl_matrix_calloc(n, n), gsl_matrix_alloc(n, n)};
    gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1 / (scale * scale), slopes, slopes, 0, s.information);
    for (size_t j = 0; j < n; j++)
        *gsl_matrix_ptr(s.information, j, j) += range_weight(&parameters->items[j]);
    gsl_matrix_memcpy(s.covariance, s.information);
    gsl_linalg_cholesky_decomp1(s.covariance);
    gsl_linalg_cholesky_invert(s.covariance);
    return s;
}

static double deviation(const struct study *s, size_t j) {
    return sqrt(gsl_matrix_get(s->covariance, j, j));
}

/* If all others were known. */
static double deviation_alone(const struct study *s, size_t j) {
    return 1 / sqrt(gsl_matrix_get(s->information, j, j));
}

static double correlation(const struct study *s, size_t j, size_t k) {
    return gsl_matrix_get(s->covariance, j, k) / (deviation(s, j) * deviation(s, k));
}

static void find_partner(const struct study *s, size_t j, struct calibrate_parameter *out) {
    size_t n = s->parameters->n;
    out[j].correlation = 0;
    for (size_t k = 0; k < n; k++) {
        if (k == j || fabs(correlation(s, j, k)) < fabs(out[j].correlation))
            continue;
        out[j].partner = s->parameters->items[k].path;
        out[j].correlation = correlation(s, j, k);
    }
}

static void give_up(const struct study *s, size_t j, bool *candidates,
                    struct calibrate_parameter *out) {
    bool flat = deviation_alone(s, j) > widest(&s->parameters->items[j]);
    candidates[j] = false;
    out[j].verdict = flat ? FLAT : ENTANGLED;
}

/* What goes with one that is given up would only be as good as the value that this one keeps. */
static bool is_tied(const struct study *s, size_t j, const bool *candidates) {
    for (size_t k = 0; k < s->parameters->n; k++)
        if (k != j && !candidates[k] && fabs(correlation(s, j, k)) >= TIED)
            return true;
    return false;
}

/*
 * Whatever the others are within their ranges: a parameter whose value depends
 * on that of another is not determined, and to choose one of the two is not ours.
 */
void identify(const gsl_matrix *slopes, double scale, const struct parameters *parameters,
              bool *candidates, struct calibrate_parameter *out, double *spread) {
    struct study s = begin(slopes, scale, parameters);
    size_t n = parameters->n;
    for (size_t j = 0; j < n; j++) {
        spread[j] = deviation(&s, j);
        if (candidates[j])
            find_partner(&s, j, out);
    }
    for (size_t j = 0; j < n; j++)
        if (candidates[j] && spread[j] > widest(&parameters->items[j]))
            give_up(&s, j, candidates, out);
    for (size_t j = 0; j < n; j++)
        if (candidates[j] && is_tied(&s, j, candidates))
            give_up(&s, j, candidates, out);
    gsl_matrix_free(s.information);
    gsl_matrix_free(s.covariance);
}
