/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "suite.h"

#include "base/dist.h"
#include "sim/random.h"

#include <check.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* ---- laws ---- */

/* Counts that are independent and as expected exceed this once in 30000 times. */
static void as_expected(double chi_square, int freedom) {
    ck_assert_msg(chi_square < freedom + 4 * sqrt(2.0 * freedom) + 10,
                  "chi square %.1f with %d degrees of freedom", chi_square, freedom);
}

struct law {
    struct dist dist;
    double (*quantile)(const struct dist *dist, double p);
};

static double uniform_quantile(const struct dist *d, double p) {
    return d->a + p * (d->b - d->a);
}

static double exp_quantile(const struct dist *d, double p) {
    return gsl_cdf_exponential_Pinv(p, d->a);
}

static double lognormal_quantile(const struct dist *d, double p) {
    return gsl_cdf_lognormal_Pinv(p, d->a, d->b);
}

static double gamma_quantile(const struct dist *d, double p) {
    return gsl_cdf_gamma_Pinv(p, d->a, d->b);
}

static double weibull_quantile(const struct dist *d, double p) {
    return gsl_cdf_weibull_Pinv(p, d->b, d->a);
}

static double pareto_quantile(const struct dist *d, double p) {
    return gsl_cdf_pareto_Pinv(p * gsl_cdf_pareto_P(d->c, d->a, d->b), d->a, d->b);
}

static const struct law laws[] = {
    {{.kind = DIST_UNIFORM, .a = 50, .b = 150}, uniform_quantile},
    {{.kind = DIST_EXP, .a = 100}, exp_quantile},
    {{.kind = DIST_LOGNORMAL, .a = 4, .b = 0.8}, lognormal_quantile},
    {{.kind = DIST_LOGNORMAL, .a = -3, .b = 4}, lognormal_quantile},
    {{.kind = DIST_GAMMA, .a = 1, .b = 40}, gamma_quantile},
    {{.kind = DIST_GAMMA, .a = 2.5, .b = 40}, gamma_quantile},
    {{.kind = DIST_GAMMA, .a = 0.3, .b = 200}, gamma_quantile},
    {{.kind = DIST_WEIBULL, .a = 1.5, .b = 100}, weibull_quantile},
    {{.kind = DIST_PARETO, .a = 2.2, .b = 40, .c = 4000}, pareto_quantile},
};
enum { LAWS = sizeof(laws) / sizeof(laws[0]) };

static int slice_of(const double *edges, int n, double x) {
    int low = 0;
    while (n > 0) {
        bool above = x >= edges[low + n / 2];
        low += above ? n / 2 + 1 : 0;
        n = above ? (n - 1) / 2 : n / 2;
    }
    return low;
}

/* Slices of equal probability, one by one and all below it (Kolmogorov and Smirnov). */
START_TEST(draws_follow_their_law) {
    enum { N = 1000000, SLICES = 250 };
    const struct law *law = &laws[_i];
    struct stream stream = stream_new(5, 0, 0, (uint64_t)_i);
    double edges[SLICES], slices[SLICES] = {0}, expected = (double)N / SLICES;
    for (int i = 1; i < SLICES; i++)
        edges[i - 1] = law->quantile(&law->dist, (double)i / SLICES);
    for (int i = 0; i < N; i++)
        slices[slice_of(edges, SLICES - 1, draw(&law->dist, &stream))]++;
    double chi_square = 0, excess = 0, worst = 0;
    for (int i = 0; i < SLICES; i++) {
        chi_square += pow(slices[i] - expected, 2) / expected;
        excess += slices[i] - expected;
        worst = fmax(worst, fabs(excess));
    }
    as_expected(chi_square, SLICES - 1);
    ck_assert_double_lt(worst, 1.95 * sqrt(N)); /* once in 1000 times */
}
END_TEST

START_TEST(draws_have_the_stated_moments) {
    static const struct dist few = {.kind = DIST_CONST, .a = 300};
    static const struct dist many = {.kind = DIST_EXP, .a = 50};
    static const struct dist_part parts[] = {{0.8, 0, &many}, {1.0, 0, &few}};
    static const struct dist_part quantiles[] = {{0, 10, NULL}, {0.5, 20, NULL}, {1, 100, NULL}};
    static const struct dist others[] = {
        {.kind = DIST_CONST, .a = 100},
        {.kind = DIST_MIX, .n = 2, .parts = parts},
        {.kind = DIST_EMPIRICAL, .n = 3, .parts = quantiles},
        {.kind = DIST_LOGNORMAL, .a = 4, .b = 0.8},
    };
    enum { N = 400000 };
    const struct dist *dist = &others[_i];
    struct stream stream = stream_new(7, 0, 0, (uint64_t)_i);
    double sum = 0, square = 0;
    for (int i = 0; i < N; i++) {
        double x = draw(dist, &stream);
        ck_assert(x >= 0);
        sum += x;
        square += x * x;
    }
    double mean = sum / N, cv = sqrt(square / N - mean * mean) / mean;
    double error = 5 * dist_cv(dist) / sqrt(N);
    ck_assert_double_eq_tol(mean / dist_mean(dist), 1, error + 1e-12);
    ck_assert_double_eq_tol(cv, dist_cv(dist), 0.03 * dist_cv(dist) + 1e-6);
}
END_TEST

START_TEST(ticks_are_draws_rounded) {
    static const struct dist fixed = {.kind = DIST_CONST, .a = 99.6};
    for (int kind = 0; kind <= LAWS; kind++) {
        const struct dist *dist = kind < LAWS ? &laws[kind].dist : &fixed;
        struct stream stream = stream_new(6, 0, 0, 0), same = stream;
        for (int i = 0; i < 10000; i++) {
            double x = draw(dist, &same);
            ck_assert_int_eq(draw_ticks(dist, &stream), (sim_time)(x + 0.5));
        }
    }
    struct dist beyond = {.kind = DIST_LOGNORMAL, .a = 100};
    struct stream stream = stream_new(6, 0, 0, 0);
    ck_assert_int_eq(draw_ticks(&beyond, &stream), 1000000000000000000);
}
END_TEST

/* ---- the ziggurats ---- */

struct variate {
    double (*draw)(struct stream *stream);
    double (*outer)(struct stream *stream, uint32_t layer, double x);
    double (*curve)(double x); /* 1 at 0 */
    double (*beyond)(double x);
    const struct layer *layers;
    int signs;
};

static double exp_curve(double x) {
    return exp(-x);
}

static double normal_curve(double x) {
    return exp(-x * x / 2);
}

static double beyond_exp(double x) {
    return gsl_cdf_exponential_Q(x, 1);
}

static double beyond_normal(double x) {
    return 2 * gsl_cdf_ugaussian_Q(x);
}

static const struct variate variates[] = {
    {draw_unit_exp, draw_outer_exp, exp_curve, beyond_exp, random_exp, 1},
    {draw_unit_normal, draw_outer_normal, normal_curve, beyond_normal, random_normal, 2},
};

/* In thin slices, each sign for itself; those of few draws are left out. */
START_TEST(variates_follow_their_law) {
    enum { N = 6000000, SLICES = 64 * 20 };
    const struct variate *v = &variates[_i];
    struct stream stream = stream_new(11, 0, 0, 0);
    static double slices[2][SLICES];
    for (int i = 0; i < N; i++) {
        double x = v->draw(&stream);
        int slice = (int)(fabs(x) * 64);
        slices[x < 0][slice < SLICES ? slice : SLICES - 1]++;
    }
    double chi_square = 0;
    int freedom = -1;
    for (int sign = 0; sign < 2; sign++) {
        for (int i = 0; i < SLICES; i++) {
            double p = v->beyond(i / 64.0) - v->beyond((i + 1) / 64.0);
            double expected = sign < v->signs ? N * p / v->signs : 0;
            if (expected > 20) {
                chi_square += pow(slices[sign][i] - expected, 2) / expected;
                freedom++;
            }
        }
    }
    as_expected(chi_square, freedom);
}
END_TEST

/* A place in the outer part of a layer stands as often as the curve is above it. */
START_TEST(outer_parts_are_cut_by_the_curve) {
    enum { N = 20000 };
    const struct variate *v = &variates[_i];
    struct stream stream = stream_new(12, 0, 0, 0);
    double chi_square = 0;
    for (uint32_t layer = 1; layer < LAYERS; layer++) {
        double edge = 0x1p53 * v->layers[layer].scale, inner = v->layers[layer].inner;
        double low = v->curve(edge), high = v->curve(inner);
        double expected = 0, variance = 0, stood = 0;
        for (int i = 0; i < N; i++) {
            double x = inner + stream_uniform(&stream) * (edge - inner);
            double sign = v->signs == 2 && i % 2 == 1 ? -1 : 1;
            double p = (v->curve(x) - low) / (high - low);
            expected += p;
            variance += p * (1 - p);
            stood += v->outer(&stream, layer, sign * x) == sign * x;
        }
        chi_square += pow(stood - expected, 2) / variance;
    }
    as_expected(chi_square, LAYERS - 1);
}
END_TEST

START_TEST(tails_follow_their_law) {
    enum { N = 1000000, BINS = 400 };
    const struct variate *v = &variates[_i];
    struct stream stream = stream_new(13, 0, 0, 0);
    double tail = v->layers[0].inner, edge = 0x1p53 * v->layers[0].scale;
    double bins[BINS] = {0}, chi_square = 0;
    for (int i = 0; i < N; i++) {
        double sign = v->signs == 2 && i % 2 == 1 ? -1 : 1;
        double x =
            sign * v->outer(&stream, 0, sign * (tail + stream_uniform(&stream) * (edge - tail)));
        ck_assert_double_ge(x, tail);
        bins[(int)fmin(v->beyond(x) / v->beyond(tail) * BINS, BINS - 1)]++;
    }
    for (int i = 0; i < BINS; i++)
        chi_square += pow(bins[i] - (double)N / BINS, 2) / ((double)N / BINS);
    as_expected(chi_square, BINS - 1);
}
END_TEST

/* All layers are as large, the lowest with its tail. */
START_TEST(layers_have_equal_areas) {
    const struct variate *v = &variates[_i];
    double total = _i == 0 ? 1 : sqrt(acos(0)), tail = v->layers[0].inner;
    double area = tail * v->curve(tail) + total * v->beyond(tail);
    for (uint32_t layer = 0; layer < LAYERS; layer++) {
        double edge = 0x1p53 * v->layers[layer].scale, inner = v->layers[layer].inner;
        double height = layer == 0 ? v->curve(inner) : v->curve(inner) - v->curve(edge);
        ck_assert_double_eq_tol(edge * height / area, 1, 1e-11);
        if (layer > 0)
            ck_assert_double_eq(edge, v->layers[layer - 1].inner);
    }
    ck_assert_double_eq(v->layers[LAYERS - 1].inner, 0);
}
END_TEST

/* Two that follow each other, on a chessboard of equal probabilities. */
START_TEST(consecutive_draws_are_independent) {
    enum { N = 1000000, BINS = 32 };
    const struct variate *v = &variates[_i];
    struct stream stream = stream_new(14, 0, 0, 0);
    static double pairs[BINS][BINS];
    int last = 0;
    for (int i = 0; i < N; i++) {
        double x = v->draw(&stream);
        double u = v->signs == 1 ? v->beyond(x) : gsl_cdf_ugaussian_P(x);
        int bin = (int)fmin(u * BINS, BINS - 1);
        if (i % 2 == 1)
            pairs[last][bin]++;
        last = bin;
    }
    double expected = N / 2.0 / (BINS * BINS), chi_square = 0;
    for (int i = 0; i < BINS * BINS; i++)
        chi_square += pow(pairs[i / BINS][i % BINS] - expected, 2) / expected;
    as_expected(chi_square, BINS * BINS - 1);
}
END_TEST

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

START_TEST(streams_do_not_overlap) {
    enum { STREAMS = 200, DRAWS = 50 };
    static uint64_t seen[STREAMS * DRAWS];
    size_t n = 0;
    for (uint64_t owner = 0; owner < STREAMS; owner++) {
        struct stream stream = stream_new(1, owner & 3, owner, owner % 7);
        for (int i = 0; i < DRAWS; i++)
            seen[n++] = stream_next(&stream);
    }
    qsort(seen, n, sizeof(*seen), by_value);
    for (size_t i = 1; i < n; i++)
        ck_assert(seen[i - 1] != seen[i]);
}
END_TEST

int main(void) {
    random_init();
    Suite *suite = suite_create("draws");
    TCase *dists = tcase_create("laws"), *ziggurats = tcase_create("ziggurats");
    tcase_add_loop_test(dists, draws_follow_their_law, 0, LAWS);
    tcase_add_loop_test(dists, draws_have_the_stated_moments, 0, 4);
    tcase_add_test(dists, ticks_are_draws_rounded);
    tcase_add_test(dists, streams_do_not_overlap);
    tcase_add_loop_test(ziggurats, variates_follow_their_law, 0, 2);
    tcase_add_loop_test(ziggurats, outer_parts_are_cut_by_the_curve, 0, 2);
    tcase_add_loop_test(ziggurats, tails_follow_their_law, 0, 2);
    tcase_add_loop_test(ziggurats, layers_have_equal_areas, 0, 2);
    tcase_add_loop_test(ziggurats, consecutive_draws_are_independent, 0, 2);
    suite_add_tcase(suite, dists);
    suite_add_tcase(suite, ziggurats);
    tcase_set_timeout(dists, 60);
    tcase_set_timeout(ziggurats, 60);
    return suite_run(suite);
}
