/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "experiment/sweep.h"

#include <stddef.h>

/*
 * The results of a point as plain records: what a store keeps in tables, and
 * what processes send to each other. The tables of columns in record.c are all
 * that knows what there is; docs/store.md tells its users.
 */
enum column_kind {
    COLUMN_COUNT,  /* uint32_t */
    COLUMN_FLAG,   /* bool */
    COLUMN_NUMBER, /* double; NAN is what is not known */
    COLUMN_TEXT,   /* const char *, may be NULL */
    COLUMN_CHARS,  /* char [MESSAGE_SIZE] */
    COLUMN_OUTCOME /* enum sim_outcome; its name in a table */
};

enum { MESSAGE_SIZE = sizeof(((struct audit *)NULL)->message), RECORD_KEYS_MAX = 4 };

struct column {
    const char *name;
    enum column_kind kind;
    size_t offset;
};

/* What a kind of record is called, what it is found by, and what is in it. */
struct record_kind {
    const char *table;
    const char *keys[RECORD_KEYS_MAX]; /* the first nkeys of them */
    uint32_t nkeys;
    const struct column *columns;
    size_t ncolumns;
};

enum { RECORD_POINT, RECORD_DESIGN, RECORD_RATE, RECORD_REPLICATION, RECORD_LOCK, RECORD_KINDS };
extern const struct record_kind record_kinds[RECORD_KINDS];

/* Takes or gives one record after another, always in the same order. */
struct record_stream {
    void *self;
    /* False ends it all. The keys are as many as the kind has. */
    bool (*record)(void *self, const struct record_kind *kind, const uint32_t *keys, void *record);
};

bool record_point_write(const struct record_stream *stream, struct sweep *sweep, uint32_t index);
/* What is read lives in the arena. */
bool record_point_read(const struct record_stream *stream, struct arena *arena, struct sweep *sweep,
                       uint32_t index);

#endif
