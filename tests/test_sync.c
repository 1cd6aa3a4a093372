/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What single kinds and steps promise beyond the contract that every kind is held to. */
#include "suite.h"
#include "trial.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

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
    struct trial *trial = trial_ok(text, 0.01);
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
    struct trial *trial = trial_ok(
        "sim: 1\nmachine: {cpus: 8}\nsections: {a: {cost: exp(1us)}, b: {cost: exp(1us)}}\n"
        "threads:\n"
        "  ab: {steps: [{run: exp(1us)}, {in: a, do: [{in: b}]}, {count: op}]}\n"
        "  ba: {steps: [{run: exp(1us)}, {in: b, do: [{in: a}]}, {count: op}]}\n"
        "designs: {d: {locks: {s: {kind: semaphore, count: 2}, m: {kind: mutex}}, "
        "guard: {a: s, b: m}}}\n",
        0.05);
    ck_assert_uint_gt(trial_count(trial, "op"), 5000);
    trial_free(trial);
}
END_TEST

#define MARKED "sections: {mark: {}}\n"
#define MARKS "designs: {d: {locks: {l: {kind: none}}, guard: {mark: l}}}\n"

/* Every complete() lets exactly one waiter pass, in order; what comes early is kept. */
START_TEST(completion_counts) {
    struct trial *trial = trial_ok(
        "sim: 1\nmachine: {cpus: 16, wake: {latency: exp(2us)}}\nobjects: {req: 3}\n" MARKED
        "threads:\n"
        "  device: {count: 2, steps: [{run: exp(10us)}, {pick: req}, {complete: done[req]}, "
        "{count: completed}]}\n"
        "  waiter: {count: 4, per: req, steps: [{wait_for: done[req]}, {in: mark}, "
        "{count: passed}]}\n" MARKS,
        0.05);
    uint64_t completed = trial_count(trial, "completed"), passed = trial_count(trial, "passed");
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
    struct trial *trial = trial_ok(
        "sim: 1\nmachine: {cpus: 16}\n" MARKED "threads:\n"
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

/*
 * Writers at random, who take no time, and sections of exp(s): the one of
 * length x is done without a write in between with probability e^(-r x), each
 * time, as it is the same work every time. So r s / (1 + r s) must do it again,
 * and the mean time that was in vain is s / (1 - r s)^2 - s.
 */
START_TEST(seqlock_readers_retry_as_often_as_they_must) {
    struct trial *trial = trial_ok(
        "sim: 1\nmachine: {cpus: 64}\nsections: {look: {cost: exp(1us)}, change: {}}\n"
        "threads:\n"
        "  w: {arrivals: poisson(200k/s), steps: [{in: change}, {count: written}]}\n"
        "  r: {count: 8, steps: [{run: exp(2us)}, {in: look}, {count: op}]}\n"
        "designs: {d: {locks: {l: {kind: seqlock}}, guard: {look: {read: l}, change: l}}}\n",
        0.5);
    double reads = (double)trial_count(trial, "op"), writes = (double)trial_count(trial, "written");
    double wait = trial_mean_wait(trial, "l") * (double)trial->n / reads;
    double retried = (double)trial_flagged(trial, PASSAGE_RETRIED) / reads;
    ck_assert_double_gt(reads, 1e6);
    ck_assert_double_eq_tol(writes, 1e5, 2e3);
    ck_assert_double_eq_tol(retried, 0.2 / 1.2, 0.002);
    ck_assert_double_eq_tol(wait, 1 / 0.64 - 1, 0.01);
    trial_free(trial);
}
END_TEST

/* A reader's section that was not in vain overlaps no writer's. */
START_TEST(seqlock_readers_see_no_writer) {
    static const char *const preemptions[] = {"none", "full"};
    char text[2048];
    snprintf(text, sizeof(text),
             "sim: 1\n"
             "machine: {cpus: 3, preemption: %s, atomic: 5ns, line: {node: 60ns}, switch: 1us,"
             " sched: {latency: 200us, min_granularity: 50us, wakeup_granularity: 50us}}\n"
             "sections: {look: {cost: exp(2us)}, change: {cost: exp(1us)}, part: {cost: 100ns}}\n"
             "threads:\n"
             "  w: {count: 2, steps: [{run: exp(20us)}, {in: change}, {count: written}]}\n"
             "  r: {count: 5, steps: [{run: exp(2us)}, {in: look, do: [{repeat: uniform(0, 4), do: "
             "[{in: part}, {choose: [{p: 50%%, do: [{run: 300ns}]}]}]}]}, {count: op}]}\n"
             "designs: {d: {locks: {l: {kind: seqlock}}, guard: {look: {read: l}, change: l}}}\n",
             preemptions[_i]);
    struct trial *trial = trial_ok(text, 0.05);
    uint32_t retried = 0, overlaps = 0;
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *r = &trial->passages[i];
        if ((r->flags & PASSAGE_READ) == 0)
            continue;
        bool again = (r->flags & PASSAGE_RETRIED) != 0;
        retried += again;
        ck_assert(!again || (r->acquired > r->requested && (r->flags & PASSAGE_WAITED) != 0));
        for (size_t j = 0; j < trial->n; j++) {
            const struct passage *w = &trial->passages[j];
            overlaps += (w->flags & PASSAGE_READ) == 0 && w->released > r->acquired &&
                        r->released > w->acquired;
        }
    }
    ck_assert_uint_eq(overlaps, 0);
    ck_assert_uint_gt(retried, 200);
    trial_free(trial);
}
END_TEST

/* The same work whatever guards it: what is done again draws no numbers of what comes later. */
START_TEST(seqlock_repeats_the_same_work) {
    static const char *const kinds[] = {"seqlock", "none"};
    sim_time holds[2][4];
    for (int k = 0; k < 2; k++) {
        char text[1024];
        snprintf(text, sizeof(text),
                 "sim: 1\nmachine: {cpus: 8}\nsections: {look: {cost: exp(5us)}, change: {cost: "
                 "1us}}\nthreads:\n"
                 "  w: {steps: [{run: exp(10us)}, {in: change}]}\n"
                 "  r: {count: 4, iterations: 200, steps: [{run: exp(2us)}, {in: look}]}\n"
                 "designs: {d: {locks: {l: {kind: %s}}, guard: {look: {read: l}, change: l}}}\n",
                 kinds[k]);
        struct trial *trial = trial_ok(text, 1);
        memset(holds[k], 0, sizeof(holds[k]));
        for (size_t i = 0; i < trial->n; i++)
            if (trial->passages[i].flags & PASSAGE_READ)
                holds[k][trial->passages[i].thread - 1] +=
                    trial->passages[i].released - trial->passages[i].acquired;
        ck_assert(k == 1 || trial_flagged(trial, PASSAGE_RETRIED) > 100);
        trial_free(trial);
    }
    ck_assert_int_eq(memcmp(holds[0], holds[1], sizeof(holds[0])), 0);
}
END_TEST

/* A section longer than the pauses between writers is never done. */
START_TEST(seqlock_starves_readers) {
    struct trial *trial = trial_new(
        "sim: 1\nmachine: {cpus: 4}\nsections: {look: {cost: 20us}, change: {cost: "
        "1us}}\nthreads:\n"
        "  w: {steps: [{run: 10us}, {in: change}, {count: written}]}\n"
        "  r: {steps: [{run: 1us}, {in: look}, {count: read}]}\n"
        "designs: {d: {locks: {l: {kind: seqlock}}, guard: {look: {read: l}, change: l}}}\n",
        NULL, 1);
    ck_assert_int_eq(trial_run(trial, 0.1), SIM_STARVATION);
    ck_assert_ptr_nonnull(strstr(sim_detail(trial->sim), "r/0 waits for l at look"));
    ck_assert_uint_eq(trial_count(trial, "read"), 0);
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
    tc = tcase_create("seqlock");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, seqlock_readers_retry_as_often_as_they_must);
    tcase_add_loop_test(tc, seqlock_readers_see_no_writer, 0, 2);
    tcase_add_test(tc, seqlock_repeats_the_same_work);
    tcase_add_test(tc, seqlock_starves_readers);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
