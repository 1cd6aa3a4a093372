/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/units.h"
#include "program/compile.h"

#include <string.h>

enum { LISTED = 12 };

static const char *name_at(struct names names, uint32_t i) {
    const struct name *name = (const void *)((const char *)names.records + i * names.size);
    return name->text;
}

uint32_t find_name(struct names names, const char *text) {
    for (uint32_t i = 0; i < names.n; i++)
        if (strcmp(name_at(names, i), text) == 0)
            return i;
    return NO_INDEX;
}

static const char *known_names(struct compiler *c, struct names names) {
    if (names.n == 0)
        return arena_printf(c->arena, "; there is no %s", names.what);
    const char *list = name_at(names, 0);
    for (uint32_t i = 1; i < names.n && i < LISTED; i++)
        list = arena_printf(c->arena, "%s, %s", list, name_at(names, i));
    return arena_printf(c->arena, "; known: %s%s", list, names.n > LISTED ? ", ..." : "");
}

const char *suggestion(struct compiler *c, const char *word, struct names names) {
    const char **list = arena_array(c->arena, names.n, sizeof(*list));
    for (uint32_t i = 0; i < names.n; i++)
        list[i] = name_at(names, i);
    const char *nearest = nearest_name(word, list, names.n);
    if (nearest != NULL)
        return arena_printf(c->arena, "; did you mean '%s'?", nearest);
    return known_names(c, names);
}

uint32_t resolve_name(struct compiler *c, struct name name, struct names names) {
    uint32_t i = find_name(names, name.text);
    if (i == NO_INDEX)
        diag_error(c->diag, name.pos, "unknown %s '%s'%s", names.what, name.text,
                   suggestion(c, name.text, names));
    return i;
}

uint32_t resolve_object(struct compiler *c, struct name name) {
    return resolve_name(c, name,
                        NAMES(c->scenario->objects, c->scenario->nobjects, "object class"));
}

void *make_room(struct compiler *c, void *items, uint32_t n, size_t size) {
    if ((n & (n - 1)) != 0) /* the capacity is n rounded up to a power of two */
        return items;
    void *more = arena_array(c->arena, n == 0 ? 1 : 2 * (size_t)n, size);
    return n == 0 ? more : memcpy(more, items, n * size);
}

uint32_t intern(struct compiler *c, const char ***list, uint32_t *n, const char *text) {
    for (uint32_t i = 0; i < *n; i++)
        if (strcmp((*list)[i], text) == 0)
            return i;
    *list = make_room(c, *list, *n, sizeof(**list));
    (*list)[*n] = text;
    return (*n)++;
}
