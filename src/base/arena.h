/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

/*
 * Memory that is freed together. A scenario has one arena, each run another.
 * Allocations are zeroed and aligned to a cache line when they are a line or
 * longer, to 16 bytes otherwise. Running out of memory ends the process: the
 * sizes a scenario can ask for are bounded before anything is allocated.
 */
struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
/* Forgets every allocation but keeps the memory for the next use. */
void arena_reset(struct arena *arena);

void *arena_alloc(struct arena *arena, size_t size);
/* An array of n elements of the given size; checks the product. */
void *arena_array(struct arena *arena, size_t n, size_t size);
char *arena_strndup(struct arena *arena, const char *text, size_t n);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
