/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "base/units.h"
#include "scenario/distributions.h"
#include "scenario/expression.h"
#include "scenario/loader.h"

#include <math.h>
#include <string.h>

static const char *const origins[] = {"unstated", "published", "measured", "calibrated",
                                      "assumed",  "default",   "profile"};

const char *origin_name(enum origin origin) {
    return origins[origin];
}

static const struct unit_info {
    value_parser parse;
    const char *call; /* the value stands in name(...) */
    bool dist;
    const char *example;
} units[] = {
    [UNIT_COUNT] = {parse_count, NULL, false, "64"},
    [UNIT_TIME] = {parse_time, NULL, false, "13us"},
    [UNIT_SHARE] = {parse_share, NULL, false, "8%"},
    [UNIT_WEIGHT] = {parse_number, NULL, false, "3"},
    [UNIT_NUMBER] = {parse_number, NULL, false, "1.5"},
    [UNIT_DIST] = {parse_time, NULL, true, "exp(13us)"},
    [UNIT_COUNT_DIST] = {parse_number, NULL, true, "10"},
    [UNIT_POISSON] = {parse_rate, "poisson", false, "poisson(3.5k/s)"},
    [UNIT_PERIODIC] = {parse_time, "periodic", false, "periodic(1ms)"},
    [UNIT_ANY] = {parse_time, NULL, true, "13us"},
};

/* Strips `name(` and `)` of a unit that is written as a call; NULL if they are not there. */
static const char *call_argument(struct arena *arena, const struct unit_info *info,
                                 const char *text) {
    size_t n = strlen(text), name = strlen(info->call);
    if (n < name + 2 || strncmp(text, info->call, name) != 0 || text[name] != '(' ||
        text[n - 1] != ')')
        return NULL;
    return arena_strndup(arena, text + name + 1, n - name - 2);
}

static const struct dist *constant(struct arena *arena, double value) {
    struct dist *dist = arena_alloc(arena, sizeof(*dist));
    *dist = (struct dist){.kind = DIST_CONST, .a = value};
    return dist;
}

/* Reads bytes [from, from + n) of a scalar as a value; NULL after an error. */
static const struct dist *read_value(struct loader *l, const struct node *node, size_t from,
                                     size_t n, enum unit unit) {
    const struct unit_info *info = &units[unit];
    const char *text = arena_strndup(l->arena, node->text + from, n);
    if (info->call != NULL) {
        const char *inner = call_argument(l->arena, info, text);
        if (inner == NULL) {
            diag_error(l->diag, node_at(node, from), "expected %s, not '%s'", info->example,
                       clip(l->arena, text));
            return NULL;
        }
        from += strlen(info->call) + 1;
        text = inner;
    }
    struct amount amount;
    if (unit == UNIT_ANY && amount_read(text, &amount))
        return constant(l->arena, amount.value);
    if (unit == UNIT_ANY && strchr(text, '(') == NULL) {
        diag_error(l->diag, node_at(node, from),
                   "expected a number, a time, a rate or a distribution, not '%s'",
                   clip(l->arena, text));
        return NULL;
    }
    struct dist_error error;
    const struct dist *dist = dist_read(l->arena, text, info->parse, !info->dist, &error);
    if (dist == NULL)
        diag_error(l->diag, node_at(node, from + error.at), "%s", error.message);
    else if (unit == UNIT_COUNT_DIST && dist->kind == DIST_CONST && dist->a != floor(dist->a))
        diag_error(l->diag, node_at(node, from), "expected a whole number such as 10");
    return dist;
}

/* Where ".." divides a range; NULL if it does not. */
static const char *range_dots(const char *text) {
    int depth = 0;
    for (; *text != '\0'; text++) {
        depth += (*text == '(') - (*text == ')');
        if (depth == 0 && text[0] == '.' && text[1] == '.')
            return text;
    }
    return NULL;
}

/*
 * What --set has to say for one end of a range: a plain end of a distribution
 * is a mean, the shape stays.
 */
static const char *range_setting(struct loader *l, const struct quantity *q, const struct dist *end,
                                 const char *text) {
    if (end == NULL || q->dist->kind == DIST_CONST || end->kind != DIST_CONST)
        return text;
    return arena_printf(l->arena, "with_mean(%s, %s)", text, q->text);
}

static void read_range(struct loader *l, const struct node *node, struct quantity *q,
                       enum unit unit) {
    if (!expect(l, node, NODE_SCALAR, "1us..5us"))
        return;
    const char *text = node->text, *dots = range_dots(text);
    if (dots == NULL) {
        diag_error(l->diag, node->pos, "expected a range such as 1us..5us, not %s",
                   node_describe(l->arena, node));
        return;
    }
    size_t n = (size_t)(dots - text), m = strlen(dots + 2);
    const struct dist *low = read_value(l, node, 0, n, unit);
    const struct dist *high = read_value(l, node, n + 2, m, unit);
    if (low != NULL && high != NULL && dist_mean(low) > dist_mean(high))
        diag_error(l->diag, node->pos, "the range descends");
    q->low = arena_strndup(l->arena, text, n);
    q->high = dots + 2;
    q->set_low = range_setting(l, q, low, q->low);
    q->set_high = range_setting(l, q, high, q->high);
}

static void read_origin(struct loader *l, const struct node *node, void *field,
                        const struct key *key) {
    enum origin *origin = field;
    if (!expect(l, node, NODE_SCALAR, key->example))
        return;
    for (enum origin i = ORIGIN_PUBLISHED; i <= ORIGIN_ASSUMED; i++)
        if (strcmp(origins[i], node->text) == 0) {
            *origin = i;
            return;
        }
    unknown_name(l, node->pos, "origin", node->text, "", origins + ORIGIN_PUBLISHED,
                 ORIGIN_ASSUMED - ORIGIN_PUBLISHED + 1);
}

static const struct key quantity_keys[] = {
    {"value", read_nothing, 0, 0, true, "13us"},
    {"origin", read_origin, offsetof(struct quantity, origin), 0, false, "measured"},
    {"range", read_nothing, 0, 0, false, "1us..5us"},
    {"source", read_string, offsetof(struct quantity, source), 0, false, "perfbook"},
    {0}};

void register_quantity(struct loader *l, struct quantity *q) {
    struct scenario *s = l->scenario;
    if (s->nquantities == l->quantities_room) {
        l->quantities_room = l->quantities_room == 0 ? 64 : 2 * l->quantities_room;
        struct quantity **list = arena_array(l->arena, l->quantities_room, sizeof(*list));
        if (s->nquantities > 0)
            memcpy(list, s->quantities, s->nquantities * sizeof(*list));
        s->quantities = list;
    }
    s->quantities[s->nquantities++] = q;
}

static const struct dist nothing = {.kind = DIST_CONST};

void read_quantity(struct loader *l, const struct node *node, void *field, const struct key *key) {
    struct quantity **slot = field, *q = arena_alloc(l->arena, sizeof(*q));
    const struct node *value = node, *range = NULL;
    enum unit unit = (enum unit)key->unit;
    *slot = q;
    *q = (struct quantity){.dist = &nothing, .pos = node->pos, .text = ""};
    q->path = node_path(l->arena, node);
    if (node_get(node, "value") != NULL) {
        read_map(l, node, "a quantity", quantity_keys, q);
        value = node_get(node, "value");
        range = node_get(node, "range");
    } else if (node->kind == NODE_MAP) {
        diag_error(l->diag, node->pos, "expected %s or {value: %s, origin: measured}",
                   units[unit].example, units[unit].example);
        value = NULL;
    }
    if (value != NULL && expect(l, value, NODE_SCALAR, units[unit].example)) {
        const struct dist *dist = read_value(l, value, 0, strlen(value->text), unit);
        q->pos = value->pos;
        q->text = value->text;
        q->expression = value->expression;
        q->dist = dist != NULL ? dist : &nothing;
    }
    if (range != NULL)
        read_range(l, range, q, unit);
    if (!l->profile)
        register_quantity(l, q);
}

void read_origin_beside(struct loader *l, const struct node *map, struct quantity *quantity,
                        enum unit unit) {
    const struct node *range = node_get(map, "range");
    for (uint32_t i = 0; i < map->n; i++)
        read_key(l, map->items[i], quantity_keys + 1, quantity);
    if (range != NULL)
        read_range(l, range, quantity, unit);
}

struct quantity *default_quantity(struct loader *l, const char *path, struct pos pos,
                                  const char *text, enum unit unit) {
    struct quantity *q = arena_alloc(l->arena, sizeof(*q));
    struct dist_error error;
    q->dist = dist_read(l->arena, text, units[unit].parse, !units[unit].dist, &error);
    q->pos = pos;
    q->origin = ORIGIN_DEFAULT;
    q->path = path;
    q->text = text;
    register_quantity(l, q);
    return q;
}
