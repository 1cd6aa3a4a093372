/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/events.h"

#include "base/arena.h"

#include <string.h>

void events_init(struct events *events, struct arena *arena, uint32_t nsources) {
    events->bits = 1;
    while ((uint32_t)1 << events->bits < nsources)
        events->bits++;
    events->horizon = ((sim_time)1 << (63 - events->bits)) - 1;
    events->leaves = (uint32_t)1 << events->bits;
    size_t n = 2 * (size_t)events->leaves;
    events->tree = arena_array(arena, n, sizeof(*events->tree));
    memset(events->tree, 0xff, n * sizeof(*events->tree));
}
