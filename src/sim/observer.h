/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_OBSERVER_H
#define SIM_OBSERVER_H

#include "base/ticks.h"

#include <stddef.h>
#include <stdint.h>

/*
 * What the engine tells: each completed passage of a thread through a lock, from
 * request to release, in order of release of those of one lock class. They come
 * in batches of one class; statistics and traces are built from them alone.
 */
enum passage_flags {
    PASSAGE_READ = 1,
    PASSAGE_WAITED = 2,      /* did not get the lock at once */
    PASSAGE_CONTENDED = 4,   /* lock_contended() was called (lock_stat) */
    PASSAGE_TRACED = 8,      /* contention_begin was traced (perf) */
    PASSAGE_CON_BOUNCE = 16, /* contended on another CPU than acquired last */
    PASSAGE_ACQ_BOUNCE = 32, /* acquired on another CPU than acquired last */
    PASSAGE_SLEPT = 64,      /* went off the CPU while waiting */
    PASSAGE_RETRIED = 128    /* what it did was in vain at first, which is part of the wait */
};

/* One of them. */
struct passage {
    uint32_t lock_class;
    uint32_t instance; /* within the class */
    uint32_t thread;
    uint32_t site; /* of this acquisition */
    uint32_t
        holder_site; /* WAITED: the site that had acquired last when the wait began (lock->ip) */
    uint32_t flags;
    sim_time requested;
    sim_time contended; /* valid with PASSAGE_CONTENDED */
    sim_time traced;    /* valid with PASSAGE_TRACED: the first contention_begin */
    sim_time acquired;
    sim_time released;
    /* lock_stat's hold stamps: the first is the request's, or lock_acquired()'s if contended. */
    sim_time held_from, held_to;
};

/*
 * A batch, by columns: element i of each is of passage i. Columns of which all
 * elements are the same may be one column.
 */
struct passages {
    size_t n;
    uint32_t lock_class;
    const uint32_t *instance, *thread, *site, *holder_site, *flags;
    const sim_time *requested, *contended, *traced, *acquired, *released, *held_from, *held_to;
};

static inline struct passage passage_at(const struct passages *all, size_t i) {
    return (struct passage){.lock_class = all->lock_class,
                            .instance = all->instance[i],
                            .thread = all->thread[i],
                            .site = all->site[i],
                            .holder_site = all->holder_site[i],
                            .flags = all->flags[i],
                            .requested = all->requested[i],
                            .contended = all->contended[i],
                            .traced = all->traced[i],
                            .acquired = all->acquired[i],
                            .released = all->released[i],
                            .held_from = all->held_from[i],
                            .held_to = all->held_to[i]};
}

/*
 * A batch is so small that it is still in the nearest cache when it is read: so
 * many that come one by one, with all columns, and otherwise at most so many.
 */
enum { PASSAGE_BATCH = 64, PASSAGES_MOST = 128 };

struct passage_batch {
    size_t n;
    uint32_t instance[PASSAGE_BATCH], thread[PASSAGE_BATCH], site[PASSAGE_BATCH];
    uint32_t holder_site[PASSAGE_BATCH], flags[PASSAGE_BATCH];
    sim_time requested[PASSAGE_BATCH], contended[PASSAGE_BATCH], traced[PASSAGE_BATCH];
    sim_time acquired[PASSAGE_BATCH], released[PASSAGE_BATCH];
    sim_time held_from[PASSAGE_BATCH], held_to[PASSAGE_BATCH];
};

/* There must be room. */
static inline void passage_batch_add(struct passage_batch *batch, const struct passage *passage) {
    size_t i = batch->n++;
    batch->instance[i] = passage->instance;
    batch->thread[i] = passage->thread;
    batch->site[i] = passage->site;
    batch->holder_site[i] = passage->holder_site;
    batch->flags[i] = passage->flags;
    batch->requested[i] = passage->requested;
    batch->contended[i] = passage->contended;
    batch->traced[i] = passage->traced;
    batch->acquired[i] = passage->acquired;
    batch->released[i] = passage->released;
    batch->held_from[i] = passage->held_from;
    batch->held_to[i] = passage->held_to;
}

static inline struct passages passages_of(const struct passage_batch *batch, uint32_t lock_class) {
    return (struct passages){.n = batch->n,
                             .lock_class = lock_class,
                             .instance = batch->instance,
                             .thread = batch->thread,
                             .site = batch->site,
                             .holder_site = batch->holder_site,
                             .flags = batch->flags,
                             .requested = batch->requested,
                             .contended = batch->contended,
                             .traced = batch->traced,
                             .acquired = batch->acquired,
                             .released = batch->released,
                             .held_from = batch->held_from,
                             .held_to = batch->held_to};
}

struct observer {
    void *self;
    void (*passages)(void *self, const struct passages *passages);
};

#endif
