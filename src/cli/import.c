/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/progress.h"
#include "cli/read_file.h"
#include "cli/verbs.h"

#include "base/arena.h"
#include "base/units.h"
#include "experiment/reproduce.h"
#include "report/file.h"
#include "report/report.h"
#include "sim/lock/lock.h"

#include <math.h>
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

/* The first ones, each once: a whole /proc/lock_stat has hundreds. */
static void tell_classes(const char *wanted, const char *const *names, uint32_t n) {
    enum { SHOWN = 8 };
    uint32_t shown = 0, others = 0;
    fprintf(stderr, "sim: there is no class '%s'; there are", wanted);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = 0;
        while (k < i && strcmp(names[k], names[i]) != 0)
            k++;
        if (k < i)
            continue;
        if (shown < SHOWN)
            fprintf(stderr, "%s '%s'", shown++ > 0 ? "," : "", names[i]);
        else
            others++;
    }
    if (others > 0)
        fprintf(stderr, " and %u others: --list shows them", (unsigned)others);
    fputc('\n', stderr);
}

static int no_class(const struct command *c, uint32_t n) {
    const char *wanted = c->options->class_name, **names = arena_array(c->arena, n, sizeof(*names));
    for (uint32_t i = 0; i < n; i++) {
        names[i] = c->rows[i].row->name;
        if (strcmp(names[i], wanted) == 0) {
            fprintf(stderr, "sim: the class '%s' is in another table: --table %u\n", wanted,
                    (unsigned)c->rows[i].row->table + 1);
            return EXIT_WRONG;
        }
    }
    const char *nearest = nearest_name(wanted, names, n);
    if (nearest != NULL)
        fprintf(stderr, "sim: there is no class '%s', did you mean '%s'?\n", wanted, nearest);
    else
        tell_classes(wanted, names, n);
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
    bool all_tables = c->options->list && !c->options->table_given;
    for (uint32_t i = 0; i < n; i++)
        if ((wanted == NULL || strcmp(c->rows[i].row->name, wanted) == 0) &&
            (all_tables || c->rows[i].row->table == c->options->table))
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

/* ---- a scenario ---- */

static double weight(const struct import_class *row, enum import_field field) {
    return import_has(row, field) ? row->value[field] : 0;
}

static bool is_worse(const struct import_class *a, const struct import_class *b) {
    double x = weight(a, IMPORT_WAIT_TOTAL), y = weight(b, IMPORT_WAIT_TOTAL);
    return x != y ? x > y : weight(a, IMPORT_HOLD_TOTAL) > weight(b, IMPORT_HOLD_TOTAL);
}

/* The lock with the longest waits; of readers and writers both rows. */
static struct model_question ask(const struct command *c) {
    const struct import_row *worst = &c->rows[0], *other = NULL;
    for (uint32_t i = 1; i < c->nrows; i++)
        if (is_worse(c->rows[i].row, worst->row))
            worst = &c->rows[i];
    for (uint32_t i = 0; i < c->nrows; i++) {
        const struct import_class *a = c->rows[i].row, *b = worst->row;
        bool beside =
            c->rows[i].number + 1 == worst->number || worst->number + 1 == c->rows[i].number;
        if (beside && c->rows[i].file == worst->file && a->mode != b->mode && a->mode != 0 &&
            b->mode != 0 && strcmp(a->name, b->name) == 0)
            other = &c->rows[i];
    }
    return (struct model_question){.rows = {worst->row, other != NULL ? other->row : NULL},
                                   .kind = c->options->kind,
                                   .elapsed = c->options->elapsed};
}

static const char *put_text(void *self, FILE *out) {
    const struct reproduction *found = self;
    fputs(found->text, out);
    return NULL;
}

static void tell(const struct reproduction *found) {
    static const double near = 0.1;
    const struct model *model = found->model;
    fprintf(stderr, "sim: %s, a %s. %s\n", model->class_name, model->kind, found->summary);
    if (found->worst > log(1 + near))
        fprintf(stderr, "sim: no scenario was found that comes within 10 %% of all of it\n");
    if (model->sleeps) {
        char booked[32], work[32];
        format_time(booked, sizeof(booked), model->modes[0].figure[FIGURE_HOLD]);
        format_time(work, sizeof(work), model->modes[0].hold);
        fprintf(stderr,
                "sim: lock_stat counts only those who slept on a mutex, and books spinning as hold "
                "time: of the average hold, %s, here %s is work. A table tells so only where few "
                "spin for long\n",
                booked, work);
    }
    if (!model->elapsed_given)
        fprintf(stderr, "sim: --elapsed is not given: rates are those of %.3g s\n", model->elapsed);
}

static int write_scenario(struct command *c, const struct model_question *question) {
    const struct model *model = model_new(c->arena, c->diag, question);
    struct progress progress = progress_start("looking for a scenario", c->options->quiet);
    const struct reproduce_plan plan = {.model = model,
                                        .source = c->options->args[0],
                                        .jobs = options_jobs(c->options),
                                        .progress = progress_tell,
                                        .self = &progress};
    const struct reproduction *found = model != NULL ? reproduce(c->arena, c->diag, &plan) : NULL;
    progress_end(&progress);
    if (found == NULL) {
        diag_print(c->diag, stderr);
        return EXIT_WRONG;
    }
    if (!c->options->quiet)
        tell(found);
    const char *output = c->options->output;
    const char *error = file_write(c->arena, output, put_text, (void *)found);
    if (error == NULL)
        return EXIT_GOOD;
    fprintf(stderr, "sim: %s: %s\n", output != NULL ? output : "standard output", error);
    return EXIT_USAGE;
}

static int no_row(const struct command *c) {
    uint32_t tables = 0;
    for (size_t i = 0; i < c->options->nargs; i++) {
        uint32_t n = import_tables(c->files[i].import);
        tables = n > tables ? n : tables;
    }
    if (c->options->table_given && tables > 0)
        fprintf(stderr, "sim: --table %u: there %s %u\n", (unsigned)c->options->table + 1,
                tables == 1 ? "is only" : "are only", (unsigned)tables);
    else
        fprintf(stderr, "sim: there is no row\n");
    return EXIT_WRONG;
}

static int import(struct command *c) {
    if (c->nrows == 0 && (!c->options->list || c->options->table_given))
        return no_row(c);
    if (c->options->list)
        return list(c);
    struct model_question question = ask(c);
    return write_scenario(c, &question);
}

/* ---- options ---- */

static int check_name(const char *option, const char *name, const char *const *names, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return EXIT_GOOD;
    return unknown_choice(option, name, names, n);
}

static int check_kind(const char *kind) {
    enum { KINDS_MOST = 64 };
    const char *names[KINDS_MOST];
    size_t n = 0;
    for (; n < lock_kind_count && n < KINDS_MOST; n++)
        names[n] = lock_kind_infos[n]->name;
    return check_name("--kind", kind, names, n);
}

static int check_tool(const char *tool) {
    const char *const *names = import_tools();
    size_t n = 0;
    while (names[n] != NULL)
        n++;
    return check_name("--tool", tool, names, n);
}

static int check_options(const struct options *options) {
    if (options->nargs == 0)
        return usage_error("expected a file with what was measured");
    if (options->format->imports == NULL || (!options->list && options->format != writers))
        return usage_error("sim import writes no %s", options->format->name);
    int status = options->tool != NULL ? check_tool(options->tool) : EXIT_GOOD;
    return status == EXIT_GOOD && options->kind != NULL ? check_kind(options->kind) : status;
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
        status = import(&c);
    for (size_t i = 0; i < options->nargs; i++)
        free(c.files[i].text);
    arena_free(c.arena);
    diag_free(c.diag);
    return status;
}
