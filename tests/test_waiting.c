/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ways to wait, the mutexes of glibc, and the NUMA-aware queued spinlock. */
#include "suite.h"
#include "trial.h"

#include "program/program.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

/* The threads are pinned, so that thread i runs on CPU i. */
static struct trial *run(const char *machine, int threads, const char *think, const char *section,
                         const char *lock) {
    char text[2048];
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {%s}\nsections: {cs: {}}\n"
             "threads: {t: {count: %d, pin: yes, start: exp(20us), "
             "steps: [{run: %s}, {in: cs, do: [%s]}, {count: op}]}}\n"
             "designs: {d: {locks: {l: %s}, guard: {cs: l}}}\n",
             machine, threads, think, section, lock);
    struct trial *trial = trial_new(text, NULL, 1);
    ck_assert_int_eq(trial_run(trial, 0.1), SIM_OK);
    ck_assert_uint_gt(trial->n, 50);
    return trial;
}

static double share(const struct trial *trial, uint32_t flag, uint32_t of) {
    uint64_t all = of == 0 ? trial->n : trial_flagged(trial, of);
    return (double)trial_flagged(trial, flag) / (double)all;
}

static double spun(const struct trial *trial) {
    struct sim_counters counters;
    sim_counters(trial->sim, &counters);
    return (double)counters.spin;
}

static const char *const in_line[] = {"mcs", "clh", "ticket"};
static const char *const by_chance[] = {"tas", "ttas", "futex", "adaptive"};

enum { IN_LINE = 3, BY_CHANCE = 4, GENERIC = IN_LINE + BY_CHANCE };

static const char *generic(int i) {
    return i < IN_LINE ? in_line[i] : by_chance[i - IN_LINE];
}

static struct trial *run_waiting(int kind, const char *wait, const char *section) {
    char lock[80];
    snprintf(lock, sizeof(lock), "{kind: %s, wait: %s}", generic(kind), wait);
    return run("cpus: 4", 4, "exp(10us)", section, lock);
}

START_TEST(who_parks_does_not_spin) {
    struct trial *trial = run_waiting(_i, "park", "{run: 10us}");
    ck_assert_double_eq(spun(trial), 0);
    ck_assert_double_eq(share(trial, PASSAGE_SLEPT, PASSAGE_WAITED), 1);
    trial_free(trial);
}
END_TEST

START_TEST(who_spins_does_not_sleep) {
    struct trial *trial = run_waiting(_i, "spin", "{run: 100us}");
    ck_assert_uint_eq(trial_flagged(trial, PASSAGE_SLEPT), 0);
    trial_free(trial);
}
END_TEST

START_TEST(spin_then_park_spins_for_its_time) {
    /* In line nobody waits for longer than three sections. */
    struct trial *shorter = run_waiting(_i, "spin-then-park(2ms)", "{run: 20us}");
    ck_assert_double_lt(share(shorter, PASSAGE_SLEPT, 0), _i < IN_LINE ? 1e-9 : 0.01);
    trial_free(shorter);
    struct trial *longer = run_waiting(_i, "spin-then-park(20us)", "{run: 500us}");
    double waits = (double)trial_flagged(longer, PASSAGE_WAITED);
    ck_assert_double_gt(share(longer, PASSAGE_SLEPT, PASSAGE_WAITED), 0.9);
    ck_assert_double_eq_tol(spun(longer) / waits / TICKS_PER_US, 20, 2);
    trial_free(longer);
}
END_TEST

START_TEST(optimists_spin_while_the_owner_runs) {
    struct trial *running = run_waiting(_i, "optimistic", "{run: 200us}");
    ck_assert_uint_eq(trial_flagged(running, PASSAGE_SLEPT), 0);
    ck_assert_double_gt(spun(running), 0);
    trial_free(running);
    struct trial *asleep = run_waiting(_i, "optimistic", "{run: 1us}, {sleep: 200us}, {run: 1us}");
    ck_assert_double_gt(share(asleep, PASSAGE_SLEPT, PASSAGE_WAITED), 0.9);
    double waits = (double)trial_flagged(asleep, PASSAGE_WAITED);
    ck_assert_double_lt(spun(asleep) / waits, 10 * TICKS_PER_US);
    trial_free(asleep);
}
END_TEST

/* Without contention a futex makes no system call; then each release and each refused or
 * granted sleep makes one. */
START_TEST(futex_calls_the_kernel_only_when_contended) {
    struct trial *alone = run("cpus: 2, syscall: 50us", 1, "10us", "{run: 10us}", "{kind: futex}");
    ck_assert_double_eq_tol((double)alone->n, 0.1 / 20e-6, 10);
    trial_free(alone);
    struct trial *two =
        run("cpus: 2, syscall: 2us, wake: {call: 5us}", 2, "10us", "{run: 10us}", "{kind: futex}");
    ck_assert_double_gt(share(two, PASSAGE_WAITED, 0), 0.1);
    ck_assert_double_lt((double)two->n, 0.1 / 10.5e-6);
    trial_free(two);
}
END_TEST

/* A thread that comes when the lock is free has it before the one that was woken for it. */
START_TEST(futex_lets_newcomers_pass) {
    struct trial *trial =
        run("cpus: 2, wake: {latency: 50us}", 2, "exp(1us)", "{run: exp(10us)}", "{kind: futex}");
    uint64_t again = 0, handed = 0;
    for (size_t i = 1; i < trial->n; i++)
        if (trial->passages[i].thread == trial->passages[i - 1].thread)
            again++;
        else
            handed++;
    ck_assert_uint_gt(again, 3 * handed);
    ck_assert_uint_gt(handed, 20);
    trial_free(trial);
}
END_TEST

START_TEST(adaptive_learns_how_long_to_spin) {
    const char *machine = "cpus: 2, spin: {notice: 50ns}, syscall: 300ns, wake: {latency: 20us}";
    struct trial *shorter = run(machine, 2, "exp(2us)", "{run: 500ns}", "{kind: adaptive}");
    ck_assert_double_lt(share(shorter, PASSAGE_SLEPT, PASSAGE_WAITED), 0.05);
    trial_free(shorter);
    /* 100 turns are 5 us: waiting is in vain, but the count grows to its limit. */
    struct trial *longer = run(machine, 2, "exp(200us)", "{run: 200us}", "{kind: adaptive}");
    ck_assert_double_gt(share(longer, PASSAGE_SLEPT, PASSAGE_WAITED), 0.9);
    double waits = (double)trial_flagged(longer, PASSAGE_WAITED);
    ck_assert_double_gt(spun(longer) / waits, 2 * TICKS_PER_US);
    ck_assert_double_lt(spun(longer) / waits, 7 * TICKS_PER_US);
    trial_free(longer);
}
END_TEST

/* Hand-overs to a thread of the same node; the threads of each node are neighbours. */
static double same_node(const struct trial *trial, uint32_t per_node) {
    size_t same = 0;
    for (size_t i = 1; i < trial->n; i++)
        same += trial->passages[i].thread / per_node == trial->passages[i - 1].thread / per_node;
    return (double)same / (double)trial->n;
}

static double longest_wait(const struct trial *trial) {
    sim_time longest = 0;
    for (size_t i = 0; i < trial->n; i++) {
        sim_time wait = trial->passages[i].acquired - trial->passages[i].requested;
        longest = wait > longest ? wait : longest;
    }
    return ticks_to_seconds((double)longest);
}

static const char two_nodes[] = "cpus: 16, nodes: 2, line: {node: 50ns, remote: 200ns}";

START_TEST(cna_keeps_the_lock_on_a_node) {
    struct trial *fifo = run(two_nodes, 16, "exp(500ns)", "{run: exp(500ns)}", "{kind: spinlock}");
    struct trial *cna = run(two_nodes, 16, "exp(500ns)", "{run: exp(500ns)}",
                            "{kind: qspinlock-cna, threshold: 500us}");
    ck_assert_double_lt(same_node(fifo, 8), 0.6);
    ck_assert_double_gt(same_node(cna, 8), 0.95);
    ck_assert_uint_gt(cna->n, fifo->n * 11 / 10);
    /* Nobody waits for much more than two thresholds, and somebody for one. */
    ck_assert_double_gt(longest_wait(cna), 400e-6);
    ck_assert_double_lt(longest_wait(cna), 1100e-6);
    trial_free(fifo);
    trial_free(cna);
}
END_TEST

START_TEST(cna_without_patience_or_nodes_is_a_spinlock) {
    struct trial *hasty = run(two_nodes, 16, "exp(500ns)", "{run: exp(500ns)}",
                              "{kind: qspinlock-cna, threshold: 0}");
    ck_assert_double_lt(same_node(hasty, 8), 0.9);
    ck_assert_double_lt(longest_wait(hasty), 60e-6);
    trial_free(hasty);
    const char *one_node = "cpus: 8, line: {node: 50ns}";
    struct trial *fifo = run(one_node, 8, "exp(1us)", "{run: exp(500ns)}", "{kind: spinlock}");
    struct trial *cna = run(one_node, 8, "exp(1us)", "{run: exp(500ns)}", "{kind: qspinlock-cna}");
    ck_assert_uint_eq(cna->n, fifo->n);
    ck_assert_int_eq(memcmp(cna->passages, fifo->passages, fifo->n * sizeof(*fifo->passages)), 0);
    trial_free(fifo);
    trial_free(cna);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("waiting");
    TCase *tc = tcase_create("waiting");
    tcase_add_loop_test(tc, who_parks_does_not_spin, 0, GENERIC);
    tcase_add_loop_test(tc, who_spins_does_not_sleep, 0, GENERIC);
    tcase_add_loop_test(tc, spin_then_park_spins_for_its_time, 0, GENERIC);
    tcase_add_loop_test(tc, optimists_spin_while_the_owner_runs, 0, GENERIC);
    tcase_add_test(tc, futex_calls_the_kernel_only_when_contended);
    tcase_add_test(tc, futex_lets_newcomers_pass);
    tcase_add_test(tc, adaptive_learns_how_long_to_spin);
    tcase_add_test(tc, cna_keeps_the_lock_on_a_node);
    tcase_add_test(tc, cna_without_patience_or_nodes_is_a_spinlock);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
