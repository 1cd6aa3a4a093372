/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenarios/nginx.yaml against the profile it was made from, and what follows from it. */
#include "shipped.h"
#include "suite.h"

#include <check.h>
#include <math.h>

#define SHORT                                                                                      \
    {"run.duration", "10ms"}, {"run.warmup", "4ms"}, {                                             \
        "run.replications", "2"                                                                    \
    }
enum { SHORTENED = 3, MOST_SETTINGS = 16 };

static struct shipped *run(const struct setting *more, size_t n) {
    struct setting settings[MOST_SETTINGS] = {SHORT};
    for (size_t i = 0; i < n; i++)
        settings[SHORTENED + i] = more[i];
    return shipped_run("scenarios/nginx.yaml", settings, SHORTENED + n);
}

static double rate(const struct shipped *s, const char *design) {
    return shipped_design(s, design)->rates[0].mean;
}

static double gain(const struct shipped *s) {
    return rate(s, "refcount") / rate(s, "epmutex");
}

static double share(const struct shipped *s, const char *design, const char *name) {
    return profile_share(s->arena, shipped_design(s, design)->runs, name).mean;
}

START_TEST(the_profile_is_the_published_one) {
    static const char *const functions[] = {"entry_SYSCALL_64_after_hwframe", "__fput",
                                            "eventpoll_release_file", "__mutex_lock", "osq_lock"};
    struct shipped *s = run(NULL, 0);
    for (int i = 0; i < 5; i++) {
        const struct measured_line *line =
            shipped_line(s, "epmutex", NULL, "profile", functions[i]);
        ck_assert(line->calibrated);
        ck_assert_msg(fabs(line->predicted.mean - line->measured) < 0.03, "%s: %g, measured %g",
                      functions[i], line->predicted.mean, line->measured);
    }
    const struct measured_line *speedup =
        shipped_line(s, "refcount", "connection", "speedup", NULL);
    ck_assert(speedup->calibrated);
    ck_assert_double_eq_tol(speedup->predicted.mean, 1.6, 0.1);
    ck_assert_double_lt(share(s, "refcount", "__mutex_lock"), 0.005);
    /* A third of the CPUs has nothing to do. */
    ck_assert_double_eq_tol(shipped_design(s, "epmutex")->profile.busy.mean, 56, 0.5);
    ck_assert_double_eq_tol(shipped_design(s, "refcount")->profile.busy.mean, 41, 2);
    /* Another lock in its place does not help; one less global one does. */
    ck_assert_double_eq_tol(rate(s, "spinlock") / rate(s, "epmutex"), 1, 0.03);
    ck_assert_double_gt(rate(s, "striped"), 1.5 * rate(s, "epmutex"));
    ck_assert_double_gt(rate(s, "delete_first"), 1.5 * rate(s, "epmutex"));
    shipped_free(s);
}
END_TEST

START_TEST(locking_alone_would_allow_more) {
    struct shipped *s = run((struct setting[]){{"parameters.client", "0.1"}}, 1);
    ck_assert_double_eq_tol(gain(s), 2.4, 0.1);
    shipped_free(s);
}
END_TEST

/* epmutex is full at D/S CPUs, the client at 1.6 times as many. */
START_TEST(where_it_stops_scaling) {
    static const struct {
        const char *cpus;
        double epmutex, refcount; /* of what epmutex lets through */
    } points[] = {{"4", 4 / 23.3, 4 / 23.3},
                  {"16", 16 / 23.3, 16 / 23.3},
                  {"32", 1, 32 / 23.3},
                  {"128", 1, 1.6}};
    for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
        struct shipped *s = run((struct setting[]){{"machine.cpus", points[i].cpus}}, 1);
        double full = 1 / (1.786 * 0.7e-6);
        ck_assert_double_eq_tol(rate(s, "epmutex") / full, points[i].epmutex, 0.08);
        ck_assert_double_eq_tol(rate(s, "refcount") / full, points[i].refcount, 0.12);
        shipped_free(s);
    }
}
END_TEST

/* Workers that share an epoll would wait for its mutex after the patch: so they do not. */
START_TEST(one_epoll_for_all_contradicts_the_report) {
    struct shipped *s = run((struct setting[]){{"objects.epoll", "1"}}, 1);
    ck_assert_double_lt(gain(s), 1.1);
    ck_assert_double_gt(share(s, "refcount", "__mutex_lock"), 0.5);
    shipped_free(s);
}
END_TEST

/* Hou Tao's figures of 2017: 64 CPUs, 220k connections/s, then 240k; of the cycles 29 %, then 2 %
 * are in eventpoll_release_file(). The 29 % are predicted. */
START_TEST(another_test_is_predicted) {
    const struct setting settings[] = {
        {"machine.profile", "arm64-128"}, {"machine.cpus", "64"},
        {"parameters.percent", "2.17us"}, {"parameters.user", "41.3"},
        {"parameters.syscall", "39.7"},   {"parameters.fput", "17"},
        {"parameters.release", "2"},      {"parameters.client", "1.92"},
        {"run.duration", "60ms"}};
    struct shipped *s = run(settings, sizeof(settings) / sizeof(settings[0]));
    ck_assert_double_eq_tol(rate(s, "epmutex"), 220e3, 10e3);
    ck_assert_double_eq_tol(share(s, "refcount", "release"), 0.02, 0.003);
    ck_assert_double_eq_tol(share(s, "epmutex", "release"), 0.29, 0.05);
    shipped_free(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("nginx");
    TCase *tc = tcase_create("figures");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, the_profile_is_the_published_one);
    tcase_add_test(tc, locking_alone_would_allow_more);
    tcase_add_test(tc, where_it_stops_scaling);
    tcase_add_test(tc, one_epoll_for_all_contradicts_the_report);
    tcase_add_test(tc, another_test_is_predicted);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
