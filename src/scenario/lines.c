/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "scenario/loader.h"

static const struct key line_keys[] = {
    {"per", read_name, offsetof(struct line_decl, per), 0, false, "con"},
    {"packed", read_quantity, offsetof(struct line_decl, packed), UNIT_COUNT, false, "8"},
    {0}};

static void read_line(struct loader *l, const struct node *node, void *record) {
    read_map(l, node, "a line", line_keys, record);
}

void read_lines(struct loader *l, const struct node *node, void *field, const struct key *key) {
    struct scenario *s = field;
    s->lines = read_entries(l, node, key->example, sizeof(struct line_decl), read_line, &s->nlines);
}

void read_names(struct loader *l, const struct node *node, void *field, const struct key *key) {
    static const struct key name_key = {.example = "counter"};
    struct name_list *list = field;
    uint32_t n = node->kind == NODE_LIST ? node->n : 1;
    if (node->kind != NODE_LIST && !expect(l, node, NODE_SCALAR, key->example))
        return;
    list->names = arena_array(l->arena, (size_t)n + 1, sizeof(*list->names));
    for (uint32_t i = 0; i < n; i++) {
        const struct node *item = node->kind == NODE_LIST ? node->items[i] : node;
        struct name name = {0};
        read_name(l, item, &name, &name_key);
        if (name.text != NULL)
            list->names[list->n++] = name;
    }
}
