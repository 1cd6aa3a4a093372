/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_OBSERVER_H
#define SIM_OBSERVER_H

#include "base/ticks.h"

#include <stddef.h>
#include <stdint.h>

/*
 * What the engine tells: one record for each completed passage of a thread
 * through a lock, from request to release, in order of release. Records come
 * in batches; statistics and traces are built from them alone.
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

struct observer {
    void *self;
    void (*passages)(void *self, const struct passage *passages, size_t n);
};

#endif
