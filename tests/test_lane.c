/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The short way through a run and the general one: the same, bit for bit. */
#include "config.h"

#include "dice.h"
#include "same.h"
#include "suite.h"

#include "base/wide.h"

#include "sim/core.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- programs at random ---- */

static uint64_t state;

static uint32_t below(uint32_t n) {
    return dice_below(&state, n);
}

static const char *const kinds[] = {"mcs", "clh", "ticket", "spinlock"};
/*
 * Ticks are 0.1 ns: the shorter half makes many things happen at the same time,
 * or in no time, which is left out where two of them in a row are the exception.
 */
static const char *const times[] = {
    "exp(1us)",   "exp(0.1us)", "lognormal(mean=1us, cv=2)", "uniform(0.2us, 1us)", "1us",
    "exp(0.2ns)", "0.3ns",      "uniform(0us, 0.5ns)",       "uniform(0us, 0.3ns)", "exp(1ns)",
};
static const char *const some_times[] = {
    "exp(1us)", "exp(0.1us)", "lognormal(mean=1us, cv=2)", "uniform(0.2us, 1us)",   "1us",
    "0.1ns",    "0.3ns",      "uniform(0.1ns, 0.5ns)",     "uniform(0.1ns, 0.2us)", "0.2ns",
};
enum { TIMES = 10, CLASSES = 3, GROUPS = 3 };

static const char *any_time(bool none, uint32_t scale) {
    return (none ? times : some_times)[scale * TIMES / 2 + below(TIMES / 2)];
}

/* What a group does in one iteration: passes of some classes, work in between. */
static void put_steps(FILE *out, uint32_t scale) {
    uint32_t n = 1 + below(3), class[3];
    for (uint32_t i = 0; i < n; i++)
        class[i] = below(CLASSES);
    for (uint32_t i = 0; i < n; i++) {
        const char *by = below(2) == 0 ? "uniform" : "zipf(1.1)";
        bool none = class[(i + n - 1) % n] == 0, before = below(2) == 0;
        if (class[i] == 2 && before)
            fprintf(out, "{pick: con, by: %s}, ", by);
        fprintf(out, "{run: \"%s\"}, ", any_time(none, scale));
        if (class[i] == 2 && !before)
            fprintf(out, "{pick: con, by: %s}, ", by);
        fprintf(out, "{in: s%u}%s", class[i], i + 1 < n ? ", " : "");
        if (below(2) == 0)
            fprintf(out, "%s{count: c%u}%s", i + 1 < n ? "" : ", ", below(2),
                    i + 1 < n ? ", " : "");
    }
}

static char *make_scenario(void) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    uint32_t scale = below(2);
    fprintf(out, "sim: 1\ntitle: t\nmachine: {cpus: 64}\nobjects: {con: %u}\n", 1 + below(6));
    fputs("sections:\n", out);
    for (uint32_t i = 0; i < CLASSES; i++)
        fprintf(out, "  s%u: {cost: \"%s\"}\n", i, any_time(i != 0, scale));
    fputs("threads:\n", out);
    uint32_t groups = 1 + below(GROUPS);
    for (uint32_t i = 0; i < groups; i++) {
        fprintf(out, "  g%u: {count: %u, context: %s, steps: [", i, 1 + below(16),
                below(2) == 0 ? "kernel" : "user");
        put_steps(out, scale);
        fputs("]}\n", out);
    }
    fprintf(out,
            "designs:\n  d: {locks: {l0: {kind: %s}, l2: {kind: %s, per: con}}, guard: {s0: l0, "
            "s1: l0, s2: l2}}\n",
            kinds[below(4)], kinds[below(4)]);
    fputs("run: {duration: 1ms, warmup: 0s}\n", out);
    fclose(out);
    return text;
}

/* ---- the same ---- */

/* Some 20 000 passages, in parts of which some are much shorter than a hold. */
static void run_both(struct trial *a, struct trial *b) {
    sim_time end = 0;
    while (a->n < 20000) {
        end += below(2) == 0 ? 1 + below(20) : 1 + below(200000);
        ck_assert_int_eq(sim_run_until(a->sim, end), sim_run_until(b->sim, end));
        same_state(a, b);
        ck_assert_uint_eq(a->n, b->n);
    }
    ck_assert_int_eq(sim_finish(a->sim), sim_finish(b->sim));
    ck_assert_str_eq(sim_detail(a->sim), sim_detail(b->sim));
    same_passages(a, b);
}

enum { CASES = 60 };
static uint32_t taken;

START_TEST(lane_and_general_way_are_the_same) {
    for (uint32_t i = 0; i < CASES; i++) {
        state = i;
        wide_limit((enum wide)(i % WIDE_CODES));
        char *text = make_scenario();
        struct trial *a = trial_new(text, NULL, i), *b = trial_new(text, NULL, i);
        sim_take_general_way(b->sim);
        run_both(a, b);
        taken += a->sim->in_lane;
        ck_assert(!b->sim->in_lane);
        trial_free(a);
        trial_free(b);
        free(text);
    }
    ck_assert_uint_gt(taken, CASES / 2);
}
END_TEST

/* Draws of two threads at once: of few, of whom one is soon there again, of many, of some. */
START_TEST(exponential_times_are_the_same) {
    static const struct {
        unsigned few, many;
        const char *think, *pick;
    } cases[] = {{1, 1, "exp(1us)", ""},
                 {3, 30, "exp(0.1us)", "{pick: con, by: uniform}, "},
                 {10, 3, "uniform(0us, 3us)", ""},
                 {16, 16, "exp(1ns)", "{pick: con, by: zipf(1.1)}, "},
                 {30, 90, "exp(100us)", "{pick: con, by: uniform}, "},
                 {100, 100, "exp(1us)", ""}};
    char text[1024];
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        wide_limit((enum wide)_i);
        snprintf(text, sizeof(text),
                 "sim: 1\ntitle: t\nmachine: {cpus: 256}\nobjects: {con: 5}\n"
                 "sections: {a: {cost: exp(1us)}, b: {cost: exp(1us)}}\n"
                 "threads:\n  few: {count: %u, steps: [{run: exp(2us)}, {in: a}]}\n"
                 "  many: {count: %u, steps: [%s{run: \"%s\"}, {in: %s}, {count: op}]}\n"
                 "designs: {d: {locks: {l: {kind: mcs}, k: {kind: mcs, per: con}}, "
                 "guard: {a: l, b: k}}}\nrun: {duration: 1ms, warmup: 0s}\n",
                 cases[i].few, cases[i].many, cases[i].pick, cases[i].think,
                 *cases[i].pick == 0 ? "a" : "b");
        struct trial *a = trial_new(text, NULL, i), *b = trial_new(text, NULL, i);
        sim_take_general_way(b->sim);
        run_both(a, b);
        ck_assert(a->sim->in_lane);
        trial_free(a);
        trial_free(b);
    }
}
END_TEST

/* ---- outcomes ---- */

/* Those who came last wait for most of the run, while it goes to many others, or to few. */
START_TEST(starvation_is_the_same) {
    static const struct {
        uint32_t threads;
        const char *hold;
        enum sim_outcome outcome;
    } cases[] = {{300, "1us", SIM_STARVATION}, {60, "5us", SIM_OK}, {3, "1ms", SIM_OK}};
    char text[512];
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {cpus: 512}\nsections: {a: {cost: %s}}\n"
             "threads: {t: {count: %u, steps: [{run: 1ns}, {in: a}, {count: op}]}}\n"
             "designs: {d: {locks: {l: {kind: mcs}}, guard: {a: l}}}\n"
             "run: {duration: 400us, warmup: 0s}\n",
             cases[_i].hold, cases[_i].threads);
    struct trial *a = trial_new(text, NULL, 1), *b = trial_new(text, NULL, 1);
    sim_take_general_way(b->sim);
    ck_assert_int_eq(trial_run(a, 400e-6), cases[_i].outcome);
    ck_assert_int_eq(trial_run(b, 400e-6), cases[_i].outcome);
    ck_assert(a->sim->in_lane);
    ck_assert_str_eq(sim_detail(a->sim), sim_detail(b->sim));
    same_state(a, b);
    trial_free(a);
    trial_free(b);
}
END_TEST

/* It is exhausted at the same event, or a few later. */
START_TEST(budget_ends_a_run) {
    static const unsigned budgets[] = {1, 100, 1001, 30000};
    char text[512];
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {cpus: 8}\nsections: {a: {cost: exp(1us)}}\n"
             "threads: {t: {count: 8, steps: [{run: exp(4us)}, {in: a}, {count: op}]}}\n"
             "designs: {d: {locks: {l: {kind: mcs}}, guard: {a: l}}}\n"
             "run: {duration: 1s, warmup: 0s, budget: %u}\n",
             budgets[_i]);
    struct trial *a = trial_new(text, NULL, 1), *b = trial_new(text, NULL, 1);
    struct sim_counters x, y;
    sim_take_general_way(b->sim);
    ck_assert_int_eq(trial_run(a, 1), SIM_BUDGET);
    ck_assert_int_eq(trial_run(b, 1), SIM_BUDGET);
    sim_counters(a->sim, &x);
    sim_counters(b->sim, &y);
    ck_assert_uint_ge(x.events, y.events);
    ck_assert_uint_le(x.events, y.events + a->program->nthreads);
    trial_free(a);
    trial_free(b);
}
END_TEST

/* ---- which programs ---- */

static bool takes_lane(const char *machine, const char *lock, const char *steps) {
    char text[1024];
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {%s}\nsections: {a: {cost: 1us}, b: {cost: 1us}}\n"
             "threads: {t: {count: 4, steps: [%s]}}\n"
             "designs: {d: {locks: {l: {%s}, k: {kind: mcs}}, guard: {a: l, b: k}}}\n"
             "run: {duration: 1ms, warmup: 0s}\n",
             machine, steps, lock);
    struct trial *trial = trial_new(text, NULL, 1);
    trial_run(trial, 1e-5);
    bool taken_here = trial->sim->in_lane;
    trial_free(trial);
    return taken_here;
}

START_TEST(only_simple_programs_take_it) {
    const char *cpus = "cpus: 4", *mcs = "kind: mcs",
               *steps = "{run: 1us}, {in: a}, {run: 1us}, {in: b}";
    ck_assert(takes_lane(cpus, mcs, steps));
    ck_assert(!takes_lane("cpus: 3", mcs, steps));
    ck_assert(!takes_lane("cpus: 4, atomic: 1ns", mcs, steps));
    ck_assert(!takes_lane("cpus: 4, interrupts: {share: 1%, duration: 1us}", mcs, steps));
    ck_assert(!takes_lane(cpus, "kind: mutex", steps));
    ck_assert(!takes_lane(cpus, "kind: tas", steps));
    ck_assert(!takes_lane(cpus, "kind: mcs, wait: park", steps));
    ck_assert(!takes_lane(cpus, mcs, "{run: 1us}, {in: a, do: [{in: b}]}"));
    ck_assert(!takes_lane(cpus, mcs, "{run: 1us}, {in: a}, {in: b}"));
    ck_assert(!takes_lane(cpus, mcs, "{run: 1us}, {in: a}, {sleep: 1us}, {in: b}"));
    ck_assert(!takes_lane(cpus, mcs,
                          "{run: 1us}, {in: a}, {in: b}, {choose: [{p: 0.5, do: "
                          "[{run: 1us}]}]}"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("lane");
    TCase *tcase = tcase_create("lane");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, lane_and_general_way_are_the_same);
    tcase_add_loop_test(tcase, exponential_times_are_the_same, 0, WIDE_CODES);
    tcase_add_loop_test(tcase, starvation_is_the_same, 0, 3);
    tcase_add_loop_test(tcase, budget_ends_a_run, 0, 4);
    tcase_add_test(tcase, only_simple_programs_take_it);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
