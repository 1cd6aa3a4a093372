/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/core.h"

#include "base/arena.h"

#include <string.h>

enum { FEWEST = 4 };

/* Of a spare leaf, in place of an owner, with the number of the next. */
#define SPARE 0x80000000u

static struct winners winners_new(struct arena *arena, uint32_t n) {
    struct winners winners = {.leaves = FEWEST, .spare = NO_LEAF};
    while (winners.leaves < n)
        winners.leaves *= 2;
    winners.room = winners.leaves;
    size_t nodes = 2 * (size_t)winners.leaves;
    winners.tree = arena_array(arena, nodes, sizeof(*winners.tree));
    winners.owner = arena_array(arena, winners.leaves, sizeof(*winners.owner));
    memset(winners.tree, 0xff, nodes * sizeof(*winners.tree));
    return winners;
}

void events_init(struct events *events, struct arena *arena, uint32_t expected, uint32_t split,
                 uint32_t nsources) {
    events->bits = 1;
    while ((uint64_t)1 << events->bits < nsources)
        events->bits++;
    events->sources = (uint32_t)(((uint64_t)1 << events->bits) - 1);
    events->horizon = ((sim_time)1 << (63 - events->bits)) - 1;
    events->arena = arena;
    events->row = events->top = NULL;
    events->split = split;
    events->leaf = arena_array(arena, nsources, sizeof(*events->leaf));
    memset(events->leaf, 0xff, nsources * sizeof(*events->leaf));
    events->due = arena_array(arena, nsources - split, sizeof(*events->due));
    memset(events->due, 0xff, (nsources - split) * sizeof(*events->due));
    events->often = winners_new(arena, expected);
    events->seldom = winners_new(arena, 0);
}

/* The leaves are as they should be, from the first on; all above them is made anew. */
static void play_all(struct winners *winners) {
    uint64_t *tree = winners->tree;
    for (uint32_t i = winners->fresh; i < winners->leaves; i++)
        tree[winners->leaves + i] = EVENT_NONE;
    for (uint32_t i = winners->leaves - 1; i > 0; i--)
        tree[i] = tree[2 * i] < tree[2 * i + 1] ? tree[2 * i] : tree[2 * i + 1];
}

/* All leaves have owners: they move up within the array, or to a larger one. */
static OUT_OF_LINE void grow(struct winners *winners, struct arena *arena) {
    uint64_t *from = winners->tree + winners->leaves;
    uint32_t *owner = winners->owner, n = winners->leaves;
    if (n == winners->room) {
        struct winners larger = winners_new(arena, 2 * n);
        memcpy(larger.owner, owner, n * sizeof(*owner));
        larger.active = winners->active;
        larger.fresh = n;
        *winners = larger;
    } else {
        winners->leaves = 2 * n;
    }
    memcpy(winners->tree + winners->leaves, from, n * sizeof(*from));
    play_all(winners);
}

/* Most leaves are spare: those in use move together, into half the leaves. */
static OUT_OF_LINE void shrink(struct winners *winners, uint32_t *leaf) {
    uint32_t half = winners->leaves / 2, n = 0;
    const uint64_t *from = winners->tree + winners->leaves;
    for (uint32_t i = 0; i < winners->fresh; i++) {
        uint32_t source = winners->owner[i];
        if (source & SPARE)
            continue;
        winners->tree[half + n] = from[i];
        winners->owner[n] = source;
        leaf[source] = n++;
    }
    winners->leaves = half;
    winners->fresh = n;
    winners->spare = NO_LEAF;
    play_all(winners);
}

/* No leaf has an owner then. */
static void into_row(struct events *events) {
    struct winners *winners = &events->often;
    events->top = events->row;
    for (uint32_t i = 0; i < winners->fresh; i++) {
        uint32_t source = winners->owner[i];
        if (source & SPARE)
            continue;
        uint64_t key = winners->tree[winners->leaves + i];
        events->leaf[source] = key == EVENT_NONE ? NO_LEAF : 0;
        if (key != EVENT_NONE)
            events_insert(events, key);
    }
    winners->leaves = FEWEST;
    winners->active = winners->fresh = 0;
    winners->spare = NO_LEAF;
    play_all(winners);
}

static void into_tree(struct events *events) {
    const uint64_t *top = events->top;
    events->top = NULL;
    for (const uint64_t *key = events->row; key < top; key++)
        winners_put(&events->often, events_new_leaf(events, event_source(events, *key)), *key);
}

void events_allow_row(struct events *events) {
    uint64_t *row = arena_array(events->arena, ROW_INSERT + ROW_MOST, sizeof(*row));
    memset(row, 0xff, ROW_INSERT * sizeof(*row));
    events->row = row + ROW_INSERT;
    if (events->often.active <= ROW_AGAIN)
        into_row(events);
}

OUT_OF_LINE void events_insert_last(struct events *events, uint64_t key) {
    if (events->top == events->row + ROW_MOST) {
        uint32_t source = event_source(events, key);
        into_tree(events);
        winners_put(&events->often, events_new_leaf(events, source), key);
        return;
    }
    uint64_t *at = events->top++;
    for (; at[-1] < key; at--)
        at[0] = at[-1];
    at[0] = key;
}

static uint64_t *in_row(const struct events *events, uint32_t source) {
    uint64_t *at = events->top - 1;
    while (event_source(events, *at) != source)
        at--;
    return at;
}

OUT_OF_LINE void events_remove(struct events *events, uint32_t source) {
    uint64_t *at = in_row(events, source);
    events->leaf[source] = NO_LEAF;
    events->top--;
    for (; at < events->top; at++)
        at[0] = at[1];
}

sim_time events_time(const struct events *events, uint32_t source) {
    uint32_t leaf = events->leaf[source];
    if (leaf == NO_LEAF)
        return TIME_NEVER;
    uint64_t key = events->top != NULL ? *in_row(events, source)
                                       : events->often.tree[events->often.leaves + leaf];
    return key == EVENT_NONE ? TIME_NEVER : (sim_time)(key >> events->bits);
}

uint32_t events_new_leaf(struct events *events, uint32_t source) {
    struct winners *winners = source < events->split ? &events->often : &events->seldom;
    if (winners->active++ == winners->leaves)
        grow(winners, events->arena);
    uint32_t leaf = winners->spare;
    if (leaf == NO_LEAF) {
        leaf = winners->fresh++;
    } else {
        leaf &= ~SPARE;
        winners->spare = winners->owner[leaf];
    }
    winners->owner[leaf] = source;
    return events->leaf[source] = leaf;
}

void events_free_leaf(struct events *events, uint32_t source) {
    struct winners *winners = &events->often;
    uint32_t leaf = events->leaf[source];
    winners_put(winners, leaf, EVENT_NONE);
    events->leaf[source] = NO_LEAF;
    winners->owner[leaf] = winners->spare;
    winners->spare = SPARE | leaf;
    winners->active--;
    if (events->row != NULL && winners->active <= ROW_AGAIN)
        into_row(events);
    else if (winners->active < winners->leaves / 4 && winners->leaves > FEWEST)
        shrink(winners, events->leaf);
}

/* The first event, if the tree of those seldom seems to have it. */
uint64_t events_first_seldom(struct events *events) {
    const struct winners *winners = &events->seldom;
    uint64_t often = events_first_often(events), seldom;
    while ((seldom = winners->tree[1]) < often) {
        uint32_t source = event_source(events, seldom);
        uint64_t due = events->due[source - events->split];
        if (due == seldom)
            return seldom;
        winners_put(winners, events->leaf[source], due);
    }
    return often;
}
