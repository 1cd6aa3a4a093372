/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "stats/audit.h"
#include "stats/estimate.h"
#include "stats/hist.h"
#include "stats/lock_view.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A fixed generator, so that a failure can be repeated. */
static uint64_t state;

static void seed(void) {
    state = 0;
}

static double uniform(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(state >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void) {
    return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

static void assert_near(double value, double expected, double relative) {
    ck_assert_msg(fabs(value - expected) <= relative * fabs(expected), "%.10g is not %.10g", value,
                  expected);
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
    ck_assert(hist_mean(&hist) == 100.5);
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

/* ---- lock_view ---- */

enum { SITE_A, SITE_B, SITE_C, NSITES };

static struct lock_view *view_of(struct arena *arena, const struct program *program) {
    struct lock_view *view = lock_view_new(arena, program);
    view->on = true;
    return view;
}

static void see(struct lock_view *view, const struct passage *passage) {
    struct passage_batch batch = {.n = 0};
    passage_batch_add(&batch, passage);
    const struct passages passages = passages_of(&batch, passage->lock_class);
    lock_view_passages(view, &passages);
}

/* Class 0 is taken at sites A and C, class 1 at B. */
static const struct program *two_locks(void) {
    static struct op ops[] = {{.code = OP_LOCK, .index = 0, .site = SITE_C},
                              {.code = OP_LOCK, .index = 1, .site = SITE_B},
                              {.code = OP_LOCK, .index = 0, .site = SITE_A},
                              {.code = OP_END}};
    static struct program program = {.ops = ops, .nops = 4, .nlocks = 2, .nsites = NSITES};
    return &program;
}

static uint32_t number_of(const struct class_view *lock, uint32_t site) {
    for (uint32_t i = 0; i < lock->sites.n; i++)
        if (lock->sites.names[i] == site)
            return i;
    ck_abort_msg("no site %u", (unsigned)site);
    return 0;
}

START_TEST(classes_know_their_sites) {
    struct arena *arena = arena_new();
    struct lock_view *view = view_of(arena, two_locks());
    ck_assert_uint_eq(view->classes[0].sites.n, 2);
    ck_assert_uint_ne(number_of(&view->classes[0], SITE_A), number_of(&view->classes[0], SITE_C));
    ck_assert_uint_eq(view->classes[1].sites.n, 1);
    ck_assert_uint_eq(view->classes[1].sites.names[0], SITE_B);
    arena_free(arena);
}
END_TEST

START_TEST(too_many_sites_share_one_number) {
    enum { MANY = 1000 };
    static struct op ops[MANY];
    struct program program = {.ops = ops, .nops = MANY, .nlocks = 1, .nsites = MANY};
    for (uint32_t i = 0; i < MANY; i++)
        ops[i] = (struct op){.code = OP_LOCK, .site = i};
    struct arena *arena = arena_new();
    struct lock_view *view = view_of(arena, &program);
    ck_assert_uint_eq(view->classes[0].sites.n, SITES_MAX);
    ck_assert_uint_eq(view->classes[0].sites.names[0], 0);
    ck_assert_uint_eq(view->classes[0].sites.names[SITES_MAX - 1], NO_INDEX);
    struct passage p = {.site = MANY - 1, .holder_site = SITES_MAX - 1, .flags = PASSAGE_WAITED};
    see(view, &p);
    lock_view_sum(view);
    ck_assert_uint_eq(view->classes[0].pairs[SITES_MAX * SITES_MAX - 1].count, 1);
    arena_free(arena);
}
END_TEST

/* A mutex taken by optimistic spinning: lock_stat sees no wait, and books the spin as hold. */
START_TEST(lock_stat_books_spinning_as_hold) {
    struct arena *arena = arena_new();
    struct lock_view *view = view_of(arena, two_locks());
    const struct passage p = {.site = SITE_A,
                              .holder_site = SITE_C,
                              .flags = PASSAGE_WAITED | PASSAGE_TRACED,
                              .requested = 100,
                              .traced = 110,
                              .acquired = 600,
                              .released = 1000,
                              .held_from = 100,
                              .held_to = 1000};
    see(view, &p);
    lock_view_sum(view);
    const struct class_view *lock = &view->classes[0];
    ck_assert_int_eq(lock->wait.sum, 500);
    ck_assert_int_eq(lock->hold.sum, 400);
    ck_assert_uint_eq(lock->waited, 1);
    ck_assert_uint_eq(lock->rows[MODE_WRITE].wait.count, 0);
    ck_assert_uint_eq(lock->rows[MODE_WRITE].hold.count, 1);
    ck_assert_int_eq(lock->rows[MODE_WRITE].hold.total, 900);
    ck_assert_int_eq(lock->callers[number_of(lock, SITE_A)].total, 490);
    ck_assert_uint_eq(lock->waiters[number_of(lock, SITE_A)], 0);
    arena_free(arena);
}
END_TEST

/* A mutex whose waiter slept: the wait counts from the sleep, the hold from lock_acquired(). */
START_TEST(lock_stat_counts_waits_from_contended) {
    struct arena *arena = arena_new();
    struct lock_view *view = view_of(arena, two_locks());
    const struct passage p = {.site = SITE_A,
                              .holder_site = SITE_C,
                              .flags = PASSAGE_WAITED | PASSAGE_CONTENDED | PASSAGE_SLEPT |
                                       PASSAGE_CON_BOUNCE | PASSAGE_ACQ_BOUNCE,
                              .requested = 100,
                              .contended = 250,
                              .acquired = 600,
                              .released = 1000,
                              .held_from = 580,
                              .held_to = 970};
    see(view, &p);
    lock_view_sum(view);
    const struct class_view *lock = &view->classes[0];
    const struct lock_stat_row *row = &lock->rows[MODE_WRITE];
    ck_assert_uint_eq(row->wait.count, 1);
    ck_assert_int_eq(row->wait.total, 330);
    ck_assert_int_eq(row->hold.total, 390);
    ck_assert_uint_eq(row->con_bounces, 1);
    ck_assert_uint_eq(row->acq_bounces, 1);
    ck_assert_int_eq(lock->waited_time, 500);
    ck_assert_uint_eq(lock->slept, 1);
    uint32_t a = number_of(lock, SITE_A), c = number_of(lock, SITE_C);
    ck_assert_uint_eq(lock->waiters[a], 1);
    ck_assert_uint_eq(lock->holders[c], 1);
    ck_assert_uint_eq(lock->holders[a], 0);
    ck_assert_uint_eq(lock->pairs[a * 2 + c].count, 1);
    ck_assert_int_eq(lock->pairs[a * 2 + c].wait, 500);
    ck_assert_uint_eq(lock->callers[a].count, 0);
    arena_free(arena);
}
END_TEST

/* Got at once: no wait in any view but the instant of acquiring, which lock_stat holds. */
START_TEST(uncontended_holds_start_at_the_request) {
    struct arena *arena = arena_new();
    struct lock_view *view = view_of(arena, two_locks());
    const struct passage p = {.lock_class = 1,
                              .site = SITE_B,
                              .flags = PASSAGE_READ,
                              .requested = 100,
                              .acquired = 120,
                              .released = 320,
                              .held_from = 100,
                              .held_to = 320};
    see(view, &p);
    lock_view_sum(view);
    const struct class_view *lock = &view->classes[1];
    ck_assert_int_eq(lock->wait.sum, 20);
    ck_assert_int_eq(lock->hold.sum, 200);
    ck_assert_uint_eq(lock->waited, 0);
    ck_assert_int_eq(lock->rows[MODE_READ].hold.total, 220);
    ck_assert_uint_eq(lock->rows[MODE_WRITE].hold.count, 0);
    ck_assert_uint_eq(view->classes[0].wait.count, 0);
    arena_free(arena);
}
END_TEST

START_TEST(nothing_counts_before_the_view_is_on) {
    struct arena *arena = arena_new();
    struct lock_view *view = lock_view_new(arena, two_locks());
    const struct passage p = {.lock_class = 1, .site = SITE_B, .released = 1};
    see(view, &p);
    lock_view_sum(view);
    ck_assert_uint_eq(view->classes[1].hold.count, 0);
    arena_free(arena);
}
END_TEST

START_TEST(merged_views_add_up) {
    struct arena *arena = arena_new();
    struct lock_view *a = view_of(arena, two_locks()), *b = view_of(arena, two_locks());
    const struct passage ps[] = {{.site = SITE_A,
                                  .holder_site = SITE_C,
                                  .flags = PASSAGE_WAITED | PASSAGE_CONTENDED | PASSAGE_SLEPT,
                                  .contended = 2,
                                  .acquired = 10,
                                  .released = 20,
                                  .held_from = 10,
                                  .held_to = 20},
                                 {.site = SITE_C,
                                  .holder_site = SITE_C,
                                  .flags = PASSAGE_WAITED | PASSAGE_CONTENDED | PASSAGE_SLEPT,
                                  .contended = 3,
                                  .acquired = 5,
                                  .released = 50,
                                  .held_from = 5,
                                  .held_to = 50}};
    see(a, &ps[0]);
    see(b, &ps[1]);
    lock_view_merge(a, b);
    const struct lock_stat_row *row = &a->classes[0].rows[MODE_WRITE];
    ck_assert_uint_eq(row->wait.count, 2);
    ck_assert_int_eq(row->wait.total, 10);
    ck_assert_int_eq(row->wait.min, 2);
    ck_assert_int_eq(row->wait.max, 8);
    ck_assert_int_eq(row->hold.max, 45);
    ck_assert_uint_eq(a->classes[0].holders[number_of(&a->classes[0], SITE_C)], 2);
    ck_assert_int_eq(a->classes[0].waited_time, 15);
    ck_assert_uint_eq(a->classes[0].waited, 2);
    ck_assert_uint_eq(a->classes[0].slept, 2);
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

/* ---- audit ---- */

/*
 * One lock, three passages, window 100 to 200: one straddles the begin, one is
 * inside, one is still waiting at the end.
 */
static const struct lock_integrals begin_ = {.requests = 5,
                                             .grants = 5,
                                             .releases = 4,
                                             .inside = 70,
                                             .held = 60,
                                             .open_inside = 30,
                                             .open_held = 20};
static const struct lock_integrals end_ = {.requests = 7,
                                           .grants = 6,
                                           .releases = 6,
                                           .inside = 70 + 40 + 50 + 25,
                                           .held = 60 + 40 + 45,
                                           .open_inside = 25,
                                           .open_held = 0};
static const struct stamps stamps_ = {.passages = 2, .inside = 30 + 40 + 50, .held = 20 + 40 + 45};

START_TEST(matching_accounts_pass) {
    struct audit audit = {0};
    audit_lock(&audit, "l", &begin_, &end_, &stamps_);
    ck_assert_msg(audit_passed(&audit), "%s", audit.message);
    ck_assert(audit.little == 0 && audit.utilization == 0);
}
END_TEST

START_TEST(one_tick_is_found) {
    for (int field = 0; field < 3; field++) {
        struct stamps off = stamps_;
        off.inside += field == 0;
        off.held -= field == 1;
        off.passages += field == 2;
        struct audit audit = {0};
        audit_lock(&audit, "victim", &begin_, &end_, &off);
        ck_assert(!audit_passed(&audit));
        ck_assert_ptr_nonnull(strstr(audit.message, "victim"));
        ck_assert(field == 1 ? audit.utilization > 0 : audit.little > 0);
    }
}
END_TEST

START_TEST(more_grants_than_requests_are_found) {
    struct lock_integrals end = end_;
    struct audit audit = {0};
    end.grants = end.requests + 1;
    audit_lock(&audit, "l", &begin_, &end, &stamps_);
    ck_assert(!audit_passed(&audit));
}
END_TEST

START_TEST(lost_and_surplus_cpu_time_are_found) {
    const struct sim_counters begin = {
        .now = 100, .run = 50, .spin = 20, .switching = 4, .irq = 6, .occupied = 80};
    struct sim_counters end = {
        .now = 200, .run = 150, .spin = 70, .switching = 14, .irq = 16, .occupied = 250};
    struct audit audit = {0};
    audit_time(&audit, 2, &begin, &end);
    ck_assert_msg(audit_passed(&audit), "%s", audit.message);
    end.irq--;
    audit_time(&audit, 2, &begin, &end);
    ck_assert(!audit_passed(&audit));
    struct audit surplus = {0};
    end.irq++;
    audit_time(&surplus, 1, &begin, &end);
    ck_assert(!audit_passed(&surplus));
}
END_TEST

START_TEST(merging_audits_keeps_the_first_message) {
    struct audit all = {0}, good = {0}, bad = {.little = 0.5, .message = "first"},
                 worse = {.little = 0.7, .message = "second"};
    audit_merge(&all, &good);
    ck_assert(audit_passed(&all));
    audit_merge(&all, &bad);
    audit_merge(&all, &worse);
    ck_assert_str_eq(all.message, "first");
    ck_assert(all.little == 0.7);
}
END_TEST

static void add_views(Suite *suite) {
    TCase *hist = tcase_create("hist"), *view = tcase_create("lock_view");
    tcase_add_test(hist, buckets_cover_every_time_in_order);
    tcase_add_test(hist, quantiles_are_within_one_percent);
    tcase_add_test(hist, quantiles_of_small_times_are_exact);
    tcase_add_test(hist, merged_histograms_equal_one_histogram);
    tcase_add_test(view, classes_know_their_sites);
    tcase_add_test(view, too_many_sites_share_one_number);
    tcase_add_test(view, lock_stat_books_spinning_as_hold);
    tcase_add_test(view, lock_stat_counts_waits_from_contended);
    tcase_add_test(view, uncontended_holds_start_at_the_request);
    tcase_add_test(view, nothing_counts_before_the_view_is_on);
    tcase_add_test(view, merged_views_add_up);
    tcase_add_checked_fixture(hist, seed, NULL);
    suite_add_tcase(suite, hist);
    suite_add_tcase(suite, view);
}

static void add_estimates(Suite *suite) {
    TCase *estimate = tcase_create("estimate"), *mser = tcase_create("mser"),
          *audit = tcase_create("audit");
    tcase_add_test(estimate, t_intervals_are_those_of_the_tables);
    tcase_add_test(estimate, t_intervals_cover_19_times_in_20);
    tcase_add_test(estimate, paired_ratios_are_narrower_than_unpaired_and_cover);
    tcase_add_test(estimate, ratios_of_unequal_numbers_cover);
    tcase_add_test(estimate, inverse_ratios_have_inverse_intervals);
    tcase_add_test(estimate, needed_values_follow_the_square_root_law);
    tcase_add_test(mser, mser_keeps_a_constant_series);
    tcase_add_test(mser, mser_keeps_most_of_stationary_noise);
    tcase_add_test(mser, mser_drops_a_step_exactly);
    tcase_add_test(mser, mser_drops_an_exponential_transient);
    tcase_add_test(mser, mser_says_that_a_ramp_has_not_settled);
    tcase_add_test(audit, matching_accounts_pass);
    tcase_add_test(audit, one_tick_is_found);
    tcase_add_test(audit, more_grants_than_requests_are_found);
    tcase_add_test(audit, lost_and_surplus_cpu_time_are_found);
    tcase_add_test(audit, merging_audits_keeps_the_first_message);
    tcase_add_checked_fixture(estimate, seed, NULL);
    tcase_add_checked_fixture(mser, seed, NULL);
    suite_add_tcase(suite, estimate);
    suite_add_tcase(suite, mser);
    suite_add_tcase(suite, audit);
}

int main(void) {
    Suite *suite = suite_create("stats");
    add_views(suite);
    add_estimates(suite);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
