/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment_help.h"
#include "suite.h"

#include "experiment/sensitivity.h"
#include "sim/lock/lock.h"

#include <check.h>
#include <math.h>
#include <string.h>

/* The hold time matters much, the think time less; `low` of the latter is what it is anyway. */
static const char *const assumptions =
    "sim: 1\n"
    "title: t\n"
    "machine: {cpus: 8}\n"
    "sections:\n"
    "  cs: {cost: {value: exp(1us), origin: assumed, range: 0.5us..2us}}\n"
    "  other: {cost: {value: 1us, origin: measured, range: 0.1us..9us}}\n"
    "threads:\n"
    "  t:\n"
    "    count: 8\n"
    "    steps:\n"
    "      - run: {value: exp(20us), origin: assumed, range: exp(20us)..exp(22us)}\n"
    "      - in: cs\n"
    "      - in: other\n"
    "      - count: op\n"
    "designs:\n"
    "  one: {locks: {l: {kind: mcs}}, guard: {cs: l, other: l}}\n"
    "  two: {locks: {l: {kind: mcs}, m: {kind: mcs}}, guard: {cs: l, other: m}}\n"
    "run: {duration: 40ms, warmup: 1ms, replications: 4}\n";

static struct sensitivity *study_with(double effort, struct result **main_result,
                                      const struct setting *settings, size_t nsettings) {
    struct diag *diag = diag_new();
    struct scenario *scenario =
        scenario_load(arena, diag, "t.yaml", assumptions, strlen(assumptions), settings, nsettings);
    ck_assert_ptr_nonnull(scenario);
    struct program *programs[2];
    for (int i = 0; i < 2; i++) {
        programs[i] = program_compile(arena, diag, scenario, &scenario->designs[i], lock_kind_infos,
                                      lock_kind_count);
        ck_assert_ptr_nonnull(programs[i]);
    }
    *main_result = result_new(arena, scenario, run_with(programs, 2, 4, 0, 1));
    const struct sensitivity_plan plan = {.main = *main_result,
                                          .file = "t.yaml",
                                          .text = assumptions,
                                          .length = strlen(assumptions),
                                          .settings = settings,
                                          .nsettings = nsettings,
                                          .effort = effort,
                                          .jobs = 2};
    struct sensitivity *s = sensitivity_run(arena, diag, &plan);
    ck_assert_ptr_nonnull(s);
    diag_free(diag);
    return s;
}

static struct sensitivity *study(double effort, struct result **main_result) {
    return study_with(effort, main_result, NULL, 0);
}

START_TEST(every_assumption_is_varied_and_the_widest_comes_first) {
    struct result *result;
    const struct sensitivity *s = study(5, &result);
    ck_assert_uint_eq(s->n, 2);
    ck_assert_str_eq(s->design, "two");
    ck_assert_str_eq(s->rows[0].path, "sections.cs.cost");
    ck_assert(s->rows[0].swing > s->rows[1].swing);
    ck_assert(s->rows[0].low[OUT_THROUGHPUT].mean > s->rows[0].high[OUT_THROUGHPUT].mean);
}
END_TEST

START_TEST(an_end_that_changes_nothing_changes_no_output) {
    struct result *result;
    const struct sensitivity *s = study(5, &result);
    for (int o = 0; o < SENSITIVITY_OUTPUTS; o++)
        ck_assert(s->rows[1].low[o].mean == s->base[o].mean);
    ck_assert(s->rows[1].high[OUT_THROUGHPUT].mean != s->base[OUT_THROUGHPUT].mean);
}
END_TEST

/* With five times the effort the five experiments are as long as the main run. */
START_TEST(effort_sets_the_length_and_counts_stay_per_duration) {
    struct result *result;
    const struct sensitivity *s = study(5, &result);
    ck_assert(s->duration == result->duration);
    ck_assert(s->base[OUT_WAIT_RATIO].mean == result->compare[0].wait_total.mean);
    const struct lock_result *locks = result->designs[1].locks;
    struct lock_stat_row row = result_lock_stat(&locks[strcmp(s->lock, "m") == 0]);
    struct lock_stat_row other = result_lock_stat(&locks[strcmp(s->lock, "l") == 0]);
    ck_assert_uint_ge(row.wait.count, other.wait.count);
    assert_near(s->base[OUT_CONTENTIONS].mean, (double)row.wait.count / 4, 1e-9);
    assert_near(s->base[OUT_WAIT_AVG].mean, ticks_to_seconds(span_mean(&row.wait)), 1e-9);
    const struct sensitivity *shorter = study(1, &result);
    assert_near(shorter->duration, result->duration / 5, 1e-9);
    assert_near(shorter->base[OUT_CONTENTIONS].mean, (double)row.wait.count / 4, 0.2);
}
END_TEST

/* Eight threads at two sections in turn; with ten times the think time they hardly meet. */
START_TEST(a_job_is_varied_whole_and_its_speedup_comes_first) {
    static const struct setting job[] = {{"threads.t.iterations", "400"},
                                         {"threads.t.steps.0.run.value", "exp(2us)"}};
    struct result *result;
    const struct sensitivity *s = study_with(5, &result, job, 2);
    ck_assert(isnan(s->duration));
    ck_assert_int_eq(s->sorted_by, OUT_SPEEDUP);
    ck_assert(s->base[OUT_SPEEDUP].mean == result->compare[0].elapsed.mean);
    ck_assert(s->base[OUT_SPEEDUP].mean > 1.5);
    ck_assert_str_eq(s->rows[0].path, "threads.t.steps.0.run");
    ck_assert(s->rows[0].low[OUT_SPEEDUP].mean < s->base[OUT_SPEEDUP].mean);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("sensitivity");
    TCase *sensitivity = add_case(suite, "sensitivity");
    tcase_add_test(sensitivity, every_assumption_is_varied_and_the_widest_comes_first);
    tcase_add_test(sensitivity, an_end_that_changes_nothing_changes_no_output);
    tcase_add_test(sensitivity, a_job_is_varied_whole_and_its_speedup_comes_first);
    tcase_add_test(sensitivity, effort_sets_the_length_and_counts_stay_per_duration);
    return suite_run(suite);
}
