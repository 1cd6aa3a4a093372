/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/read_file.h"
#include "cli/verbs.h"

#include "base/arena.h"
#include "base/units.h"
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A trace of perf lock script is long. */
enum { READ_MOST = 256 * 1024 * 1024 };

struct file {
    const char *name;
    char *text;
    size_t length;
    const struct import *import;
};

struct command {
    const struct options *options;
    struct arena *arena;
    struct diag *diag;
    struct file *files; /* by argument */
    struct import_row *rows;
    uint32_t nrows;
};

static int read_one(struct command *c, struct file *file, const char *name) {
    file->name = name;
    if (!read_file(name, READ_MOST, &file->text, &file->length))
        return EXIT_USAGE;
    if (file->length >= READ_MOST) {
        fprintf(stderr, "sim: %s: more than %d MB\n", name, READ_MOST / (1024 * 1024));
        return EXIT_WRONG;
    }
    file->import = import_read(c->arena, c->diag, name, file->text, file->length, c->options->tool);
    return file->import != NULL ? EXIT_GOOD : EXIT_WRONG;
}

static int read_all(struct command *c) {
    int status = EXIT_GOOD;
    c->files = arena_array(c->arena, c->options->nargs, sizeof(*c->files));
    for (size_t i = 0; i < c->options->nargs && status != EXIT_USAGE; i++) {
        int one = read_one(c, &c->files[i], c->options->args[i]);
        status = one > status ? one : status;
    }
    if (status == EXIT_WRONG || !c->options->quiet)
        diag_print(c->diag, stderr);
    return status;
}

/* Their warnings are on standard error, but no more than a screen of them. */
static void count_unread(const struct command *c) {
    for (size_t i = 0; i < c->options->nargs && !c->options->quiet; i++) {
        const struct file *file = &c->files[i];
        if (file->import->unread > 0)
            fprintf(stderr, "sim: %s: %u rows read, %u not\n", file->name,
                    (unsigned)file->import->nclasses, (unsigned)file->import->unread);
    }
}

static int no_class(const struct command *c, uint32_t n) {
    const char *wanted = c->options->class_name, **names = arena_array(c->arena, n, sizeof(*names));
    for (uint32_t i = 0; i < n; i++)
        names[i] = c->rows[i].row->name;
    const char *nearest = nearest_name(wanted, names, n);
    fprintf(stderr, "sim: there is no class '%s'%s%s%s\n", wanted,
            nearest != NULL ? ", did you mean '" : "", nearest != NULL ? nearest : "",
            nearest != NULL ? "'?" : "");
    return EXIT_WRONG;
}

static int select_rows(struct command *c) {
    uint32_t n = 0;
    for (size_t i = 0; i < c->options->nargs; i++)
        n += c->files[i].import->nclasses;
    c->rows = arena_array(c->arena, n, sizeof(*c->rows));
    n = 0;
    for (size_t i = 0; i < c->options->nargs; i++)
        for (uint32_t k = 0; k < c->files[i].import->nclasses; k++, n++)
            c->rows[n] = (struct import_row){c->files[i].name, &c->files[i].import->classes[k], n};
    const char *wanted = c->options->class_name;
    for (uint32_t i = 0; i < n; i++)
        if (wanted == NULL || strcmp(c->rows[i].row->name, wanted) == 0)
            c->rows[c->nrows++] = c->rows[i];
    return c->nrows == 0 && wanted != NULL ? no_class(c, n) : EXIT_GOOD;
}

static int list(const struct command *c) {
    const struct options *options = c->options;
    struct import_report report = {.rows = c->rows,
                                   .n = c->nrows,
                                   .elapsed = options->elapsed,
                                   .several = options->nargs > 1,
                                   .sites = options->class_name != NULL};
    for (uint32_t i = 0; i < c->nrows; i++)
        report.tables = report.tables || c->rows[i].row->table > 0;
    const char *error = report_write_imports(c->arena, &report, options->format, options->output);
    if (error == NULL)
        return EXIT_GOOD;
    fprintf(stderr, "sim: %s: %s\n", options->output ? options->output : "standard output", error);
    return EXIT_USAGE;
}

static int check_options(const struct options *options) {
    if (options->nargs == 0)
        return usage_error("expected a file with what was measured");
    if (!options->list)
        return usage_error("expected --list");
    if (options->format->imports == NULL)
        return usage_error("sim import writes no %s", options->format->name);
    return EXIT_GOOD;
}

int verb_import(const struct options *options) {
    int status = check_options(options);
    if (status != EXIT_GOOD)
        return status;
    struct command c = {.options = options, .arena = arena_new(), .diag = diag_new()};
    status = read_all(&c);
    if (status == EXIT_GOOD) {
        count_unread(&c);
        status = select_rows(&c);
    }
    if (status == EXIT_GOOD)
        status = list(&c);
    for (size_t i = 0; i < options->nargs; i++)
        free(c.files[i].text);
    arena_free(c.arena);
    diag_free(c.diag);
    return status;
}
