/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The YAML tree, and what --set does to it. */
#include "config.h"

#include "suite.h"

#include "base/arena.h"
#include "scenario/loader.h"
#include "scenario/scenario.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Loads; NULL after errors, which are forgotten. */
static struct scenario *try_with(const char *text, const char *path, const char *value) {
    struct setting setting = {path, value};
    diag_free(diag);
    diag = diag_new();
    return scenario_load(arena, diag, "test.yaml", text, strlen(text), &setting, path != NULL);
}

static struct scenario *load_with(const char *text, const char *path, const char *value) {
    struct scenario *scenario = try_with(text, path, value);
    if (scenario == NULL)
        diag_print(diag, stderr);
    ck_assert_ptr_nonnull(scenario);
    return scenario;
}

static const struct quantity *find(const struct scenario *scenario, const char *path) {
    for (uint32_t i = 0; i < scenario->nquantities; i++)
        if (strcmp(scenario->quantities[i]->path, path) == 0)
            return scenario->quantities[i];
    return NULL;
}

static double mean(const struct scenario *scenario, const char *path) {
    const struct quantity *q = find(scenario, path);
    ck_assert_msg(q != NULL, "no %s", path);
    return dist_mean(q->dist);
}

static const char text[] =
    "sim: 1\n"
    "machine: {profile: arm64-128, wake.latency: 5us, line: {node: 9ns}}\n"
    "objects: {con: 30}\n"
    "sections:\n"
    "  a: {cost: 'lognormal(mean=13us, cv=8)', origin: calibrated, range: 10us..20us}\n"
    "  b: {cost: {value: 2us, origin: published, range: 1us..3us}}\n"
    "  c: &c {cost: 4us}\n"
    "  d: *c\n"
    "threads:\n"
    "  x: {count: 3, arrivals: {value: poisson(3.5k/s), range: poisson(1k/s)..poisson(9k/s)},\n"
    "      steps: [{run: 1us}, {in: a, do: [{repeat: 3, do: [{in: b}]}]}]}\n"
    "  y: {arrivals: periodic(1ms), limit: 10, steps: [{choose: [{weight: 1, do: []}]},\n"
    "      {choose: [{p: 0.25, do: [{sleep: 7us}]}]}]}\n"
    "designs: {one: {locks: {l: {kind: mutex}}, guard: {a: l}, sections: {a: {cost: 1us}}}}\n"
    "measured: []\n";

/* Some value that the quantity may have, and has not. */
static const char *other_value(const struct quantity *q) {
    static const char *const values[] = {"8", "8us", "80%", "poisson(8/s)", "periodic(8us)"};
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        const struct scenario *s = try_with(text, q->path, values[i]);
        if (s != NULL && mean(s, q->path) != dist_mean(q->dist))
            return values[i];
    }
    ck_abort_msg("%s cannot be set", q->path);
    return NULL;
}

START_TEST(every_quantity_can_be_set_by_its_path_and_no_other_changes) {
    const struct scenario *before = load_with(text, NULL, NULL);
    for (uint32_t i = 0; i < before->nquantities; i++) {
        const struct quantity *q = before->quantities[i];
        if (strstr(q->path, ".rest") != NULL) /* what shares leave is set by the shares */
            continue;
        const struct scenario *after = load_with(text, q->path, other_value(q));
        for (uint32_t j = 0; j < before->nquantities; j++) {
            const struct quantity *other = before->quantities[j];
            bool rest = strstr(other->path, ".rest") != NULL && strstr(q->path, "choose") != NULL;
            bool same = mean(after, other->path) == dist_mean(other->dist);
            ck_assert_msg(rest || same == (i != j), "%s: %s", q->path, other->path);
        }
    }
}
END_TEST

START_TEST(every_number_of_a_machine_can_be_set) {
    static const char *const paths[] = {
#define MACHINE(id, path, unit, value, doc) "machine." path,
#include "scenario/machine.def"
#undef MACHINE
    };
    for (int i = 0; i < MACHINE_FIELDS; i++)
        ck_assert_ptr_nonnull(find(load_with(text, NULL, NULL), paths[i]));
}
END_TEST

START_TEST(the_ends_of_a_range_can_be_set_and_keep_the_shape) {
    const struct scenario *s = load_with(text, NULL, NULL);
    int ranges = 0;
    for (uint32_t i = 0; i < s->nquantities; i++) {
        const struct quantity *q = s->quantities[i];
        if (q->low == NULL)
            continue;
        const struct quantity *low = find(load_with(text, q->path, q->set_low), q->path);
        const struct quantity *high = find(load_with(text, q->path, q->set_high), q->path);
        ck_assert_double_lt(dist_mean(low->dist), dist_mean(q->dist));
        ck_assert_double_gt(dist_mean(high->dist), dist_mean(q->dist));
        ck_assert_double_eq_tol(dist_cv(low->dist), dist_cv(q->dist), 1e-9);
        ck_assert_int_eq(low->origin, q->origin == ORIGIN_PROFILE ? ORIGIN_UNSTATED : q->origin);
        ranges++;
    }
    ck_assert_int_gt(ranges, 8);
    ck_assert_double_eq_tol(
        mean(load_with(text, "sections.a.cost", s->sections[0].cost->set_high), "sections.a.cost"),
        20e-6, 1e-12);
}
END_TEST

START_TEST(a_plain_value_replaces_only_the_value) {
    const struct quantity *q = find(load_with(text, "sections.b.cost", "2.5us"), "sections.b.cost");
    ck_assert_double_eq_tol(dist_mean(q->dist), 2.5e-6, 1e-15);
    ck_assert_int_eq(q->origin, ORIGIN_PUBLISHED);
    ck_assert_str_eq(q->high, "3us");
    q = find(load_with(text, "sections.b.cost", "{value: 1us, origin: assumed}"),
             "sections.b.cost");
    ck_assert_int_eq(q->origin, ORIGIN_ASSUMED);
    ck_assert_ptr_null(q->high);
}
END_TEST

START_TEST(parts_can_be_set) {
    const struct scenario *s = load_with(text, "threads.x.steps.1.do.0", "{run: 9us}");
    ck_assert_double_eq_tol(mean(s, "threads.x.steps.1.do.0.run"), 9e-6, 1e-15);
    s = load_with(text, "designs.one.guard.b", "[l]");
    ck_assert_uint_eq(s->designs[0].nguards, 2);
    s = load_with(text, "designs.one.locks.l.kind", "spinlock");
    ck_assert_str_eq(s->designs[0].locks[0].kind.text, "spinlock");
    s = load_with(text, "machine.profile", "server-2s");
    ck_assert_str_eq(s->machine.profile, "server-2s");
    ck_assert_double_eq(mean(s, "machine.smt"), 2);
    s = load_with(text, "run", "{seed: 3}");
    ck_assert_double_eq(mean(s, "run.seed"), 3);
}
END_TEST

START_TEST(what_cannot_be_set_is_refused) {
    static const struct setting settings[] = {{"sections.x.cost", "1us"},
                                              {"sections.a.cost.mean", "1us"},
                                              {"threads.x.steps.2", "{run: 1us}"},
                                              {"threads.x.steps.-1", "{run: 1us}"},
                                              {"threads.x.steps.run", "1us"},
                                              {"machine.lines.node", "1us"},
                                              {"", "1"},
                                              {".", "1"},
                                              {"run.", "1"},
                                              {"run.seed", ""},
                                              {"run.seed", "1\n---\n2"},
                                              {"run.seed", "*a"}};
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        ck_assert_msg(try_with(text, settings[i].path, settings[i].value) == NULL, "%s=%s",
                      settings[i].path, settings[i].value);
}
END_TEST

START_TEST(nothing_becomes_a_map) {
    static const char empty[] =
        "sim: 1\nmachine:\nthreads: {t: {steps: [{run: 1us}]}}\ndesigns: {d: {}}\n";
    ck_assert_ptr_null(try_with(empty, NULL, NULL));
    ck_assert_double_eq(mean(load_with(empty, "machine.line.node", "7s"), "machine.line.node"), 7);
}
END_TEST

START_TEST(later_settings_win) {
    struct setting settings[] = {{"run.seed", "2"}, {"run.seed", "3"}, {"run.seed", "4"}};
    const struct scenario *s =
        scenario_load(arena, diag, "test.yaml", text, strlen(text), settings, 3);
    ck_assert_double_eq(mean(s, "run.seed"), 4);
}
END_TEST

/* ---- YAML ---- */

#define FRAME(sections)                                                                            \
    "sim: 1\nthreads: {t: {steps: [{run: 1us}]}}\ndesigns: {d: {}}\nsections: " sections "\n"

START_TEST(calls_need_no_quotes) {
    static const char *const forms[] = {
        FRAME("{s: {cost: mix(0.9: exp(1us), 0.1: uniform(1us, 2us)), site: x}}"),
        FRAME("{s: {cost: 'mix(0.9: exp(1us), 0.1: uniform(1us, 2us))', site: x}}"),
        FRAME("{s: {cost: \"mix(0.9: exp(1us), 0.1: uniform(1us, 2us))\", site: x}}"),
        FRAME("\n  s:\n    cost: mix(0.9: exp(1us), 0.1: uniform(1us, 2us))\n    site: x"),
        FRAME("\n  s: # a (comment: half, open\n    cost: mix(0.9: exp(1us), 0.1: uniform(1us, "
              "2us)) # (and\n    site: x"),
        FRAME("\n  s:\n    cost: >\n      mix(0.9: exp(1us),\n      0.1: uniform(1us, 2us))\n    "
              "site: x")};
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        const struct scenario *s = load_with(forms[i], NULL, NULL);
        ck_assert_uint_eq(s->nsections, 1);
        ck_assert_str_eq(s->sections[0].site.text, "x");
        ck_assert_double_eq_tol(dist_mean(s->sections[0].cost->dist), 1.05e-6, 1e-15);
    }
}
END_TEST

START_TEST(texts_keep_their_marks) {
    const struct scenario *s = load_with(
        "title: f(a, b) and g[c], h(i: j)\n" FRAME("{s: {site: 'k(l, m: [n])'}}"), NULL, NULL);
    ck_assert_str_eq(s->title, "f(a, b) and g[c], h(i: j)");
    ck_assert_str_eq(s->sections[0].site.text, "k(l, m: [n])");
}
END_TEST

START_TEST(an_alias_is_a_copy) {
    const struct scenario *s = load_with(text, "sections.d.cost", "5us");
    ck_assert_double_eq_tol(mean(s, "sections.c.cost"), 4e-6, 1e-15);
    ck_assert_double_eq_tol(mean(s, "sections.d.cost"), 5e-6, 1e-15);
}
END_TEST

START_TEST(many_keys_take_no_quadratic_time) {
    enum { KEYS = 60000 };
    char *big = malloc(KEYS * 24 + 200), *end = big;
    end += sprintf(end, "%s",
                   "sim: 1\nthreads: {t: {steps: [{run: 1us}]}}\ndesigns: {d: {}}\n"
                   "sections:\n");
    for (int i = 0; i < KEYS; i++)
        end += sprintf(end, "  s%d: {}\n", i * 7919 % KEYS);
    const struct scenario *s = load_with(big, NULL, NULL);
    ck_assert_uint_eq(s->nsections, KEYS);
    strcpy(end, "  s77: {}\n");
    ck_assert_ptr_null(try_with(big, NULL, NULL));
    ck_assert_int_eq(diag_errors(diag), 1);
    free(big);
}
END_TEST

/* ---- profiles ---- */

START_TEST(every_profile_loads_and_states_its_origins) {
    int n = 0;
    for (const struct profile *p = machine_profiles; p->name != NULL; p++, n++) {
        const struct scenario *s = load_with(text, "machine.profile", p->name);
        ck_assert_str_eq(s->machine.profile, p->name);
        for (int f = 0; f < MACHINE_FIELDS; f++) {
            const struct quantity *q = s->machine.fields[f];
            if (q->origin != ORIGIN_PROFILE)
                continue;
            ck_assert_msg(strncmp(q->source, "unstated", 8) != 0, "%s: %s", p->name, q->path);
            ck_assert_ptr_eq(strstr(q->path, "machine."), q->path);
        }
    }
    ck_assert_int_ge(n, 2);
}
END_TEST

START_TEST(a_profile_may_be_a_file_beside_the_scenario) {
    char dir[] = "profile-XXXXXX", file[64], scenario[64];
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(file, sizeof(file), "%s/own.yaml", dir);
    snprintf(scenario, sizeof(scenario), "%s/test.yaml", dir);
    FILE *out = fopen(file, "w");
    fputs("cpus: {value: 48, origin: measured}\n", out);
    fclose(out);
    struct setting setting = {"machine.profile", "own.yaml"};
    const struct scenario *s =
        scenario_load(arena, diag, scenario, text, strlen(text), &setting, 1);
    unlink(file);
    rmdir(dir);
    ck_assert_ptr_nonnull(s);
    ck_assert_double_eq(mean(s, "machine.cpus"), 48);
    setting.value = "./"; /* a directory */
    ck_assert_ptr_null(scenario_load(arena, diag, scenario, text, strlen(text), &setting, 1));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("settings");
    TCase *settings = tcase_create("settings"), *yaml = tcase_create("yaml");
    TCase *profiles = tcase_create("profiles");
    tcase_add_checked_fixture(settings, set_up, tear_down);
    tcase_add_checked_fixture(yaml, set_up, tear_down);
    tcase_add_checked_fixture(profiles, set_up, tear_down);
    tcase_add_test(settings, every_quantity_can_be_set_by_its_path_and_no_other_changes);
    tcase_add_test(settings, every_number_of_a_machine_can_be_set);
    tcase_add_test(settings, the_ends_of_a_range_can_be_set_and_keep_the_shape);
    tcase_add_test(settings, a_plain_value_replaces_only_the_value);
    tcase_add_test(settings, parts_can_be_set);
    tcase_add_test(settings, what_cannot_be_set_is_refused);
    tcase_add_test(settings, nothing_becomes_a_map);
    tcase_add_test(settings, later_settings_win);
    tcase_add_test(yaml, calls_need_no_quotes);
    tcase_add_test(yaml, texts_keep_their_marks);
    tcase_add_test(yaml, an_alias_is_a_copy);
    tcase_add_test(yaml, many_keys_take_no_quadratic_time);
    tcase_add_test(profiles, every_profile_loads_and_states_its_origins);
    tcase_add_test(profiles, a_profile_may_be_a_file_beside_the_scenario);
    suite_add_tcase(suite, settings);
    suite_add_tcase(suite, yaml);
    suite_add_tcase(suite, profiles);
    return suite_run(suite);
}
