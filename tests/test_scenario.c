/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "suite.h"

#include "base/arena.h"
#include "scenario/scenario.h"

#include <check.h>
#include <math.h>
#include <string.h>

/* ---- the records of a scenario that has everything ---- */

static const char all[] =
    "sim: 1\n"
    "title: everything\n"
    "source: nowhere\n"
    "machine: {profile: server-2s, cpus: 8, line: {node: 2ns}, wake.latency: exp(3us),\n"
    "  switch: {value: 1us, origin: assumed, range: 0..9us, source: guess}, preemption: full}\n"
    "objects: {con: 30, page: {value: 1k, origin: measured}}\n"
    "sections:\n"
    "  a: {cost: lognormal(mean=13us, cv=8), origin: measured, range: 10us..20us, source: trace}\n"
    "  b: {cost: mix(0.9: exp(1us), 0.1: const(5us)), site: f+0x1}\n"
    "  c: {cost: {value: 2us, origin: published, range: 1us..3us}}\n"
    "  d: {}\n"
    "threads:\n"
    "  x: {count: 3, per: con, arrivals: poisson(3.5k/s), limit: 100, start: uniform(0, 1ms),\n"
    "      pin: yes, context: kernel,\n"
    "      steps: [{pick: page, by: zipf(1.1), as: p, other_than: q}, {in: a, do: [{in: b}]}, "
    "{post: work[con]},\n"
    "              {count: n}]}\n"
    "  y: {iterations: 10k, steps: [{take: work[con], batch: all},\n"
    "      {repeat: batch, do: [{lock: c}, {unlock: c}]},\n"
    "      {choose: [{weight: 1, do: [{sleep: 1ms}]}, {weight: 2, do: [{run: 1us}]}]},\n"
    "      {choose: [{p: 30%, do: [{in: d}]}]}, {repeat: uniform(1, 3), do: []}]}\n"
    "  z: {arrivals: periodic(1ms), steps: [{pick: con, by: round-robin}, {take: other}]}\n"
    "designs:\n"
    "  one: {doc: first, locks: {l: {kind: mutex, per: con, class: \"&con->mutex\", spin: off},\n"
    "                            m: {kind: rwlock}},\n"
    "        guard: {a: l, b: [l, {read: m, context: interrupt}], c: {write: m, of: [p, q], "
    "ordered: yes}}}\n"
    "  two: {locks: {l: {kind: none}}, guard: {a: l}, sections: {a: {cost: 1us}},\n"
    "        threads: {x: {steps: [{in: a}]}}}\n"
    "measured:\n"
    "  - {design: one, lock: l, role: calibrated, window: 300s, source: table, waittime-avg: "
    "492us,\n"
    "     contentions: 15962, waiters: {f+0x1: 10}, holders: {g+0x2: 11, h: 12}}\n"
    "  - {design: one, progress: n, rate: 10k/s}\n"
    "run: {duration: 10s, warmup: 1s, replications: 5, precision: 1%, seed: 7, budget: 1M}\n";

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

static struct scenario *load_with(const char *text, const struct setting *settings, size_t n) {
    return scenario_load(arena, diag, "test.yaml", text, strlen(text), settings, n);
}

static struct scenario *load(const char *text) {
    struct scenario *scenario = load_with(text, NULL, 0);
    if (scenario == NULL)
        diag_print(diag, stderr);
    ck_assert_ptr_nonnull(scenario);
    return scenario;
}

static void plain(const struct quantity *q, double value) {
    ck_assert_int_eq(q->dist->kind, DIST_CONST);
    ck_assert_double_eq_tol(q->dist->a, value, 1e-12 * value + 1e-30);
}

START_TEST(machine_is_profile_with_own_numbers_on_top) {
    const struct scenario *s = load(all);
    const struct machine *m = &s->machine;
    ck_assert_str_eq(m->profile, "server-2s");
    plain(m->fields[MACHINE_CPUS], 8);
    plain(m->fields[MACHINE_NODES], 2);
    plain(m->fields[MACHINE_LINE_NODE], 2e-9);
    ck_assert_int_eq(m->fields[MACHINE_WAKE_LATENCY]->dist->kind, DIST_EXP);
    ck_assert_int_eq(m->fields[MACHINE_CPUS]->origin, ORIGIN_UNSTATED);
    ck_assert_int_eq(m->fields[MACHINE_NODES]->origin, ORIGIN_PROFILE);
    ck_assert_int_eq(m->fields[MACHINE_STAT_ACQUIRE]->origin, ORIGIN_DEFAULT);
    ck_assert_str_eq(m->fields[MACHINE_NODES]->path, "machine.nodes");
    ck_assert_int_eq(m->preemption, PREEMPT_FULL);
}
END_TEST

START_TEST(a_quantity_says_where_it_comes_from) {
    const struct scenario *s = load(all);
    const struct quantity *q = s->machine.fields[MACHINE_SWITCH];
    plain(q, 1e-6);
    ck_assert_int_eq(q->origin, ORIGIN_ASSUMED);
    ck_assert_str_eq(q->low, "0");
    ck_assert_str_eq(q->high, "9us");
    ck_assert_str_eq(q->source, "guess");
    ck_assert_str_eq(q->text, "1us");
    q = s->sections[0].cost;
    ck_assert_int_eq(q->origin, ORIGIN_MEASURED);
    ck_assert_str_eq(q->low, "10us");
    ck_assert_str_eq(q->source, "trace");
    ck_assert_uint_eq(q->pos.line, 8);
    ck_assert_uint_eq(q->pos.col, 13);
}
END_TEST

START_TEST(objects_and_sections) {
    const struct scenario *s = load(all);
    ck_assert_uint_eq(s->nobjects, 2);
    ck_assert_str_eq(s->objects[1].name.text, "page");
    plain(s->objects[1].count, 1000);
    ck_assert_uint_eq(s->nsections, 4);
    ck_assert_str_eq(s->sections[1].site.text, "f+0x1");
    ck_assert_ptr_null(s->sections[0].site.text);
    ck_assert_ptr_null(s->sections[3].cost);
    ck_assert_int_eq(s->sections[1].cost->dist->kind, DIST_MIX);
}
END_TEST

START_TEST(thread_groups) {
    const struct thread_group *x = &load(all)->threads[0];
    plain(x->count, 3);
    ck_assert_str_eq(x->per.text, "con");
    ck_assert_int_eq(x->arrivals, ARRIVAL_POISSON);
    plain(x->rate, 3500);
    plain(x->limit, 100);
    ck_assert(x->pin == PIN_CPU && x->context == CONTEXT_KERNEL);
    ck_assert_int_eq(x->start->dist->kind, DIST_UNIFORM);
    ck_assert_ptr_null(x->iterations);
    plain(x[1].count, 1);
    ck_assert_int_eq(x[1].count->origin, ORIGIN_DEFAULT);
    plain(x[1].iterations, 10000);
    ck_assert(x[1].pin == PIN_NO && x[1].context == CONTEXT_USER &&
              x[1].arrivals == ARRIVAL_CLOSED);
    ck_assert_int_eq(x[2].arrivals, ARRIVAL_PERIODIC);
    plain(x[2].rate, 1e-3);
}
END_TEST

START_TEST(steps) {
    const struct scenario *s = load(all);
    const struct step *x = s->threads[0].steps.steps, *z = s->threads[2].steps.steps;
    ck_assert_uint_eq(s->threads[0].steps.n, 4);
    ck_assert(x[0].kind == STEP_PICK && x[0].by == PICK_ZIPF && x[0].exponent == 1.1);
    ck_assert_str_eq(x[0].name.text, "page");
    ck_assert_str_eq(x[0].as.text, "p");
    ck_assert_str_eq(x[0].other_than.text, "q");
    ck_assert(x[1].kind == STEP_IN && x[1].body.n == 1 && x[1].body.steps[0].kind == STEP_IN);
    ck_assert_int_eq(x[2].kind, STEP_POST);
    ck_assert_str_eq(x[2].name.text, "work");
    ck_assert_str_eq(x[2].index.text, "con");
    ck_assert_uint_eq(x[2].index.pos.col, x[2].name.pos.col + 5);
    ck_assert_int_eq(x[3].kind, STEP_COUNT);
    ck_assert_int_eq(z[0].by, PICK_ROUND_ROBIN);
    ck_assert_str_eq(z[0].as.text, "con");
    ck_assert_ptr_null(z[0].other_than.text);
    ck_assert_ptr_null(z[1].index.text);
}
END_TEST

START_TEST(steps_with_bodies) {
    const struct step *y = load(all)->threads[1].steps.steps;
    ck_assert(y[0].kind == STEP_TAKE && y[0].batch == TAKE_ALL);
    ck_assert(y[1].kind == STEP_REPEAT && y[1].per_item && y[1].cost == NULL);
    ck_assert(y[1].body.steps[0].kind == STEP_LOCK && y[1].body.steps[1].kind == STEP_UNLOCK);
    ck_assert(y[2].kind == STEP_CHOOSE && y[2].nbranches == 2);
    plain(y[2].branches[1].weight, 2);
    ck_assert_int_eq(y[2].branches[0].body.steps[0].kind, STEP_SLEEP);
    ck_assert(!y[4].per_item && y[4].cost->dist->kind == DIST_UNIFORM);
}
END_TEST

START_TEST(shares_leave_a_rest_that_does_nothing) {
    const struct step *choose = &load(all)->threads[1].steps.steps[3];
    ck_assert_uint_eq(choose->nbranches, 2);
    plain(choose->branches[0].weight, 0.3);
    plain(choose->branches[1].weight, 0.7);
    ck_assert_uint_eq(choose->branches[1].body.n, 0);
}
END_TEST

START_TEST(designs) {
    const struct design *d = load(all)->designs;
    ck_assert_str_eq(d->doc.text, "first");
    ck_assert_uint_eq(d->nlocks, 2);
    ck_assert_str_eq(d->locks[0].kind.text, "mutex");
    ck_assert_str_eq(d->locks[0].per.text, "con");
    ck_assert_str_eq(d->locks[0].class.text, "&con->mutex");
    ck_assert_uint_eq(d->locks[0].nparams, 1);
    ck_assert_str_eq(d->locks[0].params[0].name.text, "spin");
    ck_assert_uint_eq(d->locks[1].nparams, 0);
    ck_assert_uint_eq(d->nguards, 3);
    ck_assert_uint_eq(d->guards[1].nlocks, 2);
    ck_assert_str_eq(d->guards[1].locks[1].lock.text, "m");
    ck_assert_int_eq(d->guards[1].locks[0].mode, MODE_WRITE);
    ck_assert_int_eq(d->guards[1].locks[1].mode, MODE_READ);
    ck_assert(d->guards[1].locks[1].interrupt && !d->guards[1].locks[0].interrupt);
    ck_assert_uint_eq(d->guards[1].locks[1].of.n, 0);
    const struct guard_lock *pair = d->guards[2].locks;
    ck_assert_int_eq(pair->mode, MODE_WRITE);
    ck_assert_uint_eq(pair->of.n, 2);
    ck_assert_str_eq(pair->of.names[1].text, "q");
    ck_assert(pair->ordered && !pair->interrupt);
    ck_assert_str_eq(d[1].sections[0].name.text, "a");
    plain(d[1].sections[0].cost, 1e-6);
    ck_assert_str_eq(d[1].threads[0].name.text, "x");
    ck_assert_uint_eq(d[1].threads[0].steps.n, 1);
}
END_TEST

START_TEST(measurements) {
    const struct measured *m = load(all)->measured;
    ck_assert_str_eq(m->design.text, "one");
    ck_assert_str_eq(m->lock.text, "l");
    ck_assert(m->calibrated && !m[1].calibrated);
    ck_assert_double_eq(m->window, 300);
    ck_assert_uint_eq(m->nfields, 2);
    ck_assert_str_eq(m->fields[0].name, "waittime-avg");
    ck_assert_double_eq_tol(m->fields[0].value, 492e-6, 1e-15);
    ck_assert_double_eq(m->fields[1].value, 15962);
    ck_assert(m->nwaiters == 1 && m->nholders == 2);
    ck_assert_str_eq(m->holders[1].site.text, "h");
    ck_assert_double_eq(m->holders[1].count, 12);
    ck_assert_str_eq(m[1].progress.text, "n");
    ck_assert_double_eq(m[1].fields[0].value, 10000);
}
END_TEST

/* ---- the least that a scenario can say ---- */

static const char least[] = "sim: 1\nthreads: {t: {steps: [{run: 1us}]}}\ndesigns: {d: {}}\n";

START_TEST(what_is_not_written_has_a_default) {
    const struct scenario *s = load(least);
    ck_assert_str_eq(s->title, "test.yaml");
    ck_assert_ptr_null(s->machine.profile);
    plain(s->machine.fields[MACHINE_CPUS], 1);
    plain(s->machine.fields[MACHINE_LINE_REMOTE], 0);
    plain(s->machine.fields[MACHINE_SCHED_LATENCY], 24e-3);
    plain(s->run.duration, 1);
    plain(s->run.replications, 10);
    plain(s->run.seed, 1);
    plain(s->run.budget, 1e9);
    ck_assert(s->run.warmup_auto && s->run.warmup == NULL && s->run.precision == NULL);
    for (uint32_t i = 0; i < s->nquantities; i++)
        ck_assert_int_eq(s->quantities[i]->origin == ORIGIN_DEFAULT,
                         strcmp(s->quantities[i]->path, "threads.t.steps.0.run") != 0);
}
END_TEST

START_TEST(run_says_how_long_and_how_often) {
    const struct run_spec *run = &load(all)->run;
    plain(run->duration, 10);
    plain(run->warmup, 1);
    ck_assert(!run->warmup_auto);
    plain(run->replications, 5);
    plain(run->precision, 0.01);
    plain(run->seed, 7);
    plain(run->budget, 1e6);
}
END_TEST

START_TEST(a_scenario_is_loaded_or_has_errors) {
    ck_assert_ptr_null(load_with("sim: 1\nthreads: {}\n", NULL, 0));
    ck_assert_int_gt(diag_errors(diag), 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("scenario");
    TCase *records = tcase_create("records");
    tcase_add_checked_fixture(records, set_up, tear_down);
    tcase_add_test(records, machine_is_profile_with_own_numbers_on_top);
    tcase_add_test(records, a_quantity_says_where_it_comes_from);
    tcase_add_test(records, objects_and_sections);
    tcase_add_test(records, thread_groups);
    tcase_add_test(records, steps);
    tcase_add_test(records, steps_with_bodies);
    tcase_add_test(records, shares_leave_a_rest_that_does_nothing);
    tcase_add_test(records, designs);
    tcase_add_test(records, measurements);
    tcase_add_test(records, what_is_not_written_has_a_default);
    tcase_add_test(records, run_says_how_long_and_how_often);
    tcase_add_test(records, a_scenario_is_loaded_or_has_errors);
    suite_add_tcase(suite, records);
    return suite_run(suite);
}
