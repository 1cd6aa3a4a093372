/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef IMPORT_MAP_H
#define IMPORT_MAP_H

#include <stddef.h>
#include <stdint.h>

struct arena;

/* A number for each pair of keys, in an arena. Starts zeroed. */
struct map {
    struct map_slot *slots;
    uint32_t room, used;
};

#define MAP_NEW UINT32_MAX

/* Where the number of the pair is kept, until the next call; MAP_NEW if it was not in it. */
uint32_t *map_find(struct arena *arena, struct map *map, uint64_t a, uint64_t b);

/* A copy of an array in twice the room. */
void *map_grow(struct arena *arena, const void *array, uint32_t *room, size_t size);

#endif
