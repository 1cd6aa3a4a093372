/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From samples to figures: histograms, intervals, and what is warm-up. */
#include "dice.h"
#include "suite.h"

#include "base/arena.h"
#include "stats/estimate.h"
#include "stats/hist.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

/* A fixed generator, so that a failure can be repeated. */
static uint64_t state;

static void seed(void) {
    state = 0;
}

static double uniform(void) {
    return dice_uniform(&state);
}

static double normal(void) {
    return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

/* ---- hist ---- */

static int by_value(const void *a, const void *b) {
    sim_time x = *(const sim_time *)a, y = *(const sim_time *)b;
    return x < y ? -1 : x > y;
}

START_TEST(buckets_cover_every_time_in_order) {
    uint32_t width = 0;
    uint64_t bucket = 0;
    for (uint64_t v = 0; v < 100000; v++) {
        bool wider = hist_width(v) == width + 1 && v >> (width + 1) == HIST_SUB;
        ck_assert(wider || (hist_width(v) == width && v >> width <= bucket + 1));
        width = hist_width(v);
        bucket = v >> width;
        ck_assert_uint_lt(bucket, 2 * HIST_SUB);
        ck_assert(width == 0 || bucket >= HIST_SUB);
        ck_assert_uint_eq(hist_bucket(v), width * HIST_SUB + bucket);
    }
    for (int bit = 17; bit < 63; bit++) {
        uint64_t v = (uint64_t)1 << bit;
        ck_assert_uint_eq(hist_width(v), hist_width(v - 1) + 1);
    }
    ck_assert_uint_lt(hist_width(INT64_MAX), HIST_WIDTHS);
    ck_assert_uint_lt(hist_bucket(INT64_MAX), HIST_BUCKETS);
}
END_TEST

START_TEST(quantiles_are_within_one_percent) {
    enum { N = 20001 };
    static const double shares[] = {0.001, 0.1, 0.5, 0.9, 0.99, 0.999};
    static sim_time values[N];
    struct arena *arena = arena_new();
    for (int sigma = 0; sigma < 5; sigma++) {
        struct hist hist;
        hist_init(&hist, arena);
        for (int i = 0; i < N; i++) {
            values[i] = (sim_time)(1e5 * exp(sigma * normal()));
            hist_add(&hist, values[i]);
        }
        qsort(values, N, sizeof(*values), by_value);
        for (size_t q = 0; q < sizeof(shares) / sizeof(*shares); q++) {
            double exact = (double)values[(int)(shares[q] * (N - 1))];
            assert_near(hist_quantile(&hist, shares[q]), exact, 0.01);
        }
        ck_assert_int_eq(hist.max, values[N - 1]);
        ck_assert(hist_quantile(&hist, 1) == (double)hist.max);
        ck_assert(hist_quantile(&hist, 0) >= (double)hist.min);
    }
    arena_free(arena);
}
END_TEST

START_TEST(quantiles_of_small_times_are_exact) {
    struct arena *arena = arena_new();
    struct hist hist;
    hist_init(&hist, arena);
    ck_assert(hist_quantile(&hist, 0.5) == 0);
    for (int i = 1; i <= 200; i++)
        hist_add(&hist, i);
    ck_assert(hist_quantile(&hist, 0.5) == 100);
    ck_assert(hist_quantile(&hist, 0.9) == 180);
    ck_assert(hist.sum == 200 * 201 / 2);
    arena_free(arena);
}
END_TEST

START_TEST(merged_histograms_equal_one_histogram) {
    struct arena *arena = arena_new();
    struct hist all, parts[3], merged[2];
    hist_init(&all, arena);
    for (int i = 0; i < 3; i++)
        hist_init(&parts[i], arena);
    for (int i = 0; i < 3000; i++) {
        sim_time value = (sim_time)(1e4 / uniform());
        hist_add(&all, value);
        hist_add(&parts[i % 3], value);
    }
    for (int order = 0; order < 2; order++) {
        hist_init(&merged[order], arena);
        for (int i = 0; i < 3; i++)
            hist_merge(&merged[order], &parts[order ? 2 - i : i]);
        ck_assert_uint_eq(merged[order].count, all.count);
        ck_assert_int_eq(merged[order].sum, all.sum);
        ck_assert_int_eq(merged[order].min, all.min);
        ck_assert_int_eq(merged[order].max, all.max);
        for (double q = 0.05; q < 1; q += 0.05)
            ck_assert(hist_quantile(&merged[order], q) == hist_quantile(&all, q));
    }
    arena_free(arena);
}
END_TEST

/* ---- estimate ---- */

START_TEST(t_intervals_are_those_of_the_tables) {
    /* t(0.975) is 12.706 with 1, 2.776 with 4 and 2.262 with 9 degrees of freedom. */
    const double two[] = {1, 3}, five[] = {1, 2, 3, 4, 5};
    struct estimate e = estimate_mean(two, 2);
    ck_assert(e.mean == 2);
    assert_near(e.hi - e.mean, 12.7062, 1e-5);
    e = estimate_mean(five, 5);
    assert_near(e.hi - e.mean, 2.776445 * sqrt(2.5 / 5), 1e-5);
    assert_near(e.mean - e.lo, e.hi - e.mean, 1e-9);
    ck_assert(isnan(estimate_mean(five, 1).lo));
    ck_assert(isnan(estimate_mean(five, 0).mean));
}
END_TEST

START_TEST(t_intervals_cover_19_times_in_20) {
    enum { TRIES = 4000, N = 6 };
    int covered = 0;
    for (int i = 0; i < TRIES; i++) {
        double x[N];
        for (int k = 0; k < N; k++)
            x[k] = 7 + normal();
        struct estimate e = estimate_mean(x, N);
        covered += e.lo <= 7 && 7 <= e.hi;
    }
    ck_assert_int_ge(covered, TRIES * 0.938);
    ck_assert_int_le(covered, TRIES * 0.962);
}
END_TEST

/* Pairs share most of their noise: the ratio's interval must profit, and still cover. */
START_TEST(paired_ratios_are_narrower_than_unpaired_and_cover) {
    enum { TRIES = 2000, N = 10 };
    int covered = 0, narrower = 0;
    for (int i = 0; i < TRIES; i++) {
        double a[N], b[N], shuffled[N];
        for (int k = 0; k < N; k++) {
            double common = exp(0.3 * normal());
            a[k] = 3 * common * exp(0.02 * normal());
            b[k] = common * exp(0.02 * normal());
            shuffled[(k + 1) % N] = b[k];
        }
        struct estimate paired = estimate_ratio(a, N, b, N),
                        loose = estimate_ratio(a, N, shuffled, N);
        covered += paired.lo <= 3 && 3 <= paired.hi;
        narrower += paired.hi / paired.lo < loose.hi / loose.lo;
    }
    ck_assert_int_eq(narrower, TRIES);
    ck_assert_int_ge(covered, TRIES * 0.92);
    ck_assert_int_le(covered, TRIES * 0.98);
}
END_TEST

/* Where one has more values than the other, these count, and the pairs still profit. */
START_TEST(ratios_of_unequal_numbers_cover) {
    enum { TRIES = 2000, FEW = 8, MANY = 60 };
    int covered = 0, narrower = 0;
    for (int i = 0; i < TRIES; i++) {
        double a[FEW], b[MANY];
        for (int k = 0; k < MANY; k++) {
            double common = 0.05 * normal();
            b[k] = exp(common + 0.3 * normal());
            if (k < FEW)
                a[k] = 3 * exp(common);
        }
        struct estimate all = estimate_ratio(a, FEW, b, MANY);
        struct estimate pairs = estimate_ratio(a, FEW, b, FEW);
        struct estimate inverse = estimate_ratio(b, MANY, a, FEW);
        const double truth = 3 / exp(0.3 * 0.3 / 2);
        covered += all.lo <= truth && truth <= all.hi;
        narrower += all.hi / all.lo < pairs.hi / pairs.lo;
        assert_near(all.lo, 1 / inverse.hi, 1e-12);
    }
    ck_assert_int_ge(narrower, TRIES * 0.99);
    ck_assert_int_ge(covered, TRIES * 0.92);
    ck_assert_int_le(covered, TRIES * 0.98);
}
END_TEST

START_TEST(inverse_ratios_have_inverse_intervals) {
    const double a[] = {10, 11, 13, 9}, b[] = {2, 2.5, 2, 1.5}, zero[] = {0, 0, 0, 0};
    struct estimate ab = estimate_ratio(a, 4, b, 4), ba = estimate_ratio(b, 4, a, 4);
    assert_near(ab.mean, 43 / 8.0, 1e-12);
    assert_near(ab.lo, 1 / ba.hi, 1e-12);
    assert_near(ab.hi, 1 / ba.lo, 1e-12);
    ck_assert(isnan(estimate_ratio(a, 4, zero, 4).mean));
    ck_assert(estimate_ratio(zero, 4, a, 4).hi == 0);
    ck_assert(estimate_ratio(a, 4, a, 4).hi == 1);
}
END_TEST

START_TEST(needed_values_follow_the_square_root_law) {
    enum { N = 50 };
    double x[N];
    for (int i = 0; i < N; i++)
        x[i] = 100 + 10 * normal();
    struct estimate e = estimate_mean(x, N);
    double now = estimate_precision(&e);
    assert_near(estimate_needed(x, N, now), N, 0.03);
    /* Student's t of 429 degrees of freedom is 0.978 times that of 49. */
    assert_near(estimate_needed(x, N, now / 3), 9 * N * 0.978 * 0.978, 0.01);
}
END_TEST

/* ---- MSER-5 ---- */

START_TEST(mser_keeps_a_constant_series) {
    double x[500];
    bool settled;
    for (int i = 0; i < 500; i++)
        x[i] = 4;
    ck_assert_uint_eq(mser5(x, 500, &settled), 0);
    ck_assert(settled);
}
END_TEST

START_TEST(mser_keeps_most_of_stationary_noise) {
    double x[500], dropped = 0;
    bool settled;
    for (int try = 0; try < 200; try++) {
        for (int i = 0; i < 500; i++)
            x[i] = 4 + normal();
        dropped += (double)mser5(x, 500, &settled) / 200;
    }
    ck_assert(dropped < 50);
}
END_TEST

START_TEST(mser_drops_a_step_exactly) {
    double x[500];
    bool settled;
    for (int i = 0; i < 500; i++)
        x[i] = i < 100 ? 0 : 10;
    ck_assert_uint_eq(mser5(x, 500, &settled), 100);
    ck_assert(settled);
}
END_TEST

START_TEST(mser_drops_an_exponential_transient) {
    double x[500], mean = 0;
    bool settled;
    for (int try = 0; try < 100; try++) {
        for (int i = 0; i < 500; i++)
            x[i] = 10 - 10 * exp(-i / 30.0) + 0.5 * normal();
        size_t dropped = mser5(x, 500, &settled);
        ck_assert_uint_ge(dropped, 45);
        mean += (double)dropped / 100;
    }
    ck_assert(60 < mean && mean < 150);
}
END_TEST

START_TEST(mser_says_that_a_ramp_has_not_settled) {
    double x[500];
    bool settled;
    for (int i = 0; i < 500; i++)
        x[i] = i;
    mser5(x, 500, &settled);
    ck_assert(!settled);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("estimate");
    TCase *hist = tcase_create("hist"), *estimate = tcase_create("estimate"),
          *mser = tcase_create("mser");
    tcase_add_checked_fixture(hist, seed, NULL);
    tcase_add_test(hist, buckets_cover_every_time_in_order);
    tcase_add_test(hist, quantiles_are_within_one_percent);
    tcase_add_test(hist, quantiles_of_small_times_are_exact);
    tcase_add_test(hist, merged_histograms_equal_one_histogram);
    tcase_add_checked_fixture(estimate, seed, NULL);
    tcase_add_test(estimate, t_intervals_are_those_of_the_tables);
    tcase_add_test(estimate, t_intervals_cover_19_times_in_20);
    tcase_add_test(estimate, paired_ratios_are_narrower_than_unpaired_and_cover);
    tcase_add_test(estimate, ratios_of_unequal_numbers_cover);
    tcase_add_test(estimate, inverse_ratios_have_inverse_intervals);
    tcase_add_test(estimate, needed_values_follow_the_square_root_law);
    tcase_add_checked_fixture(mser, seed, NULL);
    tcase_add_test(mser, mser_keeps_a_constant_series);
    tcase_add_test(mser, mser_keeps_most_of_stationary_noise);
    tcase_add_test(mser, mser_drops_a_step_exactly);
    tcase_add_test(mser, mser_drops_an_exponential_transient);
    tcase_add_test(mser, mser_says_that_a_ramp_has_not_settled);
    suite_add_tcase(suite, hist);
    suite_add_tcase(suite, estimate);
    suite_add_tcase(suite, mser);
    return suite_run(suite);
}
