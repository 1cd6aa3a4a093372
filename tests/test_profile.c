/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What CPU time is spent for, where it can be told by hand. */
#include "shipped.h"
#include "suite.h"

#include <check.h>
#include <math.h>

static struct estimate share(const struct shipped *s, const char *name) {
    const struct result *result = s->result;
    return profile_share(s->arena, result->designs[0].runs, name);
}

static void expect_share(const struct shipped *s, const char *name, double expected) {
    ck_assert_msg(fabs(share(s, name).mean - expected) < 0.001, "%s: %g, not %g", name,
                  share(s, name).mean, expected);
}

/*
 * Five threads, one after another: of five microseconds each spends one before
 * it asks, one with the lock, two in the queue and one as its first. What is
 * around it is called by the same.
 */
#define FIVE(lock, more)                                                                           \
    "sim: 1\nmachine: {cpus: 5}\n"                                                                 \
    "sections: {outer: {cost: 0.6us, site: sys_outer+0x10}, inner: {cost: 1us}}\n"                 \
    "threads: {t: {count: 5, steps: [{run: 0.4us}, {in: outer, do: [{in: inner}]},"                \
    " {count: op}]}}\n"                                                                            \
    "designs: {d: {locks: {l: {kind: " lock "}}, guard: {inner: l}}}\n"                            \
    "run: {duration: 1ms, warmup: 100us, replications: 2}\n"                                       \
    "measured: [{design: d, profile: {sys_outer: 90%" more "}}]\n"

static const struct {
    const char *text, *acquire, *first, *queued;
} kinds[] = {
    {FIVE("mutex", ", osq_lock: 40%"), "__mutex_lock", "mutex_spin_on_owner", "osq_lock"},
    {FIVE("rwsem", ""), "down_write", "rwsem_spin_on_owner", "osq_lock"},
    {FIVE("rwlock", ""), "_raw_write_lock", "queued_write_lock_slowpath",
     "queued_spin_lock_slowpath"},
    {FIVE("spinlock", ""), "_raw_spin_lock", NULL, "queued_spin_lock_slowpath"},
    {FIVE("qspinlock-cna", ""), "_raw_spin_lock", NULL, "queued_spin_lock_slowpath"},
    {FIVE("mcs", ""), "mcs_acquire", "mcs_first", NULL},
};

START_TEST(waiters_spin_as_first_or_queued) {
    struct shipped *s = shipped_text(kinds[_i].text);
    bool both = kinds[_i].first != NULL && kinds[_i].queued != NULL;
    expect_share(s, "t", 1);
    expect_share(s, "sys_outer", 0.92);
    expect_share(s, "outer", 0.92);
    expect_share(s, "inner", 0.8);
    expect_share(s, "l", 0.6);
    expect_share(s, kinds[_i].acquire, 0.6);
    if (kinds[_i].first != NULL)
        expect_share(s, kinds[_i].first, both ? 0.2 : 0.6);
    if (kinds[_i].queued != NULL)
        expect_share(s, kinds[_i].queued, both ? 0.4 : 0.6);
    ck_assert_double_eq_tol(s->result->designs[0].profile.busy.mean, 5, 1e-9);
    shipped_free(s);
}
END_TEST

/* Rows: callers first, shares of what they call and their own add up. */
START_TEST(rows_add_up) {
    struct shipped *s = shipped_text(kinds[0].text);
    const struct profile *profile = &s->result->designs[0].profile;
    ck_assert_ptr_null(profile->rows[0].part);
    ck_assert_double_eq(profile->rows[0].share.mean, 1);
    for (uint32_t i = 0; i < profile->n; i++) {
        const struct profile_row *row = &profile->rows[i];
        double sum = row->self.mean;
        for (uint32_t k = i + 1; k < profile->n; k++) {
            if (profile->rows[k].caller != i)
                continue;
            sum += profile->rows[k].share.mean;
            ck_assert_uint_eq(profile->rows[k].depth, row->depth + 1);
        }
        ck_assert_double_eq_tol(sum, row->share.mean, 1e-9);
    }
    shipped_free(s);
}
END_TEST

START_TEST(what_was_measured_is_compared) {
    struct shipped *s = shipped_text(kinds[0].text);
    const struct measured_line *line = shipped_line(s, "d", NULL, "profile", "osq_lock");
    ck_assert_int_eq(line->unit, UNIT_SHARE);
    ck_assert_double_eq_tol(line->predicted.mean, 0.4, 0.001);
    ck_assert_double_eq_tol(line->ratio, 1, 0.003);
    shipped_free(s);
}
END_TEST

/* A function that calls itself, here by way of another, has its time once. */
START_TEST(recursion_counts_once) {
    struct shipped *s = shipped_text(
        "sim: 1\nmachine: {cpus: 1}\n"
        "sections: {top: {cost: 1us, site: f+0x1}, middle: {cost: 1us, site: g},"
        " bottom: {cost: 1us, site: f+0x2}}\n"
        "threads: {t: {steps: [{run: 1us}, {in: top, do: [{in: middle, do: [{in: bottom}]}]},"
        " {count: op}]}}\n"
        "designs: {d: {locks: {l: {kind: none}}, guard: {bottom: l}}}\n"
        "run: {duration: 400us, warmup: 40us, replications: 2}\n"
        "measured: [{design: d, profile: {f: 75%, g: 50%}}]\n");
    expect_share(s, "f", 0.75);
    expect_share(s, "g", 0.5);
    expect_share(s, "bottom", 0.25);
    shipped_free(s);
}
END_TEST

/* A profile is wanted of all designs or of none. */
START_TEST(nobody_asks) {
    struct shipped *s = shipped_text("sim: 1\nmachine: {cpus: 5}\nsections: {cs: {cost: 1us}}\n"
                                     "threads: {t: {steps: [{in: cs}, {count: op}]}}\n"
                                     "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n"
                                     "run: {duration: 1ms, warmup: 100us, replications: 2}\n");
    ck_assert_uint_eq(s->result->designs[0].profile.n, 0);
    ck_assert_double_nan(share(s, "t").mean);
    shipped_free(s);
}
END_TEST

/* The time of a segment that was cut in pieces is where it would be in one: what is charged comes
 * first. 1.5 us of release before 3.5 us of work, of threads that take turns every 0.4 us. */
START_TEST(preemption_moves_nothing) {
    struct shipped *s = shipped_text(
        "sim: 1\nmachine: {cpus: 1, sched: {latency: 0.4us, min_granularity: 0.4us}}\n"
        "sections: {cs: {}}\n"
        "threads: {t: {count: 3, steps: [{in: cs}, {run: 3.5us}, {count: op}]}}\n"
        "designs: {d: {locks: {l: {kind: preempt-off, release: 1.5us}}, guard: {cs: l}}}\n"
        "run: {duration: 900us, warmup: 100us, replications: 2}\n"
        "measured: [{design: d, profile: {cs: 30%}}]\n");
    expect_share(s, "preempt-off_release", 0.3);
    expect_share(s, "cs", 0.3);
    shipped_free(s);
}
END_TEST

/* Releases that wake, lock_stat's own code, switches and interrupts have their places. */
START_TEST(costs_have_their_places) {
    struct shipped *s = shipped_text(
        "sim: 1\nmachine: {cpus: 2, wake: {call: 1us, latency: 2us}, lock_stat: {acquire: 0.5us}}\n"
        "sections: {cs: {cost: 1us}}\n"
        "threads:\n"
        "  asks: {pin: yes, steps: [{in: cs, do: [{post: w}]}, {sleep: 1.5us}, {count: op}]}\n"
        "  helps: {steps: [{take: w}, {run: 1us}]}\n"
        "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n"
        "run: {duration: 1ms, warmup: 100us, replications: 2}\n"
        "measured: [{design: d, profile: {cs: 30%}}]\n");
    /* asks: 2 us to wake up, 0.5 of lock_stat, 1 + 1 in the section; helps: 2 + 1. */
    double all = 2 + 0.5 + 1 + 1 + 2 + 1;
    expect_share(s, "(switching)", 4 / all);
    expect_share(s, "__mutex_lock", 0.5 / all);
    expect_share(s, "cs", 2.5 / all);
    expect_share(s, "helps", 1 / all);
    shipped_free(s);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("profile");
    TCase *tc = tcase_create("by hand");
    tcase_add_loop_test(tc, waiters_spin_as_first_or_queued, 0,
                        (int)(sizeof(kinds) / sizeof(kinds[0])));
    tcase_add_test(tc, rows_add_up);
    tcase_add_test(tc, what_was_measured_is_compared);
    tcase_add_test(tc, recursion_counts_once);
    tcase_add_test(tc, nobody_asks);
    tcase_add_test(tc, preemption_moves_nothing);
    tcase_add_test(tc, costs_have_their_places);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
