/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who arrives faster than he leaves: the statistic, and the result that says so. */
#include "dice.h"
#include "experiment_help.h"
#include "suite.h"
#include "trial.h"

#include "stats/backlog.h"

#include <check.h>
#include <stdio.h>

enum { REPLICATIONS = 10, EXPERIMENTS = 30, ARRIVALS = 20000 };

static uint64_t state;

static void go_on(int *inside, double up, int arrivals) {
    for (int n = 0; n < arrivals;) {
        bool comes = dice_uniform(&state) < up;
        n += comes;
        *inside += comes ? 1 : *inside > 0 ? -1 : 0;
    }
}

/* Of M/M/1, after a tenth of the window, from nobody on. */
static struct backlog window(double load) {
    double points[BACKLOG_POINTS], up = load / (1 + load);
    int inside = 0;
    go_on(&inside, up, ARRIVALS / 10);
    points[0] = inside;
    for (int i = 1; i < BACKLOG_POINTS; i++) {
        go_on(&inside, up, ARRIVALS / BACKLOG_PARTS);
        points[i] = inside;
    }
    return backlog_of(points);
}

static int found(double load) {
    int n = 0;
    for (int e = 0; e < EXPERIMENTS; e++) {
        struct backlog mean = {0, 0};
        for (int r = 0; r < REPLICATIONS; r++) {
            struct backlog one = window(load);
            mean.growth += one.growth / REPLICATIONS;
            mean.steps += one.steps / REPLICATIONS;
        }
        n += backlog_grows(&mean, ARRIVALS);
    }
    return n;
}

/* Loads in steps of what chance does to them in a window, which is 0.7 %. */
START_TEST(queues_without_a_steady_state_are_found) {
    ck_assert_int_eq(found(0.5), 0);
    ck_assert_int_eq(found(0.9), 0);
    ck_assert_int_le(found(0.96), 1);
    ck_assert_int_ge(found(1), EXPERIMENTS * 2 / 3);
    ck_assert_int_ge(found(1.01), EXPERIMENTS * 9 / 10);
    ck_assert_int_eq(found(1.05), EXPERIMENTS);
}
END_TEST

START_TEST(a_line_is_its_own_growth) {
    double points[BACKLOG_POINTS];
    for (int i = 0; i < BACKLOG_POINTS; i++)
        points[i] = 7 + 3 * i;
    struct backlog line = backlog_of(points);
    ck_assert_double_eq_tol(line.growth, 3 * BACKLOG_PARTS, 1e-9);
    ck_assert_double_eq(line.steps, 9 * BACKLOG_PARTS);
    ck_assert(backlog_grows(&line, 1000));
    ck_assert(!backlog_grows(&line, 1e6));
    ck_assert(!backlog_grows(&(struct backlog){0, 0}, 0));
}
END_TEST

static double behind(const char *rate, const char *more) {
    char text[1024];
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {cpus: 4}\nsections: {s: {cost: exp(1us)}}\n"
             "threads: {a: {arrivals: poisson(%s), steps: [{in: s}, {count: op}]}%s}\n"
             "designs: {d: {locks: {l: {kind: mutex}}, guard: {s: l}}}\n"
             "run: {duration: 5ms, warmup: 1ms}\n",
             rate, more);
    struct trial *trial = trial_compile(text, NULL);
    struct runs *runs = run_with(&trial->program, 1, 5, 0, 1);
    double n = result_new(arena, trial->scenario, runs)->designs[0].groups[0].behind;
    trial_free(trial);
    return n;
}

START_TEST(groups_that_do_not_keep_up_are_told) {
    ck_assert(behind("800k/s", "") == 0);
    ck_assert_double_eq_tol(behind("1.3M/s", ""), 0.3e6 * 5e-3, 100);
    /* Until another group is done: there is no window to speak of. */
    ck_assert(behind("1.3M/s", ", b: {iterations: 1, steps: [{sleep: 2ms}]}") == 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("backlog");
    TCase *tcase = add_case(suite, "backlog");
    tcase_add_test(tcase, queues_without_a_steady_state_are_found);
    tcase_add_test(tcase, a_line_is_its_own_growth);
    tcase_add_test(tcase, groups_that_do_not_keep_up_are_told);
    return suite_run(suite);
}
