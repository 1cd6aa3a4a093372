/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Levenberg-Marquardt on the logarithms of the parameters, and the slopes for it. */
#include "base/arena.h"
#include "experiment/calibrate_parts.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <string.h>

enum { ITERATIONS = 20 };

/* Of a logarithm: large enough that what is rounded and what is chance stays small beside it. */
static const double STEP = 0.1, LONGEST_STEP = 0.3;
static const double CLOSE = 2e-3;  /* a step of the fit that is none */
static const double WALL = 50;     /* standard deviations for each e-fold beyond a range */
static const double UNKNOWN = 100; /* residual where a design does not end well */

struct state {
    const struct fit *fit;
    uint32_t *index; /* of the free parameters */
    size_t n;
    double *values; /* scratch */
    bool failed;
};

static const struct parameter *parameter_of(const struct fit *fit, uint32_t j) {
    return &fit->calibrator->parameters->items[j];
}

static double span_of(const struct parameter *p) {
    return log(p->high / p->low);
}

/* ---- coordinates: 1 where the fit begins, so that GSL's first step is of a sane length ---- */

static double outer(double x, double begin) {
    return begin * exp(x - 1);
}

static double beyond(const struct parameter *p, double value) {
    if (value > p->high)
        return log(value / p->high);
    return value < p->low ? log(value / p->low) : 0;
}

/* ---- residuals: aims, then walls, then the prior ---- */

static size_t rows_of(const struct state *s) {
    return s->fit->aims->n + s->n * (s->fit->prior ? 2 : 1);
}

/* As far as the range goes either way, a parameter is where it was, if nothing says otherwise. */
static double prior_weight(const struct parameter *p) {
    return 2 / span_of(p);
}

static void take_values(struct state *s, const gsl_vector *x) {
    const struct fit *fit = s->fit;
    memcpy(s->values, fit->values, fit->calibrator->parameters->n * sizeof(double));
    for (size_t k = 0; k < s->n; k++)
        s->values[s->index[k]] = outer(gsl_vector_get(x, k), fit->values[s->index[k]]);
}

static int residuals(const gsl_vector *x, void *self, gsl_vector *f) {
    struct state *s = self;
    const struct fit *fit = s->fit;
    size_t m = fit->aims->n;
    take_values(s, x);
    const struct outcome *outcome = calibrator_run(fit->calibrator, s->values);
    s->failed |= outcome == NULL;
    if (outcome == NULL)
        return GSL_EFAILED;
    for (size_t i = 0; i < m; i++) {
        const struct aim *aim = &fit->aims->items[i];
        gsl_vector_set(
            f, i, outcome->well ? aim_residual(aim, &outcome->lines.lines[aim->line]) : UNKNOWN);
    }
    for (size_t k = 0; k < s->n; k++) {
        const struct parameter *p = parameter_of(fit, s->index[k]);
        gsl_vector_set(f, m + k, WALL * beyond(p, s->values[s->index[k]]));
        if (fit->prior)
            gsl_vector_set(f, m + s->n + k,
                           prior_weight(p) * log(s->values[s->index[k]] / p->start));
    }
    return GSL_SUCCESS;
}

/* ---- slopes ---- */

/* Another value of the parameter, a step away or as far as the range and whole numbers let it. */
static double step_from(const struct fit *fit, uint32_t j, double value, double step) {
    const struct parameter *p = parameter_of(fit, j);
    double next = value * exp(step);
    if (p->whole)
        next = step > 0 ? fmax(round(next), value + 1) : fmin(round(next), value - 1);
    return parameter_round(fit->calibrator->arena, p, fmin(fmax(next, p->low), p->high));
}

/* Standard error of a residual's difference, the same random numbers on both sides. */
static double difference_error(const struct fit *fit, const struct aim *aim,
                               const struct measured_line *a, const struct measured_line *b) {
    uint32_t n = fit->calibrator->replications, known = 0;
    double sum = 0, squares = 0;
    for (uint32_t r = 0; a->values != NULL && b->values != NULL && r < n; r++) {
        if (isnan(a->values[r]) || isnan(b->values[r]))
            continue;
        double d = aim_residual_of(aim, a, a->values[r]) - aim_residual_of(aim, b, b->values[r]);
        known++;
        sum += d;
        squares += d * d;
    }
    if (known < 2)
        return 0;
    double variance = fmax(0, squares - sum * sum / known) / (known - 1);
    return gsl_cdf_tdist_Pinv(0.995, known - 1.0) * sqrt(variance / known);
}

/* A column of the slopes between two values; what is chance for sure or not, as told, is 0. */
static bool slopes_between(const struct fit *fit, uint32_t j, double from, double to,
                           bool significant, gsl_matrix *slopes, size_t column) {
    struct calibrator *c = fit->calibrator;
    double *values = arena_array(c->arena, c->parameters->n, sizeof(*values));
    memcpy(values, fit->values, c->parameters->n * sizeof(*values));
    values[j] = from;
    const struct outcome *a = calibrator_run(c, values);
    values[j] = to;
    const struct outcome *b = a != NULL ? calibrator_run(c, values) : NULL;
    if (b == NULL)
        return false;
    for (size_t i = 0; i < fit->aims->n; i++) {
        const struct aim *aim = &fit->aims->items[i];
        const struct measured_line *x = &a->lines.lines[aim->line], *y = &b->lines.lines[aim->line];
        double d = aim_residual(aim, y) - aim_residual(aim, x);
        bool chance = significant && fabs(d) <= difference_error(fit, aim, y, x);
        bool known = from != to && a->well && b->well && !chance;
        gsl_matrix_set(slopes, i, column, known ? d / log(to / from) : 0);
    }
    return true;
}

static int jacobian(const gsl_vector *x, void *self, gsl_matrix *out) {
    struct state *s = self;
    struct fit at = *s->fit;
    size_t m = at.aims->n;
    take_values(s, x);
    at.values = arena_array(at.calibrator->arena, at.calibrator->parameters->n, sizeof(double));
    memcpy(at.values, s->values, at.calibrator->parameters->n * sizeof(double));
    gsl_matrix_set_zero(out);
    for (size_t k = 0; k < s->n && !s->failed; k++) {
        uint32_t j = s->index[k];
        const struct parameter *p = parameter_of(&at, j);
        double value = parameter_round(at.calibrator->arena, p, at.values[j]);
        double next = step_from(&at, j, value, value < p->high * exp(-STEP) ? STEP : -STEP);
        s->failed |= !slopes_between(&at, j, value, next, false, out, k);
        gsl_matrix_set(out, m + k, k, beyond(p, at.values[j]) != 0 ? WALL : 0);
        if (at.prior)
            gsl_matrix_set(out, m + s->n + k, k, prior_weight(p));
    }
    return s->failed ? GSL_EFAILED : GSL_SUCCESS;
}

gsl_matrix *fit_slopes(const struct fit *fit) {
    uint32_t n = fit->calibrator->parameters->n;
    gsl_matrix *slopes = gsl_matrix_calloc(fit->aims->n, n);
    for (uint32_t j = 0; j < n; j++) {
        const struct parameter *p = parameter_of(fit, j);
        double value = parameter_round(fit->calibrator->arena, p, fit->values[j]);
        double step = fmin(LONGEST_STEP, fmax(STEP, span_of(p) / 6));
        if (slopes_between(fit, j, step_from(fit, j, value, -step), step_from(fit, j, value, step),
                           true, slopes, j))
            continue;
        gsl_matrix_free(slopes);
        return NULL;
    }
    return slopes;
}

/* ---- the fit ---- */

static bool is_close(const gsl_vector *step) {
    for (size_t k = 0; k < step->size; k++)
        if (fabs(gsl_vector_get(step, k)) > CLOSE)
            return false;
    return true;
}

/* No step that makes it better is the end, too: what is left is chance. */
static bool iterate(struct state *s, gsl_multifit_nlinear_workspace *w) {
    for (int i = 0; i < ITERATIONS && !s->failed; i++) {
        int status = gsl_multifit_nlinear_iterate(w);
        if (status == GSL_ENOPROG || is_close(w->dx))
            return true;
        if (status != GSL_SUCCESS)
            return false;
    }
    return false;
}

static void find_free(struct state *s) {
    uint32_t n = s->fit->calibrator->parameters->n;
    s->index = arena_array(s->fit->calibrator->arena, n, sizeof(*s->index));
    s->values = arena_array(s->fit->calibrator->arena, n, sizeof(*s->values));
    for (uint32_t j = 0; j < n; j++)
        if (s->fit->free[j])
            s->index[s->n++] = j;
}

bool fit_run(const struct fit *fit, bool *converged) {
    struct state s = {.fit = fit};
    find_free(&s);
    *converged = true;
    if (s.n == 0)
        return true;
    gsl_multifit_nlinear_parameters settings = gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_fdf fdf = {
        .f = residuals, .df = jacobian, .n = rows_of(&s), .p = s.n, .params = &s};
    gsl_multifit_nlinear_workspace *w =
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &settings, fdf.n, fdf.p);
    gsl_vector *x = gsl_vector_alloc(s.n);
    gsl_vector_set_all(x, 1);
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    if (gsl_multifit_nlinear_init(x, &fdf, w) == GSL_SUCCESS)
        *converged = iterate(&s, w);
    gsl_set_error_handler(handler);
    const gsl_vector *best = gsl_multifit_nlinear_position(w);
    for (size_t k = 0; k < s.n && !s.failed; k++) {
        uint32_t j = s.index[k];
        double value = outer(gsl_vector_get(best, k), fit->values[j]);
        fit->values[j] = parameter_round(fit->calibrator->arena, parameter_of(fit, j), value);
    }
    gsl_vector_free(x);
    gsl_multifit_nlinear_free(w);
    return !s.failed;
}
