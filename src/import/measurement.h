/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef IMPORT_MEASUREMENT_H
#define IMPORT_MEASUREMENT_H

#include "base/diag.h"
#include "stats/lock_stat_fields.h"

/*
 * What the kernel's tools saw of locks, as users paste it: rows of lock_stat,
 * of perf lock, of klockstat, of mutrace. A row stays a row: rows of the same
 * name are not merged, tables of one text are kept apart by their number.
 */
struct import_site {
    const char *site; /* "ceph_con_send+0x5c/0x170", a module behind it dropped */
    uint64_t count;
};

/* By number in lock_stat_fields[]; times in seconds. */
enum import_field {
    IMPORT_CON_BOUNCES,
    IMPORT_CONTENTIONS,
    IMPORT_WAIT_MIN,
    IMPORT_WAIT_MAX,
    IMPORT_WAIT_TOTAL,
    IMPORT_WAIT_AVG,
    IMPORT_ACQ_BOUNCES,
    IMPORT_ACQUISITIONS,
    IMPORT_HOLD_MIN,
    IMPORT_HOLD_MAX,
    IMPORT_HOLD_TOTAL,
    IMPORT_HOLD_AVG
};

struct import_class {
    const char *name; /* as the tool has it, without -W and -R; "" if a cut table has none */
    char mode;        /* 0, 'R' or 'W' */
    unsigned line;
    uint32_t table;  /* of the text, from 0: a post often has one before and one after */
    uint32_t fields; /* 1u << enum import_field, for each that the tool gives or that follows */
    double value[LOCK_STAT_FIELDS];
    const struct import_site *waiters, *holders; /* of lock_stat: those of -W and -R together */
    uint32_t nwaiters, nholders;
    const char *tool;    /* "lock_stat", "perf", "klockstat", "mutrace", ... */
    const char *type;    /* "mutex", "spinlock", "rwsem", ... where the tool says so, else NULL */
    const char *id;      /* address of a lock, or pid, where a row is about one, else NULL */
    const double *waits; /* each single one, in seconds: of perf lock script, else NULL */
    uint32_t nwaits;
};

struct import {
    struct import_class *classes; /* in the order of the text */
    uint32_t nclasses;
    uint32_t unread; /* rows with a warning in diag instead, which does not hold many */
    bool stopped;    /* lockdep turned itself off: the numbers end there, as a warning says */
};

static inline bool import_has(const struct import_class *c, enum import_field field) {
    return (c->fields >> field & 1) != 0;
}

/*
 * NULL after an error: the text is none of these, as diag says. What cannot be
 * read of one that is gets a warning with its line. tool: the only one to look
 * for, of import_tools(), or NULL. The text must outlive diag; the rest lives in the arena.
 */
const struct import *import_read(struct arena *arena, struct diag *diag, const char *name,
                                 const char *text, size_t length, const char *tool);

/* How many tables with rows there are. */
uint32_t import_tables(const struct import *import);

/* The names of all tools, ended by NULL. */
const char *const *import_tools(void);

#endif
