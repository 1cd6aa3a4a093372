/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/map.h"

#include "base/arena.h"

#include <string.h>

struct map_slot {
    uint64_t a, b;
    uint32_t number;
    uint32_t taken;
};

/* The finaliser of SplitMix64. */
static uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static struct map_slot *slot_of(const struct map *map, uint64_t a, uint64_t b) {
    uint64_t i = mix(a + mix(b)) & (map->room - 1);
    while (map->slots[i].taken && (map->slots[i].a != a || map->slots[i].b != b))
        i = (i + 1) & (map->room - 1);
    return &map->slots[i];
}

static void enlarge(struct arena *arena, struct map *map) {
    struct map old = *map;
    map->room = old.room > 0 ? 2 * old.room : 64;
    map->slots = arena_array(arena, map->room, sizeof(*map->slots));
    for (uint32_t i = 0; i < old.room; i++)
        if (old.slots[i].taken)
            *slot_of(map, old.slots[i].a, old.slots[i].b) = old.slots[i];
}

uint32_t *map_find(struct arena *arena, struct map *map, uint64_t a, uint64_t b) {
    if (2 * map->used >= map->room)
        enlarge(arena, map);
    struct map_slot *slot = slot_of(map, a, b);
    if (!slot->taken) {
        *slot = (struct map_slot){a, b, (uint32_t)MAP_NEW, 1};
        map->used++;
    }
    return &slot->number;
}

void *map_grow(struct arena *arena, const void *array, uint32_t *room, size_t size) {
    uint32_t more = *room > 0 ? 2 * *room : 64;
    void *copy = arena_array(arena, more, size);
    if (*room > 0)
        memcpy(copy, array, *room * size);
    *room = more;
    return copy;
}
