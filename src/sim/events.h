/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_EVENTS_H
#define SIM_EVENTS_H

#include "base/ticks.h"

#include <stddef.h>
#include <stdint.h>

/*
 * The event set: every source has at most one event pending. Winner trees
 * over keys (time << bits) | source: the order is (time, source), total and
 * the same on every machine, and a change costs one path to the root. A source
 * has a leaf from an event of its own on until it is told to give it up, so
 * that those who sleep, or are in reserve, lengthen nobody's path. Sources
 * from split on, of which most have no event for most of the time, have a tree
 * of their own, and in it a time that is not after their event's: who puts an
 * event off, or clears it, leaves the tree as it is until that time comes. Tree
 * node 1 is the root, node leaves + i the i-th leaf.
 */
struct events {
    struct winners {
        uint64_t *tree;
        uint32_t *owner;        /* of each leaf; of a spare one, the next spare one */
        uint32_t leaves, room;  /* powers of two: now, and at most without a larger array */
        uint32_t active, fresh; /* with an owner; from here on no leaf has had one yet */
        uint32_t spare;         /* NO_LEAF: none */
    } often, seldom;
    uint32_t split;
    uint64_t *due;    /* of each source from split on: the key of its event, or EVENT_NONE */
    uint32_t *leaf;   /* of each source, or NO_LEAF */
    uint32_t bits;    /* of a key that number the source, ... */
    uint32_t sources; /* ... and all of them set */
    sim_time horizon; /* the last time a key can hold: no run is that long */
    struct arena *arena;
};

struct arena;

#define EVENT_NONE UINT64_MAX
#define NO_LEAF UINT32_MAX

/* As many sources as expected have an event at once, of those before split. */
void events_init(struct events *events, struct arena *arena, uint32_t expected, uint32_t split,
                 uint32_t nsources);
uint32_t events_new_leaf(struct events *events, uint32_t source);
void events_free_leaf(struct events *events, uint32_t source);
uint64_t events_first_seldom(struct events *events);

static inline uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/*
 * The key has come to node i; it goes on as long as the node is beyond the top.
 * Two levels at a time, without the nodes in between: then most comparisons
 * need not wait for the key.
 */
static inline size_t winners_climb(uint64_t *tree, size_t i, uint64_t *key, size_t top) {
    uint64_t best = *key;
    tree[i] = best;
    while (i > top && i > 3) {
        best = earlier(best, earlier(earlier(tree[i ^ 1], tree[i ^ 2]), tree[i ^ 3]));
        i >>= 2;
        tree[i] = best;
    }
    if (i > top) {
        best = earlier(best, tree[i ^ 1]);
        i >>= 1;
        tree[i] = best;
    }
    *key = best;
    return i;
}

/* Returns the first key. */
static inline uint64_t winners_put(const struct winners *winners, uint32_t leaf, uint64_t key) {
    winners_climb(winners->tree, winners->leaves + leaf, &key, 1);
    return key;
}

static inline uint64_t event_key(const struct events *events, uint32_t source, sim_time time) {
    if (time > events->horizon)
        time = events->horizon;
    return (uint64_t)time << events->bits | source;
}

static inline uint32_t leaf_of(struct events *events, uint32_t source) {
    uint32_t leaf = events->leaf[source];
    return __builtin_expect(leaf == NO_LEAF, 0) ? events_new_leaf(events, source) : leaf;
}

/* Of a source before split. Returns the first key of those, as does events_clear_often(). */
static inline uint64_t events_set_often(struct events *events, uint32_t source, sim_time time) {
    uint32_t leaf = leaf_of(events, source);
    return winners_put(&events->often, leaf, event_key(events, source, time));
}

/* The same, of one that has a leaf, as the one whose event is being handled. */
static inline uint64_t events_set_again(struct events *events, uint32_t source, sim_time time) {
    return winners_put(&events->often, events->leaf[source], event_key(events, source, time));
}

/*
 * The same, of another than the one whose event is being handled and is still
 * the first: that will change, and the last two levels with it.
 */
static inline void events_set_aside(struct events *events, uint32_t source, sim_time time) {
    uint32_t leaf = leaf_of(events, source);
    uint64_t key = event_key(events, source, time);
    winners_climb(events->often.tree, events->often.leaves + leaf, &key, 7);
}

/* Of a source from split on. */
static inline void events_set_seldom(struct events *events, uint32_t source, sim_time time) {
    const struct winners *seldom = &events->seldom;
    uint32_t leaf = leaf_of(events, source);
    uint64_t key = events->due[source - events->split] = event_key(events, source, time);
    if (key < seldom->tree[seldom->leaves + leaf])
        winners_put(seldom, leaf, key);
}

static inline void events_clear_seldom(struct events *events, uint32_t source) {
    events->due[source - events->split] = EVENT_NONE;
}

static inline uint64_t events_clear_often(struct events *events, uint32_t source) {
    return winners_put(&events->often, events->leaf[source], EVENT_NONE);
}

static inline void events_clear(struct events *events, uint32_t source) {
    if (events->leaf[source] != NO_LEAF)
        winners_put(&events->often, events->leaf[source], EVENT_NONE);
}

/* For one before split that will have no event for a while. */
static inline void events_give_up(struct events *events, uint32_t source) {
    if (events->leaf[source] != NO_LEAF)
        events_free_leaf(events, source);
}

/* All keys of the time and before are less. */
static inline uint64_t events_key_after(const struct events *events, sim_time time) {
    if (time > events->horizon)
        time = events->horizon;
    return ((uint64_t)time + 1) << events->bits;
}

static inline uint32_t event_source(const struct events *events, uint64_t key) {
    return (uint32_t)key & events->sources;
}

/* Of sources before split. */
static inline uint64_t events_first_often(const struct events *events) {
    return events->often.tree[1];
}

static inline uint64_t events_first(struct events *events) {
    uint64_t often = events_first_often(events);
    return often <= events->seldom.tree[1] ? often : events_first_seldom(events);
}

/* The pending time of a source before split, or TIME_NEVER. */
static inline sim_time events_time(const struct events *events, uint32_t source) {
    uint32_t leaf = events->leaf[source];
    if (leaf == NO_LEAF)
        return TIME_NEVER;
    uint64_t key = events->often.tree[events->often.leaves + leaf];
    return key == EVENT_NONE ? TIME_NEVER : (sim_time)(key >> events->bits);
}

#endif
