/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_EVENTS_H
#define SIM_EVENTS_H

#include "base/ticks.h"

#include <stdbool.h>
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
 *
 * Few events of sources before split are not in a tree but in a row: either
 * the tree has all of them and top is NULL, or the row has, the first at its
 * end, and a source has leaf 0 if it has an event and NO_LEAF if it has none.
 * An event that is handled has left the row; in the tree it stays until
 * another is set for its source, or none.
 */
struct events {
    struct winners {
        uint64_t *tree;
        uint32_t *owner;        /* of each leaf; of a spare one, the next spare one */
        uint32_t leaves, room;  /* powers of two: now, and at most without a larger array */
        uint32_t active, fresh; /* with an owner; from here on no leaf has had one yet */
        uint32_t spare;         /* NO_LEAF: none */
    } often, seldom;
    uint64_t *row; /* NULL: there is to be none */
    uint64_t *top; /* behind the first of the row */
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

enum {
    ROW_MOST = 16,  /* events; the tree is faster with more */
    ROW_AGAIN = 8,  /* leaves that are left as the row takes over from the tree */
    ROW_INSERT = 6, /* an event mostly goes before no more than so many; as many EVENT_NONE come
                       before the row */
};

/* As many sources as expected have an event at once, of those before split. */
void events_init(struct events *events, struct arena *arena, uint32_t expected, uint32_t split,
                 uint32_t nsources);
uint32_t events_new_leaf(struct events *events, uint32_t source);
void events_free_leaf(struct events *events, uint32_t source);
uint64_t events_first_seldom(struct events *events);
/* From now on a row is made of few. */
void events_allow_row(struct events *events);
/* Of a source that has no event. Among those that come last, or there is no room in the row. */
void events_insert_last(struct events *events, uint64_t key);
/* From the row. */
void events_remove(struct events *events, uint32_t source);

static inline uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static inline uint64_t later(uint64_t a, uint64_t b) {
    return a > b ? a : b;
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

/* Into the row. How many come before it is hard to foresee: nothing here depends on it. */
static inline void events_insert(struct events *events, uint64_t key) {
    uint64_t *top = events->top, before = 0;
    if (__builtin_expect(top[-ROW_INSERT] < key || top == events->row + ROW_MOST, 0)) {
        events_insert_last(events, key);
        return;
    }
    for (int i = 0; i < ROW_INSERT; i++) {
        uint64_t behind = top[-i - 1];
        top[-i] = earlier(later(before, key), behind);
        before = behind;
    }
    events->top = top + 1;
}

static inline void events_set_key(struct events *events, uint32_t source, uint64_t key) {
    if (events->top == NULL) {
        winners_put(&events->often, leaf_of(events, source), key);
        return;
    }
    if (__builtin_expect(events->leaf[source] != NO_LEAF, 0))
        events_remove(events, source);
    events->leaf[source] = 0;
    events_insert(events, key);
}

/* Of a source before split. */
static inline void events_set_often(struct events *events, uint32_t source, sim_time time) {
    events_set_key(events, source, event_key(events, source, time));
}

/* The first, of a source before split, is being handled. */
static inline void events_begin(struct events *events, uint32_t source) {
    if (events->top == NULL)
        return;
    events->leaf[source] = NO_LEAF;
    events->top--;
}

/* Of the source whose event is being handled. True: it is the first before the limit, and begun. */
static inline bool events_goes_on(struct events *events, uint32_t source, uint64_t key,
                                  uint64_t limit) {
    const uint64_t *top = events->top;
    uint64_t first =
        top != NULL ? top[-1] : winners_put(&events->often, leaf_of(events, source), key);
    if (key <= first && key < events->seldom.tree[1] && key < limit)
        return true;
    if (top != NULL)
        events_set_key(events, source, key);
    return false;
}

/*
 * Where there is no row. The next of one that has a leaf, as the one whose event
 * is being handled. Returns the first key of those before split, as does
 * events_clear_often().
 */
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
    if (events->leaf[source] == NO_LEAF)
        return;
    if (events->top == NULL)
        winners_put(&events->often, events->leaf[source], EVENT_NONE);
    else
        events_remove(events, source);
}

/* For one before split that will have no event for a while. */
static inline void events_give_up(struct events *events, uint32_t source) {
    if (events->leaf[source] == NO_LEAF)
        return;
    if (events->top == NULL)
        events_free_leaf(events, source);
    else
        events_remove(events, source);
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
    return events->top != NULL ? events->top[-1] : events->often.tree[1];
}

static inline uint64_t events_first(struct events *events) {
    uint64_t often = events_first_often(events);
    return often <= events->seldom.tree[1] ? often : events_first_seldom(events);
}

/* The pending time of a source before split, or TIME_NEVER. */
sim_time events_time(const struct events *events, uint32_t source);

#endif
