/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was measured beside what is predicted. */
#include "experiment_help.h"
#include "fixture.h"
#include "suite.h"

#include "base/arena.h"
#include "experiment/measured.h"

#include <check.h>
#include <math.h>
#include <string.h>

static struct measured_lines lines_for(struct result *result, struct measured *entries,
                                       uint32_t n) {
    struct scenario *scenario = arena_alloc(arena, sizeof(*scenario));
    *scenario = *result->scenario;
    scenario->measured = entries;
    scenario->nmeasured = n;
    result->scenario = scenario;
    return measured_compare(arena, result);
}

START_TEST(counts_scale_with_the_window_and_averages_do_not) {
    struct program *programs[] = {loop("base", "mutex", 8, 2)};
    struct result *result = result_with(programs, 1, 4);
    struct lock_stat_row row = result_lock_stat(&result->designs[0].locks[0]);
    struct measured_field fields[] = {{.name = "acquisitions", .value = 500},
                                      {.name = "holdtime-total", .value = 2},
                                      {.name = "holdtime-avg", .value = 1e-6},
                                      {.name = "holdtime-max", .value = 1}};
    struct measured entry = {
        .design.text = "base", .lock.text = "l", .window = 2, .fields = fields, .nfields = 4};
    struct measured_lines lines = lines_for(result, &entry, 1);
    double longer = 2 / 0.02;
    ck_assert_uint_eq(lines.n, 4);
    assert_near(lines.lines[0].predicted.mean, (double)row.hold.count / 4 * longer, 1e-9);
    assert_near(lines.lines[0].ratio, lines.lines[0].predicted.mean / 500, 1e-9);
    assert_near(lines.lines[1].predicted.mean,
                ticks_to_seconds((double)row.hold.total) / 4 * longer, 1e-9);
    assert_near(lines.lines[2].predicted.mean, ticks_to_seconds(span_mean(&row.hold)), 1e-9);
    ck_assert(lines.lines[2].predicted.lo < lines.lines[2].predicted.hi);
    assert_near(lines.lines[3].predicted.mean, ticks_to_seconds((double)row.hold.max), 1e-9);
    ck_assert(!lines.lines[3].scored && isnan(lines.lines[3].ratio));
    ck_assert(!lines.lines[0].calibrated);
}
END_TEST

START_TEST(sites_match_by_symbol_and_totals_by_design) {
    struct program *programs[] = {loop("base", "mcs", 8, 8), loop("other", "spinlock", 6, 8)};
    struct result *result = result_with(programs, 2, 4);
    struct measured_field base = {.name = "waittime-total", .value = 6},
                          other = {.name = "waittime-total", .value = 2};
    struct measured_site site = {{.text = "cs+0x999/0x1000"}, 30};
    struct measured entries[] = {
        {.design.text = "base",
         .lock.text = "l",
         .calibrated = true,
         .fields = &base,
         .nfields = 1,
         .waiters = &site,
         .nwaiters = 1},
        {.design.text = "other", .lock.text = "l", .fields = &other, .nfields = 1},
        {.design.text = "not run", .lock.text = "l", .fields = &other, .nfields = 1}};
    struct measured_lines lines = lines_for(result, entries, 3);
    ck_assert_uint_eq(lines.n, 4);
    ck_assert_str_eq(lines.lines[1].field, "waiters");
    ck_assert(lines.lines[1].predicted.mean == 1 && lines.lines[1].measured == 1);
    ck_assert(lines.lines[0].calibrated && lines.lines[1].calibrated);
    const struct measured_line *total = &lines.lines[3];
    ck_assert_ptr_null(total->subject);
    ck_assert(!total->calibrated);
    assert_near(total->measured, 3, 1e-9);
    assert_near(total->predicted.mean, result->compare[0].wait_total.mean, 1e-9);
}
END_TEST

START_TEST(progress_is_compared_too) {
    struct program *programs[] = {loop("base", "mutex", 8, 8)};
    struct result *result = result_with(programs, 1, 4);
    struct measured_field rate = {.name = "rate", .value = 1000};
    struct measured entry = {
        .design.text = "base", .progress.text = "op", .fields = &rate, .nfields = 1};
    struct measured_lines lines = lines_for(result, &entry, 1);
    ck_assert_uint_eq(lines.n, 1);
    ck_assert(lines.lines[0].predicted.mean == result->designs[0].rates[0].mean);
}
END_TEST

/* Ten iterations in each of two threads: 10 us of user work and 1 us under the lock. */
START_TEST(cpu_time_is_compared_too) {
    const struct fixture f = {"d", "none", 2, 2, us10, us1, 10, 1, false};
    struct program *programs[] = {fixture_loop(arena, &f)};
    struct result *result = result_with(programs, 1, 2);
    struct measured_field fields[] = {{.name = "cpu", .value = 110e-6},
                                      {.name = "user", .value = 200e-6},
                                      {.name = "sys", .value = 10e-6}};
    struct measured entry = {
        .design.text = "d", .threads.text = "t", .fields = fields, .nfields = 3};
    struct measured_lines lines = lines_for(result, &entry, 1);
    ck_assert_uint_eq(lines.n, 3);
    assert_near(lines.lines[0].ratio, 2, 1e-9);
    assert_near(lines.lines[1].ratio, 1, 1e-9);
    assert_near(lines.lines[2].ratio, 2, 1e-9);
}
END_TEST

START_TEST(columns_are_averages_over_replications) {
    const struct lock_stat_row row = {
        .wait = {4, 40 * TICKS_PER_US, TICKS_PER_US, 9}, .hold = {10, 30, 1, 2}, .con_bounces = 8};
    const struct lock_stat_field *total = lock_stat_field_find("waittime-total");
    assert_near(lock_stat_field_average(total, &row, 2), 20e-6, 1e-12);
    const struct lock_stat_field *avg = lock_stat_field_find("waittime-avg");
    assert_near(lock_stat_field_average(avg, &row, 2), 10e-6, 1e-12);
    const struct lock_stat_field *min = lock_stat_field_find("waittime-min");
    assert_near(lock_stat_field_average(min, &row, 2), 1e-6, 1e-12);
    ck_assert(lock_stat_field_average(lock_stat_field_find("con-bounces"), &row, 2) == 4);
    ck_assert_ptr_null(lock_stat_field_find("waittime"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("measured");
    TCase *measured = add_case(suite, "measured");
    tcase_add_test(measured, counts_scale_with_the_window_and_averages_do_not);
    tcase_add_test(measured, sites_match_by_symbol_and_totals_by_design);
    tcase_add_test(measured, progress_is_compared_too);
    tcase_add_test(measured, cpu_time_is_compared_too);
    tcase_add_test(measured, columns_are_averages_over_replications);
    return suite_run(suite);
}
