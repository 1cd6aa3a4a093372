/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs as the interpreter's simpler forms have them, and as its full form has
 * them, which runs of a wanted profile take: the same, bit for bit. The full
 * one is stopped now and then, so that a thread seldom goes on by itself.
 */
#include "config.h"

#include "dice.h"
#include "same.h"
#include "suite.h"

#include "sim/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * ---- programs at random: one number in a call, as compilers differ in the
 * order in which they make arguments ----
 */

static uint64_t state;

static uint32_t below(uint32_t n) {
    return dice_below(&state, n);
}

/* Where nothing costs anything, and where something does: kinds of one sort nest in each other. */
static const char *const plain_spinning[] = {"spinlock", NULL};
static const char *const plain_waiting[] = {"mcs", "clh", "ticket", NULL};
static const char *const spinning[] = {"spinlock", "spinlock", "qspinlock-cna", "rwlock", NULL};
static const char *const sleeping[] = {"mutex", "mutex", "rwsem", "semaphore", NULL};
static const char *const waiting[] = {"mcs",
                                      "ticket",
                                      "tas",
                                      "futex",
                                      "adaptive",
                                      "mcs, wait: park",
                                      "ticket, wait: park",
                                      "ticket, wait: spin-then-park(2us)",
                                      "tas, wait: park",
                                      "tas, wait: optimistic",
                                      NULL};

static const char *any_of(const char *const *names) {
    uint32_t n = 0;
    while (names[n] != NULL)
        n++;
    return names[below(n)];
}

/* Ticks are 0.1 ns: the shorter ones make many things happen at the same time, or in no time. */
static const char *const times[] = {"exp(1us)",   "lognormal(mean=1us, cv=2)", "1us",
                                    "exp(0.2ns)", "uniform(0us, 0.4ns)",       "0.3ns"};
enum { TIMES = 6, CLASSES = 4 };

static const char *any_time(void) {
    return times[below(TIMES)];
}

static void put_steps(FILE *out, uint32_t depth, uint32_t outer);

/* Sections within are of later classes, or of earlier ones: groups that differ may deadlock. */
static bool circular, reversed;

static void put_section(FILE *out, uint32_t depth, uint32_t outer) {
    uint32_t class = outer + below(CLASSES - outer);
    fprintf(out, "{in: s%u", reversed ? CLASSES - 1 - class : class);
    if (depth < 2 && class + 1 < CLASSES && (circular || below(2) == 0)) {
        fputs(", do: [", out);
        put_steps(out, depth + 1, class + 1);
        fputs("]", out);
    }
    fputs("}", out);
}

static bool costs;  /* something does cost something */
static bool kernel; /* the holder of a spinlock may not sleep */

/* What no plain run has; the last ones sleep. */
static void put_costly_step(FILE *out, bool may_sleep) {
    static const char *const steps[] = {
        "delay: exp(300ns)", "rcu_read: [{run: 200ns}]",   "complete: done", "write: shared",
        "read: shared",      "synchronize_rcu: expedited", "call_rcu: 500ns"};
    fprintf(out, "{%s}", steps[below(may_sleep ? 7 : 5)]);
}

static void put_step(FILE *out, uint32_t depth, uint32_t outer) {
    bool may_sleep = depth == 0 || !kernel;
    if (costs && below(6) == 0) {
        put_costly_step(out, may_sleep);
        return;
    }
    switch (below(may_sleep ? 8 : 6)) {
    case 0:
        fprintf(out, "{run: \"%s\"}", any_time());
        break;
    case 1:
        fprintf(out, "{choose: [{p: 0.3, do: [{run: \"%s\"}]}]}", any_time());
        break;
    case 2:
        fprintf(out, "{repeat: %u, ", below(3));
        fprintf(out, "do: [{run: \"%s\"}, {count: c0}]}", any_time());
        break;
    case 6:
        fprintf(out, "{sleep: \"%s\"}", any_time());
        break;
    case 7:
        fputs("{post: work}", out);
        break;
    default:
        put_section(out, depth, outer);
    }
}

static void put_steps(FILE *out, uint32_t depth, uint32_t outer) {
    uint32_t n = 1 + below(4);
    for (uint32_t i = 0; i < n; i++) {
        fputs(i == 0 ? "" : ", ", out);
        put_step(out, depth, outer);
    }
}

static void put_group(FILE *out, uint32_t i) {
    fprintf(out, "  g%u: {count: %u, ", i, 1 + below(16));
    fprintf(out, "context: %s, ", below(2) == 0 ? "kernel" : "user");
    if (below(4) == 0)
        fprintf(out, "iterations: %u, ", 1 + below(2000));
    else if (costs && i > 0 && below(4) == 0)
        fprintf(out, "arrivals: poisson(20k/s), limit: %u, ", 1 + below(100));
    fprintf(out, "steps: [{pick: con}, {post: work}, %s", costs ? "{complete: done}, " : "");
    put_steps(out, 0, 0);
    fprintf(out, ", {run: \"%s\"}, {count: c1}]}\n", times[below(3)]);
}

/* All that a calm run may have. */
static void put_costs(FILE *out) {
    static const char *const preemption[] = {"none", "voluntary", "full", NULL};
    fprintf(out, "machine: {cpus: %u", 2 * (1 + below(4)));
    fprintf(out, ", nodes: %u", 1 + below(2));
    fprintf(out, ", preemption: %s", any_of(preemption));
    if (below(4) != 0)
        fputs(", atomic: 8ns, line: {node: 60ns, remote: 200ns}", out);
    if (below(2) == 0)
        fputs(", wake: {call: exp(1us), latency: exp(3us)}, switch: 1us", out);
    if (below(2) == 0)
        fputs(", interrupts: {share: 10%, duration: exp(2us)}", out);
    if (below(2) == 0)
        fputs(", clock: {read: 30ns, shared: 100ns}, sleep.slack: exp(1us)", out);
    if (below(2) == 0)
        fputs(", syscall: 200ns, spin.notice: 10ns", out);
    fputs(", sched: {latency: 60us, min_granularity: 10us, wakeup_granularity: 10us}}\n", out);
}

/* Who comes from outside, and who waits for what threads complete. */
static void put_costly_groups(FILE *out) {
    fprintf(out,
            "  client: {context: outside, steps: [{sleep: \"%s\"}, {post: work}, {sleep: 1us}]}\n",
            times[below(3)]);
    fprintf(out, "  waiter: {count: %u, ", 1 + below(3));
    fputs("steps: [{wait_for: done}, {pick: con}, {in: s1}, {run: 300ns}]}\n", out);
}

static void put_locks(FILE *out, const char *const *kinds) {
    bool reads[CLASSES];
    for (uint32_t i = 0; i < CLASSES; i++) {
        const char *kind = any_of(kinds);
        reads[i] = (strcmp(kind, "rwlock") == 0 || strcmp(kind, "rwsem") == 0) && below(2) == 0;
        fprintf(out, "%sl%u: {kind: %s%s%s", i == 0 ? "" : ", ", i, kind,
                i == 2 ? ", per: con" : "", costs && kernel && i % 2 == 1 ? ", irq: off" : "");
        if (costs && i < 2 && below(4) == 0)
            fputs(", line: shared", out);
        if (costs && below(3) == 0)
            fputs(", acquire: 20ns, release: 10ns", out);
        fputs("}", out);
    }
    fputs("}, guard: {", out);
    for (uint32_t i = 0; i < CLASSES; i++)
        fprintf(out, reads[i] ? "%ss%u: {read: l%u}" : "%ss%u: l%u", i == 0 ? "" : ", ", i, i);
}

static char *make_scenario(void) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    circular = below(4) == 0;
    kernel = below(2) == 0;
    const char *const *kinds = kernel ? plain_spinning : plain_waiting;
    fputs("sim: 1\ntitle: t\n", out);
    if (costs) {
        kinds = kernel ? spinning : below(2) == 0 ? sleeping : waiting;
        put_costs(out);
    } else {
        fputs("machine: {cpus: 128}\n", out);
    }
    fprintf(out, "objects: {con: %u}\nlines: {shared: {}}\nsections:\n", 1 + below(6));
    for (uint32_t i = 0; i < CLASSES; i++)
        fprintf(out, "  s%u: {cost: \"%s\"}\n", i, any_time());
    fputs("threads:\n", out);
    uint32_t groups = circular ? 4 : 1 + below(3);
    for (uint32_t i = 0; i < groups; i++) {
        reversed = circular && i % 2 == 1;
        put_group(out, i);
    }
    fprintf(out,
            "  worker: {count: 2, steps: [{take: work}, {run: \"%s\"}, {pick: con}, {in: s0}, "
            "{in: s1}, {in: s2}, {in: s3}]}\n",
            any_time());
    if (costs)
        put_costly_groups(out);
    fputs("designs:\n  d: {locks: {", out);
    put_locks(out, kinds);
    fputs("}}\nrun: {duration: 1ms, warmup: 0s}\n", out);
    fclose(out);
    return text;
}

/* ---- the same ---- */

static uint32_t outcomes[SIM_OVERLOAD + 1];

/* Some 5000 passages, in parts of which some are much shorter than a hold. */
static void run_both(struct trial *a, struct trial *b) {
    sim_time end = 0;
    enum sim_outcome outcome = SIM_OK;
    while (a->n < 5000 && end < 100000000 && outcome == SIM_OK && !sim_done(a->sim)) {
        sim_time begin = end;
        end += below(2) == 0 ? 1 + below(20) : 1 + below(200000);
        outcome = sim_run_until(a->sim, end);
        for (sim_time t = begin; t < end && outcome == SIM_OK; t += 1 + below(2000))
            sim_run_until(b->sim, t);
        ck_assert_int_eq(outcome, sim_run_until(b->sim, end));
        same_state(a, b);
        ck_assert_uint_eq(a->n, b->n);
    }
    ck_assert_int_eq(sim_finish(a->sim), sim_finish(b->sim));
    ck_assert_str_eq(sim_detail(a->sim), sim_detail(b->sim));
    same_passages(a, b);
    outcomes[outcome]++;
}

enum { CASES = 200 };

/* How many end in a deadlock. */
static uint32_t compare_forms(enum form form) {
    costs = form != PLAIN;
    uint32_t good = outcomes[SIM_OK], deadlocks = outcomes[SIM_DEADLOCK];
    for (uint32_t i = 0; i < CASES; i++) {
        state = i;
        char *text = make_scenario();
        struct trial *a = trial_new(text, NULL, i), *b = trial_new(text, NULL, i);
        sim_take_general_way(a->sim);
        sim_profile_begin(b->sim);
        ck_assert_int_eq(a->sim->form, form);
        ck_assert_int_eq(b->sim->form, FULL);
        run_both(a, b);
        trial_free(a);
        trial_free(b);
        free(text);
    }
    ck_assert_uint_gt(outcomes[SIM_OK] - good, CASES / 2);
    return outcomes[SIM_DEADLOCK] - deadlocks;
}

START_TEST(plain_is_as_full) {
    ck_assert_uint_gt(compare_forms(PLAIN), 0);
}
END_TEST

START_TEST(calm_is_as_full) {
    ck_assert_uint_gt(compare_forms(CALM), 0);
}
END_TEST

static bool is_among(const char *name, const char *const *names) {
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

START_TEST(kinds_that_are_passed_by_word_were_compared) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < lock_kind_count; i++) {
        const char *name = lock_kinds[i]->info.name;
        n += lock_kinds[i]->by_word;
        ck_assert_msg(!lock_kinds[i]->by_word || is_among(name, spinning) ||
                          is_among(name, sleeping) || is_among(name, waiting),
                      "%s is not", name);
    }
    ck_assert_uint_gt(n, 0);
}
END_TEST

/* ---- which programs ---- */

static enum form form_of(const char *machine, const char *lock, const char *group) {
    char text[1024];
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {%s}\nsections: {a: {cost: 1us}}\n"
             "threads: {t: {%s, steps: [{run: 1us}, {in: a}, {count: op}]}}\n"
             "designs: {d: {locks: {l: {%s}}, guard: {a: l}}}\n"
             "run: {duration: 1ms, warmup: 0s}\n",
             machine, group, lock);
    struct trial *trial = trial_new(text, NULL, 1);
    sim_take_general_way(trial->sim);
    enum form form = trial->sim->form;
    trial_free(trial);
    return form;
}

START_TEST(plain_only_where_nothing_costs_anything) {
    const char *cpus = "cpus: 4", *mcs = "kind: mcs", *count = "count: 4";
    ck_assert_int_eq(form_of(cpus, mcs, count), PLAIN);
    ck_assert_int_eq(form_of(cpus, mcs, "count: 4, iterations: 10"), PLAIN);
    ck_assert_int_eq(form_of("cpus: 3", mcs, count), CALM);
    ck_assert_int_eq(form_of("cpus: 4, atomic: 1ns", mcs, count), CALM);
    ck_assert_int_eq(form_of("cpus: 4, wake.call: 1ns", mcs, count), CALM);
    ck_assert_int_eq(form_of("cpus: 4, switch: 1ns", mcs, count), CALM);
    ck_assert_int_eq(form_of("cpus: 4, interrupts: {share: 1%, duration: 1us}", mcs, count), CALM);
    ck_assert_int_eq(form_of(cpus, "kind: mutex", count), CALM);
    ck_assert_int_eq(form_of(cpus, "kind: mcs, wait: park", count), CALM);
    ck_assert_int_eq(form_of(cpus, mcs, "arrivals: poisson(1k/s)"), CALM);
}
END_TEST

START_TEST(calm_only_where_costs_do_not_change) {
    static const char *const machines[] = {"stalls: {share: 1%, duration: 1us}",
                                           "stalls.crowded: {share: 1%, duration: 1us}",
                                           "ramp: {time: 1ms, factor: 2}",
                                           "cold: {halfway: 1us, factor: 2}",
                                           "lock_stat.acquire: 1ns",
                                           "lock_stat.contended: 1ns",
                                           "lock_stat.acquired: 1ns",
                                           "lock_stat.release: 1ns"};
    for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
        char machine[128];
        snprintf(machine, sizeof(machine), "cpus: 4, %s", machines[i]);
        ck_assert_int_eq(form_of(machine, "kind: mutex", "count: 4"), FULL);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("forms");
    TCase *tcase = tcase_create("forms");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, plain_is_as_full);
    tcase_add_test(tcase, calm_is_as_full);
    tcase_add_test(tcase, kinds_that_are_passed_by_word_were_compared);
    tcase_add_test(tcase, plain_only_where_nothing_costs_anything);
    tcase_add_test(tcase, calm_only_where_costs_do_not_change);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
