/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenarios made from rows: each structure of each row of all samples is one that loads. */
#include "config.h"

#include "suite.h"

#include "base/arena.h"
#include "experiment/programs.h"
#include "import/model.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const samples[] = {
    "lock_stat/01_numbered_lines_v04.txt",
    "lock_stat/05_blog_cn_names_with_spaces_quotes_hash_slash_2021_v04.txt",
    "lock_stat/06_wb_list_lock_2011_wrapped_v03.txt",
    "lock_stat/07_mmap_sem_2008_wrapped_v03.txt",
    "lock_stat/09_zram_2023_no_separators_v04.txt",
    "lock_stat/13_memcg_res_counter_kamezawa_2009_v03.txt",
    "lock_stat/15_disabled_warning_v04.txt",
    "lock_stat/17_res_counter_balbir_2009_quoted_wrapped.txt",
    "lock_stat/19_negative_average_v04.txt",
    "lock_stat/20_tasklist_lock_3runs_wrapped_full_2024.txt",
    "lock_stat/26_docs_line_numbered_tabs_v04.txt",
    "lock_stat/33_full_epoll_shared_2threads_6.1.lock_stat",
    "lock_stat/40_ceph_messenger_2026_collapsed_before_after.txt",
    "perf_lock/host_klock_fpos_b16384_t0_n2.contention.txt",
    "perf_lock/klockstat_bcc_tables.txt",
    "perf_lock/mutrace_samples.txt",
    "perf_lock/perf61_all_modes_local.txt",
    "perf_lock/perf_samples_web.txt",
};

enum { SAMPLES = sizeof(samples) / sizeof(samples[0]), CANDIDATES = 80, ROOM = 1 << 18 };

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

static const char *read_data(const char *name) {
    const char *srcdir = getenv("top_srcdir");
    const char *path = arena_printf(arena, "%s/tests/data/%s", srcdir != NULL ? srcdir : ".", name);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s cannot be read", path);
    char *text = arena_array(arena, ROOM, 1);
    ck_assert(fread(text, 1, ROOM - 1, file) < ROOM - 1);
    fclose(file);
    return text;
}

static const struct import *read_import(const char *name) {
    const char *text = read_data(name);
    const struct import *import = import_read(arena, diag, name, text, strlen(text), NULL);
    ck_assert_msg(import != NULL, "%s was refused", name);
    return import;
}

/* What a reader of the scenario would say of it; it must be nothing. */
static void expect_loads(const char *name, const struct model *model) {
    const struct model_run run = {.duration = 1, .replications = 2, .source = name};
    struct arena *own = arena_new();
    struct diag *complaints = diag_new();
    const char *text = model_text(own, model, &run), *design = "measured";
    struct scenario *scenario = scenario_load(own, complaints, name, text, strlen(text), NULL, 0);
    if (scenario == NULL || programs_compile(own, complaints, scenario, &design, 1)[0] == NULL) {
        diag_print(complaints, stderr);
        fputs(text, stderr);
        ck_abort_msg("%s", name);
    }
    diag_free(complaints);
    arena_free(own);
}

START_TEST(all_structures_of_all_rows_load) {
    const struct import *import = read_import(samples[_i]);
    struct model *out = arena_array(arena, CANDIDATES, sizeof(*out));
    for (uint32_t i = 0; i < import->nclasses; i++) {
        const struct import_class *row = &import->classes[i], *next = row + 1;
        bool both = i + 1 < import->nclasses && row->mode == 'W' && next->mode == 'R';
        const struct model_question question = {.rows = {row, both ? next : NULL},
                                                .elapsed = i % 2 == 0 ? 30 : 0};
        const struct model *model = model_new(arena, diag, &question);
        if (model == NULL)
            continue; /* a row of zeros */
        uint32_t n = model_candidates(model, out, CANDIDATES);
        ck_assert_msg(n > 0, "no structure for %s of %s", row->name, samples[_i]);
        for (uint32_t k = 0; k < n; k += 1 + k / 3)
            expect_loads(samples[_i], &out[k]);
    }
}
END_TEST

static const struct model *first_candidate(const struct model_question *question) {
    struct model *out = arena_array(arena, CANDIDATES, sizeof(*out));
    const struct model *model = model_new(arena, diag, question);
    ck_assert_ptr_nonnull(model);
    ck_assert(model_candidates(model, out, CANDIDATES) > 0);
    return out;
}

/* docs/ceph.md tells the same of this table, from the source code. */
START_TEST(a_mutex_has_owners_off_their_cpu) {
    const struct import *import = read_import("lock_stat/ceph-before.txt");
    const struct model_question question = {.rows = {&import->classes[0]}, .elapsed = 300};
    const struct model *model = first_candidate(&question);
    const struct model_mode *mode = &model->modes[0];
    ck_assert_str_eq(model->kind, "mutex");
    ck_assert_str_eq(model->lock, "con_mutex");
    ck_assert_str_eq(model->object, "con");
    ck_assert_double_eq_tol(mode->rate, 33994666 / 300.0, 1);
    ck_assert(mode->hold < 13.13e-6);
    ck_assert(model->off_share > 0 && model->off_share < 0.01);
    /* The rest of a time off the CPU that somebody comes into is the average wait. */
    ck_assert_double_eq_tol(model->off * (1 + model->off_cv * model->off_cv) / 2, 492e-6, 5e-6);
    for (uint32_t i = 0; i < model->nsites; i++)
        ck_assert_msg(model->sites[i].owner == (model->sites[i].share > 0.01 &&
                                                strcmp(model->sites[i].name, "ceph_con_send") != 0),
                      "%s", model->sites[i].name);
    /* Who comes from any CPU bounces, and the owner after him. */
    const struct model_site *sender = &model->sites[0];
    ck_assert_str_eq(sender->name, "ceph_con_send");
    ck_assert_double_eq_tol(sender->share * (2 - sender->share), 13430455 / 33994666.0, 0.001);
    /* Nobody slept because of it: between the shortest hold and the average one. */
    ck_assert(sender->unknown);
    ck_assert_double_eq_tol(sender->longer * 13.13e-6, sqrt(0.08e-6 * 13.13e-6), 0.06e-6);
}
END_TEST

static struct import_class row_of(const char *name, const char *tool, const double *figures) {
    static const enum import_field fields[] = {IMPORT_ACQUISITIONS, IMPORT_CONTENTIONS,
                                               IMPORT_WAIT_AVG, IMPORT_HOLD_AVG};
    struct import_class row = {.name = name, .tool = tool, .line = 1};
    for (int i = 0; i < 4; i++) {
        row.value[fields[i]] = figures[i];
        row.fields |= figures[i] >= 0 ? 1u << fields[i] : 0;
    }
    return row;
}

/* Half of the time held, and half of those who come wait: one lock, and requests at random. */
START_TEST(contentions_say_how_many_locks_there_are) {
    const double one[] = {1e6, 5e5, 1e-6, 0.5e-6}, ten[] = {1e6, 5e4, 0.5e-6, 0.5e-6};
    const struct import_class rows[] = {row_of("a_lock", "lock_stat", one),
                                        row_of("a_lock", "lock_stat", ten)};
    const uint32_t expected[] = {1, 10};
    for (int i = 0; i < 2; i++) {
        const struct model_question question = {.rows = {&rows[i]}, .elapsed = 1};
        ck_assert_uint_eq(first_candidate(&question)->instances, expected[i]);
    }
}
END_TEST

/* Holds of a few microseconds, at most, and waits of many milliseconds. */
START_TEST(waits_longer_than_a_queue_of_holds_speak_for_few_cpus) {
    static const struct {
        const char *kind;
        double longest; /* hold */
        bool crowded;
    } cases[] = {{"ticket", 16e-6, true},
                 {"mcs", 16e-6, true},
                 {"ticket", 1e-3, false},    /* twenty holders make such a wait */
                 {"spinlock", 16e-6, false}, /* nobody who waits is preempted */
                 {"ttas", 16e-6, false}};    /* goes to who is on a CPU */
    const double figures[] = {41443, 6758, 265e-6, 1.46e-6};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct import_class row = row_of("a_lock", "lock_stat", figures);
        row.value[IMPORT_WAIT_MAX] = 24e-3;
        row.value[IMPORT_HOLD_MAX] = cases[i].longest;
        row.fields |= 1u << IMPORT_WAIT_MAX | 1u << IMPORT_HOLD_MAX;
        const struct model_question question = {
            .rows = {&row}, .kind = cases[i].kind, .elapsed = 0.484};
        const struct model *model = first_candidate(&question);
        ck_assert_int_eq(model->cpus > 0, cases[i].crowded);
        ck_assert(model->cpus == 0 || model->modes[0].loops > model->cpus);
        expect_loads("a crowd", model);
    }
}
END_TEST

START_TEST(without_elapsed_a_lock_is_held_as_often_as_it_was_found_busy) {
    const double figures[] = {1e6, 1e5, 1e-6, 1e-6};
    const struct import_class row = row_of("a_lock", "lock_stat", figures);
    const struct model_question question = {.rows = {&row}};
    const struct model *model = model_new(arena, diag, &question);
    ck_assert(!model->elapsed_given);
    ck_assert_double_eq_tol(model->elapsed, 10, 1e-9);
}
END_TEST

START_TEST(perf_has_no_holds_and_klockstat_no_contentions) {
    const double waits[] = {-1, 1e4, 9e-6, -1}, all[] = {1e4, -1, -1, 2e-6};
    struct import_class perf = row_of("a", "perf", waits),
                        klockstat = row_of("b", "klockstat", all);
    perf.type = "mutex";
    klockstat.value[IMPORT_WAIT_TOTAL] = 1e-3;
    klockstat.fields |= 1u << IMPORT_WAIT_TOTAL;
    const struct model_question questions[] = {{.rows = {&perf}, .elapsed = 1},
                                               {.rows = {&klockstat}, .elapsed = 1}};
    const struct model_mode *mode = &model_new(arena, diag, &questions[0])->modes[0];
    ck_assert(!mode->given[FIGURE_HOLD] && !mode->given[FIGURE_ACQUISITIONS]);
    ck_assert_double_eq_tol(mode->figure[FIGURE_ACQUISITIONS], 1e5, 1e-6);
    mode = &model_new(arena, diag, &questions[1])->modes[0];
    ck_assert(mode->given[FIGURE_HOLD] && !mode->given[FIGURE_CONTENTIONS]);
    ck_assert_double_eq_tol(mode->figure[FIGURE_CONTENTIONS] * mode->figure[FIGURE_WAIT], 1e-3,
                            1e-12);
}
END_TEST

START_TEST(names_may_be_any_bytes) {
    const double figures[] = {1e6, 5e4, 0.5e-6, 0.5e-6};
    const struct import_class row =
        row_of("&a\x03\x1b\x7f\xb9\xc2\x85\xc3\xa9\xee\x80\x80\"\\", "lock_stat", figures);
    const struct model_question question = {.rows = {&row}, .elapsed = 1};
    const struct model *model = first_candidate(&question);
    expect_loads("bytes", model);
    const struct model_run run = {.duration = 1, .replications = 2, .source = "bytes"};
    ck_assert_ptr_nonnull(
        strstr(model_text(arena, model, &run), "\"&a?????\\u00e9?\\\"\\\\, as lock_stat saw it\""));
}
END_TEST

START_TEST(nothing_can_be_made_of_zeros) {
    const double figures[] = {0, 0, 0, 0};
    const struct import_class row = row_of("a_lock", "lock_stat", figures);
    const struct model_question question = {.rows = {&row}, .elapsed = 1};
    ck_assert_ptr_null(model_new(arena, diag, &question));
    ck_assert_uint_eq(diag_errors(diag), 1);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("model");
    TCase *tcase = tcase_create("model");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, all_structures_of_all_rows_load, 0, SAMPLES);
    tcase_add_test(tcase, a_mutex_has_owners_off_their_cpu);
    tcase_add_test(tcase, contentions_say_how_many_locks_there_are);
    tcase_add_test(tcase, waits_longer_than_a_queue_of_holds_speak_for_few_cpus);
    tcase_add_test(tcase, without_elapsed_a_lock_is_held_as_often_as_it_was_found_busy);
    tcase_add_test(tcase, perf_has_no_holds_and_klockstat_no_contentions);
    tcase_add_test(tcase, names_may_be_any_bytes);
    tcase_add_test(tcase, nothing_can_be_made_of_zeros);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
