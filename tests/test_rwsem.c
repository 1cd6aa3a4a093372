/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rwsem promises beyond what every kind does (tests/test_contract.c). */
#include "suite.h"
#include "trial.h"

#include "sim/lock/lock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define WRITE_LOCK "designs: {d: {locks: {l: {kind: rwsem}}, guard: {cs: l, look: {read: l}}}}\n"

static int by_grant(const void *a, const void *b) {
    const struct passage *p = a, *q = b;
    return (p->acquired > q->acquired) - (p->acquired < q->acquired);
}

/* The longest wait of a thread, seconds. */
static double longest_wait(const struct trial *trial, uint32_t thread) {
    sim_time longest = 0;
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        if (p->thread == thread && p->acquired - p->requested > longest)
            longest = p->acquired - p->requested;
    }
    return ticks_to_seconds((double)longest);
}

START_TEST(writers_spin_while_the_writer_runs) {
    struct trial *trial = trial_ok(
        "sim: 1\ntitle: t\nmachine: {cpus: 4}\nsections: {cs: {cost: 50us}, look: {}}\n"
        "threads: {t: {count: 3, steps: [{run: 10us}, {in: cs}, {count: op}]}}\n" WRITE_LOCK,
        0.1);
    ck_assert_uint_gt(trial->n, 1990);
    ck_assert_uint_eq(trial_flagged(trial, PASSAGE_SLEPT), 0);
    ck_assert_uint_eq(trial_flagged(trial, PASSAGE_TRACED), 0);
    ck_assert_uint_ge(trial_flagged(trial, PASSAGE_CONTENDED), trial->n - 1);
    trial_free(trial);
}
END_TEST

START_TEST(readers_share) {
    struct trial *trial = trial_ok(
        "sim: 1\ntitle: t\nmachine: {cpus: 8}\nsections: {cs: {}, look: {cost: 50us}}\n"
        "threads: {t: {count: 8, steps: [{run: 10us}, {in: look}, {count: op}]}}\n" WRITE_LOCK,
        0.06);
    ck_assert_uint_eq(trial->n, 8 * 1000);
    ck_assert_uint_eq(trial_flagged(trial, PASSAGE_CONTENDED), 0);
    trial_free(trial);
}
END_TEST

/*
 * Two writers rob whoever waits in line: while it wakes up, if they sleep with the lock, and as
 * spinners, if they do not. That goes on for as long as the hand-off waits, and not much longer.
 */
START_TEST(handoff_bounds_the_robbery) {
    static const struct {
        const char *hold, *victim;
    } cases[] = {{"sleep", "cs"}, {"sleep", "look"}, {"run", "look"}};
    static const double limits[] = {0.004, 0.050};
    char text[1024];
    double limit = limits[_i / 3 % 2];
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {cpus: 4, wake: {latency: 30us}}\n"
             "sections: {cs: {}, look: {}}\n"
             "threads:\n"
             "  thief: {count: 2, steps: [{run: 2us}, {in: cs, do: [{%s: 10us}]}, {count: op}]}\n"
             "  victim: {steps: [{sleep: 1ms}, {in: %s, do: [{run: 10us}]}, {count: op}]}\n"
             "designs: {d: {locks: {l: {kind: rwsem, handoff: %gs, slowpath: %s}}, "
             "guard: {cs: l, look: {read: l}}}}\n",
             cases[_i % 3].hold, cases[_i % 3].victim, limit, _i < 6 ? "0" : "300ns");
    struct trial *trial = trial_ok(text, 2);
    double longest = 0;
    for (uint32_t thread = 0; thread < 3; thread++) {
        double wait = longest_wait(trial, thread);
        longest = wait > longest ? wait : longest;
    }
    ck_assert_double_gt(longest, limit);
    ck_assert_double_lt(longest, 1.05 * limit + 0.001);
    trial_free(trial);
}
END_TEST

/* Threads 1 and 3 read, thread 2 writes; they come in this order while thread 0 writes. */
START_TEST(readers_in_line_come_in_together) {
    struct trial *trial = trial_ok(
        "sim: 1\ntitle: t\nmachine: {cpus: 4, wake: {latency: 10us}}\nsections: {cs: {}, look: "
        "{}}\n"
        "threads:\n"
        "  a: {iterations: 1, steps: [{in: cs, do: [{sleep: 1ms}]}]}\n"
        "  b: {iterations: 1, start: 100us, steps: [{in: look, do: [{run: 100us}]}]}\n"
        "  c: {iterations: 1, start: 200us, steps: [{in: cs, do: [{run: 100us}]}]}\n"
        "  d: {iterations: 1, start: 300us, steps: [{in: look, do: [{run: 100us}]}, {count: "
        "op}]}\n" WRITE_LOCK,
        1);
    ck_assert_uint_eq(trial->n, 4);
    sim_time acquired[4], released[4];
    for (size_t i = 0; i < 4; i++) {
        acquired[trial->passages[i].thread] = trial->passages[i].acquired;
        released[trial->passages[i].thread] = trial->passages[i].released;
    }
    ck_assert_int_ge(acquired[1], released[0]);
    ck_assert_int_lt(acquired[3], released[1]);
    ck_assert_int_ge(acquired[2], released[1]);
    ck_assert_int_ge(acquired[2], released[3]);
    trial_free(trial);
}
END_TEST

START_TEST(one_release_lets_in_256_readers) {
    struct trial *trial =
        trial_ok("sim: 1\ntitle: t\nmachine: {cpus: 301, wake: {latency: "
                 "10us}}\nsections: {cs: {}, look: {}}\n"
                 "threads:\n"
                 "  a: {iterations: 1, steps: [{in: cs, do: [{sleep: 1ms}]}]}\n"
                 "  b: {count: 300, iterations: 1, start: 100us, "
                 "steps: [{in: look, do: [{run: 100us}]}, {count: op}]}\n" WRITE_LOCK,
                 1);
    ck_assert_uint_eq(trial->n, 301);
    size_t first = 0;
    for (size_t i = 1; i < trial->n; i++)
        first += trial->passages[i].acquired < trial->passages[1].released;
    ck_assert_uint_eq(first, 256);
    trial_free(trial);
}
END_TEST

/* ... and one wake-up call comes after another. */
START_TEST(readers_are_woken_in_turn) {
    struct trial *trial =
        trial_ok("sim: 1\ntitle: t\nmachine: {cpus: 9, wake: {call: 10us, latency: 5us}}\n"
                 "sections: {cs: {}, look: {}}\n"
                 "threads:\n"
                 "  a: {iterations: 1, steps: [{in: cs, do: [{sleep: 1ms}]}]}\n"
                 "  b: {count: 8, iterations: 1, start: 100us, "
                 "steps: [{in: look, do: [{run: 100us}]}, {count: op}]}\n" WRITE_LOCK,
                 1);
    qsort(trial->passages, trial->n, sizeof(*trial->passages), by_grant);
    sim_time turn = trial->passages[0].released + 5 * TICKS_PER_US;
    for (size_t i = 1; i < trial->n; i++, turn += 10 * TICKS_PER_US)
        ck_assert_int_eq(trial->passages[i].acquired, turn);
    trial_free(trial);
}
END_TEST

/*
 * A writer spins for 10.5 us on one reader that sleeps with the lock, then nobody spins any
 * more, until that reader has left.
 */
START_TEST(spinning_on_readers_is_limited) {
    struct trial *trial =
        trial_ok("sim: 1\ntitle: t\nmachine: {cpus: 4}\nsections: {cs: {}, look: {}}\n"
                 "threads:\n"
                 "  a: {iterations: 1, steps: [{in: look, do: [{sleep: 1ms}]}]}\n"
                 "  b: {count: 2, iterations: 1, start: uniform(100us, 110us), "
                 "steps: [{in: cs, do: [{run: 10us}]}]}\n"
                 "  c: {iterations: 1, start: 200us, steps: [{in: cs, do: [{run: "
                 "10us}]}, {count: op}]}\n" WRITE_LOCK,
                 1);
    ck_assert_uint_eq(trial->n, 4);
    ck_assert_uint_eq(trial_flagged(trial, PASSAGE_SLEPT), 3);
    sim_time start[2] = {trial->passages[1].requested, trial->passages[2].requested};
    sim_time apart = llabs(start[0] - start[1]);
    struct sim_counters counters;
    sim_counters(trial->sim, &counters);
    /* The second one queues behind the first. */
    ck_assert_int_eq(counters.spin, 2 * (sim_time)(10.5 * TICKS_PER_US) - apart);
    trial_free(trial);
}
END_TEST

/* The lock changes hands while others are on their way into the line: nobody is forgotten there. */
START_TEST(the_way_into_the_line_is_safe) {
    for (unsigned cpus = 1; cpus <= 16; cpus *= 4) {
        char text[1024];
        snprintf(text, sizeof(text),
                 "sim: 1\ntitle: t\nmachine: {cpus: %u, wake: {call: 1us, latency: exp(2us)}, "
                 "sched: {latency: 1ms, min_granularity: 100us, wakeup_granularity: 100us}}\n"
                 "sections: {cs: {cost: exp(1us)}, look: {cost: exp(1us)}}\n"
                 "threads: {t: {count: 12, steps: [{run: exp(4us)}, {choose: "
                 "[{weight: 1, do: [{in: cs}]}, {weight: 2, do: [{in: look}]}]}, {count: op}]}}\n"
                 "designs: {d: {locks: {l: {kind: rwsem, slowpath: 700ns, waking: 300ns, "
                 "round: 200ns}}, guard: {cs: l, look: {read: l}}}}\n",
                 cpus);
        struct trial *trial = trial_ok(text, 0.1);
        sim_time last[12] = {0}, written = 0, used = 0;
        qsort(trial->passages, trial->n, sizeof(*trial->passages), by_grant);
        for (size_t i = 0; i < trial->n; i++) {
            const struct passage *p = &trial->passages[i];
            bool reads = (p->flags & PASSAGE_READ) != 0;
            ck_assert_int_le(reads ? written : used, p->acquired);
            used = p->released > used ? p->released : used;
            written = !reads && p->released > written ? p->released : written;
            last[p->thread] = p->acquired;
        }
        for (uint32_t thread = 0; thread < 12; thread++)
            ck_assert_int_gt(last[thread], TICKS_PER_SECOND * 7 / 100);
        trial_free(trial);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rwsem");
    TCase *tc = tcase_create("laws");
    tcase_add_test(tc, writers_spin_while_the_writer_runs);
    tcase_add_test(tc, readers_share);
    tcase_add_loop_test(tc, handoff_bounds_the_robbery, 0, 12);
    tcase_add_test(tc, readers_in_line_come_in_together);
    tcase_add_test(tc, one_release_lets_in_256_readers);
    tcase_add_test(tc, readers_are_woken_in_turn);
    tcase_add_test(tc, spinning_on_readers_is_limited);
    tcase_add_test(tc, the_way_into_the_line_is_safe);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
