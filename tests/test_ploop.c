/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenarios/ploop.yaml and scenarios/ploop-starvation.yaml, in shorter runs than they ask for,
 * against what docs/ploop.md says. There is nothing published to hold them to.
 */
#include "shipped.h"
#include "suite.h"

#include <check.h>
#include <string.h>

static const char table[] = "scenarios/ploop.yaml";
static const char page[] = "scenarios/ploop-starvation.yaml";

#define RUN(file, ...)                                                                             \
    run_with(file,                                                                                 \
             (const struct setting[]){                                                             \
                 {"run.duration", "4ms"}, {"run.replications", "2"}, __VA_ARGS__, {NULL, NULL}})

static struct shipped *run_with(const char *file, const struct setting *settings) {
    size_t n = 0;
    while (settings[n].path != NULL)
        n++;
    return shipped_run(file, settings, n);
}

/* Of the first thing that the scenario counts, per second. */
static double rate(const struct shipped *s, const char *design) {
    ck_assert_int_eq(shipped_design(s, design)->outcome, SIM_OK);
    return shipped_design(s, design)->rates[0].mean;
}

static double longest(const struct shipped *s, const char *design, const char *lock) {
    return shipped_lock(s, design, lock)->wait.max;
}

static void expect_between(double value, double low, double high) {
    ck_assert_msg(value > low && value < high, "%g is not between %g and %g", value, low, high);
}

/* One lock for all is the limit of 64 CPUs, those of pages are not; the patch costs a few per cent.
 */
START_TEST(one_lock_does_not_scale) {
    struct shipped *s = RUN(table, {"run.warmup", "2ms"});
    double all = rate(s, "unlocked_reads");
    expect_between(rate(s, "bat_rwlock") / all, 0.55, 0.75);
    expect_between(rate(s, "bat_spinlock") / all, 0.25, 0.45);
    static const char *const pages[] = {"page_rwlock", "page_spinlock", "page_at_once"};
    for (int i = 0; i < 3; i++)
        expect_between(rate(s, pages[i]) / all, 0.95, 0.995);
    expect_between(rate(s, "page_seqlock") / all, 0.99, 1.005);
    expect_between(rate(s, "one_word") / all, 0.995, 1.005);
    /* The two locks that requests share besides hide all of that. */
    expect_between(rate(s, "patch_all") / rate(s, "before_all"), 0.95, 1.05);
    expect_between(rate(s, "patch_all") / rate(s, "bat_rwlock"), 0.2, 0.5);
    expect_between(rate(s, "patch_slots") / all, 0.92, 0.97);
    shipped_free(s);
}
END_TEST

START_TEST(few_cpus_need_none_of_it) {
    struct shipped *s = RUN(table, {"run.warmup", "2ms"}, {"machine.cpus", "8"});
    for (uint32_t i = 0; i < s->result->ndesigns; i++)
        expect_between(rate(s, s->result->designs[i].name) / rate(s, "bat_rwlock"), 0.92, 1.05);
    shipped_free(s);
}
END_TEST

/* When half of all lookups are of one page its spinlock is worse than one rwlock for all. */
START_TEST(skew_undoes_spinlocks_of_pages) {
    static const struct {
        const char *skew;
        double spinlock, rwlock; /* at least so much of bat_rwlock */
    } rows[] = {{"1.2", 1.4, 1.4}, {"2.2", 0.7, 1.2}, {"5", 0.5, 0.98}};
    for (int i = 0; i < 3; i++) {
        struct shipped *s = RUN(table, {"run.warmup", "2ms"}, {"parameters.skew", rows[i].skew});
        double one = rate(s, "bat_rwlock");
        expect_between(rate(s, "page_spinlock") / one, rows[i].spinlock, i < 1 ? 1.6 : 0.95);
        expect_between(rate(s, "page_rwlock") / one, rows[i].rwlock, 1.6);
        expect_between(rate(s, "page_seqlock") / one, 1.4, 1.6);
        shipped_free(s);
    }
}
END_TEST

/* 4096 pages of 1024 entries at 1 ns: 4.2 ms in one hold, and as long a wait, or 1 us each. */
START_TEST(a_scan_is_one_hold_or_many) {
    struct shipped *s = RUN(table, {"run.warmup", "20ms"}, {"threads.scanner.count", "1"},
                            {"objects.page", "4096"}, {"threads.scanner.steps.0.sleep", "1ms"});
    expect_between(longest(s, "bat_rwlock", "bat_rwlock"), 3e-3, 4.5e-3);
    expect_between(longest(s, "unlocked_reads", "bat_rwlock"), 3e-3, 4.5e-3);
    expect_between(longest(s, "page_spinlock", "md_lock"), 0, 30e-6);
    expect_between(longest(s, "page_rwlock", "md_lock"), 0, 30e-6);
    shipped_free(s);
}
END_TEST

/* Two pages at once, as they come: a deadlock that only the order prevents. */
START_TEST(two_pages_need_an_order) {
    static const char *const values[] = {"no", "yes"};
    for (int i = 0; i < 2; i++) {
        struct shipped *s = RUN(table, {"run.warmup", "2ms"}, {"objects.page", "16"},
                                {"threads.runner.count", "16"}, {"threads.mover.count", "16"},
                                {"threads.mover.steps.0.sleep", "exp(20us)"},
                                {"designs.page_spinlock.guard.merge.ordered", values[i]});
        const struct design_result *d = shipped_design(s, "page_spinlock");
        ck_assert_int_eq(d->outcome, i == 0 ? SIM_DEADLOCK : SIM_OK);
        ck_assert(i == 1 || strstr(d->detail, "notify_delta_merged, held by mover/") != NULL);
        shipped_free(s);
    }
}
END_TEST

static double progress(const struct shipped *s, const char *design, const char *name) {
    for (uint32_t i = 0; i < s->result->nprogress; i++)
        if (strcmp(s->result->progress[i], name) == 0)
            return shipped_design(s, design)->rates[i].mean;
    ck_abort_msg("no %s", name);
}

/* Readers that pass starve writers; those in interrupts also the readers that do not pass. */
START_TEST(who_passes_starves_who_waits) {
    struct shipped *s = RUN(page, {"run.warmup", "1ms"});
    ck_assert_int_eq(shipped_design(s, "readers_first")->outcome, SIM_STARVATION);
    ck_assert_int_eq(shipped_design(s, "irq_readers")->outcome, SIM_STARVATION);
    expect_between(progress(s, "readers_first", "task"), 1e5, 1e7);
    ck_assert(progress(s, "readers_first", "update") == 0);
    ck_assert(progress(s, "irq_readers", "task") == 0);
    ck_assert(progress(s, "irq_readers", "update") == 0);
    static const char *const cures[] = {"task_readers", "spinlock", "seqlock"};
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(shipped_design(s, cures[i])->outcome, SIM_OK);
        expect_between(longest(s, cures[i], "md_lock"), 0, 50e-6);
        expect_between(progress(s, cures[i], "update"), 5e3, 2e4);
    }
    shipped_free(s);
}
END_TEST

/* Below the limit of the line it is a matter of how many read at once. */
START_TEST(waits_grow_with_the_readers) {
    static const char *const counts[] = {"16", "40", "48"};
    double waits[3];
    for (int i = 0; i < 3; i++) {
        struct shipped *s =
            RUN(page, {"run.warmup", "1ms"}, {"threads.interrupt.count", counts[i]});
        waits[i] = longest(s, "irq_readers", "md_lock");
        expect_between(longest(s, "task_readers", "md_lock"), 0, 20e-6);
        shipped_free(s);
    }
    ck_assert_msg(waits[1] > 4 * waits[0] && waits[2] > 10 * waits[1], "%g %g %g", waits[0],
                  waits[1], waits[2]);
}
END_TEST

/* Where lookups go to many pages, nobody meets enough others to be starved. */
START_TEST(many_pages_starve_nobody) {
    struct shipped *s = RUN(page, {"run.warmup", "1ms"}, {"objects.page", "64"});
    for (uint32_t i = 0; i < s->result->ndesigns; i++) {
        ck_assert_int_eq(s->result->designs[i].outcome, SIM_OK);
        expect_between(longest(s, s->result->designs[i].name, "md_lock"), 0, 20e-6);
    }
    shipped_free(s);
}
END_TEST

int main(void) {
    TCase *tcase = tcase_create("predictions");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, one_lock_does_not_scale);
    tcase_add_test(tcase, few_cpus_need_none_of_it);
    tcase_add_test(tcase, skew_undoes_spinlocks_of_pages);
    tcase_add_test(tcase, a_scan_is_one_hold_or_many);
    tcase_add_test(tcase, two_pages_need_an_order);
    tcase_add_test(tcase, who_passes_starves_who_waits);
    tcase_add_test(tcase, waits_grow_with_the_readers);
    tcase_add_test(tcase, many_pages_starve_nobody);
    Suite *suite = suite_create("ploop");
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
