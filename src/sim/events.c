/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/events.h"

#include "base/arena.h"

#include <string.h>

static struct winners winners_new(struct arena *arena, uint32_t first, uint32_t n) {
    struct winners winners = {.leaves = 2, .first = first};
    while (winners.leaves < n)
        winners.leaves *= 2;
    size_t nodes = 2 * (size_t)winners.leaves;
    winners.tree = arena_array(arena, nodes, sizeof(*winners.tree));
    memset(winners.tree, 0xff, nodes * sizeof(*winners.tree));
    return winners;
}

void events_init(struct events *events, struct arena *arena, uint32_t split, uint32_t nsources) {
    events->bits = 1;
    while ((uint64_t)1 << events->bits < nsources)
        events->bits++;
    events->horizon = ((sim_time)1 << (63 - events->bits)) - 1;
    events->often = winners_new(arena, 0, split);
    events->seldom = winners_new(arena, split, nsources - split);
}
