/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What scenarios/locks/ say is special about each kind: one design has so many times as much of
 * something as another.
 */
#include "shipped.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

enum metric { RATE, ELAPSED, MEAN_WAIT, LONGEST_WAIT, LOCK_STAT_HOLD };

struct claim {
    const char *kind, *more, *less; /* designs */
    enum metric metric;
    double factor;         /* at least */
    const char *progress;  /* of a rate; or NULL for the first point */
    struct setting change; /* of the scenario, or none */
};

static const struct claim claims[] = {
    {"none", "none", "spinlock", RATE, 1.5, NULL, {0}},
    {"none", "spinlock", "none", RATE, 0.95, NULL, {"threads.t.count", "4"}},
    {"preempt-off", "preempt_off", "one_spinlock", RATE, 4, NULL, {0}},
    {"mutex", "mutex", "spinlock", LOCK_STAT_HOLD, 1.7, NULL, {0}},
    {"spinlock", "spin_lock", "spin_lock_irqsave", MEAN_WAIT, 2, NULL, {0}},
    {"spinlock", "spin_lock", "spin_lock_irqsave", LONGEST_WAIT, 20, NULL, {0}},
    {"qspinlock-cna", "cna", "spinlock", RATE, 1.3, NULL, {0}},
    {"qspinlock-cna", "cna", "impatient", LONGEST_WAIT, 10, NULL, {0}},
    {"ticket", "mcs", "ticket", RATE, 5, NULL, {0}},
    {"ticket", "ticket", "mcs", RATE, 1, NULL, {"threads.core.count", "12"}},
    {"mcs", "ttas", "spin", RATE, 20, NULL, {0}},
    {"mcs", "park", "spin", RATE, 20, NULL, {0}},
    {"clh", "clh", "mcs", MEAN_WAIT, 1.3, NULL, {0}},
    {"tas", "mcs", "tas", RATE, 2, NULL, {0}},
    {"tas", "tas", "mcs", RATE, 0.9, NULL, {"threads.t.count", "4"}},
    {"ttas", "ttas", "tas", RATE, 1.3, NULL, {0}},
    {"futex", "futex", "in_order", RATE, 3, NULL, {0}},
    {"adaptive", "adaptive", "futex", RATE, 1.4, NULL, {0}},
    {"adaptive", "futex", "adaptive", RATE, 0.95, NULL, {"sections.cs.cost", "20us"}},
    {"rwlock", "rwlock", "rwlock_reader", MEAN_WAIT, 3, NULL, {0}},
    {"rwlock", "rwlock", "spinlock", RATE, 1.2, "look", {0}},
    {"rwlock-reader", "rwlock", "rwlock_reader", RATE, 1000, "change", {0}},
    {"semaphore", "semaphore", "one_at_a_time", RATE, 1.8, NULL, {0}},
    {"rwsem", "rwsem", "mutex", RATE, 1.7, "fault", {0}},
    {"rcu", "synchronize", "rwlock", RATE, 1.1, "read", {0}},
    {"rcu", "call_rcu", "synchronize", RATE, 4, "written", {0}},
    {"percpu-rwsem", "percpu_rwsem", "rwsem", RATE, 1.3, "look", {0}},
    {"percpu-rwsem", "percpu_rwsem", "rwsem", LONGEST_WAIT, 50, NULL, {0}},
    {"lockref", "atomic", "stock", RATE, 2, "open", {0}},
    {"lockref", "rework", "stock", RATE, 1.2, "open", {0}},
    {"atomic", "atomic_beside", "under_the_lock", RATE, 1.8, "use", {0}},
    {"atomic", "atomic_apart", "atomic_beside", RATE, 1.1, "update", {0}},
    {"seqlock", "seqlock", "rwlock", RATE, 1.2, "got", {0}},
    {"seqlock", "rwlock", "seqlock", RATE, 1.1, "got", {"sections.get.cost", "6us"}},
    {"completion", "one_by_one", "complete_all", ELAPSED, 1.05, NULL, {0}},
};

static uint32_t progress_number(const struct result *result, const char *name) {
    uint32_t i = 0;
    while (name != NULL && i < result->nprogress && strcmp(result->progress[i], name) != 0)
        i++;
    ck_assert(i < result->nprogress);
    return i;
}

static double value(const struct shipped *s, const struct claim *claim, const char *name) {
    const struct design_result *design = shipped_design(s, name);
    const struct lock_result *lock = &design->locks[0];
    struct lock_stat_row row = result_lock_stat(lock);
    switch (claim->metric) {
    case RATE:
        return design->rates[progress_number(s->result, claim->progress)].mean;
    case ELAPSED:
        return design->elapsed.mean;
    case MEAN_WAIT:
        return lock->wait.mean.mean;
    case LONGEST_WAIT:
        return lock->wait.max;
    case LOCK_STAT_HOLD:
        return (double)row.hold.total / (double)row.hold.count;
    }
    return 0;
}

START_TEST(each_kind_is_special) {
    const struct claim *claim = &claims[_i];
    char file[100];
    snprintf(file, sizeof(file), "scenarios/locks/%s.yaml", claim->kind);
    const struct setting settings[] = {{"run.replications", "2"}, claim->change};
    struct shipped *s = shipped_run(file, settings, claim->change.path != NULL ? 2 : 1);
    double more = value(s, claim, claim->more), less = value(s, claim, claim->less);
    ck_assert_msg(more >= claim->factor * less, "%s: %s %g, %s %g", claim->kind, claim->more, more,
                  claim->less, less);
    shipped_free(s);
}
END_TEST

START_TEST(writers_starve) {
    struct shipped *s = shipped_run("scenarios/locks/rwlock-reader.yaml", NULL, 0);
    ck_assert_int_eq(shipped_design(s, "rwlock")->outcome, SIM_OK);
    ck_assert_int_eq(shipped_design(s, "rwlock_reader")->outcome, SIM_STARVATION);
    shipped_free(s);
}
END_TEST

int main(void) {
    TCase *tcase = tcase_create("kinds");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, each_kind_is_special, 0, (int)(sizeof(claims) / sizeof(claims[0])));
    tcase_add_test(tcase, writers_starve);
    Suite *suite = suite_create("gallery");
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
