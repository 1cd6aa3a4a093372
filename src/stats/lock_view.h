/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STATS_LOCK_VIEW_H
#define STATS_LOCK_VIEW_H

#include "program/program.h"
#include "sim/observer.h"
#include "stats/busy.h"
#include "stats/hist.h"
#include "stats/span.h"
#include "stats/tally.h"

/*
 * What one run says about each lock class, in three views that are never mixed:
 *
 * true       from request to acquisition (wait) and on to release (hold)
 * lock_stat  what /proc/lock_stat would print (kernel/locking/lockdep.c, 6.1):
 *            waits from lock_contended() to lock_acquired(); holds from the
 *            last stamp, which an acquisition without lock_contended() took
 *            before it had the lock
 * perf       what `perf lock contention` would print: from contention_begin
 *            to acquisition, by caller
 */
struct lock_stat_row {
    struct span wait; /* count: contentions */
    struct span hold; /* count: acquisitions */
    uint64_t con_bounces, acq_bounces;
};

struct pair { /* passages that waited, by waiting and holding site */
    uint64_t count;
    int64_t wait;
    uint64_t contended; /* those of them that called lock_contended() */
};

/*
 * The sites at which a class is taken, each with its number within the class.
 * A class has at most SITES_MAX; what is beyond shares the last, unnamed one.
 */
enum { SITES_MAX = 64 };

struct class_sites {
    uint32_t n;
    const uint32_t *names; /* index into program.sites; NO_INDEX for "any other" */
};

struct class_view {
    struct class_sites sites;
    struct hist wait, hold;
    uint64_t slept;
    struct lock_stat_row rows[2]; /* by enum lock_mode */
    struct span *callers;         /* perf, by site */
    struct pair *pairs;           /* [waiter * sites.n + holder] */
    /* Sums of the pairs: see lock_view_sum(). */
    uint64_t waited;
    int64_t waited_time;         /* summed over the passages that waited */
    uint64_t *waiters, *holders; /* lock_stat contention points, by site */
};

struct lock_view {
    const struct program *program;
    bool on;             /* passages before the view is switched on are not counted */
    uint8_t *site_index; /* [class * nsites + site] */
    struct class_view *classes;
    struct busy_view *busy; /* NULL: not wanted */
    const struct tally *tally;
};

/* Everything lives in the arena; sized for the program. Starts switched off. */
struct lock_view *lock_view_new(struct arena *arena, const struct program *program);
/* The callback of struct observer; self is the view. */
void lock_view_passages(void *self, const struct passages *passages);
/* To be called after the last passage. */
void lock_view_sum(struct lock_view *view);
/* Adds counts of a view of the same program: order does not matter. */
void lock_view_merge(struct lock_view *into, const struct lock_view *from);
void lock_stat_row_merge(struct lock_stat_row *into, const struct lock_stat_row *from);

#endif
