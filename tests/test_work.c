/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work that is taken from any object: by one thread at a time, and none forgotten. */
#include "suite.h"
#include "trial.h"

#include <check.h>
#include <stdio.h>

/* Two pools of objects, few of each, and more posts than the workers can do. */
#define OBJECTS                                                                                    \
    "sim: 1\nmachine: {cpus: 16}\nobjects: {con: 3, page: 5}\n"                                    \
    "sections: {one: {cost: 1us}}\n"                                                               \
    "threads:\n"                                                                                   \
    "  poster: {count: 3, steps: [{run: exp(10us)}, {pick: con}, {pick: page}, {post: w[con]},"    \
    " {post: v[page]}]}\n"
#define GUARD "designs: {d: {locks: {l: {kind: mutex, per: page}}, guard: {one: l}}}\n"

/* Taking from a second queue ends the work on the first, whose posts must not be lost. */
START_TEST(work_of_two_queues_goes_on) {
    struct trial *trial = trial_new(
        OBJECTS "  worker: {count: 2, steps: [{take: w[con]}, {run: 100us}, {take: v[page]},"
                " {in: one}, {count: done}]}\n" GUARD,
        NULL, 1);
    ck_assert_int_eq(trial_run(trial, 1), SIM_OK);
    ck_assert_uint_ge(trial_count(trial, "done"), 2 * 9000);
    ck_assert_uint_le(trial_count(trial, "done"), 2 * 10000);
    trial_free(trial);
}
END_TEST

/* A worker that ends leaves its object to the others. */
START_TEST(a_worker_that_ends_lets_go) {
    struct trial *trial = trial_new(
        OBJECTS "  mortal: {count: 3, iterations: 1, steps: [{take: w[con]}, {run: 100us}]}\n"
                "  reader: {steps: [{take: v[page]}, {in: one}]}\n"
                "  worker: {iterations: 1000, steps: [{sleep: 1ms}, {take: w[con]}, {count: done}]}"
                "\n" GUARD,
        NULL, 1);
    ck_assert_int_eq(trial_run(trial, 10), SIM_OK);
    ck_assert(sim_done(trial->sim));
    ck_assert_uint_eq(trial_count(trial, "done"), 1000);
    trial_free(trial);
}
END_TEST

/* A disk that serves one request after another, and a client: both without a CPU of the machine. */
#define OUTSIDE                                                                                    \
    "sim: 1\nmachine: {cpus: 1, wake: {call: 1us}}\nsections: {cs: {cost: 1us}}\n"                 \
    "threads:\n"                                                                                   \
    "  disk: {context: outside, steps: [{take: request, batch: one}, {sleep: 10us},"               \
    " {post: reply}]}\n"
#define NO_LOCK "designs: {d: {locks: {l: {kind: none}}, guard: {cs: l}}}\n"

START_TEST(a_device_takes_no_cpu) {
    struct trial *trial =
        trial_new(OUTSIDE "  user: {count: 3, steps: [{post: request}, {take: reply, batch: one},"
                          " {in: cs}, {count: done}]}\n" NO_LOCK,
                  NULL, 1);
    ck_assert_int_eq(trial_run(trial, 0.1), SIM_OK);
    ck_assert_uint_ge(trial_count(trial, "done"), 9990);
    ck_assert_uint_le(trial_count(trial, "done"), 10000);
    struct sim_counters counters;
    sim_counters(trial->sim, &counters);
    ck_assert_int_le(counters.occupied, (int64_t)10000 * TICKS_PER_US);
    trial_free(trial);
}
END_TEST

START_TEST(a_client_comes_whatever_the_cpus_do) {
    struct trial *trial =
        trial_new("sim: 1\nmachine: {cpus: 1}\nsections: {cs: {cost: 10us}}\n"
                  "threads:\n"
                  "  client: {context: outside, arrivals: periodic(4us), steps: [{count: sent},"
                  " {post: w}]}\n"
                  "  server: {steps: [{take: w, batch: one}, {in: cs}, {count: done}]}\n" NO_LOCK,
                  NULL, 1);
    ck_assert_int_eq(trial_run(trial, 0.1), SIM_OK);
    ck_assert_uint_eq(trial_count(trial, "sent"), 25000);
    ck_assert_uint_eq(trial_count(trial, "done"), 9999);
    trial_free(trial);
}
END_TEST

/* Two threads hand a line to and fro, each of whose transfers takes as long as a step. */
static sim_time handing_over(const char *pin) {
    char text[600];
    snprintf(
        text, sizeof(text),
        "sim: 1\nmachine: {cpus: 4, line.node: 1us}\nlines: {data: {}}\nsections: {s: {}}\n"
        "threads:\n"
        "  idle: {steps: [{sleep: 1s}]}\n"
        "  poster: {iterations: 1000, pin: yes, steps: [{write: data}, {run: 1us}, {post: w},"
        " {wait_for: done}, {in: s}, {count: op}]}\n"
        "  worker: {pin: %s, steps: [{take: w}, {write: data}, {run: 1us}, {complete: done}]}\n"
        "designs: {d: {locks: {l: {kind: none}}, guard: {s: l}}}\n",
        pin);
    struct trial *trial = trial_new(text, NULL, 1);
    ck_assert_int_eq(trial_run(trial, 1), SIM_OK);
    ck_assert(sim_done(trial->sim));
    sim_time now = sim_now(trial->sim);
    trial_free(trial);
    return now;
}

/* Beside the poster nothing is transferred, from another CPU all but the first time. */
START_TEST(work_is_done_where_it_was_posted) {
    ck_assert_int_eq(handing_over("where-posted"), 2000 * TICKS_PER_US);
    ck_assert_int_eq(handing_over("no"), (2 * 2000 - 1) * TICKS_PER_US);
}
END_TEST

/* An arrival of source i comes to CPU i, where its work item then is. */
START_TEST(arrivals_of_a_source_come_to_one_cpu) {
    struct trial *trial =
        trial_new("sim: 1\nmachine: {cpus: 3, line.node: 1us}\nobjects: {con: 3}\n"
                  "lines: {data: {per: con}}\nsections: {s: {}}\n"
                  "threads:\n"
                  "  irq: {per: con, pin: yes, arrivals: periodic(10us), steps: [{write: data},"
                  " {post: w[con]}, {count: irq}]}\n"
                  "  worker: {per: con, pin: where-posted, steps: [{take: w[con]}, {in: s},"
                  " {write: data}, {run: 9us}, {count: done}]}\n"
                  "designs: {d: {locks: {l: {kind: none}}, guard: {s: l}}}\n",
                  NULL, 1);
    ck_assert_int_eq(trial_run(trial, 1), SIM_OK);
    struct sim_counters counters;
    sim_counters(trial->sim, &counters);
    ck_assert_uint_eq(trial_count(trial, "irq"), trial_count(trial, "done") + 3); /* at the end */
    int64_t work = (int64_t)trial_count(trial, "done") * 9 * TICKS_PER_US;
    ck_assert_int_ge(counters.run, work);
    ck_assert_int_lt(counters.run, work + TICKS_PER_US); /* not one transfer */
    trial_free(trial);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("work");
    TCase *any = tcase_create("any");
    tcase_add_test(any, work_of_two_queues_goes_on);
    tcase_add_test(any, a_worker_that_ends_lets_go);
    tcase_add_test(any, work_is_done_where_it_was_posted);
    tcase_add_test(any, arrivals_of_a_source_come_to_one_cpu);
    suite_add_tcase(suite, any);
    TCase *outside = tcase_create("outside");
    tcase_add_test(outside, a_device_takes_no_cpu);
    tcase_add_test(outside, a_client_comes_whatever_the_cpus_do);
    suite_add_tcase(suite, outside);
    return suite_run(suite);
}
