/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef IMPORT_LOCK_STAT_H
#define IMPORT_LOCK_STAT_H

#include "import/readers.h"

/* ---- columns (lock_stat_columns.c) ---- */

/* Which columns a row has; the file's header says so, or else what rows look like. */
struct layout {
    uint8_t fields[LOCK_STAT_FIELDS]; /* enum import_field */
    uint8_t n;                        /* 0: not known */
    bool named;                       /* false: the column of names was cut off */
};

/* A header of at least some columns here: moves the scan behind it. */
bool read_layout(struct scan *scan, struct layout *layout);

struct cells {
    struct layout layout;
    double value[LOCK_STAT_FIELDS]; /* by column, microseconds; NAN: an average that is none */
    int numbers;                    /* how many there were, if they did not fit */
};

/* The numbers of a row, however they are broken into lines: moves the scan behind them. */
bool read_cells(struct scan *scan, const struct layout *header, struct cells *cells);

/*
 * What is no number of its column, of those from here to the end of the line,
 * and what it should be; false if there is no such.
 */
bool find_misfit(struct scan scan, const struct layout *header, struct token *at,
                 const char **expected);

/* ---- records (lock_stat_records.c) ---- */

enum record_kind { RECORD_NONE, RECORD_ROW, RECORD_POINT, RECORD_BROKEN };

struct record {
    enum record_kind kind;
    struct token name;  /* its words may stand on two lines */
    struct cells cells; /* of a row */
    double count;       /* of a point */
    struct token site;
    struct scan after;
};

/*
 * The record that begins with the next word, if it does within so many lines. A
 * word that was broken is put together in the arena, or not, if that is NULL.
 */
void read_record(struct arena *arena, const struct layout *header, struct scan scan, unsigned lines,
                 struct record *r);
/*
 * A line that is no record as it stands, but was to be a row, for its numbers, or a contention
 * point, for its address. values: in front of what is behind the name.
 */
enum record_kind meant_record(struct scan line, struct scan *values);
/* Rules, elisions: what is no part of a record. */
bool ends_record(const struct token *t);

/* ---- contention points (lock_stat_points.c) ---- */

struct point {
    const char *site;
    uint64_t count;
    uint32_t block; /* points between the same rules */
};

/* Gives the points to a class that was contended so often; its list is as long as wanted. */
void share_points(struct reading *reading, const struct point *points, uint32_t n,
                  double contentions, struct import_class *c);

#endif
