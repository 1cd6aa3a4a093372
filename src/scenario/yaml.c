/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "base/utf8.h"
#include "scenario/node.h"
#include "scenario/shield.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* Bounds on what a text may ask for, so that no text can exhaust memory or stack. */
enum {
    TEXT_LIMIT = 4 * 1024 * 1024,
    NODE_LIMIT = 200000, /* this and the next after the expansion of aliases */
    SCALAR_LIMIT = 4 * 1024 * 1024,
    KEY_LIMIT = 200,
    DEPTH_LIMIT = 64,
    ANCHOR_LIMIT = 256
};

struct anchor {
    const char *name;
    const struct node *node;
};

struct builder {
    struct arena *arena;
    struct diag *diag;
    yaml_parser_t parser;
    yaml_event_t event; /* the one being looked at */
    uint16_t source, shift;
    const char *text;
    size_t length;
    uint32_t nodes;
    size_t bytes; /* of scalars */
    struct anchor anchors[ANCHOR_LIMIT];
    uint32_t nanchors;
    bool failed;
};

static struct pos place(const struct builder *b, size_t line, size_t column) {
    size_t col = column + 1 + (line == 0 ? b->shift : 0);
    return (struct pos){.source = b->source,
                        .col = (uint16_t)(col < UINT16_MAX ? col : UINT16_MAX),
                        .line = (uint32_t)line + 1};
}

static struct pos mark_place(const struct builder *b, yaml_mark_t mark) {
    return place(b, mark.line, mark.column);
}

static struct pos byte_place(const struct builder *b, size_t byte) {
    size_t line = 0, start = 0;
    for (size_t i = 0; i < byte;) {
        size_t n = utf8_break(b->text + i, byte - i);
        i += n > 0 ? n : 1;
        line += n > 0;
        start = n > 0 ? i : start;
    }
    return place(b, line, utf8_count(b->text + start, byte - start));
}

/* Where a syntax error is; one at the end of the text is shown behind the last that there is. */
static struct pos problem_place(const struct builder *b, yaml_mark_t mark) {
    size_t end = b->length;
    if (mark.index < utf8_count(b->text, b->length))
        return mark_place(b, mark);
    while (end > 0 && strchr(" \t\r\n", b->text[end - 1]) != NULL)
        end--;
    return byte_place(b, end);
}

__attribute__((format(printf, 3, 4))) static void *fail(struct builder *b, struct pos pos,
                                                        const char *format, ...) {
    char message[256];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (!b->failed)
        diag_error(b->diag, pos, "%s", message);
    b->failed = true;
    return NULL;
}

static void report_syntax(struct builder *b) {
    const yaml_parser_t *p = &b->parser;
    const char *hint = "";
    if (p->context != NULL && (strstr(p->context, "anchor") || strstr(p->context, "alias")))
        hint = " (put quotes around a text that starts with & or *)";
    struct pos pos = problem_place(b, p->problem_mark);
    if (p->context != NULL && p->context_mark.line + 1 != pos.line)
        fail(b, pos, "YAML: %s, %s from line %zu%s", p->problem, p->context,
             p->context_mark.line + 1, hint);
    else
        fail(b, pos, "YAML: %s%s", p->problem, hint);
}

static bool next_event(struct builder *b) {
    yaml_event_delete(&b->event);
    if (yaml_parser_parse(&b->parser, &b->event) != 0)
        return true;
    report_syntax(b);
    return false;
}

static struct node *new_node(struct builder *b, enum node_kind kind, struct pos pos, int depth) {
    if (depth > DEPTH_LIMIT)
        return fail(b, pos, "more than %d levels deep", DEPTH_LIMIT);
    if (++b->nodes > NODE_LIMIT)
        return fail(b, pos, "more than %d values, counting what aliases stand for", NODE_LIMIT);
    struct node *node = arena_alloc(b->arena, sizeof(*node));
    node->kind = kind;
    node->pos = pos;
    node->begin = b->event.start_mark.index;
    node->end = b->event.end_mark.index;
    return node;
}

static bool count_text(struct builder *b, const char *text, struct pos pos) {
    b->bytes += strlen(text);
    return b->bytes <= SCALAR_LIMIT ||
           fail(b, pos, "more than %d MiB of text, counting what aliases stand for",
                SCALAR_LIMIT / 1024 / 1024) != NULL;
}

static void attach(struct node *parent, struct node *child, uint32_t index) {
    parent->items[index] = child;
    child->parent = parent;
    child->index = index;
}

static struct node *copy_node(struct builder *b, const struct node *node, struct pos alias,
                              int depth) {
    struct node *copy = new_node(b, node->kind, alias, depth);
    if (copy == NULL)
        return NULL;
    *copy = *node;
    if (node->kind == NODE_SCALAR && !count_text(b, node->text, alias))
        return NULL;
    copy->items = arena_array(b->arena, node->n, sizeof(struct node *));
    for (uint32_t i = 0; i < node->n; i++) {
        struct node *child = copy_node(b, node->items[i], alias, depth + 1);
        if (child == NULL)
            return NULL;
        attach(copy, child, i);
    }
    return copy;
}

static struct node *expand_alias(struct builder *b, int depth) {
    const char *name = (const char *)b->event.data.alias.anchor;
    struct pos pos = mark_place(b, b->event.start_mark);
    for (uint32_t i = b->nanchors; i-- > 0;) {
        if (strcmp(b->anchors[i].name, name) != 0)
            continue;
        struct node *copy = copy_node(b, b->anchors[i].node, pos, depth);
        if (copy != NULL)
            copy->alias_end = b->event.end_mark.index;
        return copy;
    }
    return fail(b, pos, "alias of '%s', but no value before this one has the anchor &%s",
                clip(b->arena, name), clip(b->arena, name));
}

static bool add_anchor(struct builder *b, const char *name, const struct node *node) {
    if (b->nanchors == ANCHOR_LIMIT)
        return fail(b, node->pos, "more than %d anchors", ANCHOR_LIMIT) != NULL;
    b->anchors[b->nanchors++] = (struct anchor){name, node};
    return true;
}

/* Escapes in quoted texts can make characters that the reader would refuse. */
static bool printable(const char *text, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (((unsigned char)text[i] < 0x20 && strchr("\t\n", text[i]) == NULL) || text[i] == '\0' ||
            text[i] == 0x7f)
            return false;
    return true;
}

static struct node *build_scalar(struct builder *b, int depth) {
    const yaml_event_t *e = &b->event;
    struct node *node = new_node(b, NODE_SCALAR, mark_place(b, e->start_mark), depth);
    if (node == NULL)
        return NULL;
    size_t n = e->data.scalar.length;
    if (!printable((const char *)e->data.scalar.value, n))
        return fail(b, node->pos, "the text has a control character");
    char *text = arena_strndup(b->arena, (const char *)e->data.scalar.value, n);
    text[unshield(text, n)] = '\0';
    if (!count_text(b, text, node->pos))
        return NULL;
    node->text = text;
    node->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    node->block = e->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
                  e->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
    size_t quotes = e->data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE ||
                    e->data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    size_t extent = e->end_mark.index - e->start_mark.index;
    node->in_line = e->start_mark.line == e->end_mark.line &&
                    extent == utf8_count(text, strlen(text)) + 2 * quotes;
    if (node->in_line && node->pos.col < UINT16_MAX)
        node->pos.col = (uint16_t)(node->pos.col + quotes);
    return node;
}

static struct node *build(struct builder *b, int depth);

struct growing {
    struct node **items;
    uint32_t n, room;
};

static void push(struct builder *b, struct growing *list, struct node *node) {
    if (list->n == list->room) {
        uint32_t room = list->room == 0 ? 8 : 2 * list->room;
        struct node **items = arena_array(b->arena, room, sizeof(*items));
        if (list->n > 0)
            memcpy(items, list->items, list->n * sizeof(*items));
        list->items = items;
        list->room = room;
    }
    list->items[list->n++] = node;
}

/* The current event ends the list or map. */
static void close_node(struct builder *b, struct node *node, const struct growing *items) {
    node->items = items->items;
    node->n = items->n;
    for (uint32_t i = 0; i < node->n; i++)
        attach(node, node->items[i], i);
    if (node->flow)
        node->end = b->event.end_mark.index;
}

static struct node *build_list(struct builder *b, int depth) {
    struct node *list = new_node(b, NODE_LIST, mark_place(b, b->event.start_mark), depth);
    struct growing items = {0};
    if (list != NULL)
        list->flow = b->event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    while (list != NULL && next_event(b)) {
        if (b->event.type == YAML_SEQUENCE_END_EVENT) {
            close_node(b, list, &items);
            return list;
        }
        struct node *item = build(b, depth + 1);
        if (item == NULL)
            return NULL;
        push(b, &items, item);
    }
    return NULL;
}

static struct node *build_key(struct builder *b) {
    struct pos pos = mark_place(b, b->event.start_mark);
    if (b->event.type != YAML_SCALAR_EVENT)
        return fail(b, pos, "expected a name as key, then a colon");
    struct node *key = build(b, 0);
    if (key == NULL)
        return NULL;
    if (key->text[0] == '\0')
        return fail(b, pos, "expected a name before the colon");
    if (strlen(key->text) > KEY_LIMIT)
        return fail(b, pos, "a key of more than %d bytes", KEY_LIMIT);
    if (!key->quoted && strcmp(key->text, "<<") == 0)
        return fail(b, pos,
                    "merge keys (<<) are not supported: write the keys out, or use an "
                    "alias for a whole value");
    return key;
}

static int by_key(const void *a, const void *b) {
    const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;
    int order = strcmp(x->key, y->key);
    return order != 0 ? order : x->index < y->index ? -1 : 1;
}

static void report_duplicates(struct builder *b, const struct node *map) {
    struct node **sorted = arena_array(b->arena, map->n, sizeof(*sorted));
    if (map->n > 0)
        memcpy(sorted, map->items, map->n * sizeof(*sorted));
    qsort(sorted, map->n, sizeof(*sorted), by_key);
    for (uint32_t i = 1; i < map->n && !diag_full(b->diag); i++)
        if (strcmp(sorted[i]->key, sorted[i - 1]->key) == 0)
            diag_error(b->diag, sorted[i]->key_pos, "'%s' is already there, in line %u",
                       clip(b->arena, sorted[i]->key), (unsigned)sorted[i - 1]->key_pos.line);
}

static struct node *build_map(struct builder *b, int depth) {
    struct node *map = new_node(b, NODE_MAP, mark_place(b, b->event.start_mark), depth);
    struct growing items = {0};
    if (map != NULL)
        map->flow = b->event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
    while (map != NULL && next_event(b)) {
        if (b->event.type == YAML_MAPPING_END_EVENT) {
            close_node(b, map, &items);
            report_duplicates(b, map);
            return map;
        }
        struct node *key = build_key(b);
        struct node *value = key != NULL && next_event(b) ? build(b, depth + 1) : NULL;
        if (value == NULL)
            return NULL;
        value->key = key->text;
        value->key_pos = key->pos;
        value->key_begin = key->begin;
        push(b, &items, value);
    }
    return NULL;
}

static const yaml_char_t *event_anchor(const yaml_event_t *e) {
    return e->type == YAML_SCALAR_EVENT           ? e->data.scalar.anchor
           : e->type == YAML_SEQUENCE_START_EVENT ? e->data.sequence_start.anchor
           : e->type == YAML_MAPPING_START_EVENT  ? e->data.mapping_start.anchor
                                                  : NULL;
}

static const yaml_char_t *event_tag(const yaml_event_t *e) {
    return e->type == YAML_SCALAR_EVENT           ? e->data.scalar.tag
           : e->type == YAML_SEQUENCE_START_EVENT ? e->data.sequence_start.tag
           : e->type == YAML_MAPPING_START_EVENT  ? e->data.mapping_start.tag
                                                  : NULL;
}

/* Builds the node whose first event is the current one. */
static struct node *build(struct builder *b, int depth) {
    if (event_tag(&b->event) != NULL)
        return fail(b, mark_place(b, b->event.start_mark), "YAML tags (!...) are not supported");
    if (b->event.type == YAML_ALIAS_EVENT)
        return expand_alias(b, depth);
    const char *anchor = (const char *)event_anchor(&b->event);
    if (anchor != NULL)
        anchor = arena_strndup(b->arena, anchor, strlen(anchor));
    struct node *node = b->event.type == YAML_SCALAR_EVENT           ? build_scalar(b, depth)
                        : b->event.type == YAML_SEQUENCE_START_EVENT ? build_list(b, depth)
                                                                     : build_map(b, depth);
    if (node != NULL && anchor != NULL && !add_anchor(b, anchor, node))
        return NULL;
    return node;
}

static struct node *build_document(struct builder *b) {
    if (!next_event(b) || !next_event(b)) /* start of the stream, start of the document */
        return NULL;
    if (b->event.type == YAML_STREAM_END_EVENT)
        return fail(b, place(b, 0, 0), "the text is empty");
    struct node *root = next_event(b) ? build(b, 1) : NULL;
    if (root == NULL || !next_event(b) || !next_event(b))
        return NULL;
    if (b->event.type != YAML_STREAM_END_EVENT)
        return fail(b, mark_place(b, b->event.start_mark),
                    "a second YAML document: one scenario per file");
    return root;
}

/* The reader of libyaml gives a byte offset for what is no text; this finds it first. */
static bool check_text(struct builder *b) {
    const char *text = b->text;
    size_t length = b->length;
    if (length > TEXT_LIMIT)
        return fail(b, (struct pos){.source = b->source}, "larger than %d MiB",
                    TEXT_LIMIT / 1024 / 1024) != NULL;
    for (size_t i = 0; i < length;) {
        uint32_t code;
        size_t n = utf8_decode(text + i, length - i, &code);
        if (n == 1 && code == 0xfffd)
            return fail(b, byte_place(b, i), "byte 0x%02x is not UTF-8", (unsigned char)text[i]) !=
                   NULL;
        bool control = (code < 0x20 && code != '\t' && code != '\n' && code != '\r') ||
                       (code >= 0x7f && code < 0xa0 && code != 0x85) || code == 0xfffe ||
                       code == 0xffff;
        if (control)
            return fail(b, byte_place(b, i), "control character U+%04X", (unsigned)code) != NULL;
        i += n;
    }
    const char *taken = shield_taken(text, length);
    if (taken != NULL)
        fail(b, byte_place(b, (size_t)(taken - text)), "private character in the text");
    return taken == NULL;
}

struct node *tree_read(struct arena *arena, struct diag *diag, uint16_t source, uint16_t shift,
                       const char *text, size_t length) {
    struct builder *b = arena_alloc(arena, sizeof(*b));
    b->arena = arena;
    b->diag = diag;
    b->source = source;
    b->shift = shift;
    b->text = text;
    b->length = length;
    if (!check_text(b))
        return NULL;
    size_t shielded;
    const char *input = shield(arena, text, length, &shielded);
    if (yaml_parser_initialize(&b->parser) == 0)
        return fail(b, place(b, 0, 0), "out of memory");
    yaml_parser_set_encoding(&b->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b->parser, (const unsigned char *)input, shielded);
    struct node *root = build_document(b);
    yaml_event_delete(&b->event);
    yaml_parser_delete(&b->parser);
    return root;
}
