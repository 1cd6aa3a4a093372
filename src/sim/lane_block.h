/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LANE_BLOCK_H
#define SIM_LANE_BLOCK_H

#include "sim/core.h"

struct leg;

/*
 * So many passes through a lock, one behind the other, by columns. Of release
 * and thread the first element is of the pass before: pass i has element i + 1.
 */
enum { BLOCK = PASSAGE_BATCH };

struct block {
    uint64_t release[BLOCK + 1]; /* twice the key; see request() in lane.c */
    uint32_t thread[BLOCK + 1];
    sim_time requested[BLOCK], acquired[BLOCK], released[BLOCK];
    sim_time think[BLOCK]; /* from the release to the next request */
    const struct leg *leg[BLOCK];
    /* Of those that are booked. */
    uint32_t flags[BLOCK];
    /* Of locks of which it matters who has it. */
    uint32_t site[BLOCK], holder_site[BLOCK];
    struct block *next; /* free */
};

/* Of some passes: sums of their columns, modulo 2^64. */
struct block_sums {
    uint64_t requests, grants, releases, think;
    uint64_t releases_seen; /* those that are events, which nobody who waits and nothing takes */
    uint64_t at_once;       /* whose next request comes with the release */
};

/* Of passes i with from <= i < to. */
struct block_code {
    void (*set_flags)(struct block *block, uint32_t from, uint32_t to, uint32_t bits);
    void (*add)(struct block_sums *sums, const struct block *block, uint32_t from, uint32_t to);
};

const struct block_code *block_code(void);

static inline uint64_t request_key(const struct block *block, uint32_t i, uint32_t bits) {
    return (uint64_t)block->requested[i] << bits | block->thread[i + 1];
}

#endif
