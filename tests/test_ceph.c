/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scenarios/ceph.yaml against the tables it was made from, on a shorter run
 * than the scenario asks for. How far the figures may be from the published
 * ones is said in docs/ceph.md.
 */
#include "shipped.h"
#include "suite.h"

#include <check.h>
#include <string.h>

static struct shipped *ceph;

static void simulate(void) {
    static const struct setting settings[] = {{"run.duration", "15s"}, {"run.replications", "2"}};
    ceph = shipped_run("scenarios/ceph.yaml", settings, 2);
}

static void tear_down(void) {
    shipped_free(ceph);
}

static double predicted(const char *design, const char *lock, const char *field, const char *site) {
    return shipped_line(ceph, design, lock, field, site)->predicted.mean;
}

static void expect_within(const struct measured_line *line, double factor) {
    double ratio = line->predicted.mean / line->measured;
    ck_assert_msg(ratio > 1 / factor && ratio < factor, "%s %s: predicted %g, measured %g",
                  line->subject != NULL ? line->subject : "", line->field, line->predicted.mean,
                  line->measured);
}

/* Fitted, so near; the waits are few in a short run. */
START_TEST(the_first_table_is_fitted) {
    static const char *const fields[] = {"acquisitions",   "contentions",  "holdtime-avg",
                                         "holdtime-total", "waittime-avg", "waittime-total"};
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        const struct measured_line *line =
            shipped_line(ceph, "mutex", "con_mutex", fields[i], NULL);
        ck_assert(line->calibrated);
        expect_within(line, strncmp(fields[i], "wait", 4) == 0 ? 1.25 : 1.1);
    }
    ck_assert(predicted("mutex", "con_mutex", "waiters", "ceph_con_send") > 0.99);
    static const char *const holders[] = {"ceph_con_process_message", "ceph_con_workfn",
                                          "ceph_con_in_msg_alloc"};
    for (int i = 0; i < 3; i++) {
        const struct measured_line *line =
            shipped_line(ceph, "mutex", "con_mutex", "holders", holders[i]);
        ck_assert_double_eq_tol(line->predicted.mean, line->measured, 0.08);
    }
}
END_TEST

START_TEST(the_second_table_is_predicted) {
    const struct measured_line *acquisitions =
        shipped_line(ceph, "out_lock", "out_lock", "acquisitions", NULL);
    ck_assert(!acquisitions->calibrated);
    expect_within(acquisitions, 1.1);
    expect_within(shipped_line(ceph, "out_lock", "out_lock", "contentions", NULL), 3);
    expect_within(shipped_line(ceph, "out_lock", "out_lock", "waittime-avg", NULL), 3);
    expect_within(shipped_line(ceph, "out_lock", NULL, "wait-total-ratio", NULL), 3);
    ck_assert(predicted("out_lock", "con_mutex", "contentions", NULL) < 50);
}
END_TEST

static bool is_send(const struct lock_result *lock, uint32_t site) {
    return strncmp(result_site(shipped_design(ceph, "out_lock"), lock, site), "ceph_con_send",
                   13) == 0;
}

/* With the spinlock a sender takes the mutex only in STANDBY, and seldom meets other senders. */
START_TEST(senders_leave_the_mutex_alone) {
    const struct lock_result *mutex = shipped_lock(ceph, "out_lock", "con_mutex");
    const struct lock_result *spinlock = shipped_lock(ceph, "out_lock", "out_lock");
    const struct class_view *view = mutex->pool;
    uint64_t standby = 0, all = 0, sends = 0;
    for (uint32_t i = 0; i < view->sites.n * view->sites.n; i++)
        if (is_send(mutex, i / view->sites.n))
            standby += view->pairs[i].count;
    ck_assert_uint_lt(standby, 10);
    view = spinlock->pool;
    for (uint32_t i = 0; i < view->sites.n * view->sites.n; i++) {
        all += view->pairs[i].count;
        if (is_send(spinlock, i / view->sites.n) && is_send(spinlock, i % view->sites.n))
            sends += view->pairs[i].count;
    }
    ck_assert(all > 0 && sends > 0);
    ck_assert_msg((double)sends < 0.05 * (double)all, "%g of %g", (double)sends, (double)all);
}
END_TEST

/* What optimistic spinning hides from lock_stat is more than what it shows. */
START_TEST(the_true_gain_is_larger_than_lock_stat_shows) {
    const struct comparison *c = &ceph->result->compare[0];
    ck_assert_msg(c->true_wait_total.mean > 2 * c->wait_total.mean, "true %g, lock_stat %g",
                  c->true_wait_total.mean, c->wait_total.mean);
}
END_TEST

/* The worker runs where it was queued, so the mutex that it alone takes goes from CPU to CPU. */
START_TEST(the_mutex_moves_with_the_worker) {
    expect_within(shipped_line(ceph, "out_lock", "con_mutex", "acq-bounces", NULL), 3);
}
END_TEST

static double lock_stat_wait(const struct lock_result *lock) {
    struct lock_stat_row row = result_lock_stat(lock);
    return (double)row.wait.total / (double)row.wait.count;
}

/* With interrupts off holders are not stretched; on a list without a lock nobody waits at all. */
START_TEST(two_designs_beat_the_patch) {
    const struct lock_result *patch = shipped_lock(ceph, "out_lock", "out_lock"),
                             *irqsave = shipped_lock(ceph, "irqsave", "out_lock"),
                             *list = shipped_lock(ceph, "llist", "out_list");
    ck_assert(lock_stat_wait(irqsave) * 3 < lock_stat_wait(patch));
    ck_assert(irqsave->wait.max * 10 < patch->wait.max);
    ck_assert(list->contended.mean == 0);
    ck_assert(list->wait.max < irqsave->wait.max);
}
END_TEST

int main(void) {
    TCase *tcase = tcase_create("tables");
    tcase_add_unchecked_fixture(tcase, simulate, tear_down);
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, the_first_table_is_fitted);
    tcase_add_test(tcase, the_second_table_is_predicted);
    tcase_add_test(tcase, senders_leave_the_mutex_alone);
    tcase_add_test(tcase, the_true_gain_is_larger_than_lock_stat_shows);
    tcase_add_test(tcase, the_mutex_moves_with_the_worker);
    tcase_add_test(tcase, two_designs_beat_the_patch);
    Suite *suite = suite_create("ceph");
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
