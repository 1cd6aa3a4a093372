/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LANE_BLOCK_H
#define SIM_LANE_BLOCK_H

#include "sim/core.h"

struct leg;

/*
 * So many passes through a lock, one behind the other, by columns. Of request
 * and release the first element is of the pass before: pass i has element i + 1.
 * Both are keys of events; the release is twice the key, see request() in lane.c.
 */
enum { BLOCK = PASSAGES_MOST };

struct block {
    uint64_t request[BLOCK + 1], release[BLOCK + 1];
    uint64_t next[BLOCK]; /* request of the same thread */
    const struct leg *leg[BLOCK];
    struct block *next_free;
};

/* What follows from them: columns as observers want them. */
struct booked {
    sim_time requested[BLOCK], acquired[BLOCK], released[BLOCK];
    uint32_t thread[BLOCK], flags[BLOCK];
    /* Of locks of which it matters who has it. */
    uint32_t site[BLOCK], holder_site[BLOCK];
};

/* Of some passes: sums of their columns, modulo 2^64. */
struct block_sums {
    uint64_t requests, grants, releases;
    uint64_t think;         /* from the releases to the next requests */
    uint64_t releases_seen; /* those that are events, which nobody who waits and nothing takes */
    uint64_t at_once;       /* whose next request comes with the release */
};

struct block_code {
    /* Passes i with from <= i < to; keys have so many bits that number the thread. */
    void (*book)(struct block_sums *sums, struct booked *booked, const struct block *block,
                 uint32_t from, uint32_t to, uint32_t bits);
};

const struct block_code *block_code(void);

/* From when it gets the lock, as the one before releases it or at once, to the release. */
static inline sim_time block_hold(const struct block *block, uint32_t i, uint32_t bits) {
    uint64_t before = block->release[i], key = block->request[i + 1];
    uint64_t acquired = before > 2 * key ? before >> (bits + 1) : key >> bits;
    return (sim_time)((block->release[i + 1] >> (bits + 1)) - acquired);
}

/* From the release to the next request. */
static inline sim_time block_think(const struct block *block, uint32_t i, uint32_t bits) {
    return (sim_time)((block->next[i] >> bits) - (block->release[i + 1] >> (bits + 1)));
}

#endif
