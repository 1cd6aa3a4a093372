/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What other programs read, and that a file is whole or is not there. */
#include "config.h"

#include "report_help.h"
#include "suite.h"

#include <errno.h>
#include <glob.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- csv ---- */

static int csv_columns = -1, csv_lines;

static void assert_columns(const char *line) {
    int n = 1;
    bool quoted = false;
    for (const char *c = line; *c != '\0'; c++) {
        quoted ^= *c == '"';
        n += *c == ',' && !quoted;
    }
    csv_columns = csv_columns < 0 ? n : csv_columns;
    csv_lines++;
    ck_assert_int_eq(n, csv_columns);
}

START_TEST(csv_is_a_table) {
    each_line(written("csv"), assert_columns);
    /* the header; three designs with a progress point and two locks */
    ck_assert_int_eq(csv_lines, 1 + 3 * 3);
}
END_TEST

START_TEST(csv_has_no_rate_of_a_deadlock) {
    const char *row = line_of(written("csv"), "stuck,deadlock,progress,op,,,,,,,,,");
    ck_assert_ptr_nonnull(row);
    assert_has(rest_of_line(row), ",3,\"t/0 waits for l ");
    assert_has(rest_of_line(row), "; t/0 waits for m ");
}
END_TEST

START_TEST(csv_quotes_names) {
    report.result->designs[0].name = "a,\"b\"";
    assert_has(written("csv"), "\n\"a,\"\"b\"\"\",ok,lock,l,mutex,1,");
}
END_TEST

START_TEST(every_csv_column_is_documented) {
    char *text = written("csv"), *doc = documentation();
    *strchr(text, '\n') = '\0';
    for (char *name = strtok(text, ","); name != NULL; name = strtok(NULL, ","))
        ck_assert_msg(documented(doc, name), "docs/json.md lacks %s", name);
}
END_TEST

/* ---- lock_stat ---- */

START_TEST(lock_stat_has_the_layout_of_the_kernel) {
    static const char header[] =
        "                              class name    con-bounces    contentions   waittime-min   "
        "waittime-max waittime-total   waittime-avg    acq-bounces   acquisitions   holdtime-min   "
        "holdtime-max holdtime-total   holdtime-avg\n";
    char *text = written("lock_stat");
    ck_assert_ptr_eq(strstr(text, "lock_stat version 0.4\n-----"), text);
    assert_has(text, header);
    ck_assert_ptr_null(strstr(text + 1, "lock_stat version"));
    const char *row = strstr(text, "l->lock:");
    double value[12];
    int used = 0, n = 0;
    for (const char *p = row + strlen("l->lock:"); n < 12; n++, p += used)
        ck_assert_int_eq(sscanf(p, "%lf%n", &value[n], &used), 1);
    ck_assert_int_eq((int)(strchr(row, '\n') - row), 12 * 15 - 1 + 8);
    struct lock_stat_row want = result_lock_stat(&report.result->designs[0].locks[0]);
    ck_assert(value[1] == round((double)want.wait.count / 3));
    ck_assert(value[7] == round((double)want.hold.count / 3));
    ck_assert(fabs(value[11] - span_mean(&want.hold) / TICKS_PER_US) <= 0.005001);
}
END_TEST

/* The n-th contention point of a class in a text, block 0: who waited, 1: who held. */
static unsigned long long point(const char *text, const char *class, int block,
                                const char *symbol) {
    const char *row = strstr(text, arena_printf(arena, "%s:", class));
    for (; block >= 0; block--)
        row = strstr(row, "--\n") + 3;
    const char *dashes = strstr(row, "--\n"), *end = strstr(row, "\n\n");
    const char *at_symbol = strstr(row, arena_printf(arena, ">] %s\n", symbol));
    ck_assert_ptr_nonnull(at_symbol);
    ck_assert(at_symbol < (dashes != NULL && dashes < end ? dashes : end));
    while (at_symbol[-1] != '\n')
        at_symbol--;
    unsigned long long count, pointer;
    char format[64];
    snprintf(format, sizeof(format), " %s %%llu [<%%llx>]", class);
    ck_assert_int_eq(sscanf(at_symbol, format, &count, &pointer), 2);
    return count;
}

START_TEST(lock_stat_has_contention_points) {
    report.designs_named = true;
    const char *second = strstr(written("lock_stat") + 1, "lock_stat version 0.4");
    ck_assert_ptr_nonnull(second);
    const struct class_view *want = report.result->designs[1].locks[0].pool;
    for (int block = 0; block < 2; block++) {
        const uint64_t *counts = block == 0 ? want->waiters : want->holders;
        ck_assert(point(second, "l->lock", block, "cs+0x10/0x40") ==
                  (unsigned long long)round((double)counts[0] / 3));
        ck_assert(point(second, "l->lock", block, "outer+0x0/0x0") ==
                  (unsigned long long)round((double)counts[1] / 3));
    }
}
END_TEST

START_TEST(lock_stat_sorts_by_contentions) {
    report.designs_named = true;
    const struct lock_result *locks = report.result->designs[1].locks;
    ck_assert_uint_gt(result_lock_stat(&locks[0]).wait.count,
                      result_lock_stat(&locks[1]).wait.count);
    const char *second = strstr(written("lock_stat") + 1, "lock_stat version 0.4");
    ck_assert(strstr(second, "l->lock:") < strstr(second, "m->lock:"));
}
END_TEST

/* ---- files ---- */

START_TEST(files_appear_whole_or_not_at_all) {
    char dir[] = "test-report.XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(dir));
    const char *file = arena_printf(arena, "%s/out.json", dir);
    ck_assert_ptr_null(report_write(arena, &report, writer_named("json"), file));
    json_error_t error;
    json_t *root = json_load_file(file, 0, &error);
    ck_assert_ptr_nonnull(root);
    json_decref(root);
    glob_t found;
    ck_assert_int_eq(glob(arena_printf(arena, "%s/*", dir), 0, NULL, &found), 0);
    ck_assert_uint_eq(found.gl_pathc, 1);
    globfree(&found);
    unlink(file);
    rmdir(dir);
    ck_assert_str_eq(report_write(arena, &report, writer_named("json"), file), strerror(ENOENT));
}
END_TEST

/* A limit on file sizes stands for a disk that fills up on the way. */
START_TEST(nothing_is_left_of_a_file_that_failed) {
    char dir[] = "test-report.XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(dir));
    const struct rlimit limit = {1000, 1000};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    const char *file = arena_printf(arena, "%s/out.json", dir);
    ck_assert_str_eq(report_write(arena, &report, writer_named("json"), file), strerror(EFBIG));
    ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

START_TEST(a_full_disk_is_an_error) {
    if (access("/dev/full", W_OK) != 0)
        return;
    ck_assert_ptr_nonnull(report_write(arena, &report, writer_named("json"), "/dev/full"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("report as files");
    TCase *csv = add_case(suite, "csv"), *lock_stat = add_case(suite, "lock_stat"),
          *file = add_case(suite, "file");
    tcase_add_test(csv, csv_is_a_table);
    tcase_add_test(csv, csv_has_no_rate_of_a_deadlock);
    tcase_add_test(csv, csv_quotes_names);
    tcase_add_test(csv, every_csv_column_is_documented);
    tcase_add_test(lock_stat, lock_stat_has_the_layout_of_the_kernel);
    tcase_add_test(lock_stat, lock_stat_has_contention_points);
    tcase_add_test(lock_stat, lock_stat_sorts_by_contentions);
    tcase_add_test(file, files_appear_whole_or_not_at_all);
    tcase_add_test(file, nothing_is_left_of_a_file_that_failed);
    tcase_add_test(file, a_full_disk_is_an_error);
    return suite_run(suite);
}
