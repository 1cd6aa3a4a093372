/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/select.h"

#include "base/arena.h"
#include "base/units.h"
#include "scenario/expression.h"

#include <string.h>

static bool *all(struct arena *arena, uint32_t n) {
    bool *flags = arena_array(arena, n, sizeof(*flags));
    memset(flags, true, n * sizeof(*flags));
    return flags;
}

struct selection selection_new(struct arena *arena, const struct sweep *sweep) {
    struct selection selection = {.values = arena_array(arena, sweep->naxes, sizeof(bool *)),
                                  .designs = all(arena, sweep->ndesigns)};
    for (uint32_t i = 0; i < sweep->naxes; i++)
        selection.values[i] = all(arena, sweep->axes[i].n);
    return selection;
}

/* ---- values ---- */

static bool same_value(const char *a, const char *b) {
    struct amount x, y;
    if (strcmp(a, b) == 0)
        return true;
    return amount_read(a, &x) && amount_read(b, &y) && x.dimension == y.dimension &&
           x.value == y.value;
}

static bool is_within(const char *value, const struct amount *low, const struct amount *high) {
    struct amount x;
    return amount_read(value, &x) && x.dimension == low->dimension && x.value >= low->value &&
           x.value <= high->value;
}

static bool read_ends(struct arena *arena, const char *text, struct amount *low,
                      struct amount *high) {
    const char *dots = strstr(text, "..");
    return dots != NULL && amount_read(arena_strndup(arena, text, (size_t)(dots - text)), low) &&
           amount_read(dots + 2, high) && low->dimension == high->dimension;
}

static bool keep_range(const struct sweep_axis *axis, const struct amount *low,
                       const struct amount *high, bool *keep) {
    bool any = false;
    for (uint32_t i = 0; i < axis->n; i++) {
        keep[i] &= is_within(axis->values[i], low, high);
        any |= keep[i];
    }
    return any;
}

static const char *list_values(struct arena *arena, const struct sweep_axis *axis) {
    const char *list = "";
    for (uint32_t i = 0; i < axis->n; i++)
        list = arena_printf(arena, "%s%s%s", list, i > 0 ? "," : "", axis->values[i]);
    return list;
}

/* A value that is not there is a slip. */
static const char *keep_list(struct arena *arena, const struct sweep_axis *axis, const char *text,
                             bool *keep) {
    struct sweep_axis wanted = {0};
    const char *error = sweep_values(arena, text, &wanted);
    bool *named = arena_array(arena, axis->n, sizeof(*named));
    for (uint32_t w = 0; error == NULL && w < wanted.n; w++) {
        bool found = false;
        for (uint32_t i = 0; i < axis->n; i++)
            if (same_value(axis->values[i], wanted.values[w]))
                found = named[i] = true;
        if (!found)
            error = arena_printf(arena, "there is no %s; there are %s", wanted.values[w],
                                 list_values(arena, axis));
    }
    bool any = false;
    for (uint32_t i = 0; i < axis->n; i++)
        any |= keep[i] &= named[i];
    return error != NULL || any ? error : "nothing is left";
}

const char *selection_narrow(struct arena *arena, struct selection *selection,
                             const struct sweep *sweep, const char *path, const char *text) {
    const char **paths = arena_array(arena, sweep->naxes, sizeof(*paths));
    for (uint32_t i = 0; i < sweep->naxes; i++) {
        const struct sweep_axis *axis = &sweep->axes[i];
        struct amount low, high;
        paths[i] = axis->path;
        if (strcmp(axis->path, path) != 0)
            continue;
        if (!read_ends(arena, text, &low, &high))
            return keep_list(arena, axis, text, selection->values[i]);
        if (keep_range(axis, &low, &high, selection->values[i]))
            return NULL;
        return arena_printf(arena, "none is within; there are %s", list_values(arena, axis));
    }
    const char *nearest = nearest_name(path, paths, sweep->naxes);
    return arena_printf(arena, "that is not swept, but %s", nearest != NULL ? nearest : paths[0]);
}

/* ---- the sweep of what is left ---- */

static struct sweep_axis select_axis(struct arena *arena, const struct sweep_axis *axis,
                                     const bool *keep) {
    const char **values = arena_array(arena, axis->n, sizeof(*values));
    struct sweep_axis chosen = {axis->path, values, 0};
    for (uint32_t i = 0; i < axis->n; i++)
        if (keep[i])
            values[chosen.n++] = axis->values[i];
    return chosen;
}

static bool is_chosen(const struct sweep *sweep, const struct selection *selection,
                      uint32_t index) {
    for (uint32_t i = sweep->naxes; i-- > 0;) {
        if (!selection->values[i][index % sweep->axes[i].n])
            return false;
        index /= sweep->axes[i].n;
    }
    return true;
}

static struct sweep_point select_point(struct arena *arena, const struct sweep *sweep,
                                       const struct selection *selection,
                                       const struct sweep_point *point) {
    struct sweep_point chosen = *point;
    uint32_t n = 0;
    chosen.designs = arena_array(arena, sweep->ndesigns, sizeof(*chosen.designs));
    for (uint32_t d = 0; point->designs != NULL && d < sweep->ndesigns; d++)
        if (selection->designs[d])
            chosen.designs[n++] = point->designs[d];
    return chosen;
}

struct sweep *sweep_select(struct arena *arena, const struct sweep *sweep,
                           const struct selection *selection) {
    struct sweep *chosen = arena_alloc(arena, sizeof(*chosen));
    *chosen = *sweep;
    struct sweep_axis *axes = arena_array(arena, sweep->naxes, sizeof(*axes));
    for (uint32_t i = 0; i < sweep->naxes; i++)
        axes[i] = select_axis(arena, &sweep->axes[i], selection->values[i]);
    const char **designs = arena_array(arena, sweep->ndesigns, sizeof(*designs));
    chosen->axes = axes;
    chosen->designs = designs;
    chosen->ndesigns = 0;
    for (uint32_t d = 0; d < sweep->ndesigns; d++)
        if (selection->designs[d])
            designs[chosen->ndesigns++] = sweep->designs[d];
    chosen->points = arena_array(arena, sweep->npoints, sizeof(*chosen->points));
    chosen->npoints = 0;
    for (uint32_t i = 0; i < sweep->npoints; i++)
        if (is_chosen(sweep, selection, i))
            chosen->points[chosen->npoints++] =
                select_point(arena, sweep, selection, &sweep->points[i]);
    return chosen;
}
