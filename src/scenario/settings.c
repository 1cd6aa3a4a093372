/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "base/units.h"
#include "scenario/node.h"
#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

/*
 * One --set being applied. Its text as a source of positions is the whole
 * "path=value", so that an error can point into either.
 */
struct change {
    struct arena *arena;
    struct diag *diag;
    const char *path; /* the text's first part */
    uint16_t source;
    struct node *value;
};

static struct pos path_pos(const struct change *c, size_t at) {
    return (struct pos){
        .source = c->source, .col = (uint16_t)(at < UINT16_MAX ? at + 1 : UINT16_MAX), .line = 1};
}

static bool unknown(const struct change *c, size_t at, const struct node *node, const char *key) {
    const char **names = arena_array(c->arena, node->n, sizeof(*names));
    for (uint32_t i = 0; i < node->n; i++)
        names[i] = node->items[i]->key;
    const char *near = nearest_name(key, names, node->n);
    diag_error(c->diag, path_pos(c, at), "'%s' is not in '%s'%s%s%s", clip(c->arena, key),
               node->parent == NULL ? "the scenario" : node_path(c->arena, node),
               near != NULL ? ", did you mean '" : "", near != NULL ? near : "",
               near != NULL ? "'?" : "");
    return false;
}

/* Names that the scenario gives: a new one would be a slip, as nothing refers to it. */
static bool has_own_names(const struct node *map) {
    static const char *const maps[] = {"parameters", "objects", "lines",
                                       "sections",   "threads", "designs"};
    for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
        if (map->parent != NULL && map->parent->parent == NULL && strcmp(map->key, maps[i]) == 0)
            return true;
    return false;
}

static void put(const struct change *c, struct node *parent, uint32_t index, struct node *child,
                const char *key, size_t at) {
    if (index == parent->n) {
        struct node **items = arena_array(c->arena, (size_t)parent->n + 1, sizeof(*items));
        if (parent->n > 0)
            memcpy(items, parent->items, parent->n * sizeof(*items));
        parent->items = items;
        parent->n++;
        child->key = key;
        child->key_pos = path_pos(c, at);
    } else {
        child->key = parent->items[index]->key;
        child->key_pos = parent->items[index]->key_pos;
    }
    parent->items[index] = child;
    child->parent = parent;
    child->index = index;
}

/* Index of the item that a step of the path names; parent->n for a new key of a map. */
static bool find_item(const struct change *c, const struct node *parent, const char *key, size_t at,
                      uint32_t *index) {
    const struct node *item = node_item(parent, key);
    *index = item != NULL ? item->index : parent->n;
    if (item != NULL)
        return true;
    if (parent->kind == NODE_MAP)
        return !has_own_names(parent) || unknown(c, at, parent, key);
    diag_error(c->diag, path_pos(c, at), "'%s' is a list of %u: expected 0 to %d, not '%s'",
               node_path(c->arena, parent), (unsigned)parent->n, (int)parent->n - 1,
               clip(c->arena, key));
    return false;
}

/* The map or list that the next step of the path leads into; an empty value becomes a map. */
static struct node *open_item(const struct change *c, struct node *parent, uint32_t index,
                              const char *key, size_t at) {
    struct node *item = index < parent->n ? parent->items[index] : NULL;
    if (item != NULL && !node_is_empty(item) && item->kind == NODE_SCALAR) {
        diag_error(c->diag, path_pos(c, at), "'%s' is %s, and has nothing within",
                   node_path(c->arena, item), node_describe(c->arena, item));
        return NULL;
    }
    if (item != NULL && item->kind != NODE_SCALAR)
        return item;
    item = arena_alloc(c->arena, sizeof(*item));
    item->kind = NODE_MAP;
    item->pos = path_pos(c, at);
    put(c, parent, index, item, key, at);
    return item;
}

/* A quantity {value: ..., origin: ...} keeps all but its value. */
static bool is_quantity(const struct node *node) {
    return node->kind == NODE_MAP && node_get(node, "value") != NULL;
}

static bool replace(const struct change *c, struct node *parent, uint32_t index, const char *key,
                    size_t at) {
    struct node *old = index < parent->n ? parent->items[index] : NULL;
    if (old != NULL && is_quantity(old) && c->value->kind == NODE_SCALAR)
        put(c, old, node_get(old, "value")->index, c->value, "value", at);
    else
        put(c, parent, index, c->value, key, at);
    return true;
}

static bool walk(const struct change *c, struct node *root) {
    struct node *node = root;
    for (size_t at = 0;;) {
        size_t n = node_step(node, c->path + at);
        const char *key = arena_strndup(c->arena, c->path + at, n);
        uint32_t index;
        if (n == 0) {
            diag_error(c->diag, path_pos(c, at), "expected a path such as machine.cpus");
            return false;
        }
        if (!find_item(c, node, key, at, &index))
            return false;
        if (c->path[at + n] == '\0')
            return replace(c, node, index, key, at);
        node = open_item(c, node, index, key, at);
        if (node == NULL)
            return false;
        at += n + 1;
    }
}

bool tree_set(struct arena *arena, struct diag *diag, struct node *root,
              const struct setting *setting) {
    struct change c = {.arena = arena, .diag = diag, .path = setting->path};
    const char *text = arena_printf(arena, "%s=%s", setting->path, setting->value);
    size_t shift = strlen(setting->path) + 1;
    c.source = diag_source(diag, "--set", text, strlen(text));
    if (root->kind == NODE_SCALAR)
        return true; /* no scenario: reported where it is typed */
    c.value = tree_read(arena, diag, c.source, (uint16_t)(shift < UINT16_MAX ? shift : UINT16_MAX),
                        setting->value, strlen(setting->value));
    return c.value != NULL && walk(&c, root);
}
