/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings with several values: `sweep` in a scenario, and --set of `sim sweep`. */
#include "base/arena.h"
#include "scenario/expression.h"
#include "scenario/loader.h"

#include <string.h>

/* More settings, of two values each, have more points than a sweep may. */
enum { VALUES_MAX = 10000, SETTINGS_MAX = 16 };

struct values {
    struct arena *arena;
    const char **texts;
    uint32_t n, room;
    const char *error;
};

static void add(struct values *v, const char *text) {
    if (v->n == VALUES_MAX) {
        v->error = "more than 10000 values";
        return;
    }
    if (v->n == v->room) {
        v->room = 2 * v->room + 8;
        const char **texts = arena_array(v->arena, v->room, sizeof(*texts));
        if (v->n > 0)
            memcpy(texts, v->texts, v->n * sizeof(*texts));
        v->texts = texts;
    }
    v->texts[v->n++] = text;
}

/* ---- ranges: A..B by doubling, A..B+S by steps of S; both ends are in it ---- */

struct range {
    struct amount from, to, step; /* step 0: doubling */
};

/* False if the text is no range, so that it is a value itself. */
static bool read_range(struct arena *arena, const char *text, struct range *range) {
    const char *dots = strstr(text, ".."), *plus = dots != NULL ? strrchr(dots, '+') : NULL;
    if (dots == NULL)
        return false;
    size_t to = plus != NULL ? (size_t)(plus - dots) - 2 : strlen(dots + 2);
    range->step = (struct amount){0};
    return amount_read(arena_strndup(arena, text, (size_t)(dots - text)), &range->from) &&
           amount_read(arena_strndup(arena, dots + 2, to), &range->to) &&
           (plus == NULL || amount_read(plus + 1, &range->step));
}

static const char *range_error(const struct range *r, bool stepped) {
    if (r->from.dimension != r->to.dimension || (stepped && r->from.dimension != r->step.dimension))
        return "the ends of a range, and its step, must be of one kind";
    if (r->from.value > r->to.value)
        return "the range descends";
    if (stepped ? r->step.value <= 0 : r->from.value <= 0)
        return stepped ? "the step of a range must be above 0"
                       : "a range by doubling must begin above 0";
    return NULL;
}

static void add_range(struct values *v, const char *text, const struct range *r) {
    bool stepped = strchr(text, '+') != NULL;
    v->error = range_error(r, stepped);
    struct amount at = r->from;
    /* An end that a step misses by roundings only is not there twice. */
    double end = r->to.value * (1 - 1e-9);
    for (uint32_t i = 0; v->error == NULL && at.value < end; i++) {
        add(v, amount_text(v->arena, &at));
        at.value = stepped ? r->from.value + (i + 1) * r->step.value : 2 * at.value;
    }
    if (v->error == NULL)
        add(v, amount_text(v->arena, &r->to));
}

/* ---- lists ---- */

/* Up to the next comma that is not within brackets or quotes. */
static size_t item_length(const char *text) {
    int depth = 0;
    char quote = '\0';
    size_t i = 0;
    for (; text[i] != '\0' && !(text[i] == ',' && depth == 0 && quote == '\0'); i++) {
        if (quote != '\0')
            quote = text[i] == quote ? '\0' : quote;
        else if (text[i] == '"' || text[i] == '\'')
            quote = text[i];
        else
            depth += (strchr("([{", text[i]) != NULL) - (strchr(")]}", text[i]) != NULL);
    }
    return i;
}

static void add_item(struct values *v, const char *text, size_t n) {
    while (n > 0 && text[0] == ' ') {
        text++;
        n--;
    }
    while (n > 0 && text[n - 1] == ' ')
        n--;
    const char *item = arena_strndup(v->arena, text, n);
    struct range range;
    if (n == 0)
        v->error = "a value is missing";
    else if (read_range(v->arena, item, &range))
        add_range(v, item, &range);
    else
        add(v, item);
}

const char *sweep_values(struct arena *arena, const char *text, struct sweep_axis *axis) {
    struct values v = {.arena = arena};
    for (size_t at = 0; v.error == NULL;) {
        size_t n = item_length(text + at);
        add_item(&v, text + at, n);
        at += n;
        if (text[at++] == '\0')
            break;
    }
    axis->values = v.texts;
    axis->n = v.n;
    return v.error;
}

/* ---- in a scenario ---- */

/* A list is written as one text would be; NULL after an error. */
static const char *axis_text(struct loader *l, const struct node *node) {
    const char *text = "";
    if (node->kind != NODE_LIST)
        return expect(l, node, NODE_SCALAR, "1..128") ? node->text : NULL;
    for (uint32_t i = 0; i < node->n; i++) {
        if (!expect(l, node->items[i], NODE_SCALAR, "4"))
            return NULL;
        text = arena_printf(l->arena, "%s%s%s", text, i > 0 ? "," : "", node->items[i]->text);
    }
    return text;
}

void read_sweep(struct loader *l, const struct node *node, void *field, const struct key *key) {
    struct scenario *s = field;
    if (!expect(l, node, NODE_MAP, key->example))
        return;
    if (node->n > SETTINGS_MAX) {
        diag_error(l->diag, node->pos, "more than %d settings to sweep", SETTINGS_MAX);
        return;
    }
    s->sweep = arena_array(l->arena, node->n, sizeof(*s->sweep));
    for (; s->nsweep < node->n && !diag_full(l->diag); s->nsweep++) {
        const struct node *value = node->items[s->nsweep];
        struct sweep_axis *axis = &s->sweep[s->nsweep];
        axis->path = value->key;
        const char *text = axis_text(l, value);
        const char *error = text != NULL ? sweep_values(l->arena, text, axis) : NULL;
        if (error != NULL)
            diag_error(l->diag, value->pos, "%s", error);
    }
}
