/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 64, ALIGN = 16 };
#define BLOCK_SIZE ((size_t)64 * 1024)

struct block {
    struct block *next;
    size_t size, used;
    char *data;
};

struct arena {
    struct block *first, *current;
};

static void out_of_memory(void) {
    fputs("sim: out of memory\n", stderr);
    exit(2);
}

static void *must(void *p) {
    if (p == NULL)
        out_of_memory();
    return p;
}

struct arena *arena_new(void) {
    return must(calloc(1, sizeof(struct arena)));
}

void arena_free(struct arena *arena) {
    if (arena == NULL)
        return;
    for (struct block *b = arena->first; b != NULL;) {
        struct block *next = b->next;
        free(b->data);
        free(b);
        b = next;
    }
    free(arena);
}

void arena_reset(struct arena *arena) {
    for (struct block *b = arena->first; b != NULL; b = b->next)
        b->used = 0;
    arena->current = arena->first;
}

static struct block *add_block(struct arena *arena, size_t size) {
    struct block *b = must(calloc(1, sizeof(*b)));
    b->size = size > BLOCK_SIZE ? (size + LINE - 1) / LINE * LINE : BLOCK_SIZE;
    b->data = must(aligned_alloc(LINE, b->size));
    if (arena->current == NULL) {
        arena->first = b;
    } else {
        b->next = arena->current->next;
        arena->current->next = b;
    }
    arena->current = b;
    return b;
}

void *arena_alloc(struct arena *arena, size_t size) {
    size_t align = size >= LINE ? LINE : ALIGN;
    struct block *b = arena->current;
    size_t start = 0;
    /* After a reset the blocks that follow are empty and may fit. */
    for (; b != NULL; b = b->next) {
        start = (b->used + align - 1) / align * align;
        if (start <= b->size && size <= b->size - start)
            break;
        if (b->next != NULL)
            arena->current = b->next;
    }
    if (b == NULL) {
        b = add_block(arena, size);
        start = 0;
    }
    b->used = start + size;
    return memset(b->data + start, 0, size);
}

void *arena_array(struct arena *arena, size_t n, size_t size) {
    if (size != 0 && n > SIZE_MAX / 2 / size)
        out_of_memory();
    return arena_alloc(arena, n * size);
}

char *arena_strndup(struct arena *arena, const char *text, size_t n) {
    char *copy = arena_alloc(arena, n + 1);
    memcpy(copy, text, n);
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = arena_alloc(arena, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    return text;
}
