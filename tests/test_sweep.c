/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sweeps: which values, that a point is what sim run makes of it, and what curves say. */
#include "config.h"

#include "suite.h"

#include "base/arena.h"
#include "experiment/curves.h"
#include "experiment/programs.h"
#include "experiment/sweep.h"

#include <check.h>
#include <math.h>
#include <string.h>

static struct arena *arena;
static struct diag *diag;

static void set_up(void) {
    arena = arena_new();
    diag = diag_new();
}

static void tear_down(void) {
    arena_free(arena);
    diag_free(diag);
}

/* ---- values ---- */

static const struct {
    const char *text, *values; /* values NULL: refused */
} lists[] = {
    {"64", "64"},
    {"1,2,4", "1 2 4"},
    {"1..8", "1 2 4 8"},
    {"1..12", "1 2 4 8 12"},
    {"3..3", "3"},
    {"1..4+1", "1 2 3 4"},
    {"0..10+4", "0 4 8 10"},
    {"1us..5us", "1us 2us 4us 5us"},
    {"0.1..0.3+0.1", "0.1 0.2 0.3"},
    {"1, 2..8, 100", "1 2 4 8 100"},
    {"exp(1us)", "exp(1us)"},
    {"lognormal(mean=1us, cv=2),exp(1us)", "lognormal(mean=1us, cv=2) exp(1us)"},
    {"{kind: mutex, per: con}", "{kind: mutex, per: con}"},
    {"[a, b],'c, d'", "[a, b] 'c, d'"},
    {"mutex,rwsem", "mutex rwsem"},
    {"../own.yaml", "../own.yaml"},
    {"0..8", NULL},
    {"8..1", NULL},
    {"1..8+0", NULL},
    {"1us..8", NULL},
    {"1,,2", NULL},
    {"", NULL},
    {"1..100000+1", NULL},
};

START_TEST(values_are_listed_or_spanned) {
    struct sweep_axis axis = {0};
    const char *error = sweep_values(arena, lists[_i].text, &axis);
    ck_assert_msg((error == NULL) == (lists[_i].values != NULL), "%s: %s", lists[_i].text, error);
    if (error != NULL)
        return;
    const char *joined = axis.values[0];
    for (uint32_t i = 1; i < axis.n; i++)
        joined = arena_printf(arena, "%s %s", joined, axis.values[i]);
    ck_assert_str_eq(joined, lists[_i].values);
}
END_TEST

/* ---- points ---- */

static const char text[] =
    "sim: 1\n"
    "title: Two designs\n"
    "machine: {profile: server-2s, cpus: 4}\n"
    "sections: {a: {cost: exp(1us)}, b: {cost: exp(1us)}}\n"
    "threads: {t: {count: ${machine.cpus}, steps: [{run: exp(10us)}, {in: a}, {in: b}, {count: "
    "op}]}}\n"
    "designs:\n"
    "  one: {locks: {l: {kind: mutex}}, guard: {a: l, b: l}}\n"
    "  two: {locks: {l: {kind: mutex}, m: {kind: spinlock}}, guard: {a: l, b: m}}\n"
    "run: {duration: 2ms, precision: 4%, replications: 12}\n";
static const char *const designs[] = {"one", "two"};

static struct sweep_plan plan_of(const struct sweep_axis *axes, uint32_t n, unsigned jobs) {
    struct scenario *scenario =
        scenario_load(arena, diag, "test.yaml", text, strlen(text), NULL, 0);
    ck_assert_ptr_nonnull(scenario);
    return (struct sweep_plan){.scenario = scenario,
                               .program = programs_compile(arena, diag, scenario, designs, 1)[0],
                               .text = text,
                               .length = strlen(text),
                               .axes = axes,
                               .naxes = n,
                               .designs = designs,
                               .ndesigns = 2,
                               .jobs = jobs};
}

static struct sweep_axis axis_of(const char *path, const char *values) {
    struct sweep_axis axis = {.path = path};
    ck_assert_ptr_null(sweep_values(arena, values, &axis));
    return axis;
}

START_TEST(jobs_do_not_matter) {
    const struct sweep_axis axes[] = {axis_of("machine.cpus", "1..8"),
                                      axis_of("designs.one.locks.l.kind", "mutex,spinlock")};
    const struct sweep_plan alone = plan_of(axes, 2, 1), many = plan_of(axes, 2, 5);
    const struct sweep *a = sweep_run(arena, &alone), *b = sweep_run(arena, &many);
    ck_assert_uint_eq(a->npoints, 8);
    for (uint32_t i = 0; i < a->npoints; i++) {
        const struct sweep_point *p = &a->points[i], *q = &b->points[i];
        ck_assert_str_eq(p->values[0], q->values[0]);
        ck_assert_uint_eq(p->replications, q->replications);
        ck_assert_double_eq(p->events, q->events);
        for (uint32_t d = 0; d < 2; d++) {
            ck_assert_double_eq(p->designs[d].rates[0].lo, q->designs[d].rates[0].lo);
            ck_assert_double_eq(p->designs[d].wait.p99, q->designs[d].wait.p99);
            const struct busy_shares *x = &p->designs[d].locks[0].busy,
                                     *y = &q->designs[d].locks[0].busy;
            ck_assert(x->held > 0 && x->held == y->held && x->line == y->line);
        }
    }
    ck_assert_str_eq(a->points[3].values[0], "2");
    ck_assert_str_eq(a->points[3].values[1], "spinlock");
}
END_TEST

START_TEST(a_point_is_a_run_with_its_settings) {
    const struct sweep_axis axis = axis_of("machine.cpus", "1..8");
    const struct sweep_plan plan = plan_of(&axis, 1, 2);
    const struct sweep_point *point = &sweep_run(arena, &plan)->points[2];
    const struct setting setting = {"machine.cpus", "4"};
    struct scenario *scenario =
        scenario_load(arena, diag, "test.yaml", text, strlen(text), &setting, 1);
    struct program **programs = programs_compile(arena, diag, scenario, designs, 2);
    const struct run_plan run = {.programs = (const struct program *const *)programs,
                                 .ndesigns = 2,
                                 .replications = 12,
                                 .precision = 0.04,
                                 .jobs = 1};
    const struct result *result = result_new(arena, scenario, experiment_run(arena, &run));
    ck_assert_uint_eq(point->replications, result->runs->replications);
    ck_assert_double_eq(point->designs[1].rates[0].hi, result->designs[1].rates[0].hi);
    ck_assert_double_eq(point->designs[0].locks[0].wait.p99, result->designs[0].locks[0].wait.p99);
    ck_assert_double_eq(point->designs[0].cpu.spin, result->designs[0].cpu.spin);
}
END_TEST

START_TEST(a_bad_point_is_named) {
    const struct sweep_axis axis = axis_of("machine.cpus", "2,1,0");
    const struct sweep_plan plan = plan_of(&axis, 1, 1);
    ck_assert_str_eq(sweep_check(arena, diag, &plan), "machine.cpus=0");
    ck_assert_int_eq(diag_errors(diag), 1);
}
END_TEST

START_TEST(the_number_of_points_is_bounded) {
    const struct sweep_axis axis = axis_of("machine.cpus", "1..200+1"), axes[] = {axis, axis, axis};
    ck_assert_uint_eq(sweep_size(&(struct sweep_plan){.axes = axes, .naxes = 1}), 200);
    ck_assert_uint_eq(sweep_size(&(struct sweep_plan){.axes = axes, .naxes = 2}), 0);
    ck_assert_uint_eq(sweep_size(&(struct sweep_plan){.axes = axes, .naxes = 3}), 0);
}
END_TEST

/* ---- curves ---- */

enum { MADE = 6 };

/* A sweep over machine.cpus=1,2,4,.. with these rates, known to one part in a thousand. */
static const struct sweep *made(const double (*rates)[MADE], uint32_t ndesigns) {
    struct sweep *sweep = arena_alloc(arena, sizeof(*sweep));
    struct sweep_axis *axis = arena_alloc(arena, sizeof(*axis));
    *axis = axis_of("machine.cpus", "1..32");
    *sweep = (struct sweep){.axes = axis,
                            .naxes = 1,
                            .designs = designs,
                            .ndesigns = ndesigns,
                            .nsubjects = 1,
                            .npoints = MADE};
    sweep->subjects = arena_alloc(arena, sizeof(*sweep->subjects));
    sweep->subjects[0].name = "op";
    sweep->points = arena_array(arena, MADE, sizeof(*sweep->points));
    for (uint32_t i = 0; i < MADE; i++) {
        struct sweep_point *point = &sweep->points[i];
        point->values = arena_alloc(arena, sizeof(char *));
        point->values[0] = axis->values[i];
        point->replications = 3;
        point->designs = arena_array(arena, ndesigns, sizeof(*point->designs));
        for (uint32_t d = 0; d < ndesigns; d++) {
            double x = rates[d][i], *values = arena_array(arena, 3, sizeof(*values));
            for (int r = 0; r < 3; r++)
                values[r] = x * (1 + 0.001 * (r - 1) * (d == 0 ? 1 : -1));
            point->designs[d].replications = 3;
            point->designs[d].rates = arena_alloc(arena, sizeof(struct estimate));
            point->designs[d].rates[0] = estimate_mean(values, isnan(x) ? 0 : 3);
            point->designs[d].values = arena_alloc(arena, sizeof(double *));
            point->designs[d].values[0] = isnan(x) ? NULL : values;
        }
    }
    return sweep;
}

static const struct curve *curve_of(const double (*rates)[MADE], double share) {
    return curves_find(curves_new(arena, made(rates, 1), share), 0, 0, 0);
}

START_TEST(the_knee_is_where_no_further_step_adds_enough) {
    static const double collapses[][MADE] = {{10, 19, 35, 40, 38, 30}};
    ck_assert_uint_eq(curve_of(collapses, 0.5)->knee, 2);
    ck_assert_uint_eq(curve_of(collapses, 0.1)->knee, 3);
    ck_assert_uint_eq(curve_of(collapses, 0.5)->best, 3);
    static const double linear[][MADE] = {{10, 20, 40, 80, 160, 320}};
    ck_assert_uint_eq(curve_of(linear, 0.5)->knee, NO_PLACE);
    ck_assert_uint_eq(curve_of(linear, 0.5)->best, 5);
    static const double plateau[][MADE] = {{10, 20, 39.9, 40, 40.1, 40}};
    ck_assert_uint_eq(curve_of(plateau, 0.5)->best, 2);
    /* A dent is no knee when later CPUs add what they should. */
    static const double dent[][MADE] = {{10, 11, 30, 60, 65, 66}};
    ck_assert_uint_eq(curve_of(dent, 0.5)->knee, 3);
    static const double falls[][MADE] = {{10, 8, 7, 6, 5, 4}};
    ck_assert_uint_eq(curve_of(falls, 0.5)->knee, 0);
    ck_assert_uint_eq(curve_of(falls, 0.5)->best, 0);
}
END_TEST

START_TEST(points_that_ended_badly_are_left_out) {
    static const double gap[][MADE] = {{10, 20, NAN, 39, 40, NAN}};
    ck_assert_uint_eq(curve_of(gap, 0.5)->best, 4);
    ck_assert_uint_eq(curve_of(gap, 0.5)->knee, 3);
    static const double nothing[][MADE] = {{NAN, NAN, NAN, NAN, NAN, NAN}};
    ck_assert_uint_eq(curve_of(nothing, 0.5)->best, NO_PLACE);
    ck_assert_uint_eq(curve_of(nothing, 0.5)->knee, NO_PLACE);
}
END_TEST

START_TEST(designs_cross_where_one_is_clearly_ahead) {
    static const double rates[][MADE] = {{10, 20, 40, 45, 40, 30}, {8, 18, 40.1, 70, 90, 90}};
    const struct curves *c = curves_new(arena, made(rates, 2), 0.5);
    ck_assert_uint_eq(c->ncrossings, 2);
    ck_assert_uint_eq(c->crossings[0].winner, 0);
    ck_assert_uint_eq(c->crossings[0].place, 0);
    ck_assert(!c->crossings[0].was_behind);
    ck_assert_uint_eq(c->crossings[1].winner, 1);
    ck_assert_uint_eq(c->crossings[1].place, 3);
    ck_assert(c->crossings[1].was_behind);
}
END_TEST

START_TEST(places_ascend_whatever_the_order_of_points) {
    const struct sweep_axis axes[] = {axis_of("run.seed", "7,5"), axis_of("machine.cpus", "4,1,2"),
                                      axis_of("designs.one.locks.l.kind", "mutex,spinlock")};
    struct sweep_plan plan = plan_of(axes, 3, 2);
    const struct sweep *sweep = sweep_run(arena, &plan);
    const struct curves *c = curves_new(arena, sweep, 0.5);
    ck_assert_uint_eq(c->axis, 1);
    ck_assert_uint_eq(c->ngroups, 4);
    ck_assert_str_eq(c->groups[1], "run.seed=7, designs.one.locks.l.kind=spinlock");
    ck_assert_str_eq(c->groups[2], "run.seed=5, designs.one.locks.l.kind=mutex");
    for (uint32_t g = 0; g < 4; g++)
        for (uint32_t i = 0; i < 3; i++) {
            const struct sweep_point *point = curves_point(c, g, i);
            ck_assert_double_eq(c->x[i], 1 << i);
            ck_assert_str_eq(point->values[1], c->labels[i]);
            ck_assert_str_eq(point->values[0], g < 2 ? "7" : "5");
            ck_assert_str_eq(point->values[2], g % 2 == 0 ? "mutex" : "spinlock");
        }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("sweep");
    TCase *values = tcase_create("values"), *points = tcase_create("points"),
          *curves = tcase_create("curves");
    tcase_add_checked_fixture(values, set_up, tear_down);
    tcase_add_checked_fixture(points, set_up, tear_down);
    tcase_add_checked_fixture(curves, set_up, tear_down);
    tcase_set_timeout(points, 60);
    tcase_add_loop_test(values, values_are_listed_or_spanned, 0, sizeof(lists) / sizeof(lists[0]));
    tcase_add_test(points, jobs_do_not_matter);
    tcase_add_test(points, a_point_is_a_run_with_its_settings);
    tcase_add_test(points, a_bad_point_is_named);
    tcase_add_test(points, the_number_of_points_is_bounded);
    tcase_add_test(curves, the_knee_is_where_no_further_step_adds_enough);
    tcase_add_test(curves, points_that_ended_badly_are_left_out);
    tcase_add_test(curves, designs_cross_where_one_is_clearly_ahead);
    tcase_add_test(curves, places_ascend_whatever_the_order_of_points);
    suite_add_tcase(suite, values);
    suite_add_tcase(suite, points);
    suite_add_tcase(suite, curves);
    return suite_run(suite);
}
