/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ${...} in scenarios: what it comes to, and that a text cannot make it explode. */
#include "config.h"

#include "suite.h"

#include "base/arena.h"
#include "base/units.h"
#include "scenario/expression.h"
#include "scenario/scenario.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
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

/* A scenario of which these are the objects and the threads' count. */
static struct scenario *load(const char *objects, const char *count, const struct setting *settings,
                             size_t n) {
    const char *text =
        arena_printf(arena,
                     "sim: 1\n"
                     "machine: {profile: server-2s, cpus: 64, line: {node: 9ns}, sched.tick: 4ms}\n"
                     "objects: {%s}\n"
                     "sections: {s: {cost: {value: 2us, origin: assumed, range: 1us..3us}}}\n"
                     "threads: {t: {count: %s, steps: [{run: exp(1us)}, {in: s}]}}\n"
                     "designs: {one: {locks: {l: {kind: mutex}}, guard: {s: l}}}\n",
                     objects, count);
    return scenario_load(arena, diag, "test.yaml", text, strlen(text), settings, n);
}

static const struct quantity *count_of(const char *objects, const char *count) {
    struct scenario *s = load(objects, count, NULL, 0);
    if (s == NULL)
        diag_print(diag, stderr);
    ck_assert_ptr_nonnull(s);
    return s->threads[0].count;
}

START_TEST(what_it_comes_to) {
    static const struct {
        const char *expression, *text;
    } cases[] = {
        {"${machine.cpus}", "64"},
        {"${ machine.cpus * 2 }", "128"},
        {"\"${machine.cpus * 2}\"", "128"},
        {"${machine.cpus - 3 * 2 + 1}", "59"},
        {"${(machine.cpus - 3) * 2}", "122"},
        {"${machine.cpus / 4 / 2}", "8"},
        {"${min(machine.cpus, 7, 9) + max(1, 2)}", "9"},
        {"${ceil(machine.cpus / 3)}", "22"},
        {"${floor(machine.cpus / 3) + round(2.5)}", "24"},
        {"${machine.nodes}", "2"},          /* of the profile */
        {"${machine.clock.read + 3}", "3"}, /* of nobody: the default, 0, goes with anything */
        {"${10us / machine.line.node * 9}", "10000"},
        {"${sections.s.cost / 1us}", "2"}, /* the value beside its origin */
        {"${threads.t.steps.0.do}", NULL},
        {"${objects.a}${objects.a}", "55"},
        {"${2k * 50%}", "1000"},
        {"${1 / 2ms * 4s}", "2000"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (cases[i].text == NULL) {
            ck_assert_ptr_null(load("a: 5", cases[i].expression, NULL, 0));
            diag_free(diag);
            diag = diag_new();
            continue;
        }
        const struct quantity *q = count_of("a: 5", cases[i].expression);
        ck_assert_str_eq(q->text, cases[i].text);
        ck_assert_double_eq(q->dist->a, strtod(cases[i].text, NULL));
        ck_assert_ptr_nonnull(strstr(cases[i].expression, q->expression));
    }
    ck_assert_ptr_null(count_of("a: 5", "3")->expression);
}
END_TEST

START_TEST(a_path_alone_gives_the_value_as_written) {
    const char *text =
        "sim: 1\n"
        "sections: {a: {cost: \"lognormal(mean=13us, cv=8)\"}, b: {cost: ${sections.a.cost}},\n"
        "  c: {cost: exp(${sections.d.cost})}, d: {cost: ${1ns + 2 * 7.5us}}}\n"
        "threads: {t: {arrivals: poisson(${3 / 2ms}), steps: [{run: 1us}]}}\n"
        "designs: {one: {}}\n";
    struct scenario *s = scenario_load(arena, diag, "test.yaml", text, strlen(text), NULL, 0);
    ck_assert_ptr_nonnull(s);
    ck_assert_str_eq(s->sections[1].cost->text, "lognormal(mean=13us, cv=8)");
    ck_assert_double_eq(dist_mean(s->sections[1].cost->dist), dist_mean(s->sections[0].cost->dist));
    ck_assert_str_eq(s->sections[2].cost->text, "exp(15.001us)");
    ck_assert_str_eq(s->sections[2].cost->expression, "exp(${sections.d.cost})");
    ck_assert_double_eq_tol(s->threads[0].rate->dist->a, 1500, 1e-9);
}
END_TEST

START_TEST(settings_come_first) {
    static const struct setting settings[] = {{"machine.cpus", "6"},
                                              {"objects.b", "${objects.a * 2}"},
                                              {"objects.a", "${machine.cpus + 1}"}};
    struct scenario *s = load("a: 1, b: 1", "${objects.b}", settings, 3);
    ck_assert_ptr_nonnull(s);
    ck_assert_str_eq(s->threads[0].count->text, "14");
    static const struct setting over[] = {{"threads.t.count", "3"}};
    s = load("a: 1", "${machine.cpus}", over, 1);
    ck_assert_str_eq(s->threads[0].count->text, "3");
    ck_assert_ptr_null(s->threads[0].count->expression);
}
END_TEST

/* A range is that of the parameter, and so is what sensitivity sets. */
START_TEST(parameters_are_quantities) {
    const char *text = "sim: 1\n"
                       "parameters: {n: 3, rate: 2k/s, think: {value: exp(3us), range: 1us..5us}}\n"
                       "sections: {a: {cost: ${parameters.think}}}\n"
                       "threads:\n"
                       "  t: {count: ${parameters.n}, arrivals: poisson(${parameters.rate}),\n"
                       "    steps: [{run: ${parameters.think}}, {in: a}]}\n"
                       "designs: {one: {}}\n";
    static const struct setting settings[] = {{"parameters.think", "with_mean(5us, exp(3us))"}};
    struct scenario *s = scenario_load(arena, diag, "test.yaml", text, strlen(text), NULL, 0);
    ck_assert_ptr_nonnull(s);
    const struct quantity *think = NULL;
    for (uint32_t i = 0; i < s->nquantities; i++)
        if (strcmp(s->quantities[i]->path, "parameters.think") == 0)
            think = s->quantities[i];
    ck_assert_ptr_nonnull(think);
    ck_assert_str_eq(think->set_high, settings[0].value);
    ck_assert_double_eq(s->threads[0].count->dist->a, 3);
    ck_assert_double_eq(s->threads[0].rate->dist->a, 2000);
    s = scenario_load(arena, diag, "test.yaml", text, strlen(text), settings, 1);
    ck_assert_double_eq_tol(dist_mean(s->sections[0].cost->dist), 5e-6, 1e-12);
}
END_TEST

START_TEST(every_amount_survives_being_written) {
    static const double values[] = {0, 1, 3, 0.1, 1.0 / 3, 64, 1e5, 123456789, 1e15, 9e15, 2.5e-7};
    for (int dimension = -1; dimension <= 1; dimension++)
        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
            if (dimension == 1 && values[i] > 1e8)
                continue;
            struct amount out, in = {values[i], dimension};
            const char *text = amount_text(arena, &in);
            ck_assert_msg(amount_read(text, &out), "%s", text);
            ck_assert_double_le(fabs(out.value - in.value), 1e-11 * in.value);
            ck_assert(out.dimension == dimension || in.value == 0);
        }
}
END_TEST

/* Each of 60 doubles the one before it. */
START_TEST(repeated_text_is_bounded) {
    const char *objects = "a0: 1";
    for (int i = 1; i <= 60; i++)
        objects = arena_printf(arena, "a%d: \"${objects.a%d}${objects.a%d}\", %s", i, i - 1, i - 1,
                               objects);
    ck_assert_ptr_null(load(objects, "1", NULL, 0));
}
END_TEST

START_TEST(chains_and_parentheses_are_bounded) {
    const char *objects = "a0: 1", *deep = "1";
    for (int i = 1; i <= 100; i++)
        objects = arena_printf(arena, "a%d: ${objects.a%d}, %s", i, i - 1, objects);
    ck_assert_ptr_null(load(objects, "1", NULL, 0));
    for (int i = 0; i < 100; i++)
        deep = arena_printf(arena, "(%s)", deep);
    ck_assert_ptr_null(load("a: 1", arena_printf(arena, "${%s}", deep), NULL, 0));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("expression");
    TCase *tcase = tcase_create("expression");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, what_it_comes_to);
    tcase_add_test(tcase, a_path_alone_gives_the_value_as_written);
    tcase_add_test(tcase, settings_come_first);
    tcase_add_test(tcase, parameters_are_quantities);
    tcase_add_test(tcase, every_amount_survives_being_written);
    tcase_add_test(tcase, repeated_text_is_bounded);
    tcase_add_test(tcase, chains_and_parentheses_are_bounded);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
