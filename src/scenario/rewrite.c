/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario/rewrite.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "scenario/node.h"

#include <stdlib.h>
#include <string.h>

struct edit {
    size_t at, length; /* bytes that go */
    const char *text;  /* what comes */
    uint32_t order;    /* of two at one place, the first asked for is the first */
};

struct rewrite {
    struct arena *arena;
    struct diag *diag;
    const char *file, *text;
    size_t length;
    struct node *root;
    struct edit *edits;
    uint32_t n, room;
    const char *flow, *block; /* measurements to be added, in either way of writing lists */
};

struct rewrite *rewrite_begin(struct arena *arena, struct diag *diag, const char *file,
                              const char *text, size_t length) {
    struct rewrite *r = arena_alloc(arena, sizeof(*r));
    *r = (struct rewrite){.arena = arena, .diag = diag, .file = file, .text = text};
    r->length = length;
    r->root = tree_read(arena, diag, diag_source(diag, file, text, length), 0, text, length);
    return r->root != NULL ? r : NULL;
}

/* The same twice is once: aliases are other names of one place. */
static void edit(struct rewrite *r, size_t at, size_t length, const char *text) {
    for (uint32_t i = 0; i < r->n; i++)
        if (r->edits[i].at == at && r->edits[i].length == length &&
            strcmp(r->edits[i].text, text) == 0)
            return;
    if (r->n == r->room) {
        r->room = 2 * r->room + 8;
        struct edit *edits = arena_array(r->arena, r->room, sizeof(*edits));
        if (r->n > 0)
            memcpy(edits, r->edits, r->n * sizeof(*edits));
        r->edits = edits;
    }
    r->edits[r->n] = (struct edit){at, length, text, r->n};
    r->n++;
}

static bool fail(struct rewrite *r, struct pos pos, const char *path, const char *why) {
    diag_error(r->diag, pos, "'%s' %s", path, why);
    return false;
}

/* ---- places ---- */

/* The byte at which character `index` of the text begins. */
static size_t byte_at(const struct rewrite *r, size_t index) {
    size_t at = 0;
    uint32_t code;
    while (index-- > 0 && at < r->length)
        at += utf8_decode(r->text + at, r->length - at, &code);
    return at;
}

/* Where the scalar itself begins: an anchor may stand before it. */
static size_t scalar_begin(const struct rewrite *r, const struct node *node) {
    size_t at = byte_at(r, node->begin), end = byte_at(r, node->end);
    if (at < end && r->text[at] == '&') {
        while (at < end && strchr(" \t\r\n", r->text[at]) == NULL)
            at++;
        while (at < end && strchr(" \t\r\n", r->text[at]) != NULL)
            at++;
    }
    return at;
}

/* Where the text of a node ends, with all that is within it. */
static size_t end_of(const struct rewrite *r, const struct node *node) {
    if (node->alias_end > 0)
        return byte_at(r, node->alias_end);
    if (node->kind != NODE_SCALAR && !node->flow && node->n > 0)
        return end_of(r, node->items[node->n - 1]);
    return byte_at(r, node->end);
}

/* The start of the line behind a node; its comment stays with it. */
static size_t next_line(const struct rewrite *r, const struct node *node) {
    size_t at = end_of(r, node);
    if (at > 0 && r->text[at - 1] == '\n')
        return at;
    while (at < r->length && r->text[at] != '\n')
        at++;
    return at < r->length ? at + 1 : at;
}

static const char *line_end(const struct rewrite *r) {
    const char *newline = memchr(r->text, '\n', r->length);
    return newline != NULL && newline > r->text && newline[-1] == '\r' ? "\r\n" : "\n";
}

/* ---- scalars ---- */

/* As the scalar was quoted; a plain one is only if the new text needs it and the old did not. */
static const char *quoted_like(struct rewrite *r, const struct node *node, const char *text) {
    char first = r->text[scalar_begin(r, node)];
    if (node->quoted && first == '\'')
        return arena_printf(r->arena, "'%s'", text);
    bool plain = !node->quoted && (strchr(text, ',') == NULL || strchr(node->text, ',') != NULL);
    return plain ? text : rewrite_quoted(r->arena, text);
}

static void replace_scalar(struct rewrite *r, const struct node *node, const char *text) {
    size_t at = scalar_begin(r, node);
    edit(r, at, byte_at(r, node->end) - at, text);
}

/* Columns from the start of the line. */
static size_t column_of(const struct rewrite *r, size_t at) {
    size_t start = at;
    while (start > 0 && r->text[start - 1] != '\n')
        start--;
    return utf8_count(r->text + start, at - start);
}

/* Another key for the map that node is in, just before it. */
static void insert_before(struct rewrite *r, const struct node *node, const char *key,
                          const char *text) {
    size_t at = byte_at(r, node->key_begin);
    int indent = (int)column_of(r, at);
    if (node->parent->flow)
        edit(r, at, 0, arena_printf(r->arena, "%s: %s, ", key, text));
    else
        edit(r, at, 0, arena_printf(r->arena, "%s: %s%s%*s", key, text, line_end(r), indent, ""));
}

/* Sets a key of the map that `beside` is in. */
static bool set_key(struct rewrite *r, const struct node *beside, const char *key,
                    const char *text) {
    const struct node *node = node_get(beside->parent, key);
    if (node == NULL)
        insert_before(r, beside, key, text);
    else if (node->kind != NODE_SCALAR || node->block || node->alias_end > 0)
        return fail(r, node->key_pos, key, "cannot be rewritten here");
    else
        replace_scalar(r, node, text);
    return true;
}

/* ---- quantities ---- */

static struct node *find(const struct rewrite *r, const char *path) {
    struct node *node = r->root;
    for (size_t at = 0; node != NULL;) {
        size_t n = node_step(node, path + at);
        node = node_item(node, arena_strndup(r->arena, path + at, n));
        if (path[at + n] == '\0')
            break;
        at += n + 1;
    }
    return node;
}

/* In a section, origin and source may stand beside the cost. */
static bool is_described_beside(const struct node *node) {
    bool cost =
        node->key != NULL && (strcmp(node->key, "cost") == 0 || strcmp(node->key, "delay") == 0);
    return cost &&
           (node_get(node->parent, "origin") != NULL || node_get(node->parent, "range") != NULL ||
            node_get(node->parent, "source") != NULL);
}

static const char *quantity_map(struct rewrite *r, const char *value, const char *origin,
                                const char *source) {
    bool comma = strchr(value, ',') != NULL;
    return arena_printf(r->arena, "{value: %s, origin: %s, source: %s}",
                        comma ? rewrite_quoted(r->arena, value) : value, origin,
                        rewrite_quoted(r->arena, source));
}

/* Into the map of the machine, where only the profile has it. */
static bool add_to_machine(struct rewrite *r, const char *path, const char *text) {
    static const char prefix[] = "machine.";
    const struct node *machine = node_get(r->root, "machine");
    bool possible = strncmp(path, prefix, strlen(prefix)) == 0 && machine != NULL &&
                    machine->kind == NODE_MAP && machine->n > 0 && machine->alias_end == 0;
    if (!possible)
        return fail(r, r->root->pos, path, "is not written in this scenario");
    insert_before(r, machine->items[0], path + strlen(prefix), text);
    return true;
}

bool rewrite_quantity(struct rewrite *r, const char *path, const char *value, const char *origin,
                      const char *source) {
    const struct node *node = find(r, path), *inner;
    if (node == NULL)
        return add_to_machine(r, path, quantity_map(r, value, origin, source));
    inner = node_get(node, "value") != NULL ? node_get(node, "value") : node;
    if (inner->kind != NODE_SCALAR || inner->block)
        return fail(r, inner->pos, path, "cannot be rewritten here");
    bool map = inner != node;
    if (!map && !is_described_beside(node)) {
        replace_scalar(r, node, quantity_map(r, value, origin, source));
        return true;
    }
    replace_scalar(r, inner, quoted_like(r, inner, value));
    return set_key(r, inner, "origin", origin) &&
           set_key(r, inner, "source", rewrite_quoted(r->arena, source));
}

/* ---- measurements ---- */

bool rewrite_calibrated(struct rewrite *r, uint32_t i) {
    const struct node *list = node_get(r->root, "measured");
    if (list == NULL || list->kind != NODE_LIST || i >= list->n || list->items[i]->n == 0)
        return fail(r, r->root->pos, "measured", "has no such entry");
    return set_key(r, list->items[i]->items[0], "role", "calibrated");
}

static void append_flow(struct rewrite *r, const struct node *to, const char *text) {
    size_t at = byte_at(r, to->end) - 1, before = at;
    while (before > 0 && strchr(" \t\r\n", r->text[before - 1]) != NULL)
        before--;
    bool comma = to->n > 0 && r->text[before - 1] != ',';
    edit(r, at, 0, arena_printf(r->arena, "%s%s", comma ? ", " : "", text));
}

/* Behind the last line of the node; the text ends in a line break. */
static void append_block(struct rewrite *r, const struct node *to, const char *text) {
    size_t at = next_line(r, to);
    const char *before = at > 0 && r->text[at - 1] != '\n' ? line_end(r) : "";
    edit(r, at, 0, arena_printf(r->arena, "%s%s", before, text));
}

/* Where the dashes of a list are to be. */
static int dash_column(const struct rewrite *r, const struct node *list) {
    if (list != NULL)
        return (int)column_of(r, byte_at(r, list->begin));
    return (int)column_of(r, byte_at(r, r->root->items[0]->key_begin)) + 2;
}

static bool may_be_added_to(const struct rewrite *r, const struct node *list) {
    if (list == NULL)
        return r->root->n > 0;
    size_t begin = byte_at(r, list->begin);
    bool dashes = begin < r->length && r->text[begin] == '-';
    return list->kind == NODE_LIST && list->alias_end == 0 && (list->flow || dashes);
}

bool rewrite_add_measured(struct rewrite *r, const char *entry) {
    const struct node *list = node_get(r->root, "measured");
    if (!may_be_added_to(r, list))
        return fail(r, list != NULL ? list->pos : r->root->pos, "measured",
                    "cannot be rewritten here");
    r->flow = r->flow == NULL ? entry : arena_printf(r->arena, "%s, %s", r->flow, entry);
    r->block = arena_printf(r->arena, "%s%*s- %s%s", r->block != NULL ? r->block : "",
                            dash_column(r, list), "", entry, line_end(r));
    return true;
}

static void add_entries(struct rewrite *r) {
    const struct node *list = node_get(r->root, "measured");
    if (r->flow == NULL)
        return;
    if (list != NULL && list->flow)
        append_flow(r, list, r->flow);
    else if (list != NULL)
        append_block(r, list, r->block);
    else if (r->root->flow)
        append_flow(r, r->root, arena_printf(r->arena, "measured: [%s]", r->flow));
    else
        append_block(r, r->root,
                     arena_printf(r->arena, "%*smeasured:%s%s", dash_column(r, NULL) - 2, "",
                                  line_end(r), r->block));
}

/* ---- the end ---- */

static int by_place(const void *a, const void *b) {
    const struct edit *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

/* Of two aliases of one anchor only one can have its way. */
static bool is_consistent(struct rewrite *r) {
    size_t from = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        if (r->edits[i].at < from) {
            diag_error(r->diag, (struct pos){0}, "one place cannot have two values: '%s' is one",
                       r->edits[i].text);
            return false;
        }
        from = r->edits[i].at + r->edits[i].length;
    }
    return true;
}

static char *apply(struct rewrite *r, size_t *length) {
    size_t room = r->length + 1, from = 0, to = 0;
    for (uint32_t i = 0; i < r->n; i++)
        room += strlen(r->edits[i].text);
    char *out = arena_array(r->arena, room, 1);
    for (uint32_t i = 0; i < r->n; i++) {
        const struct edit *e = &r->edits[i];
        size_t n = strlen(e->text);
        memcpy(out + to, r->text + from, e->at - from);
        memcpy(out + to + (e->at - from), e->text, n);
        to += e->at - from + n;
        from = e->at + e->length;
    }
    memcpy(out + to, r->text + from, r->length - from);
    *length = to + r->length - from;
    return out;
}

const char *rewrite_end(struct rewrite *r, size_t *length) {
    add_entries(r);
    if (r->n > 0)
        qsort(r->edits, r->n, sizeof(*r->edits), by_place);
    if (!is_consistent(r))
        return NULL;
    const char *out = apply(r, length);
    uint16_t source = diag_source(r->diag, r->file, out, *length);
    return tree_read(r->arena, r->diag, source, 0, out, *length) != NULL ? out : NULL;
}

const char *rewrite_quoted(struct arena *arena, const char *text) {
    char *out = arena_array(arena, 2 * strlen(text) + 3, 1), *to = out;
    *to++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            *to++ = '\\';
        *to++ = (unsigned char)*text < ' ' ? ' ' : *text;
    }
    *to++ = '"';
    return out;
}
