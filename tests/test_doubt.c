/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the interval of a mean wait is not to be relied on: one lock, four replications of a second.
 */
#include "config.h"

#include "suite.h"

#include "experiment/doubt.h"

#include <math.h>

enum { REPLICATIONS = 4, ACQUISITIONS = 100000 };

static struct program program;
static struct lock_sample locks[REPLICATIONS];
static struct sample samples[REPLICATIONS];
static struct design_runs runs;
static struct lock_result lock;
static struct design_result design;

/* Mean waits of 10 us, and so much more or less; their standard deviation is 2 / sqrt(3) of that.
 */
static struct doubt doubt_about(double share, sim_time longest) {
    double means[REPLICATIONS];
    program.nthreads = 1000;
    for (int i = 0; i < REPLICATIONS; i++) {
        double mean = 10 * (1 + (i % 2 == 0 ? share : -share));
        means[i] = mean * 1e-6;
        locks[i] = (struct lock_sample){.acquisitions = ACQUISITIONS,
                                        .wait = (int64_t)(mean * ACQUISITIONS * TICKS_PER_US)};
        samples[i] = (struct sample){.locks = &locks[i], .nlocks = 1};
        samples[i].used.now = TICKS_PER_SECOND;
    }
    runs.program = &program;
    runs.samples = samples;
    lock.instances = 1;
    lock.longest = longest;
    lock.wait.mean = estimate_mean(means, runs.replications);
    design.runs = &runs;
    design.locks = &lock;
    design.nlocks = 1;
    return doubt_of_wait(&design, 0);
}

static void set_up(void) {
    runs.replications = REPLICATIONS;
    program.finite = false;
}

START_TEST(the_spread_is_that_of_replications) {
    struct doubt doubt = doubt_about(0.3, 0);
    assert_near(doubt.spread, 0.3 * 2 / sqrt(3), 1e-9);
    ck_assert(doubt.doubtful && doubt.uneven);
    assert_near(doubt.more, 0.09 * 4 / 3 / 0.01, 1e-9);
}
END_TEST

START_TEST(even_replications_are_trusted) {
    ck_assert(!doubt_about(0.2, 50 * TICKS_PER_US).doubtful);
    ck_assert(!doubt_about(0, 50 * TICKS_PER_US).doubtful);
}
END_TEST

/* 1 ms less the mean, 0.99 ms: 100000 / s * 0.99 ms / 2 = 49.5 others wait, 49 ms of 4 s in all. */
START_TEST(an_episode_must_not_be_much_of_all_waiting) {
    struct doubt doubt = doubt_about(0.2, 1000 * TICKS_PER_US);
    assert_near(doubt.episode, 990e-6 * 49.5 / 4, 1e-9);
    ck_assert(doubt.doubtful && !doubt.uneven);
    ck_assert(!doubt_about(0.08, 1000 * TICKS_PER_US).doubtful);
}
END_TEST

START_TEST(no_more_threads_wait_behind_one_than_there_are) {
    doubt_about(0.2, 0);
    assert_near(doubt_about(0.2, TICKS_PER_SECOND).episode, (1 - 10e-6) * 1000 / 4, 1e-9);
}
END_TEST

START_TEST(each_instance_has_waiters_of_its_own) {
    double one = doubt_about(0.2, 1000 * TICKS_PER_US).episode;
    lock.instances = 10;
    assert_near(doubt_of_wait(&design, 0).episode, one / 10, 1e-9);
}
END_TEST

/* A job is as long as it is: what counts is the mean of all of them, as of ten. */
START_TEST(jobs_are_trusted_when_there_are_many) {
    program.finite = true;
    assert_near(doubt_about(0.2, 0).spread, 0.2 * 2 / sqrt(3) * sqrt(10 / 4.), 1e-9);
    ck_assert(doubt_about(0.2, 0).doubtful);
}
END_TEST

START_TEST(one_replication_says_nothing) {
    runs.replications = 1;
    ck_assert(!doubt_about(0.5, TICKS_PER_SECOND).doubtful);
}
END_TEST

START_TEST(who_never_waits_is_known) {
    doubt_about(0, 0);
    lock.wait.mean = (struct estimate){0, 0, 0};
    ck_assert(!doubt_of_wait(&design, 0).doubtful);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("doubt");
    TCase *tcase = tcase_create("doubt");
    tcase_add_checked_fixture(tcase, set_up, NULL);
    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase, the_spread_is_that_of_replications);
    tcase_add_test(tcase, even_replications_are_trusted);
    tcase_add_test(tcase, an_episode_must_not_be_much_of_all_waiting);
    tcase_add_test(tcase, no_more_threads_wait_behind_one_than_there_are);
    tcase_add_test(tcase, each_instance_has_waiters_of_its_own);
    tcase_add_test(tcase, jobs_are_trusted_when_there_are_many);
    tcase_add_test(tcase, one_replication_says_nothing);
    tcase_add_test(tcase, who_never_waits_is_known);
    return suite_run(suite);
}
