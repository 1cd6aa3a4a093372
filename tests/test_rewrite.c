/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rewriting a scenario's text: what is asked for changes, and not a byte besides. */
#include "config.h"

#include "suite.h"

#include "base/arena.h"
#include "scenario/rewrite.h"
#include "scenario/scenario.h"
#include "scenario/value_number.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
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

/* ---- numbers within values ---- */

static const struct {
    const char *text, *part; /* part "": the size */
    double value;
    const char *changed; /* to twice that; NULL: there is no such number */
} numbers[] = {
    {"13us", "", 13e-6, "26us"},
    {"13 us", "", 13e-6, "26 us"},
    {"64", "", 64, "128"},
    {"30k", "", 30e3, "60k"},
    {"8%", "", 0.08, "16%"},
    {"3.5k/s", "", 3500, "7k/s"},
    {"0.007us", "", 7e-9, "0.014us"},
    {"0.001us", "", 1e-9, "2ns"},
    {"600000ns", "", 6e-4, "1.2ms"},
    {"5321", "", 5321, "10640"},
    {"exp(13us)", "", 13e-6, "exp(26us)"},
    {"exp( mean = 13us )", "", 13e-6, "exp( mean = 26us )"},
    {"const(5us)", "", 5e-6, "const(10us)"},
    {"poisson(6/s)", "", 6, "poisson(12/s)"},
    {"periodic(1ms)", "", 1e-3, "periodic(2ms)"},
    {"lognormal(mean=13us, cv=8)", "", 13e-6, "lognormal(mean=26us, cv=8)"},
    {"lognormal(mean=13us, cv=8)", "cv", 8, "lognormal(mean=13us, cv=16)"},
    {"lognormal(cv=8, mean=13us)", "", 13e-6, "lognormal(cv=8, mean=26us)"},
    {"lognormal(p50=2us, p99=90us)", "p99", 9e-5, "lognormal(p50=2us, p99=180us)"},
    {"with_mean(2us, gamma(mean=1us, cv=3))", "", 2e-6, "with_mean(4us, gamma(mean=1us, cv=3))"},
    {"with_mean(2us, gamma(mean=1us, cv=3))", "cv", 3, "with_mean(2us, gamma(mean=1us, cv=6))"},
    {"lognormal(p50=2us, p99=90us)", "", 0, NULL},
    {"uniform(1us, 2us)", "", 0, NULL},
    {"mix(0.9: exp(1us), 0.1: const(5us))", "", 0, NULL},
    {"exp(13us)", "cv", 0, NULL},
    {"auto", "", 0, NULL},
};

START_TEST(a_number_in_a_value_changes_alone) {
    struct value_number number;
    bool found = value_number_find(arena, numbers[_i].text, numbers[_i].part, &number);
    ck_assert(found == (numbers[_i].changed != NULL));
    if (!found)
        return;
    ck_assert_double_eq_tol(number.amount.value, numbers[_i].value, 1e-12 * numbers[_i].value);
    ck_assert_str_eq(value_number_put(arena, numbers[_i].text, &number, 2 * numbers[_i].value),
                     numbers[_i].changed);
    ck_assert_str_eq(value_number_put(arena, numbers[_i].text, &number, number.amount.value),
                     numbers[_i].text);
}
END_TEST

/* ---- quantities ---- */

#define HEAD "sim: 1 # one\nthreads: {t: {steps: [{in: a}]}}\ndesigns: {d: {}}\n"

/* The first {} of the text stands for `before`, in what is expected for `after`. */
static const struct {
    const char *path, *value, *text, *before, *after;
} rewrites[] = {
    {"sections.a.cost", "exp(2us)", HEAD "sections: {a: {cost: @}} # comment\n", "exp(1us)",
     "{value: exp(2us), origin: calibrated, source: \"so\"}"},
    {"sections.a.cost", "exp(2us)", HEAD "sections:\n  a:\n    cost: @ # comment\n", "exp(1us)",
     "{value: exp(2us), origin: calibrated, source: \"so\"}"},
    {"sections.a.cost", "lognormal(mean=2us, cv=1)", HEAD "sections: {a: {cost: @}}\n",
     "lognormal(mean=1us, cv=1)",
     "{value: \"lognormal(mean=2us, cv=1)\", origin: calibrated, source: \"so\"}"},
    /* in a map */
    {"sections.a.cost", "exp(2us)", HEAD "sections: {a: {cost: {@}}}\n",
     "value: exp(1us), origin: assumed, source: guess",
     "value: exp(2us), origin: calibrated, source: \"so\""},
    {"sections.a.cost", "exp(2us)", HEAD "sections: {a: {cost: {@}}}\n",
     "range: 1us..5us,  value: 'exp(1us)'",
     "range: 1us..5us,  origin: calibrated, source: \"so\", value: 'exp(2us)'"},
    {"sections.a.cost", "exp(2us)", HEAD "sections:\n  a:\n    cost:\n      @\n",
     "value: \"exp(1us)\" # here\n      range: 1us..5us # there",
     "origin: calibrated\n      source: \"so\"\n      value: \"exp(2us)\" # here\n      range: "
     "1us..5us # there"},
    /* beside a cost */
    {"sections.a.cost", "exp(2us)", HEAD "sections: {a: {@}}\n", "cost: exp(1us), origin: assumed",
     "source: \"so\", cost: exp(2us), origin: calibrated"},
    {"sections.a.delay", "2us", HEAD "sections:\n  a:\n    @\n",
     "origin: assumed\n    delay: 1us\n    range: 1us..5us",
     "origin: calibrated\n    source: \"so\"\n    delay: 2us\n    range: 1us..5us"},
    {"threads.t.steps.0.run", "3us", "sim: 1\nthreads:\n  t:\n    steps:\n      - @\n", "run: 1us",
     "run: {value: 3us, origin: calibrated, source: \"so\"}"},
    {"threads.t.steps.0.choose.0.p", "9%",
     "sim: 1\nthreads: {t: {steps: [{choose: [{p: &x @, do: []}]}, {choose: [{p: *x}]}]}}\n", "8%",
     "{value: 9%, origin: calibrated, source: \"so\"}"},
    {"threads.t.steps.1.choose.0.p", "9%",
     "sim: 1\nthreads: {t: {steps: [{choose: [{p: &x {@}, do: []}]}, {choose: [{p: *x}]}]}}\n",
     "value: 8%, origin: assumed, source: s", "value: 9%, origin: calibrated, source: \"so\""},
    {"machine.wake.latency", "5us", HEAD "machine: {@}\n", "profile: server-2s",
     "wake.latency: {value: 5us, origin: calibrated, source: \"so\"}, profile: server-2s"},
    {"machine.cpus", "9", "# \303\244\303\266\342\202\254 \360\237\224\222\r\nmachine:\r\n  @\r\n",
     "cpus: {value: 8, range: 1..9} # \303\274\r\n  nodes: 2",
     "cpus: {origin: calibrated, source: \"so\", value: 9, range: 1..9} # \303\274\r\n  nodes: 2"},
};

static const char *filled(const char *text, const char *with) {
    const char *at = strchr(text, '@');
    return arena_printf(arena, "%.*s%s%s", (int)(at - text), text, with, at + 1);
}

START_TEST(a_quantity_changes_alone) {
    const char *text = filled(rewrites[_i].text, rewrites[_i].before);
    struct rewrite *rewrite = rewrite_begin(arena, diag, "test.yaml", text, strlen(text));
    ck_assert(rewrite != NULL);
    for (int twice = 0; twice < 2; twice++)
        ck_assert(
            rewrite_quantity(rewrite, rewrites[_i].path, rewrites[_i].value, "calibrated", "so"));
    size_t length;
    const char *out = rewrite_end(rewrite, &length);
    ck_assert_ptr_nonnull(out);
    ck_assert_str_eq(out, filled(rewrites[_i].text, rewrites[_i].after));
    ck_assert_uint_eq(length, strlen(out));
}
END_TEST

START_TEST(what_is_not_there_is_an_error) {
    static const char *const paths[] = {"sections.b.cost", "threads", "title"};
    static const char text[] = "title: |\n  a text\nthreads: {}\n";
    for (int i = 0; i < 3; i++) {
        struct rewrite *rewrite = rewrite_begin(arena, diag, "test.yaml", text, strlen(text));
        ck_assert(!rewrite_quantity(rewrite, paths[i], "1us", "calibrated", "so"));
    }
    ck_assert_int_eq(diag_errors(diag), 3);
    ck_assert(rewrite_begin(arena, diag, "test.yaml", "a: [", 4) == NULL);
}
END_TEST

START_TEST(one_place_has_one_text) {
    static const char text[] =
        "threads: {t: {steps: [{choose: [{p: &x 8%}]}, {choose: [{p: *x}]}]}}\n";
    struct rewrite *rewrite = rewrite_begin(arena, diag, "test.yaml", text, strlen(text));
    size_t length;
    ck_assert(rewrite_quantity(rewrite, "threads.t.steps.0.choose.0.p", "9%", "measured", "so"));
    ck_assert(rewrite_quantity(rewrite, "threads.t.steps.1.choose.0.p", "7%", "measured", "so"));
    ck_assert(rewrite_end(rewrite, &length) == NULL);
    ck_assert_int_eq(diag_errors(diag), 1);
}
END_TEST

START_TEST(texts_are_quoted_so_that_they_come_back) {
    ck_assert_str_eq(rewrite_quoted(arena, "a \"b\" \\ c\n\td: #"), "\"a \\\"b\\\" \\\\ c  d: #\"");
}
END_TEST

/* ---- measurements ---- */

static const struct {
    const char *text, *added; /* an entry {x: 1} */
} measured[] = {
    {"sim: 1\n", "sim: 1\nmeasured:\n  - {x: 1}\n"},
    {"sim: 1", "sim: 1\nmeasured:\n  - {x: 1}\n"},
    {"  sim: 1 # one\n# two\n", "  sim: 1 # one\n  measured:\n    - {x: 1}\n# two\n"},
    {"{sim: 1}", "{sim: 1, measured: [{x: 1}]}"},
    {"{sim: 1,\n}\n", "{sim: 1,\nmeasured: [{x: 1}]}\n"},
    {"measured: []\n", "measured: [{x: 1}]\n"},
    {"measured: [{y: 1}] # c\n", "measured: [{y: 1}, {x: 1}] # c\n"},
    {"measured:\n  - y: 1\n    z: 2 # c\n# d\nsim: 1\n",
     "measured:\n  - y: 1\n    z: 2 # c\n  - {x: 1}\n# d\nsim: 1\n"},
    {"measured:\n- y: {a: 1}", "measured:\n- y: {a: 1}\n- {x: 1}\n"},
    {"measured:\n- y: |\n    text\n    more\nsim: 1\n",
     "measured:\n- y: |\n    text\n    more\n- {x: 1}\nsim: 1\n"},
    {"a: &a {b: 1}\nmeasured:\n- {y: 1}\n- *a # c\nsim: 1\n",
     "a: &a {b: 1}\nmeasured:\n- {y: 1}\n- *a # c\n- {x: 1}\nsim: 1\n"},
    {"sim: 1\r\n", "sim: 1\r\nmeasured:\r\n  - {x: 1}\r\n"},
    {"sim: 1\r\nmeasured:\r\n  - y: 1\r\n", "sim: 1\r\nmeasured:\r\n  - y: 1\r\n  - {x: 1}\r\n"},
};

START_TEST(a_measurement_is_added) {
    const char *text = measured[_i].text;
    struct rewrite *rewrite = rewrite_begin(arena, diag, "test.yaml", text, strlen(text));
    size_t length;
    ck_assert(rewrite_add_measured(rewrite, "{x: 1}"));
    const char *out = rewrite_end(rewrite, &length);
    ck_assert_str_eq(out, measured[_i].added);
}
END_TEST

static const struct {
    const char *text, *changed; /* the second entry */
} roles[] = {
    {"measured: [{a: 1}, {b: 2}]\n", "measured: [{a: 1}, {role: calibrated, b: 2}]\n"},
    {"measured: [{a: 1}, {b: 2, role: predicted}]\n",
     "measured: [{a: 1}, {b: 2, role: calibrated}]\n"},
    {"measured:\n  - a: 1\n  - b: 2 # c\n    c: 3\n",
     "measured:\n  - a: 1\n  - role: calibrated\n    b: 2 # c\n    c: 3\n"},
};

START_TEST(two_measurements_are_added_in_order) {
    static const char *const texts[] = {"sim: 1\n", "{sim: 1}", "measured: []\n"};
    static const char *const added[] = {"sim: 1\nmeasured:\n  - {x: 1}\n  - {y: 1}\n",
                                        "{sim: 1, measured: [{x: 1}, {y: 1}]}",
                                        "measured: [{x: 1}, {y: 1}]\n"};
    for (int i = 0; i < 3; i++) {
        struct rewrite *rewrite =
            rewrite_begin(arena, diag, "test.yaml", texts[i], strlen(texts[i]));
        size_t length;
        ck_assert(rewrite_add_measured(rewrite, "{x: 1}") &&
                  rewrite_add_measured(rewrite, "{y: 1}"));
        ck_assert_str_eq(rewrite_end(rewrite, &length), added[i]);
    }
    struct rewrite *empty = rewrite_begin(arena, diag, "test.yaml", "[]", 2);
    ck_assert(!rewrite_add_measured(empty, "{x: 1}"));
}
END_TEST

START_TEST(a_measurement_is_marked_as_fitted) {
    const char *text = roles[_i].text;
    struct rewrite *rewrite = rewrite_begin(arena, diag, "test.yaml", text, strlen(text));
    size_t length;
    ck_assert(rewrite_calibrated(rewrite, 1));
    ck_assert(!rewrite_calibrated(rewrite, 2));
    ck_assert_str_eq(rewrite_end(rewrite, &length), roles[_i].changed);
}
END_TEST

/* ---- a real one ---- */

static const struct quantity *quantity_at(const struct scenario *scenario, const char *path) {
    for (uint32_t i = 0; i < scenario->nquantities; i++)
        if (strcmp(scenario->quantities[i]->path, path) == 0)
            return scenario->quantities[i];
    ck_abort_msg("no %s", path);
}

/* Every number of the ceph scenario, rewritten to what it is, but calibrated. */
START_TEST(every_number_of_a_scenario_can_be_rewritten) {
    const char *srcdir = getenv("top_srcdir");
    FILE *file =
        fopen(arena_printf(arena, "%s/scenarios/ceph.yaml", srcdir != NULL ? srcdir : "."), "rb");
    ck_assert(file != NULL);
    char *text = arena_alloc(arena, 1 << 16);
    size_t length = fread(text, 1, 1 << 16, file), fresh;
    fclose(file);
    const struct scenario *scenario =
        scenario_load(arena, diag, "ceph.yaml", text, length, NULL, 0);
    struct rewrite *rewrite = rewrite_begin(arena, diag, "ceph.yaml", text, length);
    uint32_t n = 0;
    for (uint32_t i = 0; i < scenario->nquantities; i++) {
        const struct quantity *q = scenario->quantities[i];
        if (q->origin == ORIGIN_DEFAULT || q->origin == ORIGIN_PROFILE)
            continue;
        ck_assert(rewrite_quantity(rewrite, q->path, q->text, "calibrated", "so"));
        n++;
    }
    const char *out = rewrite_end(rewrite, &fresh);
    const struct scenario *changed = scenario_load(arena, diag, "new.yaml", out, fresh, NULL, 0);
    ck_assert(n > 30 && changed != NULL);
    for (uint32_t i = 0; i < scenario->nquantities; i++) {
        const struct quantity *before = scenario->quantities[i];
        const struct quantity *after = quantity_at(changed, before->path);
        bool ours = before->origin != ORIGIN_DEFAULT && before->origin != ORIGIN_PROFILE;
        ck_assert_str_eq(before->text, after->text);
        ck_assert(after->origin == (ours ? ORIGIN_CALIBRATED : before->origin));
        ck_assert(!ours || strcmp(after->source, "so") == 0);
        ck_assert(before->low == NULL || strcmp(before->low, after->low) == 0);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rewrite");
    TCase *cases = tcase_create("rewrite");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_loop_test(cases, a_number_in_a_value_changes_alone, 0,
                        sizeof(numbers) / sizeof(numbers[0]));
    tcase_add_loop_test(cases, a_quantity_changes_alone, 0, sizeof(rewrites) / sizeof(rewrites[0]));
    tcase_add_test(cases, what_is_not_there_is_an_error);
    tcase_add_test(cases, one_place_has_one_text);
    tcase_add_test(cases, texts_are_quoted_so_that_they_come_back);
    tcase_add_loop_test(cases, a_measurement_is_added, 0, sizeof(measured) / sizeof(measured[0]));
    tcase_add_test(cases, two_measurements_are_added_in_order);
    tcase_add_loop_test(cases, a_measurement_is_marked_as_fitted, 0,
                        sizeof(roles) / sizeof(roles[0]));
    tcase_add_test(cases, every_number_of_a_scenario_can_be_rewritten);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
