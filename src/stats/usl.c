/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Least squares of (X(N) - rate) / error over ln lambda, sigma and kappa. N / X(N) is
 * linear in 1, N - 1 and N (N - 1): where that is least is where the search begins.
 */
#include "stats/usl.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>

enum { LAMBDA, SIGMA, KAPPA, PARAMETERS };
enum { ITERATIONS = 100 };

/* No rate is taken to be known better than to three digits: no law of this kind is as exact. */
static const double LEAST_ERROR = 1e-3;
/* Standard errors beyond which a residual is not taken for chance. */
static const double CHANCE = 3;

struct fit {
    const struct usl_point *points;
    size_t n;
    bool free[PARAMETERS]; /* the others are 0 */
    double x[PARAMETERS];  /* ln lambda, sigma, kappa */
    double error[PARAMETERS];
    double squares;
    bool good;
};

/* ---- the law ---- */

static double load(double sigma, double kappa, double n) {
    return 1 + sigma * (n - 1) + kappa * n * (n - 1);
}

double usl_rate(const struct usl *usl, double n) {
    return usl->lambda.mean * n / load(usl->sigma.mean, usl->kappa.mean, n);
}

static double error_of(const struct usl_point *p) {
    return fmax(isnan(p->error) ? 0 : p->error, LEAST_ERROR * p->rate);
}

/* ---- residuals and their slopes ---- */

static void take(const gsl_vector *x, const struct fit *fit, double values[PARAMETERS]) {
    size_t k = 0;
    for (size_t i = 0; i < PARAMETERS; i++)
        values[i] = fit->free[i] ? gsl_vector_get(x, k++) : 0;
}

static int residuals(const gsl_vector *x, void *self, gsl_vector *f) {
    const struct fit *fit = self;
    double v[PARAMETERS];
    take(x, fit, v);
    for (size_t i = 0; i < fit->n; i++) {
        const struct usl_point *p = &fit->points[i];
        double rate = exp(v[LAMBDA]) * p->n / load(v[SIGMA], v[KAPPA], p->n);
        gsl_vector_set(f, i, (rate - p->rate) / error_of(p));
    }
    return GSL_SUCCESS;
}

static int slopes(const gsl_vector *x, void *self, gsl_matrix *slope) {
    const struct fit *fit = self;
    double v[PARAMETERS];
    take(x, fit, v);
    for (size_t i = 0; i < fit->n; i++) {
        const struct usl_point *p = &fit->points[i];
        double below = load(v[SIGMA], v[KAPPA], p->n);
        double rate = exp(v[LAMBDA]) * p->n / below / error_of(p);
        const double d[PARAMETERS] = {rate, -rate * (p->n - 1) / below,
                                      -rate * p->n * (p->n - 1) / below};
        for (size_t j = 0, k = 0; j < PARAMETERS; j++)
            if (fit->free[j])
                gsl_matrix_set(slope, i, k++, d[j]);
    }
    return GSL_SUCCESS;
}

/* ---- one fit ---- */

static size_t count_free(const struct fit *fit) {
    size_t n = 0;
    for (size_t i = 0; i < PARAMETERS; i++)
        n += fit->free[i];
    return n;
}

/* The linear form, weighted by relative errors; its solution may be none of the law's. */
static void find_start(const struct fit *fit, gsl_vector *start) {
    size_t p = start->size;
    gsl_matrix *a = gsl_matrix_alloc(fit->n, p);
    gsl_vector *b = gsl_vector_alloc(fit->n), *tau = gsl_vector_alloc(p);
    gsl_vector *rest = gsl_vector_alloc(fit->n);
    for (size_t i = 0; i < fit->n; i++) {
        const struct usl_point *point = &fit->points[i];
        double n = point->n, weight = point->rate / error_of(point) / (n / point->rate);
        const double terms[PARAMETERS] = {1, n - 1, n * (n - 1)};
        for (size_t j = 0, k = 0; j < PARAMETERS; j++)
            if (fit->free[j])
                gsl_matrix_set(a, i, k++, weight * terms[j]);
        gsl_vector_set(b, i, weight * n / point->rate);
    }
    gsl_linalg_QR_decomp(a, tau);
    gsl_linalg_QR_lssolve(a, tau, b, start, rest);
    double first = gsl_vector_get(start, 0);
    bool usable = first > 0;
    for (size_t k = 1; k < p; k++)
        gsl_vector_set(start, k, usable ? gsl_vector_get(start, k) / first : 0.01);
    gsl_vector_set(start, 0, usable ? -log(first) : log(fit->points[0].rate / fit->points[0].n));
    gsl_vector_free(rest);
    gsl_vector_free(tau);
    gsl_vector_free(b);
    gsl_matrix_free(a);
}

static void take_result(struct fit *fit, gsl_multifit_nlinear_workspace *w) {
    size_t p = count_free(fit);
    gsl_matrix *covariance = gsl_matrix_alloc(p, p);
    gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(w), 0, covariance);
    const gsl_vector *x = gsl_multifit_nlinear_position(w), *f = gsl_multifit_nlinear_residual(w);
    take(x, fit, fit->x);
    for (size_t i = 0; i < fit->n; i++)
        fit->squares += gsl_vector_get(f, i) * gsl_vector_get(f, i);
    for (size_t i = 0, k = 0; i < PARAMETERS; i++)
        if (fit->free[i]) {
            fit->error[i] = sqrt(gsl_matrix_get(covariance, k, k));
            k++;
        }
    fit->good = isfinite(fit->squares) && isfinite(exp(fit->x[LAMBDA]));
    gsl_matrix_free(covariance);
}

static struct fit fit_free(const struct usl_point *points, uint32_t n, bool sigma, bool kappa) {
    struct fit fit = {.points = points, .n = n, .free = {true, sigma, kappa}};
    gsl_multifit_nlinear_parameters settings = gsl_multifit_nlinear_default_parameters();
    gsl_multifit_nlinear_fdf fdf = {
        .f = residuals, .df = slopes, .n = n, .p = count_free(&fit), .params = &fit};
    gsl_multifit_nlinear_workspace *w =
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &settings, fdf.n, fdf.p);
    gsl_vector *start = gsl_vector_alloc(fdf.p);
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    int info;
    find_start(&fit, start);
    if (gsl_multifit_nlinear_init(start, &fdf, w) == GSL_SUCCESS) {
        /* Where no step makes it better it is done as well as where steps have become small. */
        gsl_multifit_nlinear_driver(ITERATIONS, 1e-10, 1e-10, 0, NULL, NULL, &info, w);
        take_result(&fit, w);
    }
    gsl_set_error_handler(handler);
    gsl_vector_free(start);
    gsl_multifit_nlinear_free(w);
    return fit;
}

/* ---- intervals ---- */

static uint32_t freedom_of(const struct fit *fit) {
    return (uint32_t)(fit->n - count_free(fit));
}

static double misfit_of(const struct fit *fit) {
    return sqrt(fit->squares / freedom_of(fit));
}

/* The errors are known; where residuals are larger than they say, so is what is not known. */
static double half_width(const struct fit *fit, size_t parameter) {
    double by_errors = gsl_cdf_ugaussian_Pinv(0.975);
    double by_residuals = gsl_cdf_tdist_Pinv(0.975, freedom_of(fit)) * misfit_of(fit);
    return fmax(by_errors, by_residuals) * fit->error[parameter];
}

/* At its bound it has the part of the unbound interval that is allowed. */
static struct estimate bounded(const struct fit *fit, const struct fit *unbound, size_t parameter) {
    const struct fit *from = fit->free[parameter] ? fit : unbound;
    double half = half_width(from, parameter), center = from->x[parameter];
    return (struct estimate){fit->x[parameter], fmax(0, center - half), fmax(0, center + half)};
}

/* dX/dN = 0 at sqrt((1 - sigma) / kappa); its interval is made of the ends of both. */
static double peak_of(double sigma, double kappa) {
    if (sigma >= 1)
        return 1;
    return kappa > 0 ? fmax(1, sqrt((1 - sigma) / kappa)) : INFINITY;
}

static void find_peak(struct usl *usl) {
    const struct estimate *s = &usl->sigma, *k = &usl->kappa;
    usl->peak = (struct estimate){NAN, peak_of(s->hi, k->hi), peak_of(s->lo, k->lo)};
    double peak = peak_of(s->mean, k->mean);
    if (isfinite(peak)) {
        usl->peak.mean = peak;
        usl->peak_rate = usl_rate(usl, peak);
    } else {
        usl->peak_rate = s->mean > 0 ? usl->lambda.mean / s->mean : INFINITY;
    }
}

static void find_worst(struct usl *usl, const struct usl_point *points, uint32_t n) {
    usl->fits = true;
    for (uint32_t i = 0; i < n; i++) {
        const struct usl_point *p = &points[i];
        double residual = usl_rate(usl, p->n) - p->rate, relative = fabs(residual) / p->rate;
        usl->fits &= relative <= USL_MISFIT || fabs(residual) <= CHANCE * error_of(p);
        if (relative <= usl->worst)
            continue;
        usl->worst = relative;
        usl->worst_point = i;
    }
}

/* The best that is allowed: with both, with one, or with none of them. */
static struct fit best_allowed(const struct fit *unbound) {
    struct fit best = *unbound;
    best.good &= best.x[SIGMA] >= 0 && best.x[KAPPA] >= 0;
    for (int i = 0; i < 3 && !(best.good && best.free[SIGMA] && best.free[KAPPA]); i++) {
        struct fit fit = fit_free(unbound->points, (uint32_t)unbound->n, i == 1, i == 2);
        if (fit.good && fit.x[SIGMA] >= 0 && fit.x[KAPPA] >= 0 &&
            (!best.good || fit.squares < best.squares))
            best = fit;
    }
    return best;
}

struct usl usl_fit(const struct usl_point *points, uint32_t n) {
    struct usl usl = {0};
    if (n < USL_POINTS_MIN)
        return usl;
    const struct fit unbound = fit_free(points, n, true, true);
    if (!unbound.good)
        return usl;
    const struct fit fit = best_allowed(&unbound);
    double spread = exp(half_width(&fit, LAMBDA)), lambda = exp(fit.x[LAMBDA]);
    usl.fitted = fit.good;
    usl.lambda = (struct estimate){lambda, lambda / spread, lambda * spread};
    usl.sigma = bounded(&fit, &unbound, SIGMA);
    usl.kappa = bounded(&fit, &unbound, KAPPA);
    usl.negative = unbound.x[SIGMA] + half_width(&unbound, SIGMA) < 0 ||
                   unbound.x[KAPPA] + half_width(&unbound, KAPPA) < 0;
    usl.freedom = freedom_of(&fit);
    usl.misfit = misfit_of(&fit);
    find_peak(&usl);
    find_worst(&usl, points, n);
    return usl;
}
