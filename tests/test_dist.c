/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "suite.h"

#include "base/arena.h"
#include "base/dist.h"
#include "base/exactmath.h"
#include "base/units.h"
#include "scenario/distributions.h"

#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

static struct arena *arena;

static void new_arena(void) {
    arena = arena_new();
}

static void free_arena(void) {
    arena_free(arena);
}

static const struct dist *read(const char *text) {
    struct dist_error error = {0};
    const struct dist *dist = dist_read(arena, text, parse_time, false, &error);
    ck_assert_msg(dist != NULL, "%s: %s", text, error.message);
    return dist;
}

static void near(double x, double y, double tolerance) {
    ck_assert_msg(fabs(x - y) <= tolerance * fabs(y), "%.17g is not %.17g", x, y);
}

/* ---- exact mathematics, against the C library and GSL ---- */

START_TEST(logarithm) {
    for (double x = 1e-300; x < 1e300; x *= 1.073)
        near(exact_log(x), log(x), 5e-16);
    for (double x = 0.5; x < 2; x += 0.000073)
        ck_assert_double_eq_tol(exact_log(x), log(x), 4e-16 * fabs(log(x)));
}
END_TEST

/* Valgrind gives a long double no more bits than a double: then expl() is off, too. */
static long double last_places(void) {
    volatile long double one = 1, little = 0x1p-60L;
    return one + little == one ? 2 : 1.01L;
}

static void nearly_exact(double x) {
    double exact = exp(x), last_place = nextafter(exact, INFINITY) - exact;
    long double error = fabsl((long double)exact_exp(x) - expl(x));
    ck_assert_msg(error <= last_places() * last_place, "exp(%.17g): %.3Lf units in the last place",
                  x, error / last_place);
}

START_TEST(exponential_is_right_to_the_last_place) {
    for (double x = -700; x < 700; x += 0.00731)
        nearly_exact(x);
    for (double x = 1e-20; x < 700; x *= 1.0037) {
        nearly_exact(x);
        nearly_exact(-x);
    }
    /* Where one power of 2^(1/128) follows another. */
    for (int n = -1000; n < 1000; n++) {
        double middle = (n + 0.5) / 128 * 0.69314718055994531;
        nearly_exact(nextafter(middle, -INFINITY));
        nearly_exact(nextafter(middle, INFINITY));
    }
    ck_assert_double_eq(exact_exp(0), 1);
    ck_assert_double_eq(exact_exp(-0.0), 1);
    ck_assert_double_eq(exact_exp(-INFINITY), 0);
}
END_TEST

START_TEST(gamma_function) {
    for (double x = 0.013; x < 99; x += 0.0137)
        near(exact_gamma(x), tgamma(x), 1e-12);
}
END_TEST

START_TEST(normal_quantile) {
    for (double p = 1e-6; p < 1; p += 0.000997)
        near(exact_normal_quantile(p), gsl_cdf_ugaussian_Pinv(p), 1e-10);
    ck_assert_double_eq_tol(exact_normal_quantile(0.5), 0, 1e-15);
}
END_TEST

/* ---- moments, against integrals of the density ---- */

static double density(const struct dist *d, double x) {
    switch (d->kind) {
    case DIST_UNIFORM:
        return x >= d->a && x <= d->b ? 1 / (d->b - d->a) : 0;
    case DIST_EXP:
        return gsl_ran_exponential_pdf(x, d->a);
    case DIST_LOGNORMAL:
        return gsl_ran_lognormal_pdf(x, d->a, d->b);
    case DIST_GAMMA:
        return gsl_ran_gamma_pdf(x, d->a, d->b);
    case DIST_WEIBULL:
        return gsl_ran_weibull_pdf(x, d->b, d->a);
    case DIST_PARETO:
        if (x < d->b || x > d->c)
            return 0;
        return gsl_ran_pareto_pdf(x, d->a, d->b) / (1 - pow(d->b / d->c, d->a));
    default:
        return 0;
    }
}

/* Trapezoids in the logarithm of x. */
static double integral(const struct dist *d, int k) {
    double sum = 0, step = 1e-3;
    for (double t = -60; t < 12; t += step)
        sum += density(d, exp(t)) * exp((k + 1) * t) * step;
    return sum;
}

static const char *const densities[] = {
    "uniform(1us, 3us)",
    "exp(10us)",
    "lognormal(mean=13us, cv=2)",
    "lognormal(median=2us, sigma=0.5)",
    "lognormal(p50=2us, p99=20us)",
    "gamma(mean=13us, cv=2)",
    "gamma(shape=3, scale=5us)",
    "weibull(mean=13us, shape=0.7)",
    "weibull(shape=2, scale=6us)",
    "pareto(alpha=1.5, min=1us, max=10ms)",
    "pareto(alpha=1, min=1us, max=10ms)",
    "pareto(alpha=2, min=1us, max=10ms)",
    "pareto(alpha=0.3, min=1us, max=2us)",
};

START_TEST(moments_are_integrals_of_the_density) {
    const struct dist *dist = read(densities[_i]);
    near(integral(dist, 0), 1, 2e-3);
    near(dist_mean(dist), integral(dist, 1), 2e-3);
    near(dist_cv(dist), sqrt(integral(dist, 2) / pow(integral(dist, 1), 2) - 1), 4e-3);
}
END_TEST

/* ---- what the texts say ---- */

static const struct {
    const char *text;
    double mean, cv;
} stated[] = {
    {"5us", 5e-6, 0},
    {"const(5us)", 5e-6, 0},
    {" exp( 7us ) ", 7e-6, 1},
    {"exp(mean=7us)", 7e-6, 1},
    {"uniform(min=0, max=6us)", 3e-6, 0.5773502691896258},
    {"uniform(3us, 3us)", 3e-6, 0},
    {"lognormal(mean=13us, cv=8)", 13e-6, 8},
    {"lognormal(cv=8, mean=13us)", 13e-6, 8},
    {"lognormal(mean=13us, cv=0.0001)", 13e-6, 0.0001},
    {"gamma(mean=13us, cv=8)", 13e-6, 8},
    {"gamma(shape=4, scale=2us)", 8e-6, 0.5},
    {"weibull(mean=13us, shape=1)", 13e-6, 1},
    {"mix(0.5: 2us, 50%: 4us)", 3e-6, 1.0 / 3},
    {"mix(1: mix(1: exp(2us)))", 2e-6, 1},
    {"mix(0.9: exp(1us), 0.1: const(5us))", 1.4e-6, 1.0926509},
    {"empirical(p0=0, p100=6us)", 3e-6, 0.5773502691896258},
    {"empirical(p0=1us, p50=1us, p50.0001=3us, p100=3us)", 2e-6, 0.5},
    {"with_mean(3us, gamma(mean=1us, cv=8))", 3e-6, 8},
};

START_TEST(the_text_states_mean_and_variation) {
    const struct dist *dist = read(stated[_i].text);
    near(dist_mean(dist), stated[_i].mean, 2e-6);
    ck_assert_double_eq_tol(dist_cv(dist), stated[_i].cv, 1e-5 * stated[_i].cv + 1e-7);
}
END_TEST

START_TEST(the_text_states_quantiles) {
    const struct dist *d = read("lognormal(p99.9=90us, p50=2us)");
    near(gsl_cdf_lognormal_P(2e-6, d->a, d->b), 0.5, 1e-9);
    near(gsl_cdf_lognormal_Q(90e-6, d->a, d->b), 0.001, 1e-9);
}
END_TEST

START_TEST(a_scaled_distribution_keeps_its_shape) {
    static const char *const others[] = {
        "5us", "mix(0.9: exp(1us), 0.1: pareto(alpha=2, min=1us, max=1ms))",
        "empirical(p0=1us, p50=2us, p100=50us)"};
    size_t n = sizeof(densities) / sizeof(densities[0]);
    for (size_t i = 0; i < n + 3; i++) {
        const struct dist *dist = read(i < n ? densities[i] : others[i - n]);
        const struct dist *scaled = dist_scaled(arena, dist, 1e10);
        near(dist_mean(scaled), 1e10 * dist_mean(dist), 1e-12);
        ck_assert_double_eq_tol(dist_cv(scaled), dist_cv(dist), 1e-9);
        ck_assert_double_eq(dist_mean(dist_scaled(arena, dist, 0)), 0);
    }
}
END_TEST

/* The extremes that the bounds on arguments allow. */
START_TEST(extremes_stay_finite) {
    static const char *const extremes[] = {
        "pareto(alpha=20, min=1e-18s, max=87000h)",
        "pareto(alpha=0.01, min=1e-18s, max=87000h)",
        "weibull(mean=87000h, shape=0.1)",
        "gamma(mean=87000h, cv=1000)",
        "lognormal(mean=87000h, cv=1000)",
        "lognormal(mean=1e-18s, cv=0.000001)",
        "weibull(mean=1ns, shape=10000)",
        "with_mean(87000h, pareto(alpha=20, min=1e-18s, max=1s))",
        "with_mean(0, pareto(alpha=20, min=1e-18s, max=1s))",
    };
    for (size_t i = 0; i < sizeof(extremes) / sizeof(extremes[0]); i++) {
        const struct dist *ticks = dist_scaled(arena, read(extremes[i]), 1e10);
        ck_assert_double_finite(dist_mean(ticks));
        ck_assert_double_finite(dist_cv(ticks));
        ck_assert_double_ge(dist_mean(ticks), 0);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("dist");
    TCase *math = tcase_create("math"), *dists = tcase_create("dist");
    tcase_add_test(math, logarithm);
    tcase_add_test(math, exponential_is_right_to_the_last_place);
    tcase_add_test(math, gamma_function);
    tcase_add_test(math, normal_quantile);
    tcase_add_checked_fixture(dists, new_arena, free_arena);
    tcase_add_loop_test(dists, moments_are_integrals_of_the_density, 0,
                        sizeof(densities) / sizeof(densities[0]));
    tcase_add_loop_test(dists, the_text_states_mean_and_variation, 0,
                        sizeof(stated) / sizeof(stated[0]));
    tcase_add_test(dists, the_text_states_quantiles);
    tcase_add_test(dists, a_scaled_distribution_keeps_its_shape);
    tcase_add_test(dists, extremes_stay_finite);
    suite_add_tcase(suite, math);
    suite_add_tcase(suite, dists);
    return suite_run(suite);
}
