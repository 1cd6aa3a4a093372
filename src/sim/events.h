/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_EVENTS_H
#define SIM_EVENTS_H

#include "base/ticks.h"

#include <stddef.h>
#include <stdint.h>

/*
 * The event set: every source has at most one event pending. A winner tree
 * over keys (time << bits) | source: the order is (time, source), total and
 * the same on every machine, and a change costs one path to the root. Tree
 * node 1 is the root, node leaves + i the leaf of source i.
 */
struct events {
    uint64_t *tree;
    uint32_t leaves;  /* a power of two */
    uint32_t bits;    /* of a key that number the source */
    sim_time horizon; /* the last time a key can hold: no run is that long */
};

struct arena;

#define EVENT_NONE UINT64_MAX

void events_init(struct events *events, struct arena *arena, uint32_t nsources);

static inline void events_put(struct events *events, uint32_t source, uint64_t key) {
    uint64_t *tree = events->tree;
    size_t i = events->leaves + source;
    tree[i] = key;
    while (i > 1) {
        uint64_t sibling = tree[i ^ 1];
        key = key < sibling ? key : sibling;
        i >>= 1;
        tree[i] = key;
    }
}

static inline void events_set(struct events *events, uint32_t source, sim_time time) {
    if (time > events->horizon)
        time = events->horizon;
    events_put(events, source, (uint64_t)time << events->bits | source);
}

static inline void events_clear(struct events *events, uint32_t source) {
    events_put(events, source, EVENT_NONE);
}

static inline uint64_t events_first(const struct events *events) {
    return events->tree[1];
}

/* The pending time of a source, or TIME_NEVER. */
static inline sim_time events_time(const struct events *events, uint32_t source) {
    uint64_t key = events->tree[events->leaves + source];
    return key == EVENT_NONE ? TIME_NEVER : (sim_time)(key >> events->bits);
}

#endif
