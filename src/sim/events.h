/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_EVENTS_H
#define SIM_EVENTS_H

#include "base/ticks.h"

#include <stddef.h>
#include <stdint.h>

/*
 * The event set: every source has at most one event pending. Winner trees
 * over keys (time << bits) | source: the order is (time, source), total and
 * the same on every machine, and a change costs one path to the root. Sources
 * from split on, of which most have no event for most of the time, have a tree
 * of their own, so that the paths of the others are shorter. Tree node 1 is
 * the root, node leaves + i the leaf of the tree's source i.
 */
struct events {
    struct winners {
        uint64_t *tree;
        uint32_t leaves; /* a power of two, at least 2 */
        uint32_t first;  /* source */
    } often, seldom;
    uint32_t bits;    /* of a key that number the source */
    sim_time horizon; /* the last time a key can hold: no run is that long */
};

struct arena;

#define EVENT_NONE UINT64_MAX

void events_init(struct events *events, struct arena *arena, uint32_t split, uint32_t nsources);

/* The key has come to node i; it goes on as long as the node is beyond the top. */
static inline size_t winners_climb(uint64_t *tree, size_t i, uint64_t *key, size_t top) {
    uint64_t best = *key;
    tree[i] = best;
    do {
        uint64_t sibling = tree[i ^ 1];
        best = best < sibling ? best : sibling;
        i >>= 1;
        tree[i] = best;
    } while (i > top);
    *key = best;
    return i;
}

static inline void winners_put(const struct winners *winners, uint32_t source, uint64_t key) {
    winners_climb(winners->tree, winners->leaves + (source - winners->first), &key, 1);
}

static inline const struct winners *winners_of(const struct events *events, uint32_t source) {
    return source < events->seldom.first ? &events->often : &events->seldom;
}

static inline uint64_t event_key(const struct events *events, uint32_t source, sim_time time) {
    if (time > events->horizon)
        time = events->horizon;
    return (uint64_t)time << events->bits | source;
}

static inline void events_set(struct events *events, uint32_t source, sim_time time) {
    winners_put(winners_of(events, source), source, event_key(events, source, time));
}

static inline void events_clear(struct events *events, uint32_t source) {
    winners_put(winners_of(events, source), source, EVENT_NONE);
}

/* All keys of the time and before are less. */
static inline uint64_t events_key_after(const struct events *events, sim_time time) {
    if (time > events->horizon)
        time = events->horizon;
    return ((uint64_t)time + 1) << events->bits;
}

static inline uint64_t events_first(const struct events *events) {
    uint64_t often = events->often.tree[1], seldom = events->seldom.tree[1];
    return often < seldom ? often : seldom;
}

static inline uint32_t event_source(const struct events *events, uint64_t key) {
    return (uint32_t)(key & (((uint64_t)1 << events->bits) - 1));
}

/* The pending time of a source, or TIME_NEVER. */
static inline sim_time events_time(const struct events *events, uint32_t source) {
    const struct winners *winners = winners_of(events, source);
    uint64_t key = winners->tree[winners->leaves + (source - winners->first)];
    return key == EVENT_NONE ? TIME_NEVER : (sim_time)(key >> events->bits);
}

#endif
