/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "base/units.h"
#include "scenario/loader.h"

#include <string.h>

enum { NAME_LIMIT = 100, NAMES_SHOWN = 40 };

bool valid_name(const char *text, size_t n) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    static const char others[] = "0123456789-";
    for (size_t i = 0; i < n; i++)
        if (strchr(letters, text[i]) == NULL && (i == 0 || strchr(others, text[i]) == NULL))
            return false;
    return n > 0 && n <= NAME_LIMIT;
}

bool expect(struct loader *l, const struct node *node, enum node_kind kind, const char *example) {
    static const char *const kinds[] = {"a value", "a map", "a list"};
    if (node->kind == kind && !(kind == NODE_SCALAR && node_is_empty(node)))
        return true;
    diag_error(l->diag, node_is_empty(node) && node->key != NULL ? node->key_pos : node->pos,
               "expected %s such as %s, not %s", kinds[kind], example,
               node_describe(l->arena, node));
    return false;
}

void unknown_name(struct loader *l, struct pos pos, const char *what, const char *word,
                  const char *where, const char *const *names, size_t n) {
    const char *near = nearest_name(word, names, n);
    const char *shown = clip(l->arena, word);
    if (near != NULL) {
        diag_error(l->diag, pos, "unknown %s '%s'%s, did you mean '%s'?", what, shown, where, near);
        return;
    }
    const char *list = "";
    for (size_t i = 0; i < n && i < NAMES_SHOWN; i++)
        list = arena_printf(l->arena, "%s%s %s", list, i > 0 ? "," : "", names[i]);
    diag_error(l->diag, pos, "unknown %s '%s'%s; there are%s", what, shown, where, list);
}

static void unknown_key(struct loader *l, const struct node *value, const char *what,
                        const struct key *keys) {
    size_t n = 0;
    while (keys[n].name != NULL)
        n++;
    const char **names = arena_array(l->arena, n, sizeof(*names));
    for (size_t i = 0; i < n; i++)
        names[i] = keys[i].name;
    unknown_name(l, value->key_pos, "key", value->key, arena_printf(l->arena, " in %s", what),
                 names, n);
}

bool read_key(struct loader *l, const struct node *value, const struct key *keys, void *record) {
    for (const struct key *key = keys; key->name != NULL; key++)
        if (strcmp(key->name, value->key) == 0) {
            key->read(l, value, (char *)record + key->offset, key);
            return true;
        }
    return false;
}

void check_required(struct loader *l, const struct node *map, const char *what,
                    const struct key *keys) {
    for (; keys->name != NULL; keys++)
        if (keys->required && node_get(map, keys->name) == NULL)
            diag_error(l->diag, map->key != NULL ? map->key_pos : map->pos,
                       "%s needs the key '%s', such as %s: %s", what, keys->name, keys->name,
                       keys->example);
}

void read_map(struct loader *l, const struct node *map, const char *what, const struct key *keys,
              void *record) {
    if (!expect(l, map, NODE_MAP,
                arena_printf(l->arena, "{%s: %s}", keys[0].name, keys[0].example)))
        return;
    for (uint32_t i = 0; i < map->n && !diag_full(l->diag); i++)
        if (!read_key(l, map->items[i], keys, record))
            unknown_key(l, map->items[i], what, keys);
    check_required(l, map, what, keys);
}

void *read_entries(struct loader *l, const struct node *map, const char *example, size_t size,
                   entry_reader *read, uint32_t *n) {
    *n = 0;
    if (!expect(l, map, NODE_MAP, example))
        return NULL;
    char *records = arena_array(l->arena, map->n, size);
    for (; *n < map->n && !diag_full(l->diag); ++*n) {
        const struct node *node = map->items[*n];
        struct name *name = (void *)(records + *n * size);
        *name = (struct name){node->key, node->key_pos};
        if (!valid_name(node->key, strlen(node->key)))
            diag_error(
                l->diag, node->key_pos,
                "'%s' is not a name: letters, digits, '_' and '-', at most %d, no digit first",
                clip(l->arena, node->key), NAME_LIMIT);
        read(l, node, records + *n * size);
    }
    return records;
}

void read_text(struct loader *l, const struct node *node, void *field, const struct key *key) {
    struct name *name = field;
    if (expect(l, node, NODE_SCALAR, key->example))
        *name = (struct name){node->text, node->pos};
}

void read_name(struct loader *l, const struct node *node, void *field, const struct key *key) {
    struct name *name = field;
    read_text(l, node, field, key);
    if (name->text != NULL && !valid_name(name->text, strlen(name->text)))
        diag_error(l->diag, node->pos, "expected a name such as %s, not %s", key->example,
                   node_describe(l->arena, node));
}

void read_string(struct loader *l, const struct node *node, void *field, const struct key *key) {
    const char **string = field;
    if (expect(l, node, NODE_SCALAR, key->example))
        *string = node->text;
}

void read_flag(struct loader *l, const struct node *node, void *field, const struct key *key) {
    (void)key;
    node_flag(l->arena, l->diag, node, field);
}

void read_nothing(struct loader *l, const struct node *node, void *field, const struct key *key) {
    (void)l, (void)node, (void)field, (void)key;
}
