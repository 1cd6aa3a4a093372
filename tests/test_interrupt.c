/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readers in interrupts, who pass the writers that wait for an rwlock (kernel/locking/qrwlock.c).
 */
#include "suite.h"
#include "trial.h"

#include "base/exactmath.h"

#include <check.h>
#include <stdio.h>

/* At fixed times: who reads from 0 to 10, who writes from 2 on for 10, ... */
static const char schedule[] =
    "sim: 1\n"
    "title: one after another\n"
    "machine: {cpus: 8}\n"
    "sections: {irq: {cost: 10us}, task: {cost: 1us}, update: {cost: 10us}}\n"
    "threads:\n"
    "  first: {iterations: 1, steps: [{in: irq}]}\n"
    "  writer: {iterations: 1, start: 2us, steps: [{in: update}]}\n"
    "  passing: {iterations: 1, start: 5us, steps: [{in: irq}]}\n"
    "  reader: {iterations: 1, start: 6us, steps: [{in: task}]}\n"
    "  late: {iterations: 1, start: 16us, steps: [{in: irq}]}\n"
    "designs:\n"
    "  queued: {locks: {l: {kind: rwlock}},\n"
    "           guard: {irq: {read: l, context: interrupt}, task: {read: l}, update: l}}\n"
    "  tasks: {locks: {l: {kind: rwlock}}, guard: {irq: {read: l}, task: {read: l}, update: l}}\n"
    "  unfair: {locks: {l: {kind: rwlock-reader}},\n"
    "           guard: {irq: {read: l, context: interrupt}, task: {read: l}, update: l}}\n";

enum { FIRST, WRITER, PASSING, READER, LATE, THREADS };

static void expect_times(const char *design, const double *acquired) {
    struct trial *trial = trial_new(schedule, design, 1);
    ck_assert_int_eq(trial_run(trial, 1), SIM_OK);
    ck_assert_uint_eq(trial->n, THREADS);
    for (size_t i = 0; i < THREADS; i++) {
        const struct passage *p = &trial->passages[i];
        ck_assert_msg(p->acquired == acquired[p->thread] * TICKS_PER_US,
                      "%s: thread %u at %g us, not at %g", design, p->thread,
                      (double)p->acquired / TICKS_PER_US, acquired[p->thread]);
    }
    trial_free(trial);
}

/* They pass a writer that waits, not one that holds; a reader in a task queues behind it. */
START_TEST(they_pass_a_waiting_writer) {
    expect_times("queued", (double[]){0, 15, 5, 25, 25});
}
END_TEST

START_TEST(in_tasks_nobody_passes) {
    expect_times("tasks", (double[]){0, 10, 20, 20, 20});
}
END_TEST

/* A lock whose readers pass anyway makes no difference. */
START_TEST(where_all_readers_pass_they_are_as_others) {
    expect_times("unfair", (double[]){0, 15, 5, 6, 25});
}
END_TEST

/* They spin without the tracepoint; lockdep sees them wait. */
START_TEST(perf_does_not_see_them_wait) {
    struct trial *trial = trial_new(schedule, "queued", 1);
    ck_assert_int_eq(trial_run(trial, 1), SIM_OK);
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        bool waits = p->thread == WRITER || p->thread == READER || p->thread == LATE;
        ck_assert_int_eq((p->flags & PASSAGE_CONTENDED) != 0, waits);
        ck_assert_int_eq((p->flags & PASSAGE_TRACED) != 0, waits && p->thread != LATE);
    }
    trial_free(trial);
}
END_TEST

/*
 * Interrupts at rate a per us, each reading for 1 us on average: as many readers as customers in an
 * M/M/infinity queue, and a writer waits until that is empty. From k readers to k - 1 it takes
 * sum over j of a^j (k - 1)! / (k + j)!; n readers are found with the probability of Poisson(a).
 */
static double mean_wait(double a) {
    enum { TERMS = 200 };
    double wait = 0, down = 0, poisson = exact_exp(-a);
    for (int n = 1; n < TERMS; n++) {
        double term = 1.0 / n;
        for (int j = 1; term > 1e-15; j++) {
            down += term;
            term *= a / (n + j);
        }
        poisson *= a / n;
        wait += poisson * down;
    }
    return wait;
}

static const char stream[] =
    "sim: 1\n"
    "title: a writer under a stream of interrupts\n"
    "machine: {cpus: 64}\n"
    "sections: {irq: {cost: exp(1us)}, update: {}}\n"
    "threads:\n"
    "  interrupt: {arrivals: poisson(%gM/s), steps: [{in: irq}]}\n"
    "  writer: {steps: [{run: exp(20us)}, {in: update}, {count: update}]}\n"
    "designs:\n"
    "  d: {locks: {l: {kind: rwlock}}, guard: {irq: {read: l, context: %s}, update: l}}\n";

static double writer_waits(double rate, const char *context, double seconds) {
    char text[1024];
    snprintf(text, sizeof(text), stream, rate, context);
    struct trial *trial = trial_new(text, NULL, 1);
    ck_assert_int_eq(trial_run(trial, seconds), SIM_OK);
    double sum = 0;
    uint64_t n = 0;
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        if ((p->flags & PASSAGE_READ) != 0)
            continue;
        sum += (double)(p->acquired - p->requested) / TICKS_PER_US;
        n++;
    }
    ck_assert_uint_gt(n, 2000);
    trial_free(trial);
    return sum / (double)n;
}

START_TEST(a_writer_waits_until_no_interrupt_reads) {
    ck_assert_double_eq_tol(writer_waits(1, "interrupt", 0.2) / mean_wait(1), 1, 0.05);
    ck_assert_double_eq_tol(writer_waits(3, "interrupt", 0.2) / mean_wait(3), 1, 0.05);
    ck_assert_double_eq_tol(writer_waits(5, "interrupt", 0.2) / mean_wait(5), 1, 0.08);
}
END_TEST

/* Readers in tasks keep behind the writer, who waits for those inside alone: H(n) for n of them. */
START_TEST(in_tasks_it_waits_for_those_inside) {
    double expected = 0, harmonic = 0, poisson = exact_exp(-5);
    for (int n = 1; n < 100; n++) {
        poisson *= 5.0 / n;
        harmonic += 1.0 / n;
        expected += poisson * harmonic;
    }
    ck_assert_double_eq_tol(writer_waits(5, "task", 0.1) / expected, 1, 0.05);
}
END_TEST

/* Never less than one of them reads: the writer never comes in, and that is said. */
START_TEST(a_stream_without_a_gap_starves_it) {
    static const char text[] =
        "sim: 1\ntitle: t\nmachine: {cpus: 3}\nsections: {irq: {cost: 2us}, update: {}}\n"
        "threads: {a: {steps: [{in: irq}, {run: 1us}]}, b: {start: 1500ns, steps: [{in: irq}, "
        "{run: 1us}]},\n"
        "  writer: {start: 5us, steps: [{in: update}, {run: 1us}]}}\n"
        "designs: {d: {locks: {l: {kind: rwlock}},\n"
        "  guard: {irq: {read: l, context: %s}, update: l}}}\n";
    static const char *const contexts[] = {"interrupt", "task"};
    for (int i = 0; i < 2; i++) {
        char filled[1024];
        snprintf(filled, sizeof(filled), text, contexts[i]);
        struct trial *trial = trial_new(filled, NULL, 1);
        ck_assert_int_eq(trial_run(trial, 1e-3), i == 0 ? SIM_STARVATION : SIM_OK);
        trial_free(trial);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("interrupt");
    TCase *tc = tcase_create("readers");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, they_pass_a_waiting_writer);
    tcase_add_test(tc, in_tasks_nobody_passes);
    tcase_add_test(tc, where_all_readers_pass_they_are_as_others);
    tcase_add_test(tc, perf_does_not_see_them_wait);
    tcase_add_test(tc, a_writer_waits_until_no_interrupt_reads);
    tcase_add_test(tc, in_tasks_it_waits_for_those_inside);
    tcase_add_test(tc, a_stream_without_a_gap_starves_it);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
