/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scenario as one line for each value, however it was laid out. */
#include "base/arena.h"
#include "scenario/loader.h"

#include <string.h>

struct canonical {
    char *text; /* NULL while it is measured */
    size_t length;
};

static void put(struct canonical *c, const char *text, size_t n) {
    if (c->text != NULL)
        memcpy(c->text + c->length, text, n);
    c->length += n;
}

/* Line breaks within values are kept apart from those between them. */
static void put_value(struct canonical *c, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '\n')
            put(c, "\\n", 2);
        else
            put(c, text, 1);
    }
}

static void put_line(struct canonical *c, const char *path, const char *value) {
    put(c, path, strlen(path));
    put(c, ": ", 2);
    put_value(c, value);
    put(c, "\n", 1);
}

static bool is_sweep(const struct node *node) {
    return node->parent != NULL && node->parent->parent == NULL && node->key != NULL &&
           strcmp(node->key, "sweep") == 0;
}

static void put_node(struct canonical *c, struct arena *arena, const struct node *node) {
    if (is_sweep(node))
        return;
    if (node->kind == NODE_SCALAR)
        put_line(c, node_path(arena, node), node_is_empty(node) ? "~" : node->text);
    else if (node->n == 0)
        put_line(c, node_path(arena, node), node->kind == NODE_MAP ? "{}" : "[]");
    for (uint32_t i = 0; i < node->n; i++)
        put_node(c, arena, node->items[i]);
}

const char *scenario_canonical(struct arena *arena, const char *text, size_t length,
                               const struct setting *settings, size_t nsettings) {
    struct diag *diag = diag_new();
    uint16_t source = diag_source(diag, "", text, length);
    struct arena *scratch = arena_new();
    struct node *root = tree_read(scratch, diag, source, 0, text, length);
    struct canonical c = {0};
    for (size_t i = 0; root != NULL && i < nsettings; i++)
        tree_set(scratch, diag, root, &settings[i]);
    if (root != NULL)
        put_node(&c, scratch, root);
    c = (struct canonical){.text = arena_alloc(arena, c.length + 1)};
    if (root != NULL)
        put_node(&c, scratch, root);
    diag_free(diag);
    arena_free(scratch);
    return c.text;
}
