/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cache lines against arithmetic: who pays a transfer, and what waits for what. */
#include "suite.h"
#include "trial.h"

#include <check.h>
#include <stdio.h>

/* Thread i runs on CPU i. A transfer takes 10, 45 or 145 ns, an atomic operation 5 ns. */
#define COSTS "atomic: 5ns, line: {smt: 10ns, node: 45ns, remote: 145ns}"
#define FLAT "cpus: 16, " COSTS

static struct trial *run(const char *machine, const char *body, const char *design) {
    char text[4096];
    snprintf(text, sizeof(text), "sim: 1\ntitle: lines\nmachine: {%s}\n%s", machine, body);
    struct trial *trial = trial_new(text, design, 1);
    enum sim_outcome outcome = trial_run(trial, 1e-3);
    ck_assert_msg(outcome == SIM_OK, "%s: %s", sim_outcome_name(outcome), sim_detail(trial->sim));
    return trial;
}

/* Progress of a point in the millisecond of a run, and the mean time of one. */
static double count(const char *machine, const char *body, const char *design, uint32_t point) {
    struct trial *trial = run(machine, body, design);
    double n = (double)sim_progress(trial->sim, point);
    trial_free(trial);
    return n;
}

static double each_ns(const char *machine, const char *body, const char *design) {
    return 1e6 / count(machine, body, design, 0);
}

#define HAMMER(n)                                                                                  \
    "sections: {s: {}}\n"                                                                          \
    "threads: {t: {count: " #n ", steps: [{run: 2ns}, {in: s}, {count: op}]}}\n"                   \
    "designs: {d: {locks: {a: {kind: atomic}}, guard: {s: a}}}\n"

START_TEST(a_line_stays_with_its_cpu) {
    ck_assert_double_eq_tol(each_ns(FLAT, HAMMER(1), NULL), 2 + 5, 0.01);
}
END_TEST

/* However many hammer a line: one transfer and one operation after another. */
START_TEST(requests_are_served_one_by_one) {
    static const struct {
        const char *machine, *body;
        double transfer;
    } cases[] = {{FLAT, HAMMER(2), 45},
                 {FLAT, HAMMER(3), 45},
                 {FLAT, HAMMER(16), 45},
                 {"cpus: 2, smt: 2, " COSTS, HAMMER(2), 10},
                 {"cpus: 2, nodes: 2, " COSTS, HAMMER(2), 145},
                 {"cpus: 4, nodes: 2, smt: 2, " COSTS, HAMMER(4), (10 + 145 + 10 + 145) / 4.0}};
    double ns = each_ns(cases[_i].machine, cases[_i].body, NULL);
    ck_assert_double_eq_tol(ns, cases[_i].transfer + 5, 0.2);
}
END_TEST

/* A reader pays once for each write by another; the writer pays when somebody has read. */
START_TEST(copies_last_until_the_next_write) {
    static const char body[] =
        "lines: {data: {}}\n"
        "sections: {s: {}}\n"
        "threads:\n"
        "  reader: {count: 3, steps: [{run: 100ns}, {read: data}, {count: looked}]}\n"
        "  writer: {steps: [{run: 10us}, {write: data}, {count: written}, {in: s}]}\n"
        "designs: {d: {locks: {n: {kind: none}}, guard: {s: n}}}\n";
    double written = count(FLAT, body, NULL, 1);
    ck_assert_double_eq_tol(1e6 / written, 10000 + 45, 101);
    /* The three fetch one after another, 45 ns each, and wait for those before them. */
    double lost = 1e6 - count(FLAT, body, NULL, 0) / 3 * 100;
    ck_assert_double_ge(lost / written, 45);
    ck_assert_double_le(lost / written, 4 * 45);
}
END_TEST

START_TEST(nobody_writes_nobody_pays) {
    static const char body[] =
        "lines: {data: {}}\n"
        "sections: {s: {reads: data}}\n"
        "threads: {t: {count: 16, steps: [{run: 100ns}, {in: s}, {count: op}]}}\n"
        "designs: {d: {locks: {n: {kind: none}}, guard: {s: n}}}\n";
    ck_assert_double_eq_tol(each_ns(FLAT, body, NULL), 100 / 16.0, 0.01);
}
END_TEST

/* Each thread counts in its own place: two places on a line are as bad as one for both. */
START_TEST(false_sharing) {
    static const char body[] =
        "objects: {slot: 2}\n"
        "lines: {counter: {per: slot, packed: %d}}\n"
        "sections: {s: {writes: counter}}\n"
        "threads: {t: {per: slot, steps: [{run: 100ns}, {in: s}, {count: op}]}}\n"
        "designs: {d: {locks: {n: {kind: none}}, guard: {s: n}}}\n";
    char apart[512], together[512];
    snprintf(apart, sizeof(apart), body, 1);
    snprintf(together, sizeof(together), body, 2);
    ck_assert_double_eq_tol(each_ns(FLAT, apart, NULL), 100 / 2.0, 0.01);
    ck_assert_double_eq_tol(each_ns(FLAT, together, NULL), (100 + 45) / 2.0, 0.1);
}
END_TEST

/* Seven wait, always. */
static double turn_ns(const char *kind, int hold) {
    char body[512];
    snprintf(body, sizeof(body),
             "sections: {s: {cost: %dns}}\n"
             "threads: {t: {count: 8, steps: [{run: 10ns}, {in: s}, {count: op}]}}\n"
             "designs: {d: {locks: {l: {kind: %s}}, guard: {s: l}}}\n",
             hold, kind);
    return each_ns(FLAT, body, NULL);
}

/* The releaser's store fetches the line that the next one polls, and that one fetches it back. */
START_TEST(a_hand_over_is_two_transfers) {
    static const struct {
        const char *kind;
        double transfer; /* of a node, or of the word, with an atomic operation */
    } kinds[] = {{"mcs", 45},   {"clh", 45},    {"spinlock", 50}, {"mutex", 50},
                 {"rwsem", 50}, {"rwlock", 50}, {"ttas", 50},     {"futex, wait: spin", 50}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        ck_assert_double_eq_tol(turn_ns(kinds[i].kind, 1000), 1000 + 2 * kinds[i].transfer, 1);
}
END_TEST

/*
 * A section so short that the next is not yet the head of the queue: its node
 * is stored to and loaded once the new owner has the lock, then the word is
 * fetched. Newcomers on the same line may come between.
 */
START_TEST(a_new_head_comes_late) {
    static const char *const kinds[] = {"mutex", "rwsem", "rwlock"};
    double spinlock = turn_ns("spinlock", 20);
    ck_assert_double_ge(spinlock, 45 + 45 + 50);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        ck_assert_double_eq_tol(turn_ns(kinds[i], 20), spinlock, 1);
}
END_TEST

/* Eight readers behind a writer. */
static double readers_wait_ns(const char *kind) {
    char body[512];
    snprintf(body, sizeof(body),
             "sections: {s: {cost: 10us}, w: {cost: 10us}}\n"
             "threads:\n"
             "  reader: {count: 8, start: 1us, iterations: 1, steps: [{in: s}]}\n"
             "  writer: {iterations: 1, steps: [{in: w}]}\n"
             "designs: {d: {locks: {l: {kind: %s}}, guard: {s: {read: l}, w: l}}}\n",
             kind);
    struct trial *trial = run(FLAT, body, NULL);
    double wait = 1000 * trial_mean_wait(trial, "l");
    trial_free(trial);
    return wait * 9 / 8; /* the writer has none */
}

/* In a queue each is made its head by the one before; else all compete for the line at once. */
START_TEST(readers_in_a_queue_come_in_one_by_one) {
    double later = 7 / 2.0 * (45 + 45);
    ck_assert_double_eq_tol(readers_wait_ns("rwlock"), readers_wait_ns("rwlock-reader") + later, 1);
}
END_TEST

/* The holder writes the line of the lock word twice, while n - 1 wait. */
static double hold_ns(const char *kind, const char *line, int n) {
    char body[1024];
    snprintf(body, sizeof(body),
             "lines: {hot: {}, data: {}}\n"
             "sections: {s: {cost: 1us, writes: [%s, %s]}}\n"
             "threads: {t: {count: %d, steps: [{run: 100ns}, {in: s}, {count: op}]}}\n"
             "designs: {d: {locks: {l: {kind: %s, line: hot}}, guard: {s: l}}}\n",
             line, line, n, kind);
    struct trial *trial = run(FLAT, body, NULL);
    double hold = 1000 * trial_mean_hold(trial, "l");
    trial_free(trial);
    return hold;
}

START_TEST(waiters_disturb_what_is_on_their_line) {
    /* Apart, the data comes once from the last holder: 45 ns. The release is part of no hold. */
    ck_assert_double_eq_tol(hold_ns("spinlock", "data", 4), 1045, 1);
    ck_assert_double_eq_tol(hold_ns("ticket", "data", 12), 1045, 1);
    /* The head of a queue reads the word, all others their own lines ... */
    ck_assert_double_ge(hold_ns("spinlock", "hot", 4), 1000 + 2 * 45);
    ck_assert_double_eq_tol(hold_ns("spinlock", "hot", 4), hold_ns("spinlock", "hot", 12), 10);
    /* ... and here all waiters: they fetch it again between the two writes. */
    ck_assert_double_ge(hold_ns("ticket", "hot", 4), 1000 + 3 * 45);
    ck_assert_double_ge(hold_ns("ticket", "hot", 12), 1000 + 11 * 45);
    ck_assert_double_ge(hold_ns("tas", "hot", 12), 1000 + 2 * 11 * 50);
}
END_TEST

/* Two locks that nobody contends, on one line: each waits for the other's holder to let it go. */
START_TEST(two_locks_on_a_line) {
    static const char body[] =
        "objects: {half: 2}\n"
        "lines: {hot: {}}\n"
        "sections: {s: {cost: 100ns}}\n"
        "threads: {t: {per: half, steps: [{in: s}, {count: op}]}}\n"
        "designs:\n"
        "  apart: {locks: {l: {kind: spinlock, per: half}}, guard: {s: l}}\n"
        "  together: {locks: {l: {kind: spinlock, per: half, line: hot}}, guard: {s: l}}\n";
    ck_assert_double_eq_tol(each_ns(FLAT, body, "apart"), (100 + 5 + 5) / 2.0, 0.1);
    ck_assert_double_ge(each_ns(FLAT, body, "together"), (100 + 5 + 5 + 45) / 2.0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("lines");
    TCase *tc = tcase_create("lines");
    tcase_add_test(tc, a_line_stays_with_its_cpu);
    tcase_add_loop_test(tc, requests_are_served_one_by_one, 0, 6);
    tcase_add_test(tc, copies_last_until_the_next_write);
    tcase_add_test(tc, nobody_writes_nobody_pays);
    tcase_add_test(tc, false_sharing);
    tcase_add_test(tc, a_hand_over_is_two_transfers);
    tcase_add_test(tc, a_new_head_comes_late);
    tcase_add_test(tc, readers_in_a_queue_come_in_one_by_one);
    tcase_add_test(tc, waiters_disturb_what_is_on_their_line);
    tcase_add_test(tc, two_locks_on_a_line);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
