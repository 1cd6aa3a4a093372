/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of measurements, the longest total wait first. */
#include "report/cells.h"
#include "report/writers.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double value(const struct import_class *c, enum import_field field) {
    return import_has(c, field) ? c->value[field] : NAN;
}

static double weight(const struct import_class *c, enum import_field field) {
    return import_has(c, field) ? c->value[field] : 0;
}

/* Ties keep the order of the files. */
static int by_wait(const void *a, const void *b) {
    const struct import_row *x = a, *y = b;
    static const enum import_field keys[] = {IMPORT_WAIT_TOTAL, IMPORT_CONTENTIONS,
                                             IMPORT_HOLD_TOTAL};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        double p = weight(x->row, keys[i]), q = weight(y->row, keys[i]);
        if (p != q)
            return p > q ? -1 : 1;
    }
    return x->number < y->number ? -1 : x->number > y->number;
}

static const struct {
    const char *title;
    enum import_field field;
} columns[] = {
    {"wait total", IMPORT_WAIT_TOTAL}, {"contentions", IMPORT_CONTENTIONS},
    {"wait avg", IMPORT_WAIT_AVG},     {"acquisitions", IMPORT_ACQUISITIONS},
    {"hold total", IMPORT_HOLD_TOTAL}, {"hold avg", IMPORT_HOLD_AVG},
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]), WIDTH = 11, SHARE = 1 };

static void put_titles(const struct import_report *report, FILE *out) {
    for (int i = 0; i < COLUMNS; i++) {
        fprintf(out, "%*s ", WIDTH, columns[i].title);
        if (i + 1 == SHARE && report->elapsed > 0)
            fprintf(out, "%*s ", WIDTH, "of elapsed");
    }
    fprintf(out, " %sclass\n", report->tables ? "table " : "");
}

static void put_name(const struct import_report *report, const struct import_row *row, FILE *out) {
    const struct import_class *c = row->row;
    if (report->tables)
        fprintf(out, "%5u ", (unsigned)c->table + 1);
    char name[256];
    snprintf(name, sizeof(name), "%s", c->name[0] != '\0' ? c->name : "(no name)");
    put_padded(out, name, text_columns(name));
    if (c->mode != 0)
        fprintf(out, "-%c", c->mode);
    if (c->type != NULL)
        fprintf(out, " (%s)", c->type);
    if (report->several)
        fprintf(out, " in %s", row->file);
    fputc('\n', out);
}

static void put_row(const struct import_report *report, const struct import_row *row, FILE *out) {
    for (int i = 0; i < COLUMNS; i++) {
        enum import_field field = columns[i].field;
        double x = value(row->row, field);
        bool count = lock_stat_fields[field].kind == FIELD_COUNT;
        fprintf(out, "%*s ", WIDTH, (count ? cell_count(x) : cell_time(x)).text);
        if (i + 1 == SHARE && report->elapsed > 0)
            fprintf(out, "%*s ", WIDTH, cell_share(x / report->elapsed).text);
    }
    fputc(' ', out);
    put_name(report, row, out);
}

static void put_sites(const char *title, const struct import_site *sites, uint32_t n, FILE *out) {
    for (uint32_t i = 0; i < n; i++)
        fprintf(out, "%*s  %-7s  %s\n", WIDTH, cell_count((double)sites[i].count).text, title,
                sites[i].site);
}

void imports_text(struct arena *arena, const struct import_report *report, FILE *out) {
    struct import_row *rows = arena_array(arena, report->n, sizeof(*rows));
    memcpy(rows, report->rows, report->n * sizeof(*rows));
    qsort(rows, report->n, sizeof(*rows), by_wait);
    put_titles(report, out);
    for (uint32_t i = 0; i < report->n; i++) {
        put_row(report, &rows[i], out);
        if (!report->sites)
            continue;
        put_sites("waited", rows[i].row->waiters, rows[i].row->nwaiters, out);
        put_sites("held", rows[i].row->holders, rows[i].row->nholders, out);
    }
}
