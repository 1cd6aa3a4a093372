/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who has a CPU, and who waits for one: against exact answers. */
#include "suite.h"
#include "trial.h"

#include "base/ticks.h"

#include <check.h>
#include <stdio.h>

static struct trial *run(const char *machine, const char *group, double seconds) {
    char text[1024];
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {%s}\nsections: {cs: {}}\nthreads: {t: {%s}}\n"
             "designs: {d: {locks: {l: {kind: none}}, guard: {cs: l}}}\n",
             machine, group);
    return trial_ok(text, seconds);
}

static double waiting(const struct trial *trial, double seconds) {
    struct group_time time = sim_group_time(trial->sim, 0);
    return ticks_to_seconds((double)time.run_delay) / seconds;
}

/* ---- run queues ---- */

/* The mean number in the queue of birth and death with these rates (k: how many are there). */
static double mean_queue(int cpus, int most, double (*birth)(int k), double service) {
    double p = 1, all = 0, queue = 0;
    for (int k = 0; k <= most; k++) {
        all += p;
        queue += k > cpus ? p * (k - cpus) : 0;
        p *= birth(k) * service / (k + 1 < cpus ? k + 1 : cpus);
    }
    return queue / all;
}

static double poisson_300k(int k) {
    (void)k;
    return 300e3;
}

/* M/M/4 (Erlang): who waits is chosen without a look at his work. And Little's law for him. */
START_TEST(arrivals_wait_as_in_a_queue) {
    struct trial *trial =
        run("cpus: 4",
            "arrivals: poisson(300k/s), steps: [{run: exp(10us)}, {in: cs}, {count: op}]", 2);
    double queue = mean_queue(4, 1000, poisson_300k, 10e-6);
    ck_assert_double_eq_tol(waiting(trial, 2) / queue, 1, 0.06);
    struct group_time time = sim_group_time(trial->sim, 0);
    ck_assert_uint_eq(time.arrivals - time.departures, sim_group_inside(trial->sim, 0));
    ck_assert_double_eq_tol((double)time.departures / 600e3, 1, 0.01);
    trial_free(trial);
}
END_TEST

static double ten_sleep_20us(int k) {
    return (10 - k) / 20e-6;
}

/* M/M/2//10, the machine repair model. */
START_TEST(sleepers_come_back_to_a_queue) {
    struct trial *trial =
        run("cpus: 2",
            "count: 10, steps: [{sleep: exp(20us)}, {run: exp(10us)}, {in: cs}, {count: op}]", 1);
    double queue = mean_queue(2, 10, ten_sleep_20us, 10e-6);
    ck_assert_double_eq_tol(waiting(trial, 1) / queue, 1, 0.01);
    trial_free(trial);
}
END_TEST

/* All but two wait, at any time, also those whose wait has not ended. */
START_TEST(waits_that_have_not_ended_count) {
    struct trial *trial =
        run("cpus: 2", "count: 5, steps: [{run: exp(10ms)}, {in: cs}, {count: op}]", 0.01);
    for (int i = 1; i <= 50; i++) {
        sim_time now = i * 123457;
        ck_assert_int_eq(sim_run_until(trial->sim, 10000 * TICKS_PER_US + now), SIM_OK);
        struct group_time time = sim_group_time(trial->sim, 0);
        ck_assert_int_eq(time.run_delay, 3 * (10000 * TICKS_PER_US + now));
        ck_assert_int_eq(time.cpu, 2 * (10000 * TICKS_PER_US + now));
    }
    trial_free(trial);
}
END_TEST

/* ---- user work ---- */

/* 30 ms of work and 1 ms in the kernel, by two threads in turn, of which one waits once. */
START_TEST(work_counts_as_it_is_done) {
    struct trial *trial = trial_ok("sim: 1\ntitle: t\nmachine: {cpus: 2}\n"
                                   "sections: {s: {cost: 1ms}}\n"
                                   "threads: {t: {count: 2, steps: [{run: 30ms}, {in: s}, "
                                   "{count: op}]}}\n"
                                   "designs: {d: {locks: {l: {kind: mutex}}, guard: {s: l}}}\n",
                                   0.035);
    struct group_time before = sim_group_time(trial->sim, 0);
    ck_assert_int_eq(before.user, (60000 + 4000 + 3000) * TICKS_PER_US);
    ck_assert_int_eq(sim_run_until(trial->sim, 85000 * TICKS_PER_US), SIM_OK);
    struct group_time after = sim_group_time(trial->sim, 0);
    ck_assert_int_eq(after.cpu - before.cpu, 100000 * TICKS_PER_US);
    ck_assert_int_eq(after.user - before.user, 98000 * TICKS_PER_US);
    trial_free(trial);
}
END_TEST

/* In steps as long as a slice, and shorter than a segment. */
static void step_through(const char *machine, const char *group, bool only_user) {
    struct trial *trial = run(machine, group, 1e-6);
    struct group_time before = sim_group_time(trial->sim, 0);
    for (int i = 1; i <= 3000; i++) {
        ck_assert_int_eq(sim_run_until(trial->sim, i * 12345 * TICKS_PER_NS), SIM_OK);
        struct group_time now = sim_group_time(trial->sim, 0);
        int64_t user = now.user - before.user, sys = now.cpu - before.cpu - user;
        ck_assert_int_ge(user, 0);
        ck_assert_int_ge(sys, 0);
        ck_assert(!only_user || sys == 0);
        before = now;
    }
    ck_assert_int_gt(before.user, before.cpu / 2);
    trial_free(trial);
}

#define SLICES "cpus: 2, sched: {latency: 40us, min_granularity: 10us, wakeup_granularity: 10us}"
#define DISTURBED SLICES ", preemption: full, interrupts: {share: 10%, duration: exp(3us)}"

START_TEST(preempted_work_is_not_done) {
    step_through(SLICES, "count: 5, steps: [{run: exp(100us)}, {in: cs}, {count: op}]", true);
    step_through("cpus: 5", "count: 5, steps: [{run: exp(100us)}, {in: cs}, {count: op}]", true);
}
END_TEST

START_TEST(no_time_is_less_than_nothing) {
    static const char *const steps[] = {
        "{run: exp(100us)}, {in: cs}, {count: op}", "{delay: exp(100us)}, {in: cs}, {count: op}",
        "{run: exp(1us)}, {delay: 30us}, {in: cs}, {sleep: exp(20us)}, {count: op}"};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        char group[200];
        snprintf(group, sizeof(group), "count: 5, steps: [%s]", steps[i]);
        step_through(DISTURBED, group, false);
        step_through(DISTURBED ", clock.read: 30ns, switch: 1us, syscall: 1us", group, false);
        step_through(DISTURBED ", lock_stat: {acquire: 3us, release: 2us}", group, false);
        step_through(DISTURBED ", stalls: {share: 5%, duration: exp(20us)}", group, false);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("cpu time");
    TCase *tcase = tcase_create("cpu time");
    tcase_add_test(tcase, arrivals_wait_as_in_a_queue);
    tcase_add_test(tcase, sleepers_come_back_to_a_queue);
    tcase_add_test(tcase, waits_that_have_not_ended_count);
    tcase_add_test(tcase, work_counts_as_it_is_done);
    tcase_add_test(tcase, preempted_work_is_not_done);
    tcase_add_test(tcase, no_time_is_less_than_nothing);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
