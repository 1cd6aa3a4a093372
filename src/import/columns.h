/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef IMPORT_COLUMNS_H
#define IMPORT_COLUMNS_H

#include "import/readers.h"

/* Columns of numbers, as tools print them. */
enum column_kind {
    COLUMN_COUNT,
    COLUMN_TIME, /* with its unit */
    COLUMN_NS,
    COLUMN_TIME_OR_NS,
    COLUMN_MS
};

struct column {
    const char *title;
    enum column_kind kind;
};

/* The number here, times in seconds: moves the scan behind it. */
bool read_column(struct scan *scan, enum column_kind kind, double *value);
bool read_columns(struct scan *scan, const struct column *columns, int n, double *values);

/* Where a line stands that may have been meant as a row, and how much of one must be there. */
enum place {
    PLACE_OUTSIDE, /* of any table: its first two numbers */
    PLACE_INSIDE,  /* a figure to begin with, or half of its numbers */
    PLACE_NAMED    /* inside a table whose rows begin with a name: more than half of its numbers */
};

/*
 * Warns of a line that cannot be read, if it was to be a row, and returns whether it was.
 * scan: in front of the first number; rest: what follows the numbers.
 */
bool unread_columns(struct reading *reading, struct scan scan, const struct column *columns, int n,
                    const char *rest, enum place place);
/* The warning itself: what is expected in a column, at this place. */
void unread_column(struct reading *reading, const struct token *at, const struct column *column);

#endif
