/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef IMPORT_PERF_COLUMNS_H
#define IMPORT_PERF_COLUMNS_H

#include "import/columns.h"

/*
 * Columns of perf lock contention and perf lock report, in any order that -F
 * may ask for: numbers, then words that say whose they are.
 */
enum perf_column {
    PERF_COUNT, /* contended */
    PERF_ACQUIRED,
    PERF_TOTAL,
    PERF_MAX,
    PERF_MIN,
    PERF_AVG,
    PERF_NUMBERS, /* so many of them; what follows are words */
    PERF_NAME = PERF_NUMBERS,
    PERF_TYPE,
    PERF_CALLER,
    PERF_ADDRESS,
    PERF_SYMBOL,
    PERF_PID,
    PERF_COMM,
    PERF_OWNER,
    PERF_CGROUP,
    PERF_COLUMNS
};

struct perf_layout {
    enum perf_column columns[PERF_COLUMNS];
    int n;
    bool nanoseconds; /* "(ns)" behind the titles of times, none behind times */
};

struct perf_row {
    double number[PERF_NUMBERS];
    struct token word[PERF_COLUMNS];
};

extern const char *const perf_titles[PERF_COLUMNS];

/* The titles here, as many as there are; false if there is none. Moves the scan. */
bool read_perf_titles(struct scan *scan, struct perf_layout *layout);
/* The numbers of a row: moves the scan behind them. */
bool read_perf_numbers(struct scan *scan, const struct perf_layout *layout, struct perf_row *row);
struct column perf_number_column(enum perf_column column, bool nanoseconds);
/* As unread_columns. */
bool unread_perf_row(struct reading *reading, struct scan scan, const struct perf_layout *layout,
                     enum place place);
void add_perf_row(struct reading *reading, const struct reader *reader,
                  const struct perf_layout *layout, const struct perf_row *row,
                  const struct token *at);

#endif
