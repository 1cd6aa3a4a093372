/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/pack.h"

#include "base/arena.h"

#include <string.h>

static const size_t sizes[] = {[COLUMN_COUNT] = sizeof(uint32_t),
                               [COLUMN_FLAG] = sizeof(bool),
                               [COLUMN_NUMBER] = sizeof(double),
                               [COLUMN_CHARS] = MESSAGE_SIZE,
                               [COLUMN_OUTCOME] = sizeof(enum sim_outcome)};

/* ---- writing ---- */

struct packing {
    struct arena *arena;
    char *bytes;
    size_t n, room;
};

static void put(struct packing *p, const void *bytes, size_t n) {
    if (p->n + n > p->room) {
        char *old = p->bytes;
        p->room = 2 * (p->n + n);
        p->bytes = arena_alloc(p->arena, p->room);
        if (p->n > 0)
            memcpy(p->bytes, old, p->n);
    }
    memcpy(p->bytes + p->n, bytes, n);
    p->n += n;
}

/* The length is one more than that of the text; 0: there is none. */
static void put_text(struct packing *p, const char *text) {
    size_t n = text != NULL ? strlen(text) + 1 : 0;
    put(p, &n, sizeof(n));
    if (n > 0)
        put(p, text, n);
}

static bool put_record(void *self, const struct record_kind *kind, const uint32_t *keys,
                       void *record) {
    (void)keys;
    for (size_t i = 0; i < kind->ncolumns; i++) {
        const struct column *column = &kind->columns[i];
        const char *at = (const char *)record + column->offset;
        if (column->kind == COLUMN_TEXT)
            put_text(self, *(const char *const *)(const void *)at);
        else
            put(self, at, sizes[column->kind]);
    }
    return true;
}

const void *record_pack(struct arena *arena, struct sweep *sweep, uint32_t index, size_t *n) {
    struct packing p = {.arena = arena};
    const struct record_stream stream = {&p, put_record};
    put(&p, &index, sizeof(index));
    record_point_write(&stream, sweep, index);
    *n = p.n;
    return p.bytes;
}

/* ---- reading ---- */

struct unpacking {
    struct arena *arena;
    const char *bytes;
    size_t n; /* that are left */
};

static bool get(struct unpacking *u, void *to, size_t n) {
    if (n > u->n)
        return false;
    memcpy(to, u->bytes, n);
    u->bytes += n;
    u->n -= n;
    return true;
}

static bool get_text(struct unpacking *u, const char **text) {
    size_t n;
    *text = NULL;
    if (!get(u, &n, sizeof(n)) || n > u->n)
        return false;
    if (n == 0)
        return true;
    *text = arena_strndup(u->arena, u->bytes, n - 1);
    u->bytes += n;
    u->n -= n;
    return true;
}

static bool get_record(void *self, const struct record_kind *kind, const uint32_t *keys,
                       void *record) {
    (void)keys;
    for (size_t i = 0; i < kind->ncolumns; i++) {
        const struct column *column = &kind->columns[i];
        char *at = (char *)record + column->offset;
        bool good = column->kind == COLUMN_TEXT ? get_text(self, (const char **)(void *)at)
                                                : get(self, at, sizes[column->kind]);
        if (!good)
            return false;
    }
    return true;
}

bool record_unpack(struct arena *arena, struct sweep *sweep, const void *bytes, size_t n,
                   uint32_t *index) {
    struct unpacking u = {arena, bytes, n};
    const struct record_stream stream = {&u, get_record};
    return get(&u, index, sizeof(*index)) && *index < sweep->npoints &&
           record_point_read(&stream, arena, sweep, *index) && u.n == 0;
}
