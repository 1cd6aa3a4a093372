/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario/node.h"

#include "base/arena.h"
#include "base/units.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

struct node *node_get(const struct node *node, const char *key) {
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->n; i++)
        if (strcmp(node->items[i]->key, key) == 0)
            return node->items[i];
    return NULL;
}

struct node *node_item(const struct node *node, const char *step) {
    double index;
    if (node->kind != NODE_LIST)
        return node_get(node, step);
    bool found = parse_count(step, strlen(step), &index) == NULL && index < node->n;
    return found ? node->items[(uint32_t)index] : NULL;
}

size_t node_step(const struct node *node, const char *path) {
    for (uint32_t i = 0; node->kind == NODE_MAP && i < node->n; i++) {
        const char *key = node->items[i]->key;
        size_t n = strlen(key);
        if (strncmp(path, key, n) == 0 && (path[n] == '.' || path[n] == '\0'))
            return n;
    }
    return strcspn(path, ".");
}

bool node_is_empty(const struct node *node) {
    return node->kind == NODE_SCALAR && !node->quoted && node->text[0] == '\0';
}

/* One step of a path with the dot before it; returns its length. */
static size_t path_step(const struct node *node, char *buf, size_t size) {
    int n = node->key != NULL ? snprintf(buf, size, ".%s", node->key)
                              : snprintf(buf, size, ".%u", (unsigned)node->index);
    return (size_t)n;
}

/* Filled from its end, since a node knows only its parent. */
const char *node_path(struct arena *arena, const struct node *node) {
    char nowhere[1];
    size_t length = 0;
    for (const struct node *n = node; n->parent != NULL; n = n->parent)
        length += path_step(n, nowhere, 0);
    char *path = arena_alloc(arena, length + 1), *start = path + length;
    for (const struct node *n = node; n->parent != NULL; n = n->parent) {
        char after = *start;
        size_t step = path_step(n, nowhere, 0);
        start -= step;
        path_step(n, start, step + 1);
        start[step] = after;
    }
    return length > 0 ? path + 1 : path;
}

struct pos node_at(const struct node *node, size_t i) {
    struct pos pos = node->pos;
    if (node->in_line) {
        size_t col = pos.col + utf8_count(node->text, i);
        pos.col = (uint16_t)(col < UINT16_MAX ? col : UINT16_MAX);
    }
    return pos;
}

const char *clip(struct arena *arena, const char *text) {
    enum { SHOWN = 40 };
    size_t n = strlen(text), end = 0;
    uint32_t code;
    for (int i = 0; i < SHOWN && end < n; i++)
        end += utf8_decode(text + end, n - end, &code);
    return end == n ? text : arena_printf(arena, "%.*s...", (int)end, text);
}

const char *node_describe(struct arena *arena, const struct node *node) {
    if (node->kind != NODE_SCALAR)
        return node->kind == NODE_MAP ? "a map" : "a list";
    return node_is_empty(node) ? "nothing" : arena_printf(arena, "'%s'", clip(arena, node->text));
}

typedef const char *(*parser)(const char *text, size_t n, double *value);

static bool read_number(struct arena *arena, struct diag *diag, const struct node *node,
                        parser parse, double *number) {
    const struct node *value = node_get(node, "value");
    node = value != NULL ? value : node;
    const char *text = node->kind == NODE_SCALAR ? node->text : "";
    const char *expected = parse(text, strlen(text), number);
    if (expected != NULL)
        diag_error(diag, node->pos, "expected %s, not %s", expected, node_describe(arena, node));
    return expected == NULL;
}

bool node_time(struct arena *arena, struct diag *diag, const struct node *node, double *seconds) {
    return read_number(arena, diag, node, parse_time, seconds);
}

bool node_share(struct arena *arena, struct diag *diag, const struct node *node, double *share) {
    return read_number(arena, diag, node, parse_share, share);
}

bool node_number(struct arena *arena, struct diag *diag, const struct node *node, double *number) {
    return read_number(arena, diag, node, parse_number, number);
}

bool node_count(struct arena *arena, struct diag *diag, const struct node *node, double *count) {
    return read_number(arena, diag, node, parse_count, count);
}

static const char *parse_flag(const char *text, size_t n, double *value) {
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on"};
    (void)n;
    for (int i = 0; i < 6; i++)
        if (strcmp(text, words[i]) == 0) {
            *value = i % 2;
            return NULL;
        }
    return "yes or no";
}

bool node_flag(struct arena *arena, struct diag *diag, const struct node *node, bool *flag) {
    double value = 0;
    bool ok = read_number(arena, diag, node, parse_flag, &value);
    if (ok)
        *flag = value != 0;
    return ok;
}
