/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The numbers that scenarios/tutorial/ lets the reader check by hand: each is worked out here
 * as its comment does, and the scenario must come out near it.
 */
#include "shipped.h"
#include "suite.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct law {
    const char *file, *design, *subject; /* a progress point, or a lock */
    double exact, tolerance;             /* per second, or seconds; the tolerance is relative */
    struct setting setting;              /* or none */
};

#define US 1e-6

static const struct law rates[] = {
    {"01-two-threads-one-lock", "one_lock", "op", 0.8 / US, 0.01, {0}},
    {"02-split-the-lock", "table_lock", "op", 1 / (0.5 * US), 0.01, {0}},
    {"02-split-the-lock", "none", "op", 16 / (2.5 * US), 0.01, {0}},
    {"03-sleep-or-spin", "semaphore", "op", 1 / (8 * US), 0.03, {0}},
    {"06-readers-and-writers", "none", "look", 16 / (3 * US), 0.01, {0}},
    {"08-more-threads-than-cpus", "none", "op", 2 / (6 * US), 0.03, {0}},
    {"09-two-nodes", "spinlock", "op", 1 / (0.3 * US), 0.02, {"machine.nodes", "1"}},
    {"09-two-nodes", "cna", "op", 1 / (0.3 * US), 0.02, {0}},
    {"10-false-sharing", "packed", "op", 1 / (0.05 * US), 0.01, {0}},
    {"10-false-sharing", "one_for_all", "op", 1 / (0.05 * US), 0.01, {0}},
    {"10-false-sharing", "padded", "op", 8 / (0.1 * US), 0.01, {0}},
    {"11-a-work-queue", "queue", "done", 1e5 * 2 / 3, 0.01, {0}},
    {"12-grace-periods", "under_the_mutex", "written", 100, 0.01, {0}},
    {"12-grace-periods", "after_the_mutex", "written", 20 / 20e-3, 0.01, {0}},
    {"12-grace-periods", "expedited", "written", 1 / (35 * US), 0.01, {0}},
    {"13-lock-order", "in_order", "renamed", 0.22 / 1.22 / US, 0.01, {0}},
    {"16-shards-by-key", "one_lock", "op", 1 / US, 0.02, {0}},
    {"16-shards-by-key", "shards", "op", 4.74 / US, 0.03, {0}},
};

static const struct law waits[] = {
    /* of all, also who need not wait */
    {"01-two-threads-one-lock", "one_lock", "lock", 0.5 * US, 0.02, {0}},
    {"05-variance", "constant", "lock", 2 * US, 0.05, {0}},
    {"05-variance", "exponential", "lock", 4 * US, 0.05, {0}},
    {"05-variance", "uneven", "lock", 20 * US, 0.15, {0}},
};

static const struct law waits_of_those_that_wait[] = {
    {"04-arrivals-and-utilisation", "spinlocks", "at_50", 2 * US, 0.05, {0}},
    {"04-arrivals-and-utilisation", "spinlocks", "at_80", 5 * US, 0.07, {0}},
    {"04-arrivals-and-utilisation", "spinlocks", "at_90", 10 * US, 0.15, {0}},
};

static const struct law wait_ratios[] = {
    /* of the first design to this one */
    {"14-which-guess-matters", "two_locks", "", 1.6 / 0.6, 0.05, {0}},
    {"14-which-guess-matters", "two_locks", "", 6, 0.1, {"sections.insert.cost", "exp(2us)"}},
};

static const struct law elapsed[] = {
    {"07-a-finite-job", "one_lock", "", 16.01e-3, 0.001, {0}},
};

static struct shipped *run(const struct law *law) {
    char file[100];
    snprintf(file, sizeof(file), "scenarios/tutorial/%s.yaml", law->file);
    const struct setting settings[] = {{"run.replications", "4"}, law->setting};
    return shipped_run(file, settings, law->setting.path != NULL ? 2 : 1);
}

static void expect(const struct law *law, double value) {
    ck_assert_msg(fabs(value / law->exact - 1) < law->tolerance, "%s, %s %s: %g, by hand %g",
                  law->file, law->design, law->subject, value, law->exact);
}

START_TEST(rates_are_as_by_hand) {
    const struct law *law = &rates[_i];
    struct shipped *s = run(law);
    const struct result *result = s->result;
    uint32_t point = 0;
    while (point < result->nprogress && strcmp(result->progress[point], law->subject) != 0)
        point++;
    ck_assert(point < result->nprogress);
    expect(law, shipped_design(s, law->design)->rates[point].mean);
    shipped_free(s);
}
END_TEST

START_TEST(waits_are_as_by_hand) {
    const struct law *law = &waits[_i];
    struct shipped *s = run(law);
    expect(law, shipped_lock(s, law->design, law->subject)->wait.mean.mean);
    shipped_free(s);
}
END_TEST

START_TEST(waits_of_those_that_wait_are_as_by_hand) {
    const struct law *law = &waits_of_those_that_wait[_i];
    struct shipped *s = run(law);
    const struct lock_result *lock = shipped_lock(s, law->design, law->subject);
    expect(law, lock->wait.mean.mean * lock->acquisitions.mean / lock->contended.mean);
    shipped_free(s);
}
END_TEST

START_TEST(wait_ratios_are_as_by_hand) {
    const struct law *law = &wait_ratios[_i];
    struct shipped *s = run(law);
    expect(law, s->result->compare[0].true_wait_total.mean);
    shipped_free(s);
}
END_TEST

START_TEST(elapsed_times_are_as_by_hand) {
    const struct law *law = &elapsed[_i];
    struct shipped *s = run(law);
    expect(law, shipped_design(s, law->design)->elapsed.mean);
    shipped_free(s);
}
END_TEST

START_TEST(the_wrong_order_ends_in_deadlock) {
    const struct law law = {"13-lock-order", "any_order", "", 0, 0, {0}};
    struct shipped *s = run(&law);
    ck_assert_int_eq(shipped_design(s, "any_order")->outcome, SIM_DEADLOCK);
    ck_assert_int_eq(shipped_design(s, "in_order")->outcome, SIM_OK);
    shipped_free(s);
}
END_TEST

#define LAWS(table) (int)(sizeof(table) / sizeof((table)[0]))

int main(void) {
    TCase *tcase = tcase_create("by hand");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, rates_are_as_by_hand, 0, LAWS(rates));
    tcase_add_loop_test(tcase, waits_are_as_by_hand, 0, LAWS(waits));
    tcase_add_loop_test(tcase, waits_of_those_that_wait_are_as_by_hand, 0,
                        LAWS(waits_of_those_that_wait));
    tcase_add_loop_test(tcase, wait_ratios_are_as_by_hand, 0, LAWS(wait_ratios));
    tcase_add_loop_test(tcase, elapsed_times_are_as_by_hand, 0, LAWS(elapsed));
    tcase_add_test(tcase, the_wrong_order_ends_in_deadlock);
    Suite *suite = suite_create("tutorial");
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
