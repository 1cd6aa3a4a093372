/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "report_help.h"

#include "fixture.h"
#include "suite.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct arena *arena;
struct report report;

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

const struct writer *writer_named(const char *name) {
    const struct writer *writer = writers;
    while (writer->name != NULL && strcmp(writer->name, name) != 0)
        writer++;
    ck_assert_ptr_nonnull(writer->name);
    return writer;
}

char *written(const char *format) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    writer_named(format)->write(arena, &report, out);
    fclose(out);
    char *copy = arena_strndup(arena, text, size);
    free(text);
    return copy;
}

void each_line(char *text, void (*check)(const char *line)) {
    for (char *line = text, *end; *line != '\0'; line = end + 1) {
        end = strchr(line, '\n');
        ck_assert_ptr_nonnull(end);
        *end = '\0';
        check(line);
    }
}

void assert_has(const char *text, const char *part) {
    ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in:\n%s", part, text);
}

const char *line_of(const char *text, const char *start) {
    const char *found = strstr(text, arena_printf(arena, "\n%s", start));
    return found == NULL ? NULL : found + 1;
}

const char *rest_of_line(const char *line) {
    return arena_printf(arena, "%.*s", (int)strcspn(line, "\n"), line);
}

char *documentation(void) {
    const char *dir = getenv("srcdir");
    const char *name = arena_printf(arena, "%s/docs/json.md", dir != NULL ? dir : ".");
    FILE *in = fopen(name, "r");
    ck_assert_msg(in != NULL, "%s: %s", name, strerror(errno));
    char *text = arena_alloc(arena, 1 << 20);
    ck_assert_uint_gt(fread(text, 1, (1 << 20) - 1, in), 0);
    fclose(in);
    return text;
}

bool documented(const char *doc, const char *word) {
    size_t n = strlen(word);
    for (const char *p = doc; (p = strstr(p, word)) != NULL; p++)
        if ((p[-1] == '`' || p[-1] == '.') && (p[n] == '`' || p[n] == '.'))
            return true;
    return false;
}

TCase *add_case(Suite *suite, const char *name) {
    return suite_case(suite, name, set_up, tear_down, 60);
}
