/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What single kinds and steps promise beyond the contract that every kind is held to. */
#include "trial.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t count_of(const struct trial *trial, const char *point) {
    for (uint32_t i = 0; i < trial->program->nprogress; i++)
        if (strcmp(trial->program->progress[i], point) == 0)
            return sim_progress(trial->sim, i);
    ck_abort_msg("no %s", point);
    return 0;
}

static struct trial *run(const char *text, double seconds) {
    struct trial *trial = trial_new(text, NULL, 1);
    enum sim_outcome outcome = trial_run(trial, seconds);
    ck_assert_msg(outcome == SIM_OK, "%s: %s", sim_outcome_name(outcome), sim_detail(trial->sim));
    return trial;
}

/* The most passages that are held at one instant. */
static int most_holders(const struct trial *trial) {
    int most = 0;
    for (size_t i = 0; i < trial->n; i++) {
        int holders = 0;
        sim_time when = trial->passages[i].acquired;
        for (size_t j = 0; j < trial->n; j++)
            holders += trial->passages[j].acquired <= when && when < trial->passages[j].released;
        most = holders > most ? holders : most;
    }
    return most;
}

START_TEST(semaphore_admits_its_count) {
    char text[1024];
    snprintf(text, sizeof(text),
             "sim: 1\nmachine: {cpus: 4, wake: {latency: exp(2us)}}\n"
             "sections: {cs: {cost: exp(5us)}}\n"
             "threads: {t: {count: 9, steps: [{run: exp(5us)}, {in: cs, do: [{sleep: exp(5us)}]}, "
             "{count: op}]}}\n"
             "designs: {d: {locks: {l: {kind: semaphore, count: %d}}, guard: {cs: l}}}\n",
             _i);
    struct trial *trial = run(text, 0.01);
    ck_assert_uint_gt(trial->n, 500);
    ck_assert_int_eq(most_holders(trial), _i);
    /* Who asked first is served first, up to the time that one who was woken takes to run. */
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        uint32_t overtook = 0;
        for (size_t j = 0; j < trial->n; j++)
            overtook += trial->passages[j].requested < p->requested &&
                        trial->passages[j].acquired > p->acquired;
        ck_assert_uint_lt(overtook, (uint32_t)_i);
    }
    trial_free(trial);
}
END_TEST

/* Several hold it, so a thread that holds one unit and wants another lock is no deadlock yet. */
START_TEST(semaphore_of_two_is_no_deadlock) {
    struct trial *trial =
        run("sim: 1\nmachine: {cpus: 8}\nsections: {a: {cost: exp(1us)}, b: {cost: exp(1us)}}\n"
            "threads:\n"
            "  ab: {steps: [{run: exp(1us)}, {in: a, do: [{in: b}]}, {count: op}]}\n"
            "  ba: {steps: [{run: exp(1us)}, {in: b, do: [{in: a}]}, {count: op}]}\n"
            "designs: {d: {locks: {s: {kind: semaphore, count: 2}, m: {kind: mutex}}, "
            "guard: {a: s, b: m}}}\n",
            0.05);
    ck_assert_uint_gt(count_of(trial, "op"), 5000);
    trial_free(trial);
}
END_TEST

#define MARKED "sections: {mark: {}}\n"
#define MARKS "designs: {d: {locks: {l: {kind: none}}, guard: {mark: l}}}\n"

/* Every complete() lets exactly one waiter pass, in order; what comes early is kept. */
START_TEST(completion_counts) {
    struct trial *trial =
        run("sim: 1\nmachine: {cpus: 16, wake: {latency: exp(2us)}}\nobjects: {req: 3}\n" MARKED
            "threads:\n"
            "  device: {count: 2, steps: [{run: exp(10us)}, {pick: req}, {complete: done[req]}, "
            "{count: completed}]}\n"
            "  waiter: {count: 4, per: req, steps: [{wait_for: done[req]}, {in: mark}, "
            "{count: passed}]}\n" MARKS,
            0.05);
    uint64_t completed = count_of(trial, "completed"), passed = count_of(trial, "passed");
    ck_assert_uint_gt(completed, 9000);
    ck_assert_uint_le(passed, completed);
    ck_assert_uint_ge(passed + 12, completed);
    /* With one place in the line each, the waiters of an object share alike. */
    uint64_t by_thread[14] = {0};
    for (size_t i = 0; i < trial->n; i++)
        by_thread[trial->passages[i].thread]++;
    for (int t = 2; t < 14; t++) {
        ck_assert_uint_gt(by_thread[t], 600);
        ck_assert_uint_lt(by_thread[t], 1000);
    }
    trial_free(trial);
}
END_TEST

/* Nobody waits before it is done, everybody passes at once when it is, and then for ever. */
START_TEST(complete_all_opens_the_gate) {
    struct trial *trial =
        run("sim: 1\nmachine: {cpus: 16}\n" MARKED "threads:\n"
            "  boot: {iterations: 1, steps: [{sleep: 5ms}, {complete: up, all: yes}]}\n"
            "  late: {iterations: 2, start: 1ms, steps: [{sleep: 6ms}, {wait_for: up}, {in: mark}]}"
            "\n"
            "  user: {count: 10, iterations: 3, steps: [{wait_for: up}, {in: mark}]}\n" MARKS,
            1);
    ck_assert(sim_done(trial->sim));
    ck_assert_uint_eq(trial->n, 10 * 3 + 2);
    for (size_t i = 0; i < trial->n; i++) {
        sim_time expected = 5000 * TICKS_PER_US;
        if (trial->passages[i].thread == 1)
            expected = (i + 1 == trial->n ? 13000 : 7000) * TICKS_PER_US;
        ck_assert_int_eq(trial->passages[i].acquired, expected);
    }
    trial_free(trial);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("sync");
    TCase *tc = tcase_create("semaphores and completions");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, semaphore_admits_its_count, 1, 5);
    tcase_add_test(tc, semaphore_of_two_is_no_deadlock);
    tcase_add_test(tc, completion_counts);
    tcase_add_test(tc, complete_all_opens_the_gate);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
