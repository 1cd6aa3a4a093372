/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calibration: what is hidden is found where it can be, and said to be unknown where it cannot. */
#include "config.h"

#include "base/arena.h"
#include "experiment/calibrate.h"
#include "experiment/programs.h"

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

/* ---- a measurement, made by a scenario whose numbers are hidden ---- */

enum { REPLICATIONS = 10, FIELDS_MOST = 4 };

static struct result *simulate(const char *text, const struct setting *settings, size_t n) {
    struct scenario *scenario =
        scenario_load(arena, diag, "hidden.yaml", text, strlen(text), settings, n);
    ck_assert(scenario != NULL);
    const char *design = scenario->designs[0].name.text;
    struct program **programs = programs_compile(arena, diag, scenario, &design, 1);
    ck_assert(programs[0] != NULL);
    programs[0]->seed = 99;
    const struct run_plan plan = {.programs = (const struct program *const *)programs,
                                  .ndesigns = 1,
                                  .replications = REPLICATIONS,
                                  .jobs = 2};
    return result_new(arena, scenario, experiment_run(arena, &plan));
}

/* All replications, one after the other, as a row of lock_stat of the only lock. */
static struct measured *measure(const char *text, const struct setting *settings, size_t n,
                                const char *const *fields) {
    struct result *result = simulate(text, settings, n);
    struct lock_stat_row row = result_lock_stat(&result->designs[0].locks[0]);
    struct measured *entry = arena_alloc(arena, sizeof(*entry));
    *entry = (struct measured){.design.text = result->designs[0].name,
                               .lock.text = result->designs[0].locks[0].name,
                               .window = REPLICATIONS * result->duration,
                               .fields = arena_array(arena, FIELDS_MOST, sizeof(*entry->fields))};
    for (; fields[entry->nfields] != NULL; entry->nfields++) {
        const struct lock_stat_field *field = lock_stat_field_find(fields[entry->nfields]);
        entry->fields[entry->nfields] = (struct measured_field){
            .name = field->name, .value = lock_stat_field_average(field, &row, 1)};
    }
    return entry;
}

static const char *const row_fields[] = {"acquisitions", "contentions", "waittime-avg",
                                         "holdtime-avg", NULL};

static struct calibration *calibrate(const char *text, const struct measured *targets,
                                     const struct calibrate_vary *vary, uint32_t nvary,
                                     unsigned jobs) {
    const struct calibrate_plan plan = {.file = "test.yaml",
                                        .text = text,
                                        .length = strlen(text),
                                        .vary = vary,
                                        .nvary = nvary,
                                        .targets = targets,
                                        .ntargets = 1,
                                        .measurement = "before.txt",
                                        .jobs = jobs};
    struct calibration *calibration = calibrate_run(arena, diag, &plan);
    if (calibration == NULL)
        diag_print(diag, stderr);
    return calibration;
}

/* ---- what can be found ---- */

#define LOOP(machine, kind, cost)                                                                  \
    "sim: 1\n"                                                                                     \
    "machine: {" machine "}\n"                                                                     \
    "sections:\n"                                                                                  \
    "  cs: {cost: " cost ", origin: assumed, range: 0.5us..50us} # what is asked\n"                \
    "threads: {t: {count: 8, steps: [{run: exp(30us)}, {in: cs}, {count: op}]}}\n"                 \
    "designs: {d: {locks: {l: {kind: " kind "}}, guard: {cs: l}}}\n"                               \
    "run: {duration: 20ms, warmup: 1ms, replications: 8}\n"

static const struct hidden {
    const char *text, *cost, *think;
    double mean, cv;
} hidden[] = {
    {LOOP("cpus: 8", "spinlock", "\"lognormal(mean=2us, cv=1)\""), "lognormal(mean=5us, cv=2.5)",
     "exp(50us)", 5e-6, 2.5},
    {LOOP("profile: server-2s, cpus: 8", "spinlock", "\"gamma(mean=9us, cv=2)\""),
     "gamma(mean=3us, cv=3)", "exp(30us)", 3e-6, 3},
    {LOOP("cpus: 8", "mcs", "lognormal(mean=1us, cv=3)"), "lognormal(mean=4us, cv=1.2)",
     "exp(60us)", 4e-6, 1.2},
    {LOOP("profile: server-2s, cpus: 8", "rwsem", "\"gamma(mean=2us, cv=1)\""),
     "gamma(mean=6us, cv=1.8)", "exp(60us)", 6e-6, 1.8},
};

START_TEST(hidden_mean_and_cv_are_found) {
    const struct hidden *h = &hidden[_i];
    const struct setting settings[] = {{"sections.cs.cost", h->cost},
                                       {"threads.t.steps.0.run", h->think}};
    static const struct calibrate_vary vary[] = {{"sections.cs.cost", NULL},
                                                 {"sections.cs.cost.cv", "0.3..10"},
                                                 {"threads.t.steps.0.run", "5us..500us"}};
    const struct measured *entry = measure(h->text, settings, 2, row_fields);
    const struct calibration *c = calibrate(h->text, entry, vary, 3, 2);
    const struct calibrate_parameter *mean = &c->parameters[0], *cv = &c->parameters[1];
    ck_assert_msg(c->converged && c->chi2 < 4 && c->chi2_before > 100, "chi2 %g, before %g, %d",
                  c->chi2, c->chi2_before, c->converged);
    ck_assert(mean->verdict == CALIBRATED && cv->verdict == CALIBRATED);
    ck_assert_msg(fabs(mean->value / h->mean - 1) < 0.1, "mean %g", mean->value);
    ck_assert_msg(fabs(cv->value / h->cv - 1) < 0.1, "cv %g", cv->value);
    ck_assert(mean->lo < h->mean && h->mean < mean->hi && cv->lo < h->cv && h->cv < cv->hi);
    for (uint32_t i = 0; i < c->nfields; i++)
        ck_assert(c->fields[i].fitted && fabs(c->fields[i].after.ratio - 1) < 0.1);
}
END_TEST

/* ---- what cannot ---- */

static const char two_sections[] =
    "sim: 1\n"
    "machine: {cpus: 8}\n"
    "sections: {a: {cost: exp(2us)}, b: {cost: exp(2us)}}\n"
    "threads: {t: {count: 8, steps: [{run: exp(40us)}, {in: a}, {in: b}, {count: op}]}}\n"
    "designs: {d: {locks: {l: {kind: spinlock}}, guard: {a: l, b: l}}}\n"
    "run: {duration: 20ms, warmup: 1ms}\n";

START_TEST(two_sections_of_one_lock_are_known_together_only) {
    static const struct setting settings[] = {{"sections.a.cost", "exp(5us)"}};
    static const struct calibrate_vary vary[] = {
        {"sections.a.cost", "0.2us..20us"},
        {"sections.b.cost", "0.2us..20us"},
        {"threads.t.steps.0.run", "5us..500us"},
        {"machine.sched.tick", "1ms..9ms"},
    };
    static const struct setting tick[] = {{"machine.sched.tick", "4ms"}};
    static const char *const totals[] = {"acquisitions", "holdtime-avg", NULL};
    const struct measured *entry = measure(two_sections, settings, 1, totals);
    struct calibrate_plan plan = {.file = "test.yaml",
                                  .text = two_sections,
                                  .length = strlen(two_sections),
                                  .settings = tick,
                                  .nsettings = 1,
                                  .vary = vary,
                                  .nvary = 4,
                                  .targets = entry,
                                  .ntargets = 1,
                                  .measurement = "before.txt",
                                  .jobs = 2};
    const struct calibration *c = calibrate_run(arena, diag, &plan);
    const struct calibrate_parameter *a = &c->parameters[0], *b = &c->parameters[1];
    ck_assert(a->verdict == ENTANGLED && b->verdict == ENTANGLED);
    ck_assert_str_eq(a->partner, "sections.b.cost");
    ck_assert_str_eq(b->partner, "sections.a.cost");
    ck_assert(a->correlation < -0.8);
    ck_assert(a->value == 2e-6 && strcmp(a->after, "exp(2us)") == 0);
    ck_assert(a->lo < 5e-6 && a->hi > 5e-6 && b->lo < 2e-6 && b->hi > 2e-6);
    ck_assert(c->parameters[2].verdict == CALIBRATED);
    ck_assert(c->parameters[3].verdict == FLAT);
}
END_TEST

/* The sum of the two is known once one of them is. */
START_TEST(one_of_the_two_is_found_when_the_other_is_given) {
    static const struct setting settings[] = {{"sections.a.cost", "exp(5us)"}};
    static const struct calibrate_vary vary[] = {{"sections.a.cost", "0.2us..20us"}};
    const struct measured *entry = measure(two_sections, settings, 1, row_fields);
    const struct calibration *c = calibrate(two_sections, entry, vary, 1, 2);
    ck_assert(c->parameters[0].verdict == CALIBRATED);
    ck_assert(fabs(c->parameters[0].value / 5e-6 - 1) < 0.1);
}
END_TEST

/* Contentions come from owners that are away: from how often, by how many locks there are. */
static const char owners_away[] =
    "sim: 1\n"
    "machine: {cpus: 16}\n"
    "objects: {con: 30}\n"
    "sections: {work: {cost: exp(10us)}, send: {cost: exp(1us)}}\n"
    "threads:\n"
    "  sender: {arrivals: poisson(100k/s), steps: [{pick: con}, {in: send}, {post: "
    "\"job[con]\"}]}\n"
    "  worker: {per: con, steps: [{take: \"job[con]\"},\n"
    "    {in: work, do: [{choose: [{p: 6%, do: [{sleep: exp(300us)}]}]}]}, {count: op}]}\n"
    "designs: {d: {locks: {l: {kind: mutex, per: con}}, guard: {work: l, send: l}}}\n"
    "run: {duration: 60ms, warmup: 1ms, replications: 8}\n";

START_TEST(off_cpu_share_and_instances_are_known_together_only) {
    static const struct calibrate_vary vary[] = {
        {"threads.worker.steps.1.do.0.choose.0.p", "1%..30%"}, {"objects.con", "10..100"}};
    static const char *const waits[] = {"contentions", "waittime-avg", NULL};
    const struct measured *entry = measure(owners_away, NULL, 0, waits);
    const struct calibration *c = calibrate(owners_away, entry, vary, 2, 2);
    for (int i = 0; i < 2; i++) {
        ck_assert_msg(c->parameters[i].verdict == ENTANGLED, "%d: %g, %g..%g",
                      c->parameters[i].verdict, c->parameters[i].value, c->parameters[i].lo,
                      c->parameters[i].hi);
        ck_assert_str_eq(c->parameters[i].partner, vary[1 - i].path);
        ck_assert(c->parameters[i].correlation > 0.5);
        ck_assert_str_eq(c->parameters[i].after, c->parameters[i].before);
    }
    ck_assert_uint_eq(c->length, strlen(owners_away));
    ck_assert_mem_eq(c->text, owners_away, c->length);
}
END_TEST

/* ---- the fitted text ---- */

START_TEST(the_text_says_what_was_fitted_to_what) {
    static const struct setting settings[] = {{"sections.cs.cost", "exp(4us)"}};
    const char *text = LOOP("cpus: 8", "spinlock", "exp(2us)");
    struct measured *entry = measure(text, settings, 1, row_fields);
    const struct calibration *c = calibrate(text, entry, NULL, 0, 2);
    ck_assert_uint_eq(c->nparameters, 1);
    const char *changed = arena_printf(
        arena,
        "sections:\n  cs: {source: \"fitted to acquisitions, contentions, waittime-avg, "
        "holdtime-avg of l in before.txt; was exp(2us)\", cost: %s, origin: calibrated, "
        "range: 0.5us..50us} # what is asked\n",
        c->parameters[0].after);
    ck_assert_msg(strstr(c->text, changed) != NULL, "%s", c->text);
    const char *added = arena_printf(arena,
                                     "run: {duration: 20ms, warmup: 1ms, replications: 8}\n"
                                     "measured:\n  - {design: d, lock: l, role: calibrated, "
                                     "source: \"before.txt\", window: 200ms, "
                                     "acquisitions: %.0f, ",
                                     entry->fields[0].value);
    ck_assert_msg(strstr(c->text, added) != NULL, "%s", c->text);
    ck_assert_mem_eq(c->text, text, strcspn(text, "s:"));
    struct scenario *fitted =
        scenario_load(arena, diag, "fitted.yaml", c->text, c->length, NULL, 0);
    ck_assert(fitted->nmeasured == 1 && fitted->measured[0].calibrated);
    ck_assert(measured_same(&fitted->measured[0], entry));
}
END_TEST

START_TEST(jobs_change_nothing) {
    static const struct setting settings[] = {{"sections.cs.cost", "exp(4us)"}};
    const char *text = LOOP("cpus: 8", "spinlock", "exp(2us)");
    const struct measured *entry = measure(text, settings, 1, row_fields);
    const struct calibration *one = calibrate(text, entry, NULL, 0, 1),
                             *many = calibrate(text, entry, NULL, 0, 5);
    ck_assert_str_eq(one->text, many->text);
    ck_assert(one->chi2 == many->chi2 && one->parameters[0].hi == many->parameters[0].hi);
    ck_assert_uint_eq(one->experiments, many->experiments);
}
END_TEST

/* ---- what is wrong ---- */

static const struct {
    struct calibrate_vary vary;
    const char *error;
} wrong[] = {
    {{"sections.cs.cots", "1us..5us"},
     "--vary:1:1: error: sections.cs.cots: no number has this path, did you mean "
     "sections.cs.cost?"},
    {{"threads.t.steps.0.run", NULL},
     "--vary:1:1: error: threads.t.steps.0.run: has no range: give one, "
     "threads.t.steps.0.run=1us..50us"},
    {{"sections.cs.cost", "5us"},
     "--vary:1:1: error: sections.cs.cost: expected a range such as 1us..50us, not '5us'"},
    {{"sections.cs.cost", "0..5us"},
     "--vary:1:1: error: sections.cs.cost: the range 0..5us is not of the kind of exp(2us)"},
    {{"sections.cs.cost", "9us..5us"},
     "--vary:1:1: error: sections.cs.cost: a range must begin above 0 and ascend"},
    {{"sections.cs.cost", "1/s..5/s"},
     "--vary:1:1: error: sections.cs.cost: the range 1/s..5/s is not of the kind of exp(2us)"},
    {{"sections.cs.cost", "5us..9us"},
     "--vary:1:1: error: sections.cs.cost: is exp(2us), which is outside of its range 5us..9us"},
    {{"sections.cs.cost.cv", "1..9"},
     "--vary:1:1: error: sections.cs.cost.cv: there is no such number in exp(2us)"},
    {{"machine.switch", "1us..5us"},
     "--vary:1:1: error: machine.switch: is 0, which has no logarithm: set it to something to "
     "begin "
     "with"},
    {{"run.duration", "1s..5s"},
     "--vary:1:1: error: run.duration: how long is simulated is not fitted"},
};

static const char *first_line(void) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    diag_print(diag, out);
    fclose(out);
    const char *line = arena_strndup(arena, text, strcspn(text, "\n"));
    free(text);
    return line;
}

START_TEST(what_cannot_be_fitted_is_refused) {
    static struct measured_field field = {.name = "contentions", .value = 10};
    static const struct measured entry = {
        .design.text = "d", .lock.text = "l", .fields = &field, .nfields = 1};
    const char *text = LOOP("cpus: 8", "spinlock", "exp(2us)");
    const struct calibrate_plan plan = {.file = "test.yaml",
                                        .text = text,
                                        .length = strlen(text),
                                        .vary = &wrong[_i].vary,
                                        .nvary = 1,
                                        .targets = &entry,
                                        .ntargets = 1,
                                        .measurement = "before.txt"};
    ck_assert(calibrate_run(arena, diag, &plan) == NULL);
    ck_assert_str_eq(first_line(), wrong[_i].error);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("calibrate");
    TCase *cases = tcase_create("calibrate");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, hidden_mean_and_cv_are_found, 0, sizeof(hidden) / sizeof(hidden[0]));
    tcase_add_test(cases, two_sections_of_one_lock_are_known_together_only);
    tcase_add_test(cases, one_of_the_two_is_found_when_the_other_is_given);
    tcase_add_test(cases, off_cpu_share_and_instances_are_known_together_only);
    tcase_add_test(cases, the_text_says_what_was_fitted_to_what);
    tcase_add_test(cases, jobs_change_nothing);
    tcase_add_loop_test(cases, what_cannot_be_fitted_is_refused, 0,
                        sizeof(wrong) / sizeof(wrong[0]));
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
