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

/* Known is what its interval confines to a factor of two either way, and to half its range. */
static double widest(const struct parameter *p) {
    return fmin(log(2), log(p->high / p->low) / 4) / 1.96;
}

static double range_weight(const struct parameter *p) {
    double w = 2 / log(p->high / p->low);
    return w * w;
}

struct study {
    const struct parameters *parameters;
    gsl_matrix *information; /* of all parameters */
    gsl_matrix *covariance;  /* of the candidates, 0 elsewhere */
    bool *candidates;
};

static struct study begin(const gsl_matrix *slopes, double scale,
                          const struct parameters *parameters, bool *candidates) {
    size_t n = parameters->n;
    struct study s = {parameters, gsl_matrix_calloc(n, n), gsl_matrix_calloc(n, n), candidates};
    gsl_blas_dgemm(CblasTrans, CblasNoTrans, 1 / (scale * scale), slopes, slopes, 0, s.information);
    for (size_t j = 0; j < n; j++) {
        double *own = gsl_matrix_ptr(s.information, j, j);
        *own += range_weight(&parameters->items[j]);
    }
    return s;
}

/* Inverts the part of the candidates; the others are unrelated and known. */
static void update(struct study *s) {
    size_t n = s->parameters->n;
    gsl_matrix *m = s->covariance;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            bool both = s->candidates[i] && s->candidates[j];
            gsl_matrix_set(m, i, j, both ? gsl_matrix_get(s->information, i, j) : i == j);
        }
    gsl_linalg_cholesky_decomp1(m);
    gsl_linalg_cholesky_invert(m);
}

static double deviation(const struct study *s, size_t j) {
    return sqrt(gsl_matrix_get(s->covariance, j, j));
}

static double correlation(const struct study *s, size_t j, size_t k) {
    return gsl_matrix_get(s->covariance, j, k) / (deviation(s, j) * deviation(s, k));
}

static bool is_wide(const struct study *s, size_t j, double deviation_of_it) {
    return deviation_of_it > widest(&s->parameters->items[j]);
}

static void note_spreads(const struct study *s, double *spread) {
    for (size_t j = 0; j < s->parameters->n; j++)
        if (s->candidates[j])
            spread[j] = deviation(s, j);
}

/* Even if all others were known. */
static void drop_flat(struct study *s, struct calibrate_parameter *out) {
    for (size_t j = 0; j < s->parameters->n; j++) {
        if (!s->candidates[j] || !is_wide(s, j, 1 / sqrt(gsl_matrix_get(s->information, j, j))))
            continue;
        s->candidates[j] = false;
        out[j].verdict = FLAT;
    }
}

/* The widest, in terms of what it may be; the number of parameters if none is too wide. */
static size_t find_worst(const struct study *s) {
    size_t n = s->parameters->n, worst = n;
    double most = 1;
    for (size_t j = 0; j < n; j++) {
        double excess = deviation(s, j) / widest(&s->parameters->items[j]);
        if (s->candidates[j] && excess > most) {
            most = excess;
            worst = j;
        }
    }
    return worst;
}

static size_t find_partner(const struct study *s, size_t j) {
    size_t n = s->parameters->n, partner = n;
    for (size_t k = 0; k < n; k++)
        if (k != j && s->candidates[k] &&
            (partner == n || fabs(correlation(s, j, k)) > fabs(correlation(s, j, partner))))
            partner = k;
    return partner;
}

static void entangle(const struct study *s, struct calibrate_parameter *out, size_t j, size_t k) {
    out[j].verdict = ENTANGLED;
    out[j].partner = s->parameters->items[k].path;
    out[j].correlation = correlation(s, j, k);
}

/* One of two that are only known together would do: which, is not ours to choose. */
static bool drop_entangled(struct study *s, struct calibrate_parameter *out, double *spread) {
    size_t n = s->parameters->n, worst = find_worst(s), partner;
    if (worst == n)
        return false;
    partner = find_partner(s, worst);
    note_spreads(s, spread);
    if (partner == n) { /* no other is left: by itself it was not too wide */
        out[worst].verdict = FLAT;
    } else {
        entangle(s, out, worst, partner);
        if (is_wide(s, partner, deviation(s, partner))) {
            entangle(s, out, partner, worst);
            s->candidates[partner] = false;
        }
    }
    s->candidates[worst] = false;
    return true;
}

void identify(const gsl_matrix *slopes, double scale, const struct parameters *parameters,
              bool *candidates, struct calibrate_parameter *out, double *spread) {
    struct study s = begin(slopes, scale, parameters, candidates);
    update(&s);
    note_spreads(&s, spread);
    drop_flat(&s, out);
    update(&s);
    while (drop_entangled(&s, out, spread))
        update(&s);
    note_spreads(&s, spread);
    gsl_matrix_free(s.information);
    gsl_matrix_free(s.covariance);
}
