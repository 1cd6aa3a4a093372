/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/measurements.h"

#include "base/arena.h"
#include "cli/read_file.h"
#include "experiment/imported.h"
#include "experiment/measured.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READ_MOST = 256 * 1024 * 1024 };

/* ---- a file ---- */

static int check_options(const struct options *options, const struct program *program,
                         const char *file) {
    if (options->lock_stat != NULL && options->perf != NULL)
        return usage_error("--lock-stat and --perf are two measurements: one at a time");
    if (options->ndesigns > 1)
        return usage_error("%s is measured of one design: name it with --design", file);
    if (options->elapsed == 0 && !program->finite)
        return usage_error("%s does not say how long it was measured: give --elapsed 300s", file);
    return EXIT_GOOD;
}

/* Figures that the scenario says it was fitted to are no test of it. */
static void take_roles(const struct scenario *scenario, struct measured *entries, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < scenario->nmeasured; k++)
            entries[i].calibrated |= scenario->measured[k].calibrated &&
                                     measured_same(&scenario->measured[k], &entries[i]);
}

static int read_rows(struct measurements *m, const struct loaded *loaded,
                     const struct options *options, const struct program *program) {
    const struct import *import = import_read(loaded->arena, m->diag, m->name, m->text, m->length,
                                              options->perf != NULL ? "perf" : "lock_stat");
    if (import == NULL)
        return EXIT_WRONG;
    if (import->unread > 0 && !options->quiet)
        fprintf(stderr, "sim: %s: %u rows read, %u not\n", m->name, (unsigned)import->nclasses,
                (unsigned)import->unread);
    const struct imported imported = {.import = import,
                                      .file = m->name,
                                      .class_name = options->class_name,
                                      .table = options->table,
                                      .window = options->elapsed};
    struct measured *entries = imported_entries(loaded->arena, m->diag, program, &imported, &m->n);
    if (entries == NULL)
        return EXIT_WRONG;
    take_roles(loaded->scenario, entries, m->n);
    m->entries = entries;
    return EXIT_GOOD;
}

static int read_measured_file(struct measurements *m, const struct loaded *loaded,
                              const struct options *options, const char *file) {
    int status = check_options(options, loaded->programs[0], file);
    if (status != EXIT_GOOD)
        return status;
    m->name = file;
    if (!read_file(file, READ_MOST, &m->text, &m->length))
        return EXIT_USAGE;
    status = read_rows(m, loaded, options, loaded->programs[0]);
    if (status != EXIT_GOOD || !options->quiet)
        diag_print(m->diag, stderr);
    return status;
}

/* ---- the scenario ---- */

static bool is_loaded(const struct loaded *loaded, const char *design) {
    for (uint32_t i = 0; i < loaded->nprograms; i++)
        if (strcmp(loaded->programs[i]->design, design) == 0)
            return true;
    return false;
}

static int read_stated(struct measurements *m, const struct loaded *loaded) {
    const struct scenario *scenario = loaded->scenario;
    struct measured *entries = arena_array(loaded->arena, scenario->nmeasured, sizeof(*entries));
    for (uint32_t i = 0; i < scenario->nmeasured; i++)
        if (is_loaded(loaded, scenario->measured[i].design.text))
            entries[m->n++] = scenario->measured[i];
    m->entries = entries;
    m->name = "what the scenario states";
    if (m->n > 0)
        return EXIT_GOOD;
    fprintf(stderr, "sim: %s states nothing that was measured%s: give --lock-stat or --perf\n",
            scenario->file, scenario->nmeasured > 0 ? " of this design" : "");
    return EXIT_WRONG;
}

int measurements_read(struct measurements *m, const struct loaded *loaded,
                      const struct options *options) {
    *m = (struct measurements){.diag = diag_new()};
    const char *file = options->lock_stat != NULL ? options->lock_stat : options->perf;
    const char *of_file = options->class_name != NULL ? "--class"
                          : options->elapsed > 0      ? "--elapsed"
                          : options->table > 0        ? "--table"
                                                      : NULL;
    if (file == NULL && of_file != NULL)
        return usage_error("%s is about a file: give --lock-stat or --perf", of_file);
    return file != NULL ? read_measured_file(m, loaded, options, file) : read_stated(m, loaded);
}

void measurements_free(struct measurements *m) {
    diag_free(m->diag);
    free(m->text);
}
