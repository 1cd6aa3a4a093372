/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VALIDATION_TABLE_H
#define VALIDATION_TABLE_H

#include "base/arena.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A table of measured locks: CSV, the first line names the columns, in any
 * order. Columns that are not in columns.def are for others to read.
 */
enum column {
#define COLUMN(id, name, need) COL_##id,
#include "validation/columns.def"
#undef COLUMN
    COLUMNS
};

extern const char *const column_names[COLUMNS];

enum form { FORM_CONST, FORM_EXP, FORM_SLEEP };

/* What was measured, and under which work. Times in nanoseconds. */
struct row {
    const char *file;
    uint32_t line;
    bool lockstat;     /* of a table with lock_stat figures: from an instrumented kernel */
    const char *table; /* what the user calls a table that is not; NULL: "nols" */
    const char *kind;
    const char *reason; /* in a list of exclusions: why */
    enum form hold_form, think_form;
    double value[COLUMNS]; /* NAN where the cell is empty or absent */
};

struct table {
    struct row *rows;
    size_t nrows;
};

/* What a table must have: the columns of a measurement, or those of a list of exclusions. */
enum table_use { TABLE_MEASURED, TABLE_EXCLUDED };

/*
 * Adds the rows of one file to the table. What is wrong goes to the diag,
 * with file, line and column. False when the file cannot be read: errno says why.
 */
bool table_read(struct arena *arena, struct diag *diag, const char *file, enum table_use use,
                struct table *table);

/* Reads a file to its end; NULL when it cannot, errno says why. */
char *read_whole(struct arena *arena, const char *file, size_t *length);

const char *table_name(const struct row *row); /* "lockstat", "nols" or what the user calls it */
const char *form_name(enum form form);
/* True when both rows are of the same work on the same kernel. */
bool same_work(const struct row *a, const struct row *b);
/*
 * Whether the row has one of the values, "1000|5000", in the column, or as its
 * table; -1: there is no such column.
 */
int row_matches(const struct row *row, const char *column, const char *values);
/* The row in one line: "nols mutex 2 pinned 5000 exp / 10000 exp 90% read". Returns buf. */
char *row_text(char *buf, size_t size, const struct row *row);

#endif
