/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fixture.h"

#include "base/arena.h"
#include "report/cells.h"
#include "report/notes.h"
#include "report/report.h"

#include <check.h>
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static struct arena *arena;
static struct report report;

static struct program *loop(const char *design, const char *kind, uint32_t threads) {
    const struct fixture f = {design,
                              kind,
                              threads,
                              16,
                              {.kind = DIST_EXP, .a = 20 * TICKS_PER_US},
                              {.kind = DIST_EXP, .a = TICKS_PER_US},
                              0,
                              0.02,
                              true};
    return fixture_loop(arena, &f);
}

static struct measured *measurements(void) {
    static struct measured_field fitted[] = {{.name = "contentions", .value = 15962},
                                             {.name = "acquisitions", .value = 18000},
                                             {.name = "holdtime-avg", .value = 1e-6},
                                             {.name = "waittime-max", .value = 1}},
                                 tested[] = {{.name = "waittime-total", .value = 0.5}},
                                 rate[] = {{.name = "rate", .value = 1e6}};
    static struct measured_site sites[] = {{{.text = "cs+0x1/0x2"}, 15902}};
    static struct measured entries[] = {
        {.design.text = "mutex",
         .lock.text = "l",
         .calibrated = true,
         .fields = fitted,
         .nfields = 4,
         .waiters = sites,
         .nwaiters = 1},
        {.design.text = "mcs", .lock.text = "l", .fields = tested, .nfields = 1},
        {.design.text = "mcs", .progress.text = "op", .fields = rate, .nfields = 1}};
    return entries;
}

static struct sensitivity *tornado(void) {
    static struct sensitivity_row rows[] = {
        {.path = "machine.interrupts.share",
         .value = "8%",
         .low_text = "2%",
         .high_text = "12%",
         .low = {{120, 100, 140}, {300, 280, 320}, {1e5, 9e4, 2e5}, {1e-6, 1e-6, 1e-6}},
         .high = {{20, 15, 25}, {200, 180, 220}, {3e5, 2e5, 4e5}, {4e-6, 3e-6, 5e-6}}},
        {.path = "threads.sender.steps.2.choose.1.weight.which.is.long",
         .value = "1",
         .low_text = "0.6",
         .high_text = "0.8",
         .low = {{40, 30, 50}, {300, 280, 320}, {1e5, 9e4, 2e5}, {1e-6, 1e-6, 1e-6}},
         .high = {{45, 35, 55}, {NAN, NAN, NAN}, {3e5, 2e5, 4e5}, {4e-6, 3e-6, 5e-6}}}};
    static struct sensitivity sensitivity = {.design = "mcs",
                                             .lock = "l",
                                             .duration = 0.01,
                                             .replications = 4,
                                             .base = {{43, 33, 53}, {310, 300, 320}},
                                             .rows = rows,
                                             .n = 2};
    return &sensitivity;
}

static void set_up(void) {
    arena = arena_new();
    struct program *programs[] = {loop("mutex", "mutex", 16), loop("mcs", "mcs", 16),
                                  fixture_deadlock(arena, "stuck")};
    const struct program *const runnable[] = {programs[0], programs[1], programs[2]};
    const struct run_plan plan = {
        .programs = runnable, .ndesigns = 3, .replications = 3, .jobs = 1};
    struct scenario *scenario = fixture_scenario(arena, programs, 3);
    scenario->measured = measurements();
    scenario->nmeasured = 3;
    struct result *result = result_new(arena, scenario, experiment_run(arena, &plan));
    result->wall = 1.5;
    report = (struct report){
        .result = result, .measured = measured_compare(arena, result), .sensitivity = tornado()};
}

static void tear_down(void) {
    arena_free(arena);
}

static const struct writer *writer_named(const char *name) {
    const struct writer *writer = writers;
    while (writer->name != NULL && strcmp(writer->name, name) != 0)
        writer++;
    ck_assert_ptr_nonnull(writer->name);
    return writer;
}

static char *written(const char *format) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    writer_named(format)->write(arena, &report, out);
    fclose(out);
    char *copy = arena_strndup(arena, text, size);
    free(text);
    return copy;
}

/* Calls check for each line, without its newline. */
static void each_line(char *text, void (*check)(const char *line)) {
    for (char *line = text, *end; *line != '\0'; line = end + 1) {
        end = strchr(line, '\n');
        ck_assert_ptr_nonnull(end);
        *end = '\0';
        check(line);
    }
}

static void assert_has(const char *text, const char *part) {
    ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in:\n%s", part, text);
}

/* ---- text ---- */

static void assert_fits(const char *line) {
    ck_assert_msg(text_columns(line) <= TEXT_WIDTH, "%d columns: %s", text_columns(line), line);
    ck_assert_msg(line[0] == '\0' || line[strlen(line) - 1] != ' ', "blank at the end: %s", line);
}

START_TEST(text_fits_a_terminal) {
    each_line(written("text"), assert_fits);
}
END_TEST

START_TEST(text_says_what_happened) {
    const char *text = written("text");
    assert_has(text, "A fixture");
    assert_has(text, "total wait: mutex /");
    assert_has(text, "lock_stat ");
    assert_has(text, "perf ");
    assert_has(text, "true ");
    assert_has(text, "baseline");
}
END_TEST

START_TEST(text_says_what_designs_are_about) {
    report.result->designs[1].doc = "waiters queue";
    assert_has(written("text"), "\n\nmcs               waiters queue\n\n");
}
END_TEST

/* The line of the text that begins so; NULL: there is none. */
static const char *line_of(const char *text, const char *start) {
    const char *found = strstr(text, arena_printf(arena, "\n%s", start));
    return found == NULL ? NULL : found + 1;
}

static const char *rest_of_line(const char *line) {
    return arena_printf(arena, "%.*s", (int)strcspn(line, "\n"), line);
}

/* Nothing but the outcome and the cycle stands where figures would. */
START_TEST(a_deadlock_is_all_there_is_to_say) {
    const char *row = line_of(written("text"), "stuck ");
    ck_assert_str_eq(rest_of_line(row), "stuck             DEADLOCK in 3 of 3 replications");
    const char *next = strchr(row, '\n') + 1;
    ck_assert(strncmp(next, "  t/0 waits for m ", 18) == 0);
    next = strchr(next, '\n') + 1;
    ck_assert(strncmp(next, "  t/0 waits for l ", 18) == 0);
    next = strchr(next, '\n') + 1;
    ck_assert_msg(*next != ' ', "%s", next);
    ck_assert_ptr_null(strstr(written("text"), "\nstuck, "));
    assert_has(written("text"),
               "stuck ended in deadlock in 3 of 3 replications: nothing is claimed");
}
END_TEST

static struct design_result *starve(int design) {
    struct design_result *starved = &report.result->designs[design];
    starved->outcome = SIM_STARVATION;
    starved->failures = 2;
    starved->detail = "a waits for b";
    return starved;
}

START_TEST(starvation_comes_before_what_was_served) {
    starve(1);
    const char *row = line_of(written("text"), "mcs ");
    ck_assert(strncmp(row,
                      "mcs               STARVATION in 2 of 3 replications\n"
                      "  a waits for b\n  what it served ",
                      80) == 0);
    ck_assert_ptr_null(strstr(rest_of_line(line_of(row, "  what it served")), "baseline"));
}
END_TEST

START_TEST(a_design_that_starves_is_not_scored) {
    starve(1);
    struct measured_lines lines = measured_compare(arena, report.result);
    int scored = 0;
    for (uint32_t i = 0; i < lines.n; i++) {
        ck_assert_int_eq(lines.lines[i].scored, !isnan(lines.lines[i].ratio));
        ck_assert(strcmp(lines.lines[i].design, "mcs") != 0 || !lines.lines[i].scored);
        scored += lines.lines[i].scored;
    }
    ck_assert_int_gt(scored, 0);
}
END_TEST

START_TEST(a_baseline_that_starves_is_none) {
    starve(0);
    ck_assert_ptr_null(strstr(written("text"), "baseline\n"));
    assert_has(written("text"), "nothing is claimed for any design against it");
}
END_TEST

/* The table, the tables of locks, JSON and CSV say the same of a wait that has not ended. */
START_TEST(the_longest_wait_need_not_have_ended) {
    struct runs *runs = report.result->runs;
    runs->designs[1].samples[2].locks[0].unfinished = TICKS_PER_SECOND;
    report.result = result_new(arena, report.result->scenario, runs);
    const char *text = written("text"), *row = rest_of_line(line_of(text, "mcs "));
    assert_has(row, " 1.00 s ");
    assert_has(rest_of_line(strchr(strstr(text, "\nmcs, l"), '\n') + 1), "mcs, l");
    assert_has(rest_of_line(line_of(strstr(text, "\nmcs, l"), "  true")), " 1.00 s ");
    ck_assert_double_eq(report.result->designs[1].locks[0].wait.max, 1);
    ck_assert_double_lt(report.result->designs[0].locks[0].wait.max, 1);
}
END_TEST

static int calibrated_rows, predicted_rows;

static void count_roles(const char *line) {
    static bool fitted;
    if (strstr(line, "  calibrated") == line) {
        fitted = true;
        calibrated_rows++;
    } else if (strstr(line, "  predicted") == line) {
        fitted = false;
        predicted_rows++;
    } else if (strstr(line, "  ratio") == line) {
        ck_assert_msg(!fitted, "a calibrated figure is scored: %s", line);
    }
}

START_TEST(text_never_scores_a_calibrated_figure) {
    each_line(written("text"), count_roles);
    ck_assert_int_eq(calibrated_rows, 1);
    ck_assert_int_eq(predicted_rows, 1);
    const char *text = written("text");
    assert_has(text, "  fit ");
    assert_has(text, "mcs, op rate: predicted");
    assert_has(text, "waiters, calibrated (measured): cs ");
}
END_TEST

START_TEST(bars_run_from_low_to_high) {
    const char *text = written("text");
    const char *row = strstr(text, "machine.interrupts.share");
    const char *high = strchr(row, 'H'), *base = strchr(row, '|'), *low = strchr(row, 'L');
    ck_assert(row < high && high < base && base < low && low < strchr(row, '\n'));
}
END_TEST

START_TEST(hidden_spinning_is_named) {
    struct notes notes = notes_of(arena, &report);
    ck_assert_uint_gt(notes.n, 1);
    assert_has(notes.texts[1], "mutex: lock_stat shows");
    assert_has(notes.texts[1], "optimistic spinning, which lock_stat books as hold time");
    for (uint32_t i = 0; i < notes.n; i++)
        ck_assert_ptr_null(strstr(notes.texts[i], "mcs: lock_stat shows"));
}
END_TEST

START_TEST(a_gain_that_lock_stat_cannot_see_is_explained) {
    report.result->compare[0].wait_total.mean = 35;
    report.result->compare[0].true_wait_total.mean = 310;
    struct notes notes = notes_of(arena, &report);
    const char *text = "";
    for (uint32_t i = 0; i < notes.n; i++)
        text = strstr(notes.texts[i], "total wait") != NULL ? notes.texts[i] : text;
    assert_has(text, "mcs: the total wait falls by a factor of 35.0 in lock_stat");
    assert_has(text, " and by a factor of 310 in truth: optimistic spinning of mutex");
}
END_TEST

/* A design that hardly waits: what is divided by its wait is not a figure. */
START_TEST(a_ratio_to_next_to_nothing_is_none) {
    report.result->compare[0].wait_total = (struct estimate){19178, 0.05, 7e9};
    report.result->compare[0].true_wait_total = (struct estimate){1.38, 1.17, 1.63};
    assert_has(written("text"), " -      1.38 (1.17..1.63)\n");
    struct notes notes = notes_of(arena, &report);
    for (uint32_t i = 0; i < notes.n; i++)
        ck_assert_ptr_null(strstr(notes.texts[i], "mcs: the total wait"));
}
END_TEST

/* ---- json ---- */

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
    ck_assert_msg(fabs(a - b) <= 1e-11 * fabs(b), "%.15g is not %.15g", a, b);
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

static char *documentation(void) {
    const char *dir = getenv("srcdir");
    const char *name = arena_printf(arena, "%s/docs/json.md", dir != NULL ? dir : ".");
    FILE *in = fopen(name, "r");
    ck_assert_msg(in != NULL, "%s: %s", name, strerror(errno));
    char *text = arena_alloc(arena, 1 << 20);
    ck_assert_uint_gt(fread(text, 1, (1 << 20) - 1, in), 0);
    fclose(in);
    return text;
}

/* Whether the word stands between backticks, alone or as a part of a path. */
static bool documented(const char *doc, const char *word) {
    size_t n = strlen(word);
    for (const char *p = doc; (p = strstr(p, word)) != NULL; p++)
        if ((p[-1] == '`' || p[-1] == '.') && (p[n] == '`' || p[n] == '.'))
            return true;
    return false;
}

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
    assert_has(rest_of_line(row), ",3,\"t/0 waits for m ");
    assert_has(rest_of_line(row), "; t/0 waits for l ");
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

/* ---- cells ---- */

START_TEST(wrapped_lines_are_indented_and_full) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    char words[] =
        "  ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab "
        "ab ab ab ab ab ab ab ab ab ab ab ab";
    put_wrapped(out, words, 4);
    fclose(out);
    const char *second = strchr(text, '\n') + 1;
    ck_assert_int_eq((int)(second - text) - 1, 2 + 33 * 3 - 1);
    ck_assert(strncmp(text, "  ab ", 5) == 0 && strncmp(second, "    ab ", 7) == 0);
    free(text);
}
END_TEST

START_TEST(units_stay_with_their_numbers) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    char line[100];
    memset(line, 'x', sizeof(line));
    for (int i = 0; i < 40; i++)
        put_wrapped(out, arena_printf(arena, "%.*s word 12.3 us, 4 ms. 7 s", 60 + i, line), 2);
    fclose(out);
    ck_assert_ptr_null(strstr(text, "\n  us"));
    ck_assert_ptr_null(strstr(text, "\n  ms"));
    ck_assert_ptr_null(strstr(text, "\n  s"));
    ck_assert_ptr_nonnull(strstr(text, "\n  12.3 us,"));
    free(text);
}
END_TEST

START_TEST(cells_are_short) {
    ck_assert_str_eq(cell_ratio(43.14).text, "43.1");
    ck_assert_str_eq(cell_ratio(1).text, "1.00");
    ck_assert_str_eq(cell_ratio(9.996).text, "10.0");
    ck_assert_str_eq(cell_ratio(312.4).text, "312");
    ck_assert_str_eq(cell_ratio(0.0123).text, "0.012");
    ck_assert_str_eq(cell_ratio(0).text, "0");
    ck_assert_str_eq(cell_ratio(NAN).text, "-");
    ck_assert_str_eq(cell_share(0.0213).text, "2.13%");
    ck_assert_str_eq(cell_precision((struct estimate){2, 1.99, 2.01}).text, "+-0.5%");
    ck_assert_str_eq(cell_precision((struct estimate){2, NAN, NAN}).text, "");
    ck_assert_str_eq(cell_interval(UNIT_RATIO, (struct estimate){43.1, 39, 47.2}).text,
                     "43.1 (39.0..47.2)");
    ck_assert_int_eq(text_columns("\xc2\xb5s"), 2);
}
END_TEST

static TCase *add_case(Suite *suite, const char *name) {
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int main(void) {
    Suite *suite = suite_create("report");
    TCase *text = add_case(suite, "text"), *json = add_case(suite, "json"),
          *csv = add_case(suite, "csv"), *lock_stat = add_case(suite, "lock_stat"),
          *file = add_case(suite, "file"), *cells = add_case(suite, "cells");
    tcase_add_test(text, text_fits_a_terminal);
    tcase_add_test(text, text_says_what_happened);
    tcase_add_test(text, text_says_what_designs_are_about);
    tcase_add_test(text, a_deadlock_is_all_there_is_to_say);
    tcase_add_test(text, starvation_comes_before_what_was_served);
    tcase_add_test(text, a_baseline_that_starves_is_none);
    tcase_add_test(text, a_design_that_starves_is_not_scored);
    tcase_add_test(text, the_longest_wait_need_not_have_ended);
    tcase_add_test(text, text_never_scores_a_calibrated_figure);
    tcase_add_test(text, bars_run_from_low_to_high);
    tcase_add_test(text, hidden_spinning_is_named);
    tcase_add_test(text, a_gain_that_lock_stat_cannot_see_is_explained);
    tcase_add_test(text, a_ratio_to_next_to_nothing_is_none);
    tcase_add_test(json, json_holds_the_results_with_twelve_digits);
    tcase_add_test(json, json_sites_add_up_to_the_views);
    tcase_add_test(json, json_pairs_are_waiter_and_holder);
    tcase_add_test(json, json_cpu_shares_add_up);
    tcase_add_test(json, every_json_key_is_documented);
    tcase_add_test(json, json_survives_names_that_are_not_utf8);
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
    tcase_add_test(cells, cells_are_short);
    tcase_add_test(cells, wrapped_lines_are_indented_and_full);
    tcase_add_test(cells, units_stay_with_their_numbers);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
