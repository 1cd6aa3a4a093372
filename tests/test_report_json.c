/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report_help.h"
#include "suite.h"

#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *parsed(void) {
    json_error_t error;
    json_t *root = json_loads(written("json"), 0, &error);
    ck_assert_msg(root != NULL, "%s", error.text);
    return root;
}

/* The member at a path of names and indices, "designs.0.name". */
static json_t *at(json_t *value, const char *path) {
    while (*path != '\0' && value != NULL) {
        size_t n = strcspn(path, ".");
        char name[64];
        snprintf(name, sizeof(name), "%.*s", (int)n, path);
        value = isdigit((unsigned char)*name) ? json_array_get(value, (size_t)atoi(name))
                                              : json_object_get(value, name);
        path += n + (path[n] == '.');
    }
    ck_assert_msg(value != NULL, "nothing at %s", path);
    return value;
}

static double number_at(json_t *value, const char *path) {
    json_t *number = at(value, path);
    ck_assert_msg(json_is_number(number), "%s is not a number", path);
    return json_number_value(number);
}

static void assert_close(double a, double b) {
    assert_near(a, b, 1e-11);
}

START_TEST(json_holds_the_results_with_twelve_digits) {
    json_t *root = parsed();
    const struct design_result *design = &report.result->designs[0];
    const struct lock_result *lock = &design->locks[0];
    struct lock_stat_row row = result_lock_stat(lock);
    assert_close(number_at(root, "designs.0.progress.op.rate.mean"), design->rates[0].mean);
    assert_close(number_at(root, "designs.0.locks.0.wait.mean.hi"), lock->wait.mean.hi);
    assert_close(number_at(root, "designs.0.locks.0.hold.p99"), lock->hold.p99);
    assert_close(number_at(root, "designs.0.locks.0.lock_stat.holdtime_avg"),
                 span_mean(&row.hold) / TICKS_PER_US);
    assert_close(number_at(root, "designs.0.locks.0.lock_stat.acquisitions"),
                 (double)row.hold.count / 3);
    assert_close(number_at(root, "compare.0.speedup.op.lo"),
                 report.result->compare[0].speedup[0].lo);
    assert_close(number_at(root, "run.acquisitions"), report.result->acquisitions);
    ck_assert(json_is_null(at(root, "designs.0.elapsed")));
    ck_assert(json_is_null(at(root, "compare.1.speedup.op.mean")));
    ck_assert(json_is_null(at(root, "designs.2.progress.op.rate.mean")));
    ck_assert_str_eq(json_string_value(at(root, "designs.2.outcome")), "deadlock");
    ck_assert_str_eq(json_string_value(at(root, "measured.0.role")), "calibrated");
    ck_assert_str_eq(json_string_value(at(root, "measured.5.role")), "predicted");
    ck_assert(number_at(root, "audit.little") == 0);
    json_decref(root);
}
END_TEST

static double sum_of(json_t *list, const char *member) {
    double sum = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        sum += number_at(json_array_get(list, i), member);
    return sum;
}

START_TEST(json_sites_add_up_to_the_views) {
    json_t *root = parsed();
    json_t *lock = at(root, "designs.0.locks.0"), *perf = at(lock, "perf");
    ck_assert_uint_eq(json_array_size(at(perf, "callers")), 2);
    assert_close(sum_of(at(perf, "callers"), "contended"), number_at(perf, "contended"));
    assert_close(number_at(perf, "total_wait") / number_at(perf, "contended"),
                 number_at(perf, "avg_wait"));
    assert_close(sum_of(at(lock, "pairs"), "wait"), number_at(lock, "wait_total"));
    json_t *contended = at(root, "designs.1.locks.0.lock_stat");
    assert_close(sum_of(at(contended, "waiters"), "count"), number_at(contended, "contentions"));
    assert_close(sum_of(at(contended, "holders"), "count"), number_at(contended, "contentions"));
    json_decref(root);
}
END_TEST

/* Threads at "outer" hold m, so they never wait for each other at l. */
START_TEST(json_pairs_are_waiter_and_holder) {
    json_t *root = parsed();
    json_t *pairs = at(root, "designs.1.locks.0.pairs");
    ck_assert_uint_eq(json_array_size(pairs), 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert(strcmp(json_string_value(at(json_array_get(pairs, i), "waiter")), "outer") != 0 ||
                  strcmp(json_string_value(at(json_array_get(pairs, i), "holder")), "outer") != 0);
    double by_cs = 0, for_cs = 0;
    for (size_t i = 0; i < 3; i++) {
        json_t *pair = json_array_get(pairs, i);
        double count = number_at(pair, "count");
        by_cs += strncmp(json_string_value(at(pair, "waiter")), "cs", 2) == 0 ? count : 0;
        for_cs += strncmp(json_string_value(at(pair, "holder")), "cs", 2) == 0 ? count : 0;
    }
    ck_assert_uint_eq(json_array_size(at(root, "designs.1.locks.0.lock_stat.waiters")), 2);
    assert_close(number_at(root, "designs.1.locks.0.lock_stat.waiters.0.count"), by_cs);
    assert_close(number_at(root, "designs.1.locks.0.lock_stat.holders.0.count"), for_cs);
    ck_assert(by_cs != for_cs);
    json_decref(root);
}
END_TEST

START_TEST(json_cpu_shares_add_up) {
    json_t *root = parsed(), *cpu = at(root, "designs.1.cpu");
    double sum = number_at(cpu, "run") + number_at(cpu, "spin") + number_at(cpu, "switch") +
                 number_at(cpu, "irq") + number_at(cpu, "idle");
    ck_assert(fabs(sum - 1) < 1e-9);
    json_decref(root);
}
END_TEST

/* Members of these are named by the scenario, not by the format. */
static bool holds_user_names(const char *key) {
    return strcmp(key, "progress") == 0 || strcmp(key, "speedup") == 0 ||
           strcmp(key, "threads") == 0;
}

static void assert_documented(const char *doc, json_t *value, bool user_names) {
    const char *key;
    json_t *member;
    size_t i;
    json_object_foreach(value, key, member) {
        ck_assert_msg(user_names || documented(doc, key), "docs/json.md lacks %s", key);
        assert_documented(doc, member, holds_user_names(key));
    }
    json_array_foreach(value, i, member) assert_documented(doc, member, false);
}

START_TEST(every_json_key_is_documented) {
    json_t *root = parsed();
    const char *doc = documentation();
    ck_assert(!documented(doc, "no_such_key"));
    assert_documented(doc, root, false);
    json_decref(root);
}
END_TEST

START_TEST(json_survives_names_that_are_not_utf8) {
    struct scenario *scenario = arena_alloc(arena, sizeof(*scenario));
    *scenario = *report.result->scenario;
    scenario->file = "caf\xe9.yaml";
    struct result *result = arena_alloc(arena, sizeof(*result));
    *result = *report.result;
    result->scenario = scenario;
    report.result = result;
    json_t *root = parsed();
    ck_assert_str_eq(json_string_value(at(root, "scenario.file")), "caf?.yaml");
    json_decref(root);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("report as JSON");
    TCase *json = add_case(suite, "json");
    tcase_add_test(json, json_holds_the_results_with_twelve_digits);
    tcase_add_test(json, json_sites_add_up_to_the_views);
    tcase_add_test(json, json_pairs_are_waiter_and_holder);
    tcase_add_test(json, json_cpu_shares_add_up);
    tcase_add_test(json, every_json_key_is_documented);
    tcase_add_test(json, json_survives_names_that_are_not_utf8);
    return suite_run(suite);
}
