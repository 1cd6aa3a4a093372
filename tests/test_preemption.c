/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is preempted while holding a lock, and whose CPU time that is: user space's, or the kernel's.
 */
#include "same.h"
#include "suite.h"
#include "trial.h"

#include "sim/lock/lock.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

/* ---- what a design makes of the work of a section ---- */

enum { SECTION_US = 10, OUTER_US = 5, RUN_US = 3, ITERATIONS = 1000 };

#define IN "{in: cs}"
#define WITHIN "{in: around, do: [{in: cs}]}"

/* The section's lock is l, and m if there is one is that of the section around it. */
static const struct work {
    const char *context, *steps, *l, *m, *guard;
    bool user, outer; /* the section's work is user work, and that of the one around it */
} works[] = {
    {"user", IN, "mcs", NULL, "l", true, false},
    {"user", IN, "clh", NULL, "l", true, false},
    {"user", IN, "ticket", NULL, "l", true, false},
    {"user", IN, "tas", NULL, "l", true, false},
    {"user", IN, "ttas", NULL, "l", true, false},
    {"user", IN, "futex", NULL, "l", true, false},
    {"user", IN, "adaptive", NULL, "l", true, false},
    {"user", IN, "mutex", NULL, "l", false, false},
    {"user", IN, "spinlock", NULL, "l", false, false},
    {"user", IN, "qspinlock-cna", NULL, "l", false, false},
    {"user", IN, "rwlock", NULL, "{read: l}", false, false},
    {"user", IN, "rwlock-reader", NULL, "l", false, false},
    {"user", IN, "rwsem", NULL, "{read: l}", false, false},
    {"user", IN, "percpu-rwsem", NULL, "{read: l}", false, false},
    {"user", IN, "semaphore", NULL, "l", false, false},
    {"user", IN, "seqlock", NULL, "l", false, false},
    {"user", IN, "lockref", NULL, "{read: l}", false, false},
    {"user", IN, "rcu", NULL, "{read: l}", false, false},
    {"user", IN, "preempt-off", NULL, "l", false, false},
    /* What is no lock leaves it as it is. */
    {"user", IN, "none", NULL, "l", false, false},
    {"user", IN, "atomic", NULL, "l", false, false},
    {"user", IN, "futex", "none", "[m, l]", true, false},
    {"user", IN, "futex", "atomic", "[m, l]", true, false},
    {"user", IN, "futex", "mutex", "[m, l]", false, false},
    {"user", IN, "futex", "rcu", "[l, {read: m}]", false, false},
    {"user", IN, "futex", "preempt-off", "[l, m]", false, false},
    {"user", IN, "futex", "none", "[l, {write: m, context: interrupt}]", false, false},
    /* One within the other. */
    {"user", WITHIN, "none", "futex", "l", true, true},
    {"user", WITHIN, "ticket", "futex", "l", true, true},
    {"user", WITHIN, "mutex", "futex", "l", false, true},
    {"user", WITHIN, "mcs", "mutex", "l", false, false},
    {"user", WITHIN, "mcs", "none", "l", true, false},
    {"user", "{lock: m}, {rcu_read: [{in: cs}]}, {unlock: m}", "none", "mcs", "l", false, false},
    {"user", "{lock: m}, {in: cs}, {unlock: m}", "none", "mcs", "l", true, false},
    {"kernel", IN, "mcs", NULL, "l", false, false},
    {"kernel", IN, "futex", NULL, "l", false, false},
    {"kernel", WITHIN, "none", "futex", "l", false, false},
};
enum { WORKS = sizeof(works) / sizeof(works[0]) };

static bool has_outer(const struct work *work) {
    return strcmp(work->steps, WITHIN) == 0;
}

static struct trial *run_work(const struct work *work, const char *preemption, const char *length) {
    char text[1200], other[80] = "";
    if (work->m != NULL)
        snprintf(other, sizeof(other), ", m: {kind: %s}", work->m);
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {preemption: %s, "
             "sched: {latency: 1us, min_granularity: 1us, wakeup_granularity: 0}}\n"
             "sections: {cs: {%s: %dus}, around: {%s: %dus}}\n"
             "threads: {t: {context: %s, iterations: %d, steps: [{run: %dus}, %s, {count: op}]},\n"
             "          other: {steps: [{sleep: exp(100us)}, {run: 100us}]}}\n"
             "designs: {d: {locks: {l: {kind: %s}%s}, guard: {cs: %s%s}}}\n",
             preemption, length, SECTION_US, length, OUTER_US, work->context, ITERATIONS, RUN_US,
             work->steps, work->l, other, work->guard, has_outer(work) ? ", around: m" : "");
    return trial_ok(text, 1);
}

/* Passages of a lock that took longer than what is done while it is held. */
static uint64_t preempted(const struct trial *trial, const char *lock, sim_time us) {
    uint64_t n = 0;
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        n += p->lock_class == trial_lock(trial, lock) &&
             p->released - p->acquired > us * TICKS_PER_US;
    }
    return n;
}

static void expect_work(const struct work *work, const char *preemption, const char *length) {
    struct trial *trial = run_work(work, preemption, length);
    const char *m = work->m == NULL ? "" : work->m;
    uint64_t in = preempted(trial, "l", SECTION_US);
    ck_assert_uint_eq(trial_count(trial, "op"), ITERATIONS);
    ck_assert_msg((in > ITERATIONS / 20) == work->user && (in > 0) == work->user,
                  "%s under %s and '%s': preempted %d times in %d", work->context, work->l, m,
                  (int)in, ITERATIONS);
    /* Under PREEMPT_VOLUNTARY it may also give way where it asks for l. */
    if (has_outer(work) && strcmp(preemption, "none") == 0)
        ck_assert_msg((preempted(trial, "m", OUTER_US + SECTION_US) > 0) ==
                          (work->user || work->outer),
                      "around: %s", m);
    sim_time user = (strcmp(work->context, "user") == 0 ? RUN_US : 0) +
                    (work->user ? SECTION_US : 0) + (work->outer ? OUTER_US : 0);
    struct group_time time = sim_group_time(trial->sim, 0);
    ck_assert_int_le(time.user, time.cpu);
    /* Who waits for the clock does not on the CPU of another. */
    if (strcmp(length, "delay") == 0 && (work->user || work->outer))
        ck_assert_int_lt(time.user, ITERATIONS * user * TICKS_PER_US);
    else
        ck_assert_int_eq(time.user, ITERATIONS * user * TICKS_PER_US);
    trial_free(trial);
}

START_TEST(holders_of_user_space_alone_are_preempted) {
    expect_work(&works[_i], "none", "cost");
    expect_work(&works[_i], "voluntary", "cost");
}
END_TEST

START_TEST(so_are_those_that_wait_for_the_clock) {
    expect_work(&works[_i], "none", "delay");
}
END_TEST

/* A `run` step is user work unless something of the kernel is held. */
START_TEST(run_steps_are_the_kernels_while_it_holds_something) {
    static const struct {
        const char *steps, *kind;
        bool user;
    } cases[] = {{"{in: cs, do: [{run: 10us}]}", "mutex", false},
                 {"{in: cs, do: [{run: 10us}]}", "preempt-off", false},
                 {"{in: cs, do: [{run: 10us}]}", "futex", true},
                 {"{in: cs, do: [{run: 10us}]}", "none", true},
                 {"{in: cs}, {rcu_read: [{run: 10us}]}", "futex", false}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[400];
        snprintf(text, sizeof(text),
                 "sim: 1\ntitle: t\nmachine: {cpus: 1}\nsections: {cs: {}}\n"
                 "threads: {t: {iterations: 100, steps: [%s, {run: 3us}, {count: op}]}}\n"
                 "designs: {d: {locks: {l: {kind: %s}}, guard: {cs: l}}}\n",
                 cases[i].steps, cases[i].kind);
        struct trial *trial = trial_ok(text, 1);
        ck_assert_int_eq(sim_group_time(trial->sim, 0).user,
                         100 * (cases[i].user ? 13 : 3) * TICKS_PER_US);
        trial_free(trial);
    }
}
END_TEST

START_TEST(every_kind_was_tried) {
    for (uint32_t k = 0; k < lock_kind_count; k++) {
        bool tried = false;
        for (int i = 0; i < WORKS; i++)
            tried |= strcmp(works[i].l, lock_kinds[k]->info.name) == 0;
        ck_assert_msg(tried, "%s was not", lock_kinds[k]->info.name);
    }
}
END_TEST

/* ---- more threads than CPUs ---- */

static const char *const of_user_space[] = {"mcs",
                                            "clh",
                                            "ticket",
                                            "tas",
                                            "ttas",
                                            "futex",
                                            "adaptive",
                                            "mcs, wait: park",
                                            "ticket, wait: spin-then-park(20us)",
                                            "clh, wait: optimistic",
                                            "tas, wait: optimistic",
                                            "futex, wait: spin"};
enum { OF_USER_SPACE = sizeof(of_user_space) / sizeof(of_user_space[0]) };

static struct trial *run_crowd(const char *lock, const char *machine, const char *preemption) {
    char text[1024];
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {%s, preemption: %s,\n"
             "  sched: {latency: 4ms, min_granularity: 1ms, wakeup_granularity: 0.2ms}}\n"
             "sections: {cs: {cost: exp(1us)}}\n"
             "threads: {t: {count: 4, steps: [{run: exp(3us)}, {in: cs}, {count: op}]}}\n"
             "designs: {d: {locks: {l: {kind: %s}}, guard: {cs: l}}}\n",
             machine, preemption, lock);
    return trial_ok(text, 0.2);
}

/* User code can be preempted whatever the kernel says of its own. */
START_TEST(what_the_kernel_does_with_its_own_does_not_matter) {
    static const char *const machines[] = {"cpus: 1", "cpus: 2"};
    for (int i = 0; i < 2; i++) {
        struct trial *full = run_crowd(of_user_space[_i], machines[i], "full");
        struct trial *none = run_crowd(of_user_space[_i], machines[i], "none");
        struct trial *voluntary = run_crowd(of_user_space[_i], machines[i], "voluntary");
        ck_assert_uint_gt(full->n, 100);
        same_passages(full, none);
        same_passages(full, voluntary);
        trial_free(full);
        trial_free(none);
        trial_free(voluntary);
    }
}
END_TEST

/*
 * While one pays for a lock, and that is nearly all that one does, one is not
 * preempted; the work after it is where one makes way, though the lock is held.
 */
START_TEST(who_should_make_way_does_as_user_work_begins) {
    static const char *const preemption[] = {"none", "voluntary"};
    struct trial *trials[2];
    for (int i = 0; i < 2; i++) {
        char text[1024];
        snprintf(text, sizeof(text),
                 "sim: 1\ntitle: t\nmachine: {preemption: %s, kinds: {mcs: {acquire: 50us}}}\n"
                 "lines: {x: {}}\nsections: {cs: {cost: 1us, reads: x}}\n"
                 "threads: {t: {steps: [{in: cs}, {count: op}]}, other: {steps: [{run: 1ms}]}}\n"
                 "designs: {d: {locks: {l: {kind: mcs}}, guard: {cs: l}}}\n",
                 preemption[i]);
        trials[i] = trial_ok(text, 1);
        ck_assert_uint_gt(preempted(trials[i], "l", 1), 20);
    }
    same_passages(trials[0], trials[1]);
    trial_free(trials[0]);
    trial_free(trials[1]);
}
END_TEST

/*
 * In order of arrival on one CPU: who is given the lock has it when it is his
 * turn to run, gives it to the next as he releases it, asks again, and spins
 * to the end of his slice: one passage for each slice, of 4 ms / 4.
 */
START_TEST(in_order_of_arrival_there_is_one_passage_in_a_slice) {
    static const char *const preemption[] = {"none", "voluntary", "full"};
    struct trial *trial = run_crowd(of_user_space[_i], "cpus: 1", preemption[_i]);
    struct sim_counters counters;
    size_t last = trial->n - 1;
    ck_assert_uint_gt(trial->n, 150);
    for (size_t i = last - 100; i < last; i++) {
        sim_time slices = trial->passages[i + 1].acquired - trial->passages[i].acquired;
        ck_assert_int_eq(slices, 1000 * TICKS_PER_US);
    }
    sim_counters(trial->sim, &counters);
    ck_assert_double_gt((double)counters.spin / (double)counters.now, 0.9);
    trial_free(trial);
}
END_TEST

/* Holders in the kernel keep their CPU: nobody who comes finds the lock taken. */
START_TEST(the_kernel_is_left_alone) {
    static const char *const kinds[] = {"spinlock", "mutex", "rwsem", "semaphore", "qspinlock-cna"};
    static const char *const preemption[] = {"none", "voluntary"};
    for (int i = 0; i < 2; i++) {
        struct trial *trial = run_crowd(kinds[_i], "cpus: 1", preemption[i]);
        ck_assert_uint_gt(trial->n, 40000);
        ck_assert_uint_eq(trial_flagged(trial, PASSAGE_WAITED), 0);
        trial_free(trial);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("preemption");
    TCase *tcase = tcase_create("preemption");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, holders_of_user_space_alone_are_preempted, 0, WORKS);
    tcase_add_loop_test(tcase, so_are_those_that_wait_for_the_clock, 0, WORKS);
    tcase_add_test(tcase, run_steps_are_the_kernels_while_it_holds_something);
    tcase_add_test(tcase, every_kind_was_tried);
    tcase_add_loop_test(tcase, what_the_kernel_does_with_its_own_does_not_matter, 0, OF_USER_SPACE);
    tcase_add_test(tcase, who_should_make_way_does_as_user_work_begins);
    tcase_add_loop_test(tcase, in_order_of_arrival_there_is_one_passage_in_a_slice, 0, 3);
    tcase_add_loop_test(tcase, the_kernel_is_left_alone, 0, 5);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
