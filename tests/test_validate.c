/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predicted against measured: which figures there are, and what is said of them. */
#include "config.h"

#include "shipped.h"
#include "suite.h"

#include "base/arena.h"
#include "experiment/imported.h"
#include "experiment/programs.h"
#include "experiment/validate.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- figures ---- */

static const char readers_and_writers[] =
    "sim: 1\n"
    "machine: {profile: server-2s, cpus: 16}\n"
    "sections: {r: {cost: exp(2us), site: reader+0x1/0x9}, w: {cost: exp(5us), site: writer}}\n"
    "threads:\n"
    "  t: {count: 8, steps: [{run: exp(10us)}, {in: r}, {count: op}]}\n"
    "  u: {count: 2, steps: [{run: exp(30us)}, {in: w}, {count: op}]}\n"
    "designs: {d: {locks: {l: {kind: rwlock}}, guard: {r: {read: l}, w: l}}}\n"
    "run: {duration: 5ms, warmup: 1ms, replications: 3}\n"
    "measured:\n"
    "  - {design: d, lock: l, contentions: 1, waittime-total: 1s, acquisitions: 1, wait-avg: 1s,\n"
    "     wait-total: 1s, wait-max: 1s, hold-avg: 1s, hold-total: 1s, perf-contended: 1,\n"
    "     perf-total-wait: 1s, perf-avg-wait: 1s, perf-max-wait: 1s,\n"
    "     waiters: {reader+0x1/0x9: 3, writer: 1}}\n"
    "  - {design: d, lock: l, mode: read, contentions: 1, waittime-total: 1s, acquisitions: 1}\n"
    "  - {design: d, lock: l, mode: write, contentions: 1, waittime-total: 1s, acquisitions: 1}\n"
    "  - {design: d, lock: l, caller: reader+0x99, perf-contended: 1, perf-total-wait: 1s}\n"
    "  - {design: d, lock: l, caller: writer, perf-contended: 1, perf-max-wait: 1s, window: 10ms}\n"
    "  - {design: d, lock: l, caller: nobody, perf-contended: 1, perf-max-wait: 1s}\n";

/* The line of a field, of those with this mode and this site. */
static const struct measured_line *line_of(const struct shipped *s, const char *field,
                                           const char *mode, const char *site) {
    for (uint32_t i = 0; i < s->lines.n; i++) {
        const struct measured_line *line = &s->lines.lines[i];
        bool same_mode =
            mode == NULL ? line->mode == NULL : line->mode != NULL && strcmp(line->mode, mode) == 0;
        bool same_site =
            site == NULL ? line->site == NULL : line->site != NULL && strcmp(line->site, site) == 0;
        if (strcmp(line->field, field) == 0 && same_mode && same_site)
            return line;
    }
    ck_abort_msg("no line %s", field);
}

static double predicted(const struct shipped *s, const char *field, const char *mode,
                        const char *site) {
    return line_of(s, field, mode, site)->predicted.mean;
}

static void assert_same(double value, double expected) {
    assert_near(value, expected, 1e-9);
}

START_TEST(figures_of_modes_and_callers_add_up) {
    static const char *const sums[] = {"contentions", "waittime-total", "acquisitions"};
    struct shipped *s = shipped_text(readers_and_writers);
    for (int i = 0; i < 3; i++)
        assert_same(predicted(s, sums[i], "read", NULL) + predicted(s, sums[i], "write", NULL),
                    predicted(s, sums[i], NULL, NULL));
    double readers = predicted(s, "perf-contended", NULL, "reader+0x99");
    double writers = predicted(s, "perf-contended", NULL, "writer");
    assert_same(readers + writers / 2, predicted(s, "perf-contended", NULL, NULL));
    ck_assert(readers > writers && writers > 0);
    ck_assert(predicted(s, "perf-contended", NULL, "nobody") == 0);
    ck_assert(predicted(s, "perf-max-wait", NULL, "nobody") == 0);
    ck_assert(predicted(s, "perf-max-wait", NULL, "writer") > 0);
    ck_assert(!line_of(s, "perf-max-wait", NULL, "writer")->scored);
    /* a spinning lock's waits are the same to everybody, but for what it costs to see them */
    double wait = predicted(s, "wait-total", NULL, NULL);
    ck_assert(fabs(predicted(s, "waittime-total", NULL, NULL) / wait - 1) < 0.05);
    shipped_free(s);
}
END_TEST

START_TEST(true_figures_are_those_of_the_report) {
    struct shipped *s = shipped_text(readers_and_writers);
    const struct lock_result *lock = shipped_lock(s, "d", "l");
    assert_same(predicted(s, "wait-max", NULL, NULL), lock->wait.max);
    assert_same(predicted(s, "wait-total", NULL, NULL),
                ticks_to_seconds((double)lock->pool->waited_time) / 3);
    double share = fabs(predicted(s, "wait-avg", NULL, NULL) / lock->wait.mean.mean - 1);
    ck_assert(share < 0.02); /* by acquisitions here, by replications there */
    double held = predicted(s, "hold-avg", NULL, NULL) * predicted(s, "acquisitions", NULL, NULL);
    assert_same(held, predicted(s, "hold-total", NULL, NULL));
    shipped_free(s);
}
END_TEST

START_TEST(values_by_replication_and_intervals_of_sites) {
    struct shipped *s = shipped_text(readers_and_writers);
    const struct measured_line *line = line_of(s, "contentions", NULL, NULL);
    assert_same((line->values[0] + line->values[1] + line->values[2]) / 3, line->predicted.mean);
    ck_assert(line->observed == 1 && line_of(s, "perf-contended", NULL, "writer")->observed == 2);
    const struct measured_line *site = line_of(s, "waiters", NULL, "reader+0x1/0x9");
    assert_same(site->measured, 0.75);
    ck_assert(site->predicted.lo < site->predicted.mean && site->predicted.hi < 1.1);
    shipped_free(s);
}
END_TEST

START_TEST(without_the_baseline_there_is_no_ratio_of_waits) {
    struct shipped *s = shipped_text(
        "sim: 1\nmachine: {cpus: 4}\nsections: {cs: {cost: exp(2us)}}\n"
        "threads: {t: {count: 4, steps: [{run: exp(5us)}, {in: cs}, {count: op}]}}\n"
        "designs: {a: {locks: {l: {kind: mcs}}, guard: {cs: l}}, b: {locks: {l: {kind: mcs}}, "
        "guard: {cs: l}}}\n"
        "run: {duration: 2ms, warmup: 0s, replications: 2}\n"
        "measured: [{design: a, lock: l, waittime-total: 2s}, {design: b, lock: l, "
        "waittime-total: 1s}]\n");
    ck_assert_uint_eq(s->lines.n, 3);
    struct result without = *s->result;
    without.designs++;
    without.ndesigns = 1;
    ck_assert_uint_eq(measured_compare(s->arena, &without).n, 1);
    shipped_free(s);
}
END_TEST

/* ---- rows of a tool ---- */

static const char two_locks[] =
    "sim: 1\n"
    "machine: {cpus: 4}\n"
    "sections: {a: {cost: 1us, site: f+0x1}, b: {cost: 1us, site: g}, c: {cost: 1us, site: g}}\n"
    "threads: {t: {steps: [{in: a}, {in: b}, {in: c}, {count: op}]}}\n"
    "designs:\n"
    "  d:\n"
    "    locks:\n"
    "      l: {kind: rwlock, class: \"&a_table_with_a_rather_long_name->lock_of_it\"}\n"
    "      m: {kind: mutex, class: \"&m->lock\"}\n"
    "    guard: {a: {read: l}, b: l, c: m}\n";

struct rows {
    struct arena *arena;
    struct diag *scenario_diag, *diag;
    struct measured *entries;
    uint32_t n;
};

static struct rows read_rows(const char *tool, const char *text, const char *class_name,
                             uint32_t table) {
    struct rows rows = {arena_new(), diag_new(), diag_new(), NULL, 0};
    struct scenario *scenario = scenario_load(rows.arena, rows.scenario_diag, "two.yaml", two_locks,
                                              strlen(two_locks), NULL, 0);
    const char *design = "d";
    struct program **program =
        programs_compile(rows.arena, rows.scenario_diag, scenario, &design, 1);
    struct imported imported = {.file = "rows.txt", .table = table, .window = 5};
    imported.import = import_read(rows.arena, rows.diag, "rows.txt", text, strlen(text), tool);
    imported.class_name = class_name;
    ck_assert(imported.import != NULL);
    rows.entries = imported_entries(rows.arena, rows.diag, program[0], &imported, &rows.n);
    return rows;
}

static void free_rows(struct rows *rows) {
    diag_free(rows->diag);
    diag_free(rows->scenario_diag);
    arena_free(rows->arena);
}

static const char *said(struct rows *rows) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    diag_print(rows->diag, out);
    fclose(out);
    const char *line = arena_strndup(rows->arena, text, strcspn(text, "\n"));
    free(text);
    return line;
}

#define TITLE                                                                                      \
    "lock_stat version 0.4\n"                                                                      \
    "class name con-bounces contentions waittime-min waittime-max waittime-total waittime-avg "    \
    "acq-bounces acquisitions holdtime-min holdtime-max holdtime-total holdtime-avg\n"
#define NUMBERS " 3 4 0.10 9.00 20.00 5.00 6 100 0.10 7.00 200.00 2.00\n"

START_TEST(rows_of_lock_stat_are_of_the_class_of_their_name) {
    struct rows rows =
        read_rows("lock_stat",
                  TITLE "&a_table_with_a_rather_long_name->l-W:" NUMBERS
                        "&a_table_with_a_rather_long_name->l-R:" NUMBERS
                        "&a_table_with_a_rather_long_name->l 3 [<0>] f+0x1/0x2\n"
                        "&m->lock:" NUMBERS "&m->lock#2:" NUMBERS "&m->lock:" NUMBERS,
                  NULL, 0);
    ck_assert_uint_eq(rows.n, 3);
    ck_assert_str_eq(rows.entries[0].lock.text, "l");
    ck_assert(rows.entries[0].mode == MEASURED_WRITE && rows.entries[1].mode == MEASURED_READ);
    ck_assert(rows.entries[0].nwaiters + rows.entries[1].nwaiters == 1);
    ck_assert_str_eq(rows.entries[2].lock.text, "m");
    ck_assert(rows.entries[2].mode == MEASURED_ANY_MODE && rows.entries[2].window == 5);
    ck_assert_uint_eq(rows.entries[2].nfields, 12);
    ck_assert_str_eq(
        said(&rows),
        "rows.txt:8:1: warning: another row of '&m->lock': that of line 6 is compared");
    free_rows(&rows);
}
END_TEST

START_TEST(rows_of_perf_are_of_the_lock_that_their_caller_takes) {
    struct rows rows =
        read_rows("perf",
                  " contended   total wait     max wait     avg wait         type   caller\n\n"
                  "         4     40.00 us     20.00 us     10.00 us     rwlock:R   f+0x9\n"
                  "         2     10.00 us     30.00 us      5.00 us     rwlock:R   f+0x30\n"
                  "         1      1.00 us      1.00 us      1.00 us        mutex   g+0x8\n"
                  "         1      1.00 us      1.00 us      1.00 us        mutex   h+0x8\n",
                  NULL, 0);
    ck_assert_uint_eq(rows.n, 2);
    const struct measured *f = &rows.entries[0], *g = &rows.entries[1];
    ck_assert_str_eq(f->caller.text, "f");
    ck_assert_str_eq(f->lock.text, "l");
    ck_assert_uint_eq(f->nfields, 4);
    assert_same(f->fields[0].value, 6);
    assert_same(f->fields[1].value, 50e-6);
    assert_same(f->fields[2].value, 30e-6);
    assert_same(f->fields[3].value, 50e-6 / 6);
    ck_assert_str_eq(g->lock.text, "m"); /* l is taken there, too, but is no mutex */
    free_rows(&rows);
}
END_TEST

static const struct {
    const char *class_name;
    uint32_t table;
    const char *error;
} nothing[] = {
    {NULL, 1, "rows.txt: error: there is no table 2 in it: it has 1"},
    {"&y->lock", 0, "rows.txt: error: there is no class '&y->lock' in it"},
    {"&x->lock", 0,
     "rows.txt: error: none of 1 rows is of a lock of the design 'd': its classes are "
     "'&a_table_with_a_rather_long_name->lock_of_it', '&m->lock'"},
};

START_TEST(without_a_row_there_is_an_error) {
    struct rows rows = read_rows("lock_stat", TITLE "&x->lock:" NUMBERS, nothing[_i].class_name,
                                 nothing[_i].table);
    ck_assert(rows.entries == NULL);
    ck_assert_str_eq(said(&rows), nothing[_i].error);
    free_rows(&rows);
}
END_TEST

/* ---- the same measurement twice ---- */

START_TEST(a_measurement_is_known_again) {
    struct measured_field few[] = {{.name = "contentions", .value = 15962},
                                   {.name = "waittime-avg", .value = 492e-6}},
                          many[] = {{.name = "acquisitions", .value = 34e6},
                                    {.name = "waittime-avg", .value = 492.003e-6},
                                    {.name = "contentions", .value = 15962}};
    struct measured a = {.design.text = "d", .lock.text = "l", .fields = few, .nfields = 2};
    struct measured b = {.design.text = "d", .lock.text = "l", .fields = many, .nfields = 3};
    ck_assert(measured_same(&a, &b) && measured_same(&b, &a) && measured_same(&a, &a));
    many[2].value = 16000;
    ck_assert(!measured_same(&a, &b));
    many[2].value = 15962;
    b.mode = MEASURED_READ;
    ck_assert(!measured_same(&a, &b));
    b.mode = MEASURED_ANY_MODE;
    b.design.text = "e";
    ck_assert(!measured_same(&a, &b));
    b.design.text = "d";
    b.nfields = 1; /* nothing in common */
    ck_assert(!measured_same(&a, &b));
}
END_TEST

/* ---- verdicts ---- */

static const struct {
    enum unit unit;
    double measured, predicted, lo, hi;
    bool calibrated;
    enum verdict verdict;
    bool unsure;
} cases[] = {
    /* of rate, 10 % */
    {UNIT_RATE, 100, 109, 108.5, 109.5, false, VERDICT_OK, false},
    {UNIT_RATE, 100, 91, 90.95, 91.05, false, VERDICT_OK, false},
    {UNIT_RATE, 100, 90.5, 90.4, 90.6, false, VERDICT_OUTSIDE, false},
    {UNIT_RATE, 100, 111, 110.5, 111.5, false, VERDICT_OUTSIDE, false},
    {UNIT_RATE, 100, 109, 100, 118, false, VERDICT_OK, true},
    {UNIT_RATE, 100, 111, 109, 113, false, VERDICT_OUTSIDE, true},
    {UNIT_RATE, 100, 200, -50, 450, false, VERDICT_OUTSIDE, true},
    {UNIT_RATE, 100, 101, NAN, NAN, false, VERDICT_OK, false},
    {UNIT_RATE, 100, 101, 100, 102, true, VERDICT_FITTED, false},
    {UNIT_RATE, 100, 120, 119, 121, true, VERDICT_OUTSIDE, false},
    {UNIT_RATE, 100, NAN, NAN, NAN, false, VERDICT_NOT_SCORED, false},
    {UNIT_RATE, 0, 1, 1, 1, false, VERDICT_NOT_SCORED, false},
    {UNIT_COUNT, 0, 2, 1, 2.5, false, VERDICT_OK, false},
    {UNIT_COUNT, 0, 4, 3.5, 4.5, false, VERDICT_OUTSIDE, false},
    {UNIT_SHARE, 0.5, 0.59, NAN, NAN, false, VERDICT_OK, false},
    {UNIT_SHARE, 0, 0.09, NAN, NAN, false, VERDICT_OK, false},
    {UNIT_SHARE, 0.5, 0.39, NAN, NAN, false, VERDICT_OUTSIDE, false},
};

static struct arena *arena;

static struct validation *judge(const struct measured_line *line, const struct tolerance *t,
                                size_t n) {
    static struct design_result design = {.name = "d"};
    static const struct result result = {.designs = &design, .ndesigns = 1};
    const struct measured_lines lines = {(struct measured_line *)line, 1};
    return validate(arena, &result, &lines, t, n);
}

START_TEST(a_verdict_is_by_the_ratio) {
    const struct measured_line line = {
        .design = "d",
        .field = "rate",
        .unit = cases[_i].unit,
        .calibrated = cases[_i].calibrated,
        .scored = true,
        .predicted = {cases[_i].predicted, cases[_i].lo, cases[_i].hi},
        .measured = cases[_i].measured,
        .ratio = cases[_i].predicted / cases[_i].measured};
    arena = arena_new();
    const struct validation *v = judge(&line, NULL, 0);
    ck_assert_str_eq(verdict_name(v->lines[0].verdict), verdict_name(cases[_i].verdict));
    ck_assert(v->lines[0].unsure == cases[_i].unsure);
    ck_assert_uint_eq(v->counts[cases[_i].verdict], 1);
    ck_assert(v->outside_fitted == (cases[_i].calibrated && cases[_i].verdict == VERDICT_OUTSIDE));
    arena_free(arena);
}
END_TEST

START_TEST(the_last_tolerance_that_fits_counts) {
    static const struct tolerance tolerances[] = {{"rate", 0.01}, {NULL, 0.5}, {"elapsed", 2}};
    const struct measured_line line = {.design = "d",
                                       .field = "rate",
                                       .unit = UNIT_RATE,
                                       .scored = true,
                                       .predicted = {130, 130, 130},
                                       .measured = 100};
    arena = arena_new();
    ck_assert(judge(&line, NULL, 0)->lines[0].tolerance == 0.1);
    ck_assert(judge(&line, tolerances, 1)->lines[0].tolerance == 0.01);
    ck_assert(judge(&line, tolerances, 2)->counts[VERDICT_OK] == 1);
    ck_assert(judge(&line, tolerances, 3)->lines[0].tolerance == 0.5);
    arena_free(arena);
}
END_TEST

/* What may be measured and scored has a default tolerance, or the verdict would be chance. */
START_TEST(every_scored_field_has_a_tolerance) {
    for (const char *const *name = measured_field_names(); *name != NULL; name++) {
        size_t n = strlen(*name);
        bool extreme = strcmp(*name + n - 3, "max") == 0 || strcmp(*name + n - 3, "min") == 0 ||
                       strcmp(*name, "perf-max-wait") == 0;
        const struct tolerance *t = default_tolerances;
        while (t->field != NULL && strcmp(t->field, *name) != 0)
            t++;
        ck_assert_msg((t->field == NULL) == extreme, "%s", *name);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("validate");
    TCase *figures = tcase_create("figures"), *verdicts = tcase_create("verdicts");
    tcase_add_test(figures, figures_of_modes_and_callers_add_up);
    tcase_add_test(figures, true_figures_are_those_of_the_report);
    tcase_add_test(figures, values_by_replication_and_intervals_of_sites);
    tcase_add_test(figures, without_the_baseline_there_is_no_ratio_of_waits);
    tcase_add_test(figures, a_measurement_is_known_again);
    tcase_add_test(figures, rows_of_lock_stat_are_of_the_class_of_their_name);
    tcase_add_test(figures, rows_of_perf_are_of_the_lock_that_their_caller_takes);
    tcase_add_loop_test(figures, without_a_row_there_is_an_error, 0,
                        sizeof(nothing) / sizeof(nothing[0]));
    tcase_add_loop_test(verdicts, a_verdict_is_by_the_ratio, 0, sizeof(cases) / sizeof(cases[0]));
    tcase_add_test(verdicts, the_last_tolerance_that_fits_counts);
    tcase_add_test(verdicts, every_scored_field_has_a_tolerance);
    suite_add_tcase(suite, figures);
    suite_add_tcase(suite, verdicts);
    return suite_run(suite);
}
