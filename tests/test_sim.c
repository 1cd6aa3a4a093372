/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "suite.h"
#include "trial.h"

#include "sim/lock/lock.h"

#include <check.h>
#include <math.h>
#include <string.h>

/* Two threads, constant work: the second waits for what is left of the hold.
 * As measured on a 6.1 kernel: wait 43.7 us, no contentions, hold twice the true one. */
START_TEST(mutex_spin_is_booked_as_hold) {
    struct trial *trial =
        trial_new("sim: 1\ntitle: t\nmachine: {cpus: 2}\nsections: {cs: {cost: 50us}}\n"
                  "threads: {t: {count: 2, steps: [{run: 10us}, {in: cs}, {count: op}]}}\n"
                  "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n",
                  NULL, 1);
    ck_assert_int_eq(trial_run(trial, 0.1), SIM_OK);
    ck_assert_double_eq_tol(trial_mean_wait(trial, "l"), 40, 0.1);
    ck_assert_double_eq_tol(trial_mean_hold(trial, "l"), 50, 1e-6);
    ck_assert_uint_eq(trial_flagged(trial, PASSAGE_CONTENDED), 0);
    ck_assert_uint_ge(trial_flagged(trial, PASSAGE_TRACED | PASSAGE_WAITED), trial->n - 2);
    trial_free(trial);
}
END_TEST

/* An owner that sleeps while it holds sends the others to sleep. */
START_TEST(mutex_waiters_sleep_while_the_owner_does) {
    struct trial *trial = trial_new(
        "sim: 1\ntitle: t\nmachine: {cpus: 8, wake: {latency: 5us}}\nsections: {cs: {cost: 1us}}\n"
        "threads: {t: {count: 4, steps: [{run: exp(20us)}, {in: cs, do: [{sleep: 100us}]}, "
        "{count: op}]}}\n"
        "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n",
        NULL, 1);
    ck_assert_int_eq(trial_run(trial, 0.2), SIM_OK);
    uint64_t slept = trial_flagged(trial, PASSAGE_CONTENDED | PASSAGE_SLEPT);
    ck_assert_uint_gt(slept, trial->n * 3 / 4);
    /* Saturated: a hold, the owner's wake-up and the next waiter's are in series. */
    double period = 0.2e6 / (double)trial->n;
    ck_assert_double_gt(period, 106 + 4);
    ck_assert_double_lt(period, 106 + 6);
    trial_free(trial);
}
END_TEST

/* With more runnable threads than CPUs a spinner is told to reschedule, goes
 * to sleep in line, is overtaken, and gets the lock by hand-off at last. */
START_TEST(mutex_overtaking_is_bounded) {
    struct trial *trial = trial_new(
        "sim: 1\ntitle: t\nmachine: {cpus: 2, preemption: voluntary, wake: {latency: 10us}, "
        "sched: {latency: 12ms, min_granularity: 1500us, wakeup_granularity: 2ms}}\n"
        "sections: {cs: {cost: exp(50us)}}\n"
        "threads: {t: {count: 6, context: kernel, steps: [{run: exp(10us)}, {in: cs}, "
        "{count: op}]}}\n"
        "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n",
        NULL, 1);
    ck_assert_int_eq(trial_run(trial, 2), SIM_OK);
    uint64_t slept = trial_flagged(trial, PASSAGE_SLEPT);
    ck_assert_uint_gt(slept, 10);
    ck_assert_uint_lt(slept, trial->n / 10);
    sim_time longest = 0;
    for (size_t i = 0; i < trial->n; i++) {
        sim_time wait = trial->passages[i].acquired - trial->passages[i].requested;
        longest = wait > longest ? wait : longest;
    }
    /* Overtaken for at least a slice, but nobody is starved. */
    ck_assert_double_gt(ticks_to_seconds((double)longest), 1.5e-3);
    ck_assert_double_lt(ticks_to_seconds((double)longest), 0.2);
    trial_free(trial);
}
END_TEST

/* Readers that overlap all the time: who passes waiting writers starves them. */
static enum sim_outcome readers_against_a_writer(const char *kind, uint64_t *most_readers) {
    char text[1024];
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {cpus: 16}\n"
             "sections: {look: {cost: exp(10us)}, change: {cost: exp(10us)}}\n"
             "threads:\n"
             "  reader: {count: 10, steps: [{run: exp(2us)}, {in: look}, {count: read}]}\n"
             "  writer: {start: 20us, steps: [{run: exp(10us)}, {in: change}, {count: written}]}\n"
             "designs: {d: {locks: {l: {kind: %s}}, guard: {look: {read: l}, change: l}}}\n",
             kind);
    struct trial *trial = trial_new(text, NULL, 1);
    enum sim_outcome outcome = trial_run(trial, 0.01);
    *most_readers = 0;
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        uint64_t together = 0;
        for (size_t k = 0; k < trial->n; k++)
            together += trial->passages[k].acquired <= p->acquired &&
                        p->acquired < trial->passages[k].released;
        *most_readers = together > *most_readers ? together : *most_readers;
    }
    trial_free(trial);
    return outcome;
}

START_TEST(writers_starve_where_readers_pass_them) {
    uint64_t together;
    ck_assert_int_eq(readers_against_a_writer("rwlock", &together), SIM_OK);
    ck_assert_uint_gt(together, 5);
    ck_assert_int_eq(readers_against_a_writer("rwlock-reader", &together), SIM_STARVATION);
    ck_assert_uint_gt(together, 5);
}
END_TEST

START_TEST(deadlock_is_reported_with_its_cycle) {
    struct trial *trial = trial_new(
        "sim: 1\ntitle: t\nmachine: {cpus: 4}\n"
        "sections: {a: {cost: exp(1us), site: site_a}, b: {cost: exp(1us), site: site_b}}\n"
        "threads:\n"
        "  ab: {steps: [{run: exp(1us)}, {in: a, do: [{in: b}]}, {count: op}]}\n"
        "  ba: {steps: [{run: exp(1us)}, {in: b, do: [{in: a}]}, {count: op}]}\n"
        "  bystander: {steps: [{run: exp(1us)}, {count: op}]}\n"
        "designs: {d: {locks: {la: {kind: mutex}, lb: {kind: mutex}}, "
        "guard: {a: la, b: lb}}}\n"
        "  \n",
        NULL, 1);
    ck_assert_int_eq(trial_run(trial, 1), SIM_DEADLOCK);
    const char *detail = sim_detail(trial->sim);
    ck_assert_ptr_nonnull(strstr(detail, "ab/0 waits for lb at site_b, held by ba/0"));
    ck_assert_ptr_nonnull(strstr(detail, "ba/0 waits for la at site_a, held by ab/0"));
    trial_free(trial);
}
END_TEST

/* A sleeper is woken, but kernel work hogs the CPU it is pinned to; the other
 * thread takes the lock again and again. */
START_TEST(starvation_is_reported) {
    struct trial *trial = trial_new(
        "sim: 1\ntitle: t\nmachine: {cpus: 2, preemption: none}\nsections: {cs: {cost: 10us}}\n"
        "threads:\n"
        "  starved: {pin: true, start: 5us, steps: [{in: cs}, {count: op}]}\n"
        "  lucky: {steps: [{in: cs, do: [{sleep: 5us}]}, {run: 1us}, {count: op}]}\n"
        "  hog: {pin: true, context: kernel, start: 12us, steps: [{run: 1us}]}\n"
        "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n",
        NULL, 1);
    ck_assert_int_eq(trial_run(trial, 0.01), SIM_STARVATION);
    ck_assert_ptr_nonnull(strstr(sim_detail(trial->sim), "starved/0 waits for l at cs"));
    ck_assert_ptr_nonnull(strstr(sim_detail(trial->sim), " ms, while it went to others "));
    ck_assert_ptr_null(strstr(sim_detail(trial->sim), "more thread"));
    ck_assert_int_gt(sim_longest_wait(trial->sim, 0), TICKS_PER_SECOND / 110);
    ck_assert_int_le(sim_longest_wait(trial->sim, 0), TICKS_PER_SECOND / 100);
    trial_free(trial);
}
END_TEST

START_TEST(standing_time_is_an_outcome) {
    struct trial *trial =
        trial_new("sim: 1\ntitle: t\nmachine: {cpus: 1}\nsections: {cs: {cost: 1us}}\n"
                  "threads:\n"
                  "  a: {steps: [{post: x}, {take: y}, {count: op}]}\n"
                  "  b: {steps: [{take: x}, {post: y}]}\n"
                  "  c: {steps: [{sleep: 1us}, {in: cs}]}\n"
                  "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n",
                  NULL, 1);
    ck_assert_int_eq(trial_run(trial, 1), SIM_STALLED);
    trial_free(trial);
}
END_TEST

/* What a lock costs is spent with the work after it. */
START_TEST(small_costs_are_no_events) {
    struct trial *trial = trial_ok(
        "sim: 1\ntitle: t\nmachine: {cpus: 1, kinds: {mutex: {acquire: 1us, release: 1us}}}\n"
        "sections: {cs: {cost: 1us}}\n"
        "threads: {t: {steps: [{in: cs}, {run: 7us}, {count: op}]}}\n"
        "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n",
        0.001);
    struct sim_counters counters;
    sim_counters(trial->sim, &counters);
    ck_assert_uint_eq(trial_count(trial, "op"), 100);
    ck_assert_uint_le(counters.events, 2 * 100 + 5);
    trial_free(trial);
}
END_TEST

/* However long the thread went on before. */
START_TEST(steps_without_time_are_an_outcome) {
    struct trial *trial = trial_new(
        "sim: 1\ntitle: t\nmachine: {cpus: 1, atomic: 1ns}\nsections: {cs: {cost: 1us}}\n"
        "threads:\n"
        "  t: {steps: [{in: cs}, {repeat: 100M, do: [{run: exp(0.000001ns)}, {count: op}]}]}\n"
        "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n",
        NULL, 1);
    ck_assert_int_eq(trial_run(trial, 1), SIM_STALLED);
    ck_assert_uint_lt(trial_count(trial, "op"), 3000000);
    trial_free(trial);
}
END_TEST

/* As it wakes another, a thread has gone on for a hundred thousand events. */
START_TEST(working_alone_is_not_standing) {
    struct trial *trial =
        trial_ok("sim: 1\ntitle: t\nmachine: {cpus: 2, atomic: 1ns}\nsections: {cs: {cost: 1ns}}\n"
                 "threads:\n"
                 "  a: {steps: [{repeat: 100k, do: [{in: cs}]}, {post: x}]}\n"
                 "  b: {steps: [{take: x}, {count: op}]}\n"
                 "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n",
                 0.001);
    ck_assert_uint_gt(trial_count(trial, "op"), 1);
    trial_free(trial);
}
END_TEST

START_TEST(budget_and_overload_are_outcomes) {
    struct trial *trial =
        trial_new("sim: 1\ntitle: t\nmachine: {cpus: 1}\nsections: {cs: {cost: 1us}}\n"
                  "threads: {t: {steps: [{in: cs}, {count: op}]}}\nrun: {budget: 1000}\n"
                  "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n",
                  NULL, 1);
    ck_assert_int_eq(trial_run(trial, 1), SIM_BUDGET);
    trial_free(trial);
    trial = trial_new(
        "sim: 1\ntitle: t\nmachine: {cpus: 1}\nsections: {cs: {cost: 2us}}\n"
        "threads: {t: {arrivals: poisson(1M/s), limit: 50, steps: [{in: cs}, {count: op}]}}\n"
        "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n",
        NULL, 1);
    ck_assert_int_eq(trial_run(trial, 1), SIM_OVERLOAD);
    trial_free(trial);
}
END_TEST

/* Three threads share a CPU by slices; each gets a third. */
START_TEST(slices_share_a_cpu) {
    struct trial *trial = trial_new(
        "sim: 1\ntitle: t\nmachine: {cpus: 1, preemption: full}\nsections: {cs: {cost: 1us}}\n"
        "threads: {t: {count: 3, steps: [{run: 99us}, {in: cs}, {count: op}]}}\n"
        "designs: {d: {locks: {l: {kind: none}}, guard: {cs: l}}}\n",
        NULL, 1);
    ck_assert_int_eq(trial_run(trial, 3), SIM_OK);
    uint64_t per_thread[3] = {0};
    for (size_t i = 0; i < trial->n; i++)
        per_thread[trial->passages[i].thread]++;
    for (int t = 0; t < 3; t++) {
        ck_assert_uint_ge(per_thread[t], 9850);
        ck_assert_uint_le(per_thread[t], 10150);
    }
    struct sim_counters c;
    sim_counters(trial->sim, &c);
    ck_assert_uint_gt(c.preemptions, 3 * 1000 / 8 - 10);
    trial_free(trial);
}
END_TEST

/* Each arrival is a new thread: what those before it ran, and where, is not on its account. */
START_TEST(arrivals_are_served_beside_others) {
    struct trial *trial = trial_new(
        "sim: 1\ntitle: t\nmachine: {cpus: 4, preemption: full, sched: {latency: 1ms,\n"
        "  min_granularity: 100us, wakeup_granularity: 100us}}\nsections: {cs: {cost: 1us}}\n"
        "threads:\n  hog: {count: 6, steps: [{run: 1ms}]}\n"
        "  job: {arrivals: periodic(0.5ms), steps: [{run: 20us}, {in: cs}, {count: job}]}\n"
        "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n",
        NULL, 1);
    ck_assert_int_eq(trial_run(trial, 1), SIM_OK);
    ck_assert_uint_ge(sim_progress(trial->sim, 0), 1990);
    trial_free(trial);
}
END_TEST

/* Interrupts take their share, and stretch what they fall into. */
START_TEST(interrupts_take_their_share) {
    struct trial *trial = trial_new(
        "sim: 1\ntitle: t\nmachine: {cpus: 1, interrupts: {share: 20%, duration: exp(30us)}}\n"
        "sections: {cs: {cost: 10us}}\nthreads: {t: {steps: [{in: cs}, {count: op}]}}\n"
        "designs: {d: {locks: {l: {kind: spinlock}}, guard: {cs: l}}}\n",
        NULL, 1);
    ck_assert_int_eq(trial_run(trial, 10), SIM_OK);
    struct sim_counters c;
    sim_counters(trial->sim, &c);
    ck_assert_double_eq_tol((double)c.irq / (double)c.now, 0.20, 0.003);
    ck_assert_double_eq_tol(trial_mean_hold(trial, "l"), 12.5, 0.1);
    trial_free(trial);
}
END_TEST

/* Long work with interrupts takes no longer to simulate than short work. */
START_TEST(absurdly_long_times_do_no_harm) {
    struct trial *trial = trial_new(
        "sim: 1\ntitle: t\nmachine: {cpus: 4, interrupts: {share: 10%, duration: exp(1us)}}\n"
        "sections: {cs: {cost: 1us}}\n"
        "threads:\n"
        "  worker: {steps: [{run: exp(9us)}, {in: cs}, {count: op}]}\n"
        "  sleeper: {count: 3000, steps: [{sleep: 1h}, {in: cs}]}\n"
        "  thinker: {steps: [{run: 1h}, {in: cs}]}\n"
        "  spinner: {start: 1us, steps: [{in: cs}, {run: 1h}]}\n"
        "designs: {d: {locks: {l: {kind: spinlock}}, guard: {cs: l}}}\n",
        NULL, 1);
    ck_assert_int_eq(trial_run(trial, 0.1), SIM_OK);
    ck_assert_uint_eq(trial->n, sim_progress(trial->sim, 0) + 1);
    ck_assert_double_eq_tol((double)trial->n, 0.1e6 / 10 * 0.9, 300);
    trial_free(trial);
}
END_TEST

/* A post made while the item is pending joins it; one made while it is worked on does not. */
START_TEST(work_items_are_queued_once) {
    struct trial *trial =
        trial_new("sim: 1\ntitle: t\nmachine: {cpus: 4}\nsections: {cs: {cost: 10us}}\n"
                  "threads:\n"
                  "  poster: {steps: [{sleep: 1us}, {post: w}, {count: posted}]}\n"
                  "  worker: {steps: [{take: w}, {in: cs}, {count: worked}]}\n"
                  "  batcher: {steps: [{take: v, batch: all}, {repeat: batch, do: [{run: 1us}, "
                  "{count: item}]}]}\n"
                  "  feeder: {steps: [{sleep: exp(3us)}, {post: v}, {count: fed}]}\n"
                  "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n",
                  NULL, 1);
    ck_assert_int_eq(trial_run(trial, 0.1), SIM_OK);
    uint64_t count[4] = {0};
    for (uint32_t i = 0; i < trial->program->nprogress; i++) {
        static const char *const names[] = {"posted", "worked", "fed", "item"};
        for (int k = 0; k < 4; k++)
            if (strcmp(trial->program->progress[i], names[k]) == 0)
                count[k] = sim_progress(trial->sim, i);
    }
    ck_assert_uint_ge(count[0], 99990);
    ck_assert_uint_ge(count[1], 9980);
    ck_assert_uint_le(count[1], 10000);
    ck_assert_uint_ge(count[2], count[3]);
    ck_assert_uint_le(count[2], count[3] + 20);
    trial_free(trial);
}
END_TEST

static TCase *new_case(Suite *suite, const char *name) {
    TCase *tc = tcase_create(name);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(suite, tc);
    return tc;
}

int main(void) {
    Suite *suite = suite_create("sim");
    TCase *tc = new_case(suite, "locks");
    tcase_add_test(tc, mutex_spin_is_booked_as_hold);
    tcase_add_test(tc, mutex_waiters_sleep_while_the_owner_does);
    tcase_add_test(tc, mutex_overtaking_is_bounded);
    tcase_add_test(tc, writers_starve_where_readers_pass_them);
    tc = new_case(suite, "outcomes");
    tcase_add_test(tc, deadlock_is_reported_with_its_cycle);
    tcase_add_test(tc, starvation_is_reported);
    tcase_add_test(tc, standing_time_is_an_outcome);
    tcase_add_test(tc, small_costs_are_no_events);
    tcase_add_test(tc, steps_without_time_are_an_outcome);
    tcase_add_test(tc, working_alone_is_not_standing);
    tcase_add_test(tc, budget_and_overload_are_outcomes);
    tc = new_case(suite, "cpus");
    tcase_add_test(tc, slices_share_a_cpu);
    tcase_add_test(tc, arrivals_are_served_beside_others);
    tcase_add_test(tc, interrupts_take_their_share);
    tcase_add_test(tc, work_items_are_queued_once);
    tcase_add_test(tc, absurdly_long_times_do_no_harm);
    return suite_run(suite);
}
