/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "base/arena.h"
#include "experiment/measured.h"
#include "experiment/result.h"
#include "experiment/run.h"
#include "experiment/sensitivity.h"
#include "experiment/values.h"
#include "experiment/warmup.h"
#include "sim/lock/lock.h"

#include <check.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;

static void set_up(void) {
    arena = arena_new();
}

static void tear_down(void) {
    arena_free(arena);
}

static const struct dist us1 = {.kind = DIST_CONST, .a = TICKS_PER_US};
static const struct dist us10 = {.kind = DIST_CONST, .a = 10 * TICKS_PER_US};
static const struct dist exp1 = {.kind = DIST_EXP, .a = TICKS_PER_US};
static const struct dist exp10 = {.kind = DIST_EXP, .a = 10 * TICKS_PER_US};

static struct runs *run_with(struct program **programs, uint32_t n, uint32_t replications,
                             double precision, unsigned jobs) {
    const struct program **const_programs = arena_array(arena, n, sizeof(*const_programs));
    for (uint32_t i = 0; i < n; i++)
        const_programs[i] = programs[i];
    const struct run_plan plan = {.programs = const_programs,
                                  .ndesigns = n,
                                  .replications = replications,
                                  .precision = precision,
                                  .jobs = jobs};
    return experiment_run(arena, &plan);
}

static struct result *result_with(struct program **programs, uint32_t n, uint32_t replications) {
    struct scenario *scenario = fixture_scenario(arena, programs, n);
    return result_new(arena, scenario, run_with(programs, n, replications, 0, 1));
}

static struct program *loop(const char *design, const char *kind, uint32_t threads, uint32_t cpus) {
    const struct fixture f = {design, kind, threads, cpus, exp10, exp1, 0, 0.02, false};
    return fixture_loop(arena, &f);
}

static void assert_near(double value, double expected, double relative) {
    ck_assert_msg(fabs(value - expected) <= relative * fabs(expected), "%.12g is not %.12g", value,
                  expected);
}

/* ---- known answers ---- */

/* One thread, 10 us outside and 1 us inside: every figure follows. */
START_TEST(a_lone_thread_has_known_figures) {
    const struct fixture f = {"d", "mutex", 1, 2, us10, us1, 0, 0.011, false};
    struct program *programs[] = {fixture_loop(arena, &f)};
    programs[0]->warmup = 11 * TICKS_PER_US;
    struct result *result = result_with(programs, 1, 3);
    const struct design_result *design = &result->designs[0];
    const struct lock_result *lock = &design->locks[0];
    ck_assert_msg(audit_passed(&result->runs->audit), "%s", result->runs->audit.message);
    assert_near(design->rates[0].mean, 1e6 / 11, 1e-9);
    assert_near(design->rates[0].hi, design->rates[0].lo, 1e-9);
    assert_near(lock->utilization.mean, 1 / 11.0, 1e-9);
    assert_near(lock->hold.mean.mean, 1e-6, 1e-9);
    assert_near(lock->hold.p99, 1e-6, 0.01);
    assert_near(lock->acquisitions.mean, 1e6 / 11, 1e-9);
    ck_assert(lock->wait.mean.mean == 0 && lock->contended.mean == 0);
    assert_near(design->cpu.run, 0.5, 1e-9);
    assert_near(design->cpu.idle, 0.5, 1e-9);
    assert_near(result->simulated, 3 * 0.011, 1e-9);
    ck_assert_str_eq(lock->kind, "mutex");
    ck_assert(result->acquisitions == 3000);
}
END_TEST

START_TEST(an_uncontended_acquisition_takes_time_but_does_not_wait) {
    const struct fixture f = {"d", "mutex", 1, 1, us10, us1, 0, 0.01, false};
    struct program *programs[] = {fixture_loop(arena, &f)};
    programs[0]->machine.atomic = 100;
    struct result *result = result_with(programs, 1, 2);
    ck_assert(result->designs[0].locks[0].wait.mean.mean > 0);
    ck_assert(result->designs[0].locks[0].waiting.mean > 0);
    ck_assert(value_true_wait_rate(&result->runs->designs[0].samples[0], 0) == 0);
}
END_TEST

START_TEST(quantiles_are_of_all_replications) {
    struct program *programs[] = {loop("d", "mcs", 16, 16)};
    struct result *result = result_with(programs, 1, 3);
    const struct lock_result *lock = &result->designs[0].locks[0];
    const struct hist *wait = &lock->pool->wait;
    uint64_t acquisitions = 0;
    for (int i = 0; i < 3; i++)
        acquisitions += result->runs->designs[0].samples[i].locks[0].acquisitions;
    ck_assert_uint_eq(wait->count, acquisitions);
    ck_assert(lock->wait.p50 == ticks_to_seconds(hist_quantile(wait, 0.5)));
    ck_assert(lock->wait.p90 == ticks_to_seconds(hist_quantile(wait, 0.9)));
    ck_assert(lock->wait.p99 == ticks_to_seconds(hist_quantile(wait, 0.99)));
    ck_assert(lock->wait.p999 == ticks_to_seconds(hist_quantile(wait, 0.999)));
    ck_assert(lock->wait.max == ticks_to_seconds((double)wait->max));
}
END_TEST

/* A second instance that nobody takes halves the utilization of the class. */
START_TEST(utilization_is_per_instance) {
    struct program *programs[] = {loop("d", "mutex", 4, 4), loop("e", "mutex", 4, 4)};
    programs[1]->locks[0].count = programs[1]->ninstances = 2;
    struct result *result = result_with(programs, 2, 2);
    assert_near(result->designs[1].locks[0].utilization.mean,
                result->designs[0].locks[0].utilization.mean / 2, 1e-9);
}
END_TEST

/* Ten iterations of 11 us on each of two CPUs, no waiting because the lock is none. */
START_TEST(a_finite_program_has_an_elapsed_time) {
    const struct fixture f = {"d", "none", 2, 2, us10, us1, 10, 1, false};
    struct program *programs[] = {fixture_loop(arena, &f)};
    programs[0]->warmup = TICKS_PER_SECOND;
    struct result *result = result_with(programs, 1, 2);
    assert_near(result->designs[0].elapsed.mean, 110e-6, 1e-9);
    assert_near(result->designs[0].rates[0].mean, 20 / 110e-6, 1e-9);
    ck_assert(result->warmup == 0);
}
END_TEST

START_TEST(designs_are_compared_by_pairs) {
    struct program *programs[] = {loop("mutex", "mutex", 16, 16), loop("none", "none", 16, 16)};
    struct result *result = result_with(programs, 2, 6);
    const struct comparison *c = &result->compare[0];
    ck_assert_str_eq(c->design->name, "none");
    ck_assert(c->speedup[0].mean > 1);
    assert_near(c->speedup[0].mean,
                result->designs[1].rates[0].mean / result->designs[0].rates[0].mean, 1e-9);
    ck_assert(c->speedup[0].lo < c->speedup[0].mean && c->speedup[0].mean < c->speedup[0].hi);
    ck_assert_msg(isnan(c->true_wait_total.mean), "nobody waits without a lock");
    ck_assert(isnan(c->elapsed.mean));
}
END_TEST

START_TEST(a_deadlock_is_a_result_and_spares_the_other_design) {
    struct program *programs[] = {loop("fine", "mutex", 4, 4), fixture_deadlock(arena, "stuck")};
    struct result *result = result_with(programs, 2, 3);
    ck_assert_int_eq(result->designs[0].outcome, SIM_OK);
    ck_assert_uint_eq(result->designs[0].failures, 0);
    ck_assert_int_eq(result->designs[1].outcome, SIM_DEADLOCK);
    ck_assert_uint_eq(result->designs[1].failures, 3);
    ck_assert_ptr_nonnull(strstr(result->designs[1].detail, "second"));
    ck_assert(isnan(result->compare[0].speedup[0].mean));
    ck_assert(result->designs[0].rates[0].mean > 0);
    ck_assert_msg(audit_passed(&result->runs->audit), "%s", result->runs->audit.message);
}
END_TEST

/* ---- what results must not depend on ---- */

static void assert_same_locks(const struct sample *x, const struct sample *y) {
    ck_assert_uint_eq(x->nlocks, y->nlocks);
    for (uint32_t i = 0; i < x->nlocks; i++) {
        const struct lock_sample *a = &x->locks[i], *b = &y->locks[i];
        ck_assert_mem_eq(a, b, offsetof(struct lock_sample, waiters));
        ck_assert_mem_eq(a->waiters, b->waiters, a->nsites * sizeof(*a->waiters));
        ck_assert_mem_eq(a->holders, b->holders, a->nsites * sizeof(*a->holders));
        ck_assert_mem_eq(a->callers, b->callers, a->nsites * sizeof(*a->callers));
    }
}

static void assert_same_runs(const struct runs *a, const struct runs *b) {
    ck_assert_uint_eq(a->replications, b->replications);
    ck_assert_int_eq(a->warmup, b->warmup);
    ck_assert(a->precision == b->precision && a->precise == b->precise);
    for (uint32_t d = 0; d < a->ndesigns; d++) {
        ck_assert_uint_eq(a->designs[d].replications, b->designs[d].replications);
        for (uint32_t r = 0; r < a->designs[d].replications; r++) {
            const struct sample *x = &a->designs[d].samples[r], *y = &b->designs[d].samples[r];
            ck_assert_mem_eq(&x->used, &y->used, sizeof(x->used));
            assert_same_locks(x, y);
            ck_assert_uint_eq(x->progress[0], y->progress[0]);
        }
        const struct class_view *p = &a->designs[d].pool->classes[0];
        const struct class_view *q = &b->designs[d].pool->classes[0];
        ck_assert_mem_eq(p->pairs, q->pairs, sizeof(*p->pairs));
        ck_assert_mem_eq(p->rows, q->rows, sizeof(p->rows));
        for (double share = 0.01; share < 1; share += 0.07)
            ck_assert(hist_quantile(&p->wait, share) == hist_quantile(&q->wait, share));
    }
}

START_TEST(jobs_do_not_change_results) {
    static const unsigned jobs[] = {2, 3, 8, 100};
    struct program *programs[] = {loop("mutex", "mutex", 16, 4), loop("mcs", "mcs", 16, 4)};
    programs[0]->warmup_auto = programs[1]->warmup_auto = true;
    const struct runs *alone = run_with(programs, 2, 7, 0, 1);
    const struct runs *precise_alone = run_with(programs, 2, 12, 0.02, 1);
    for (size_t i = 0; i < sizeof(jobs) / sizeof(*jobs); i++) {
        assert_same_runs(alone, run_with(programs, 2, 7, 0, jobs[i]));
        assert_same_runs(precise_alone, run_with(programs, 2, 12, 0.02, jobs[i]));
    }
}
END_TEST

START_TEST(replications_differ_and_their_number_does_not_change_them) {
    struct program *programs[] = {loop("mutex", "mutex", 8, 8)};
    const struct runs *few = run_with(programs, 1, 2, 0, 1), *many = run_with(programs, 1, 4, 0, 1);
    const struct sample *samples = many->designs[0].samples;
    ck_assert_uint_ne(samples[0].locks[0].acquisitions, samples[1].locks[0].acquisitions);
    for (int i = 0; i < 2; i++)
        assert_same_locks(&few->designs[0].samples[i], &samples[i]);
}
END_TEST

/* ---- precision ---- */

START_TEST(rounds_go_on_until_the_precision_is_reached) {
    struct program *programs[] = {loop("mutex", "mutex", 8, 8)};
    const struct runs *runs = run_with(programs, 1, 2000, 0.005, 1);
    ck_assert(runs->precise);
    ck_assert(runs->precision <= 0.005 && runs->precision > 0);
    ck_assert_uint_gt(runs->replications, 5);
    ck_assert_uint_lt(runs->replications, 2000);
    struct estimate wait = values_mean(arena, &runs->designs[0], value_mean_wait, 0);
    ck_assert(estimate_precision(&wait) <= 0.005);
}
END_TEST

/* What a design gets does not depend on the others; one that ends badly gets no more. */
START_TEST(each_design_has_as_many_replications_as_it_needs) {
    const struct fixture dull = {"dull", "mutex", 1, 1, us10, us1, 0, 0.02, false};
    struct program *one = loop("mutex", "mutex", 8, 8), *other = loop("mcs", "mcs", 6, 8);
    struct program *all[] = {fixture_loop(arena, &dull), one, fixture_deadlock(arena, "stuck"),
                             other};
    const struct runs *runs = run_with(all, 4, 2000, 0.005, 3);
    ck_assert(runs->precise);
    ck_assert_uint_eq(runs->designs[0].replications, 5);
    ck_assert_uint_eq(runs->designs[2].replications, 5);
    ck_assert(runs->designs[1].precision > 0 && runs->designs[1].precision <= 0.005);
    ck_assert(runs->designs[2].precise && runs->designs[2].precision == 0);
    uint32_t most = 0;
    for (int d = 1; d < 4; d += 2) {
        const struct runs *alone = run_with(&all[d], 1, 2000, 0.005, 1);
        ck_assert_uint_eq(runs->designs[d].replications, alone->replications);
        for (uint32_t r = 0; r < alone->replications; r++)
            assert_same_locks(&runs->designs[d].samples[r], &alone->designs[0].samples[r]);
        most = alone->replications > most ? alone->replications : most;
    }
    ck_assert_uint_ne(runs->designs[1].replications, runs->designs[3].replications);
    ck_assert_uint_eq(runs->replications, most);
    const struct result *result =
        result_new(arena, fixture_scenario(arena, all, 4), run_with(all, 4, 2000, 0.005, 1));
    ck_assert_uint_eq(result->designs[2].failures, 5);
    ck_assert(result->compare[0].speedup[0].hi > result->compare[0].speedup[0].lo);
    ck_assert_msg(audit_passed(&result->runs->audit), "%s", result->runs->audit.message);
}
END_TEST

START_TEST(an_unreachable_precision_is_admitted) {
    struct program *programs[] = {loop("mutex", "mutex", 8, 8)};
    const struct runs *runs = run_with(programs, 1, 8, 1e-5, 1);
    ck_assert(!runs->precise);
    ck_assert_uint_eq(runs->replications, 8);
    ck_assert(runs->precision > 1e-5);
    ck_assert(!run_with(programs, 1, 1, 0.5, 1)->precise);
}
END_TEST

/* ---- warm-up ---- */

START_TEST(a_late_start_is_warm_up) {
    const struct fixture f = {"d", "mutex", 4, 4, exp10, exp1, 0, 10, false};
    struct program *program = fixture_loop(arena, &f);
    bool settled;
    ck_assert_int_lt(warmup_find(arena, program, &settled), TICKS_PER_SECOND / 4);
    ck_assert(settled);
    for (double late = 0.05; late < 2; late *= 1.5) {
        const struct dist start = {.kind = DIST_CONST, .a = late * (double)TICKS_PER_SECOND};
        program->groups[0].start = &start;
        sim_time warmup = warmup_find(arena, program, &settled);
        ck_assert_msg(settled, "not settled with a start at %g s", late);
        ck_assert_int_ge(warmup, (sim_time)start.a);
        ck_assert_int_lt(warmup, (sim_time)(2 * start.a) + TICKS_PER_SECOND / 4);
    }
}
END_TEST

START_TEST(all_designs_share_the_longest_warm_up) {
    struct program *programs[] = {loop("a", "mutex", 4, 4), loop("b", "mcs", 4, 4)};
    programs[0]->warmup = TICKS_PER_SECOND / 100;
    programs[1]->warmup = TICKS_PER_SECOND / 50;
    const struct runs *runs = run_with(programs, 2, 2, 0, 1);
    ck_assert_int_eq(runs->warmup, TICKS_PER_SECOND / 50);
    for (int d = 0; d < 2; d++)
        ck_assert_int_eq(runs->designs[d].samples[0].used.now, programs[d]->duration);
}
END_TEST

/* ---- predicted against measured ---- */

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

/* ---- sensitivity ---- */

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

/* ---- the columns of lock_stat ---- */

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

static TCase *add_case(Suite *suite, const char *name) {
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int main(void) {
    Suite *suite = suite_create("experiment");
    TCase *known = add_case(suite, "known"), *same = add_case(suite, "same"),
          *precision = add_case(suite, "precision"), *warmup = add_case(suite, "warmup"),
          *measured = add_case(suite, "measured"), *sensitivity = add_case(suite, "sensitivity");
    tcase_add_test(known, a_lone_thread_has_known_figures);
    tcase_add_test(known, an_uncontended_acquisition_takes_time_but_does_not_wait);
    tcase_add_test(known, quantiles_are_of_all_replications);
    tcase_add_test(known, utilization_is_per_instance);
    tcase_add_test(known, a_finite_program_has_an_elapsed_time);
    tcase_add_test(known, designs_are_compared_by_pairs);
    tcase_add_test(known, a_deadlock_is_a_result_and_spares_the_other_design);
    tcase_add_test(same, jobs_do_not_change_results);
    tcase_add_test(same, replications_differ_and_their_number_does_not_change_them);
    tcase_add_test(precision, rounds_go_on_until_the_precision_is_reached);
    tcase_add_test(precision, each_design_has_as_many_replications_as_it_needs);
    tcase_add_test(precision, an_unreachable_precision_is_admitted);
    tcase_add_test(warmup, a_late_start_is_warm_up);
    tcase_add_test(warmup, all_designs_share_the_longest_warm_up);
    tcase_add_test(measured, counts_scale_with_the_window_and_averages_do_not);
    tcase_add_test(measured, sites_match_by_symbol_and_totals_by_design);
    tcase_add_test(measured, progress_is_compared_too);
    tcase_add_test(measured, cpu_time_is_compared_too);
    tcase_add_test(measured, columns_are_averages_over_replications);
    tcase_add_test(sensitivity, every_assumption_is_varied_and_the_widest_comes_first);
    tcase_add_test(sensitivity, an_end_that_changes_nothing_changes_no_output);
    tcase_add_test(sensitivity, a_job_is_varied_whole_and_its_speedup_comes_first);
    tcase_add_test(sensitivity, effort_sets_the_length_and_counts_stay_per_duration);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
