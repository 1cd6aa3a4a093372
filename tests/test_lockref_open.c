/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenarios/lockref.yaml shows what the thread argues, each point where
 * docs/lockref.md says that it holds; the published rates of will-it-scale are
 * predicted as well as it says.
 */
#include "shipped.h"
#include "suite.h"

#include <check.h>
#include <string.h>

static struct shipped *shipped;

static void open_files(const char *path, const char *value, const char *duration) {
    const struct setting settings[] = {
        {"run.duration", duration}, {"run.replications", "2"}, {path, value}};
    shipped = shipped_run("scenarios/lockref.yaml", settings, path != NULL ? 3 : 2);
}

static void tear_down(void) {
    shipped_free(shipped);
}

static double rate(const char *design) {
    return shipped_design(shipped, design)->rates[0].mean;
}

static void expect_ratio(const char *above, const char *below, double low, double high) {
    double ratio = rate(above) / rate(below);
    ck_assert_msg(ratio > low && ratio < high, "%s to %s: %g", above, below, ratio);
}

/* 18 s before the series and 10 s with it: fitted. Without the rework it was slower than before. */
START_TEST(patches_are_ordered_as_published) {
    open_files(NULL, NULL, "10ms");
    ck_assert(shipped_line(shipped, "rwsem_stock", "open", "rate", NULL)->calibrated);
    ck_assert(shipped_line(shipped, "rework", "open", "rate", NULL)->calibrated);
    expect_ratio("rework", "rwsem_stock", 1.67, 1.95);
    expect_ratio("stock", "rwsem_stock", 0.88, 1);
    expect_ratio("rwsem_rework", "rwsem_stock", 0.98, 1.02);
    expect_ratio("bounded", "rework", 0.97, 1.03);
    expect_ratio("decoupled", "rework", 1.8, 2.6);
    expect_ratio("rcu_walk", "decoupled", 1.5, 3);
    for (uint32_t i = 0; i < shipped->result->ndesigns; i++)
        ck_assert_int_eq(shipped->result->designs[i].outcome, SIM_OK);
}
END_TEST

/* The collapse is of the spinlock: nobody who takes it, no collapse; few openers, none that stays.
 */
START_TEST(one_taker_and_enough_openers_make_the_collapse) {
    open_files("threads.lister.count", "0", "2ms");
    expect_ratio("stock", "rework", 0.99, 1.01);
    shipped_free(shipped);
    open_files("parameters.processes", "6", "5ms");
    expect_ratio("stock", "rework", 0.97, 1.03);
}
END_TEST

static double longest(const char *design) {
    return shipped_lock(shipped, design, "d_lockref")->wait.max;
}

/* The rework waits as long as the run lasts; what queues does not care. */
START_TEST(a_queued_stream_starves_the_rework) {
    static const char *const durations[] = {"4ms", "12ms"};
    static const double seconds[] = {8e-3, 16e-3}; /* with the warm-up */
    for (int i = 0; i < 2; i++) {
        open_files("parameters.stream", "4", durations[i]);
        const struct design_result *rework = shipped_design(shipped, "rework");
        ck_assert_int_eq(rework->outcome, SIM_STARVATION);
        ck_assert_uint_eq(rework->failures, 2);
        ck_assert_ptr_nonnull(strstr(rework->detail, "waits for d_lockref at "));
        ck_assert_ptr_nonnull(strstr(rework->detail, "; 23 more threads starve"));
        ck_assert_double_eq_tol(longest("rework"), seconds[i], 0.3e-3);
        ck_assert_int_eq(shipped_design(shipped, "stock")->outcome, SIM_OK);
        ck_assert_double_lt(longest("stock"), 20e-6);
        ck_assert_int_eq(shipped_design(shipped, "bounded")->outcome, SIM_OK);
        ck_assert_double_lt(longest("bounded"), 1e-3);
        expect_ratio("bounded", "stock", 0.01, 0.2);
        expect_ratio("decoupled", "stock", 2, 6);
        if (i == 0)
            shipped_free(shipped);
    }
}
END_TEST

/* One line of the table of commit f5fe24ef17b5. */
struct published {
    const char *scenario, *count;
    double pause, no_pause; /* in millions per second */
    double within;          /* what the prediction is off by, at most */
};

static const struct published table[] = {
    {"open3", "1", 0.8056, 0.8149, 1.03},  {"open3", "24", 1.1911, 2.1997, 1.25},
    {"open3", "48", 0.8516, 1.4699, 1.45}, {"fstat", "1", 3.0139, 3.0476, 1.03},
    {"fstat", "8", 3.2577, 5.5302, 1.25},  {"fstat", "24", 2.2398, 5.4661, 1.25},
};

START_TEST(published_rates_are_predicted) {
    const struct published *p = &table[_i];
    const struct setting settings[] = {{"run.duration", "2ms"},
                                       {"threads.process.count", p->count}};
    const char *file = strcmp(p->scenario, "open3") == 0 ? "scenarios/locks/lockref-open3.yaml"
                                                         : "scenarios/locks/lockref-fstat.yaml";
    shipped = shipped_run(file, settings, 2);
    const double ratios[] = {rate("pause") / 1e6 / p->pause, rate("no_pause") / 1e6 / p->no_pause};
    for (int i = 0; i < 2; i++)
        ck_assert_msg(ratios[i] < p->within && ratios[i] > 1 / p->within, "%s: %g", p->count,
                      ratios[i]);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("lockref_open");
    TCase *tcase = tcase_create("open");
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, patches_are_ordered_as_published);
    tcase_add_test(tcase, one_taker_and_enough_openers_make_the_collapse);
    tcase_add_test(tcase, a_queued_stream_starves_the_rework);
    tcase_add_loop_test(tcase, published_rates_are_predicted, 0, sizeof(table) / sizeof(*table));
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
