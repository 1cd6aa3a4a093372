/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people read, and the cells it is made of. */
#include "config.h"

#include "report_help.h"
#include "suite.h"

#include "report/cells.h"
#include "report/notes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- text ---- */

static void assert_fits(const char *line) {
    ck_assert_msg(text_columns(line) <= TEXT_WIDTH, "%d columns: %s", text_columns(line), line);
    ck_assert_msg(line[0] == '\0' || line[strlen(line) - 1] != ' ', "blank at the end: %s", line);
}

START_TEST(text_fits_a_terminal) {
    each_line(written("text"), assert_fits);
}
END_TEST

START_TEST(text_says_what_happened) {
    const char *text = written("text");
    assert_has(text, "A fixture");
    assert_has(text, "total wait: mutex /");
    assert_has(text, "lock_stat ");
    assert_has(text, "perf ");
    assert_has(text, "true ");
    assert_has(text, "baseline");
}
END_TEST

START_TEST(text_says_what_designs_are_about) {
    report.result->designs[1].doc = "waiters queue";
    assert_has(written("text"), "\n\nmcs               waiters queue\n\n");
}
END_TEST

/* Nothing but the outcome and the cycle stands where figures would. */
START_TEST(a_deadlock_is_all_there_is_to_say) {
    const char *row = line_of(written("text"), "stuck ");
    ck_assert_str_eq(rest_of_line(row), "stuck             DEADLOCK in 3 of 3 replications");
    const char *next = strchr(row, '\n') + 1;
    ck_assert(strncmp(next, "  t/0 waits for l ", 18) == 0);
    next = strchr(next, '\n') + 1;
    ck_assert(strncmp(next, "  t/0 waits for m ", 18) == 0);
    next = strchr(next, '\n') + 1;
    ck_assert_msg(*next != ' ', "%s", next);
    ck_assert_ptr_null(strstr(written("text"), "\nstuck, "));
    assert_has(written("text"),
               "stuck ended in deadlock in 3 of 3 replications: nothing is claimed");
}
END_TEST

static struct design_result *starve(int design) {
    struct design_result *starved = &report.result->designs[design];
    starved->outcome = SIM_STARVATION;
    starved->failures = 2;
    starved->detail = "a waits for b";
    return starved;
}

START_TEST(starvation_comes_before_what_was_served) {
    starve(1);
    const char *row = line_of(written("text"), "mcs ");
    ck_assert(strncmp(row,
                      "mcs               STARVATION in 2 of 3 replications\n"
                      "  a waits for b\n  what it served ",
                      80) == 0);
    ck_assert_ptr_null(strstr(rest_of_line(line_of(row, "  what it served")), "baseline"));
}
END_TEST

START_TEST(a_design_that_starves_is_not_scored) {
    starve(1);
    struct measured_lines lines = measured_compare(arena, report.result);
    int scored = 0;
    for (uint32_t i = 0; i < lines.n; i++) {
        ck_assert_int_eq(lines.lines[i].scored, !isnan(lines.lines[i].ratio));
        ck_assert(strcmp(lines.lines[i].design, "mcs") != 0 || !lines.lines[i].scored);
        scored += lines.lines[i].scored;
    }
    ck_assert_int_gt(scored, 0);
}
END_TEST

START_TEST(a_baseline_that_starves_is_none) {
    starve(0);
    ck_assert_ptr_null(strstr(written("text"), "baseline\n"));
    assert_has(written("text"), "nothing is claimed for any design against it");
}
END_TEST

/* The table, the tables of locks, JSON and CSV say the same of a wait that has not ended. */
START_TEST(the_longest_wait_need_not_have_ended) {
    struct runs *runs = report.result->runs;
    runs->designs[1].samples[2].locks[0].unfinished = TICKS_PER_SECOND;
    report.result = result_new(arena, report.result->scenario, runs);
    const char *text = written("text"), *row = rest_of_line(line_of(text, "mcs "));
    assert_has(row, " 1.00 s ");
    assert_has(rest_of_line(strchr(strstr(text, "\nmcs, l"), '\n') + 1), "mcs, l");
    assert_has(rest_of_line(line_of(strstr(text, "\nmcs, l"), "  true")), " 1.00 s ");
    ck_assert_double_eq(report.result->designs[1].locks[0].wait.max, 1);
    ck_assert_double_lt(report.result->designs[0].locks[0].wait.max, 1);
}
END_TEST

/* The row of mcs when the average acquisition waited 1, 2 and 3 of that time; as many runs. */
static const char *row_with_waits(int64_t unit, uint32_t replications) {
    struct runs *runs = report.result->runs;
    struct design_runs *design = &runs->designs[1];
    design->replications = replications;
    for (uint32_t i = 0; i < replications; i++)
        for (uint32_t l = 0; l < design->samples[i].nlocks; l++) {
            design->samples[i].locks[l].acquisitions = 100;
            design->samples[i].locks[l].wait = 100 * (i + 1) * unit;
        }
    report.result = result_new(arena, report.result->scenario, runs);
    return rest_of_line(line_of(written("text"), "mcs "));
}

START_TEST(waits_have_intervals) {
    /* exp() of t(2) / sqrt(12) as a factor up and down */
    assert_has(row_with_waits(TICKS_PER_US, 3), " 2.00 us +-159% ");
}
END_TEST

START_TEST(where_there_are_no_waits_there_is_no_interval) {
    assert_has(row_with_waits(0, 3), "     0 s        ");
}
END_TEST

START_TEST(one_replication_has_no_intervals) {
    ck_assert_ptr_null(strstr(row_with_waits(TICKS_PER_US, 1), "+-"));
}
END_TEST

static int calibrated_rows, predicted_rows;

static void count_roles(const char *line) {
    static bool fitted;
    if (strstr(line, "  calibrated") == line) {
        fitted = true;
        calibrated_rows++;
    } else if (strstr(line, "  predicted") == line) {
        fitted = false;
        predicted_rows++;
    } else if (strstr(line, "  ratio") == line) {
        ck_assert_msg(!fitted, "a calibrated figure is scored: %s", line);
    }
}

START_TEST(text_never_scores_a_calibrated_figure) {
    each_line(written("text"), count_roles);
    ck_assert_int_eq(calibrated_rows, 1);
    ck_assert_int_eq(predicted_rows, 1);
    const char *text = written("text");
    assert_has(text, "  fit ");
    assert_has(text, "mcs, op rate: predicted");
    assert_has(text, "waiters, calibrated (measured): cs ");
}
END_TEST

START_TEST(bars_run_from_low_to_high) {
    const char *text = written("text");
    const char *row = strstr(text, "machine.interrupts.share");
    const char *high = strchr(row, 'H'), *base = strchr(row, '|'), *low = strchr(row, 'L');
    ck_assert(row < high && high < base && base < low && low < strchr(row, '\n'));
}
END_TEST

START_TEST(hidden_spinning_is_named) {
    struct notes notes = notes_of(arena, &report);
    ck_assert_uint_gt(notes.n, 1);
    assert_has(notes.texts[1], "mutex: lock_stat shows");
    assert_has(notes.texts[1], "optimistic spinning, which lock_stat books as hold time");
    for (uint32_t i = 0; i < notes.n; i++)
        ck_assert_ptr_null(strstr(notes.texts[i], "mcs: lock_stat shows"));
}
END_TEST

static uint32_t notes_with(const char *text) {
    struct notes notes = notes_of(arena, &report);
    uint32_t n = 0;
    for (uint32_t i = 0; i < notes.n; i++)
        n += strstr(notes.texts[i], text) != NULL;
    return n;
}

/* One note for a group under all designs. */
START_TEST(waiting_for_cpus_is_named_where_it_matters) {
    const struct result *result = report.result;
    ck_assert_uint_eq(notes_with("waited for a CPU"), 0);
    for (int d = 0; d < 2; d++) {
        struct group_result *group = &result->designs[d].groups[0];
        double counts = result->designs[d].rates[0].mean * result->duration;
        for (uint32_t g = 1; g < result->designs[d].ngroups; g++)
            result->designs[d].groups[g].cpu.mean = 0;
        ck_assert_uint_eq(group->point, NO_INDEX); /* another group counts the same */
        group->point = 0;
        group->cpu.mean = 1e-6 * counts;
        group->run_delay.mean = (d == 0 ? 12e-6 : 0.04e-6) * counts;
    }
    ck_assert_uint_eq(notes_with("For each op, t waited for a CPU, 12.0 times its CPU time: "
                                 "mutex 12.0 us."),
                      1);
    result->designs[1].groups[0].run_delay.mean *= 5;
    ck_assert_uint_eq(
        notes_with("a CPU, up to 12.0 times its CPU time: mutex 12.0 us, mcs 200 ns."), 1);
    /* A few threads that wait do not matter among many that run. */
    for (int d = 0; d < 2; d++)
        result->designs[d].groups[1].cpu.mean = 1e6;
    ck_assert_uint_eq(notes_with("waited for a CPU"), 0);
}
END_TEST

START_TEST(arrivals_that_outrun_the_rest_are_named) {
    ck_assert_uint_eq(notes_with("outrun"), 0);
    report.result->designs[1].groups[0].behind = 1234;
    ck_assert_uint_eq(notes_with("mcs: arrivals of t outrun what is done: about 1.23k more are "),
                      1);
}
END_TEST

START_TEST(a_gain_that_lock_stat_cannot_see_is_explained) {
    report.result->compare[0].wait_total.mean = 35;
    report.result->compare[0].true_wait_total.mean = 310;
    struct notes notes = notes_of(arena, &report);
    const char *text = "";
    for (uint32_t i = 0; i < notes.n; i++)
        text = strstr(notes.texts[i], "total wait") != NULL ? notes.texts[i] : text;
    assert_has(text, "mcs: the total wait falls by a factor of 35.0 in lock_stat");
    assert_has(text, " and by a factor of 310 in truth: optimistic spinning of mutex");
}
END_TEST

/* A design that hardly waits: what is divided by its wait is not a figure. */
START_TEST(a_ratio_to_next_to_nothing_is_none) {
    report.result->compare[0].wait_total = (struct estimate){19178, 0.05, 7e9};
    report.result->compare[0].true_wait_total = (struct estimate){1.38, 1.17, 1.63};
    assert_has(written("text"), " -      1.38 (1.17..1.63)\n");
    struct notes notes = notes_of(arena, &report);
    for (uint32_t i = 0; i < notes.n; i++)
        ck_assert_ptr_null(strstr(notes.texts[i], "mcs: the total wait"));
}
END_TEST

static const char *doubt_about(const char *design) {
    const char *start = arena_printf(arena, "%s: the true mean wait on ", design);
    struct notes notes = notes_of(arena, &report);
    for (uint32_t i = 0; i < notes.n; i++)
        if (strncmp(notes.texts[i], start, strlen(start)) == 0)
            return notes.texts[i];
    return NULL;
}

/* Means of 1, 2 and 3 us have a standard deviation of half their mean: 25 times the length. */
START_TEST(an_interval_from_uneven_replications_is_doubted) {
    ck_assert_ptr_null(doubt_about("mcs"));
    row_with_waits(TICKS_PER_US, 3);
    assert_has(doubt_about("mcs"),
               " mostly above: replications differ by 50.0% (standard deviation)");
    assert_has(doubt_about("mcs"), "replications of at least 500 ms (--duration).");
    ck_assert_ptr_null(doubt_about("mutex"));
    ck_assert_ptr_null(doubt_about("stuck"));
}
END_TEST

START_TEST(a_doubtful_job_should_be_done_more_often) {
    row_with_waits(TICKS_PER_US, 3);
    report.result->designs[1].finite = true;
    assert_has(doubt_about("mcs"), "at least 80 replications (--replications).");
}
END_TEST

START_TEST(waits_that_hardly_matter_are_not_doubted) {
    row_with_waits(1, 3);
    ck_assert_ptr_null(doubt_about("mcs"));
}
END_TEST

/* ---- cells ---- */

START_TEST(wrapped_lines_are_indented_and_full) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    char words[] =
        "  ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab "
        "ab ab ab ab ab ab ab ab ab ab ab ab";
    put_wrapped(out, words, 4);
    fclose(out);
    const char *second = strchr(text, '\n') + 1;
    ck_assert_int_eq((int)(second - text) - 1, 2 + 33 * 3 - 1);
    ck_assert(strncmp(text, "  ab ", 5) == 0 && strncmp(second, "    ab ", 7) == 0);
    free(text);
}
END_TEST

START_TEST(units_stay_with_their_numbers) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    char line[100];
    memset(line, 'x', sizeof(line));
    for (int i = 0; i < 40; i++)
        put_wrapped(out, arena_printf(arena, "%.*s word 12.3 us, 4 ms. 7 s", 60 + i, line), 2);
    fclose(out);
    ck_assert_ptr_null(strstr(text, "\n  us"));
    ck_assert_ptr_null(strstr(text, "\n  ms"));
    ck_assert_ptr_null(strstr(text, "\n  s"));
    ck_assert_ptr_nonnull(strstr(text, "\n  12.3 us,"));
    free(text);
}
END_TEST

START_TEST(cells_are_short) {
    ck_assert_str_eq(cell_ratio(43.14).text, "43.1");
    ck_assert_str_eq(cell_ratio(1).text, "1.00");
    ck_assert_str_eq(cell_ratio(9.996).text, "10.0");
    ck_assert_str_eq(cell_ratio(312.4).text, "312");
    ck_assert_str_eq(cell_ratio(0.0123).text, "0.012");
    ck_assert_str_eq(cell_ratio(0).text, "0");
    ck_assert_str_eq(cell_ratio(NAN).text, "-");
    ck_assert_str_eq(cell_share(0.0213).text, "2.13%");
    ck_assert_str_eq(cell_precision((struct estimate){2, 1.99, 2.01}).text, "+-0.5%");
    ck_assert_str_eq(cell_precision((struct estimate){2, NAN, NAN}).text, "");
    ck_assert_str_eq(cell_interval(UNIT_RATIO, (struct estimate){43.1, 39, 47.2}).text,
                     "43.1 (39.0..47.2)");
    ck_assert_int_eq(text_columns("\xc2\xb5s"), 2);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("report as text");
    TCase *text = add_case(suite, "text"), *cells = add_case(suite, "cells");
    tcase_add_test(text, text_fits_a_terminal);
    tcase_add_test(text, text_says_what_happened);
    tcase_add_test(text, text_says_what_designs_are_about);
    tcase_add_test(text, a_deadlock_is_all_there_is_to_say);
    tcase_add_test(text, starvation_comes_before_what_was_served);
    tcase_add_test(text, a_baseline_that_starves_is_none);
    tcase_add_test(text, a_design_that_starves_is_not_scored);
    tcase_add_test(text, the_longest_wait_need_not_have_ended);
    tcase_add_test(text, waits_have_intervals);
    tcase_add_test(text, where_there_are_no_waits_there_is_no_interval);
    tcase_add_test(text, one_replication_has_no_intervals);
    tcase_add_test(text, text_never_scores_a_calibrated_figure);
    tcase_add_test(text, bars_run_from_low_to_high);
    tcase_add_test(text, hidden_spinning_is_named);
    tcase_add_test(text, waiting_for_cpus_is_named_where_it_matters);
    tcase_add_test(text, arrivals_that_outrun_the_rest_are_named);
    tcase_add_test(text, a_gain_that_lock_stat_cannot_see_is_explained);
    tcase_add_test(text, a_ratio_to_next_to_nothing_is_none);
    tcase_add_test(text, an_interval_from_uneven_replications_is_doubted);
    tcase_add_test(text, a_doubtful_job_should_be_done_more_often);
    tcase_add_test(text, waits_that_hardly_matter_are_not_doubted);
    tcase_add_test(cells, cells_are_short);
    tcase_add_test(cells, wrapped_lines_are_indented_and_full);
    tcase_add_test(cells, units_stay_with_their_numbers);
    return suite_run(suite);
}
