/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is known of lockref: what its fast path costs, who falls back, and what
 * the rework that never falls back does under a spinlock that is never free.
 */
#include "suite.h"
#include "trial.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

/* Transfers of 45 ns, operations of 5 ns; some change the count, some hold the spinlock. */
static const char workload[] =
    "sim: 1\n"
    "title: lockref\n"
    "machine: {cpus: 32, atomic: 5ns, line: {node: 45ns}}\n"
    "sections: {get: {}, hold: {cost: 200ns}}\n"
    "threads:\n"
    "  user: {count: %d, steps: [{run: exp(%s)}, {in: get}, {count: got}]}\n"
    "  locker: {count: %d, steps: [{run: exp(%s)}, {in: hold}, {count: held}]}\n"
    "designs:\n"
    "  stock: {locks: {r: {kind: lockref}}, guard: {get: {read: r}, hold: r}}\n"
    "  paused: {locks: {r: {kind: lockref, pause: 67ns}}, guard: {get: {read: r}, hold: r}}\n"
    "  rework: {locks: {r: {kind: lockref, retries: inf, wait_for_unlock: yes}},\n"
    "           guard: {get: {read: r}, hold: r}}\n"
    "  bounded: {locks: {r: {kind: lockref, retries: 10, wait_for_unlock: yes}},\n"
    "            guard: {get: {read: r}, hold: r}}\n"
    "  never: {locks: {r: {kind: lockref, retries: 0}}, guard: {get: {read: r}, hold: r}}\n";

struct result {
    enum sim_outcome outcome;
    double got, held; /* per microsecond */
    double wait;      /* mean, of those that changed the count, in ns */
    uint64_t fell_back;
    char detail[200];
};

static struct result run(const char *design, int users, const char *think, int lockers,
                         const char *pause) {
    char text[2048];
    snprintf(text, sizeof(text), workload, users, think, lockers, pause);
    struct trial *trial = trial_new(text, design, 1);
    struct result result = {.outcome = trial_run(trial, 2e-3)};
    if (result.outcome != SIM_OK)
        snprintf(result.detail, sizeof(result.detail), "%s", sim_detail(trial->sim));
    result.got = (double)sim_progress(trial->sim, 0) / 2000;
    result.held = (double)sim_progress(trial->sim, 1) / 2000;
    uint64_t reads = 0;
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        if ((p->flags & PASSAGE_READ) == 0)
            continue;
        reads++;
        result.wait += (double)(p->acquired - p->requested) / 10;
        result.fell_back += (p->flags & PASSAGE_CONTENDED) != 0;
    }
    result.wait /= reads == 0 ? 1 : (double)reads;
    trial_free(trial);
    return result;
}

static const char *const designs[] = {"stock", "paused", "rework", "bounded", "never"};

/* A lone CPU has the line: one operation, or with the spinlock two. */
START_TEST(alone_it_is_an_atomic_operation) {
    struct result r = run(designs[_i], 1, "1us", 0, "1us");
    ck_assert_int_eq(r.outcome, SIM_OK);
    ck_assert_uint_eq(r.fell_back, 0);
    ck_assert_double_eq_tol(r.wait, _i == 4 ? 10 : 5, 0.01);
}
END_TEST

/* A load and a cmpxchg each move the line, which fails once and is tried again with the line. */
START_TEST(the_fast_path_does_not_collapse) {
    for (int users = 4; users <= 32; users *= 2) {
        struct result r = run("stock", users, "10ns", 0, "1us");
        ck_assert_uint_eq(r.fell_back, 0);
        ck_assert_double_ge(1000 / r.got, 2 * 45);
        ck_assert_double_le(1000 / r.got, 2 * 45 + 2 * 5 + 1);
    }
}
END_TEST

/* With a pause the line is gone when it is tried again: some try a hundred times, and then all
 * find the spinlock taken. */
START_TEST(a_pause_ends_in_the_spinlock) {
    struct result few = run("paused", 2, "1us", 0, "1us");
    struct result many = run("paused", 32, "10ns", 0, "1us");
    ck_assert_uint_eq(few.fell_back, 0);
    ck_assert_uint_gt(many.fell_back, 1000);
    ck_assert_double_lt(many.got, 0.7 * run("stock", 32, "10ns", 0, "1us").got);
}
END_TEST

/* One who takes the spinlock now and then makes all of them take it from then on. */
START_TEST(stock_collapses_once_the_spinlock_is_taken) {
    struct result without = run("stock", 24, "100ns", 0, "1us");
    struct result with = run("stock", 24, "100ns", 1, "50us");
    struct result rework = run("rework", 24, "100ns", 1, "50us");
    ck_assert_uint_eq(without.fell_back, 0);
    ck_assert_double_gt((double)with.fell_back, 0.9 * 2000 * with.got);
    ck_assert_double_lt(with.got, 0.8 * without.got);
    ck_assert_uint_eq(rework.fell_back, 0);
    ck_assert_double_gt(rework.got, 0.9 * without.got);
}
END_TEST

/* No gap between holders: whoever waits for one waits for ever, and that is said. */
START_TEST(the_rework_starves_under_a_spinlock_that_is_never_free) {
    struct result stock = run("stock", 4, "1us", 8, "100ns");
    struct result rework = run("rework", 4, "1us", 8, "100ns");
    ck_assert_int_eq(stock.outcome, SIM_OK);
    ck_assert_double_gt(stock.got, 1);
    ck_assert_int_eq(rework.outcome, SIM_STARVATION);
    ck_assert_double_lt(rework.got, 0.01 * stock.got);
    ck_assert_double_gt(rework.held, 1);
    ck_assert_msg(strstr(rework.detail, "us, while it went to others ") != NULL ||
                      strstr(rework.detail, "ms, while it went to others ") != NULL,
                  "%s", rework.detail);
    ck_assert_ptr_nonnull(strstr(rework.detail, "times; 3 more threads starve"));
}
END_TEST

/* A bounded wait gets through, by way of the spinlock, later than who takes that at once. */
START_TEST(a_bound_ends_the_wait) {
    struct result stock = run("stock", 4, "1us", 8, "100ns");
    struct result bounded = run("bounded", 4, "1us", 8, "100ns");
    ck_assert_int_eq(bounded.outcome, SIM_OK);
    ck_assert_uint_gt(bounded.fell_back, 100);
    ck_assert_double_ge(bounded.wait, stock.wait + 10 * 67 - 67);
}
END_TEST

/* Whatever the design: while somebody holds the spinlock the count does not change. */
START_TEST(the_count_rests_while_the_spinlock_is_held) {
    char text[2048];
    snprintf(text, sizeof(text), workload, 8, "300ns", 2, "500ns");
    struct trial *trial = trial_new(text, designs[_i], 3);
    ck_assert_int_eq(trial_run(trial, 1e-3), SIM_OK);
    uint64_t changes = 0;
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *hold = &trial->passages[i];
        if ((hold->flags & PASSAGE_READ) != 0)
            continue;
        for (size_t j = 0; j < trial->n; j++) {
            const struct passage *get = &trial->passages[j];
            if ((get->flags & PASSAGE_READ) == 0)
                continue;
            changes++;
            ck_assert(get->acquired <= hold->acquired || get->acquired >= hold->released);
        }
    }
    ck_assert_uint_gt(changes, 1000);
    trial_free(trial);
}
END_TEST

/* The spinlock is held once, for less time than it takes all to see that: then they go on. */
START_TEST(nobody_stays_behind) {
    static const char text[] =
        "sim: 1\n"
        "title: once\n"
        "machine: {cpus: 32, atomic: 5ns, line: {node: 45ns}}\n"
        "sections: {get: {}, hold: {cost: 50ns}}\n"
        "threads:\n"
        "  user: {count: 24, steps: [{run: exp(10ns)}, {in: get}, {count: got}]}\n"
        "  locker: {start: 100us, steps: [{in: hold}, {sleep: 1s}]}\n"
        "designs: {d: {locks: {r: {kind: lockref, retries: inf, wait_for_unlock: yes}},\n"
        "              guard: {get: {read: r}, hold: r}}}\n";
    struct trial *trial = trial_new(text, NULL, 1);
    ck_assert_int_eq(trial_run(trial, 1e-3), SIM_OK);
    uint32_t late[25] = {0};
    for (size_t i = 0; i < trial->n; i++)
        late[trial->passages[i].thread] += trial->passages[i].requested > TICKS_PER_SECOND / 2000;
    for (int i = 0; i < 24; i++)
        ck_assert_uint_gt(late[i], 100);
    trial_free(trial);
}
END_TEST

/* A reference excludes nobody, and its holder may sleep and take the spinlock, too. */
START_TEST(a_reference_holds_nothing) {
    static const char text[] =
        "sim: 1\n"
        "title: reference\n"
        "machine: {cpus: 2}\n"
        "sections: {use: {}, hold: {cost: 1us}}\n"
        "threads: {t: {count: 4, steps: [{in: use, do: [{sleep: 10us}, {in: hold}, {in: use}]},\n"
        "                                {count: op}]}}\n"
        "designs: {d: {locks: {r: {kind: lockref}}, guard: {use: {read: r}, hold: r}}}\n";
    struct trial *trial = trial_new(text, NULL, 1);
    ck_assert_int_eq(trial_run(trial, 1e-3), SIM_OK);
    ck_assert_uint_ge(sim_progress(trial->sim, 0), 4 * 70);
    ck_assert_ptr_null(program_lock_cycles(trial->arena, trial->program)[0]);
    trial_free(trial);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("lockref");
    TCase *tc = tcase_create("lockref");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, alone_it_is_an_atomic_operation, 0, 5);
    tcase_add_test(tc, the_fast_path_does_not_collapse);
    tcase_add_test(tc, a_pause_ends_in_the_spinlock);
    tcase_add_test(tc, stock_collapses_once_the_spinlock_is_taken);
    tcase_add_test(tc, the_rework_starves_under_a_spinlock_that_is_never_free);
    tcase_add_test(tc, a_bound_ends_the_wait);
    tcase_add_loop_test(tc, the_count_rests_while_the_spinlock_is_held, 0, 5);
    tcase_add_test(tc, nobody_stays_behind);
    tcase_add_test(tc, a_reference_holds_nothing);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
