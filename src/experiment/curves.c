/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/curves.h"

#include "base/arena.h"
#include "scenario/expression.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Gains are taken over steps at least so wide, or noise would be taken for them. */
static const double WIDE = 1.25;
/* Nobody is ahead by less, and no point better. */
static const double SLIGHT = 0.01;

/* ---- the axis ---- */

static bool is_numeric(const struct sweep_axis *axis, bool *counts) {
    struct amount amount;
    *counts = true;
    for (uint32_t i = 0; i < axis->n; i++) {
        if (!amount_read(axis->values[i], &amount))
            return false;
        *counts &= amount.dimension == 0 && amount.value > 0;
    }
    return axis->n > 1;
}

static void choose_axis(struct curves *c) {
    c->axis = NO_AXIS;
    for (uint32_t i = 0; i < c->sweep->naxes; i++) {
        bool counts, cpus = strcmp(c->sweep->axes[i].path, "machine.cpus") == 0;
        if (!is_numeric(&c->sweep->axes[i], &counts) || (c->axis != NO_AXIS && !cpus))
            continue;
        c->axis = i;
        c->counts = counts;
    }
}

struct place {
    double x;
    uint32_t index; /* among the values of the axis */
};

static int by_x(const void *a, const void *b) {
    const struct place *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return p->index < q->index ? -1 : 1;
}

/* How many points further the next value of the axis is. */
static uint32_t stride(const struct curves *c) {
    uint32_t n = 1;
    for (uint32_t i = c->axis + 1; i < c->sweep->naxes; i++)
        n *= c->sweep->axes[i].n;
    return n;
}

static const char *settings_text(struct arena *arena, const struct curves *c, uint32_t point) {
    const struct sweep *sweep = c->sweep;
    const char *text = "";
    for (uint32_t i = 0; i < sweep->naxes; i++)
        if (i != c->axis)
            text = arena_printf(arena, "%s%s%s=%s", text, *text != '\0' ? ", " : "",
                                sweep->axes[i].path, sweep->points[point].values[i]);
    return text;
}

static void place_points(struct arena *arena, struct curves *c) {
    const struct sweep_axis *axis = &c->sweep->axes[c->axis];
    struct place *places = arena_array(arena, axis->n, sizeof(*places));
    for (uint32_t i = 0; i < axis->n; i++) {
        struct amount amount;
        amount_read(axis->values[i], &amount);
        places[i] = (struct place){amount.value, i};
    }
    qsort(places, axis->n, sizeof(*places), by_x);
    for (uint32_t i = 0; i < axis->n; i++) {
        c->x[i] = places[i].x;
        c->labels[i] = axis->values[places[i].index];
    }
    uint32_t step = stride(c);
    for (uint32_t g = 0; g < c->ngroups; g++) {
        uint32_t first = g / step * step * axis->n + g % step;
        for (uint32_t i = 0; i < axis->n; i++)
            c->points[g * c->nplaces + i] = first + places[i].index * step;
        c->groups[g] = settings_text(arena, c, first);
    }
}

/* No setting has numbers: the points are places of their own. */
static void list_points(struct arena *arena, struct curves *c) {
    c->groups[0] = "";
    for (uint32_t i = 0; i < c->nplaces; i++) {
        c->x[i] = i;
        c->points[i] = i;
        c->labels[i] =
            c->sweep->naxes == 1 ? c->sweep->points[i].values[0] : settings_text(arena, c, i);
    }
}

/* ---- each curve ---- */

const struct sweep_point *curves_point(const struct curves *c, uint32_t group, uint32_t place) {
    return &c->sweep->points[c->points[group * c->nplaces + place]];
}

const struct curve *curves_find(const struct curves *c, uint32_t group, uint32_t subject,
                                uint32_t design) {
    const struct sweep *sweep = c->sweep;
    return &c->curves[(group * sweep->nsubjects + subject) * sweep->ndesigns + design];
}

double curve_rate(const struct curves *c, const struct curve *curve, uint32_t place) {
    const struct sweep_point *point = curves_point(c, curve->group, place);
    return point->designs[curve->design].rates[curve->subject].mean;
}

/* Of points that differ by next to nothing, as on a plateau, the first. */
static uint32_t find_best(const struct curves *c, const struct curve *curve) {
    double most = 0;
    for (uint32_t i = 0; i < c->nplaces; i++)
        most = fmax(most, curve_rate(c, curve, i));
    for (uint32_t i = 0; most > 0 && i < c->nplaces; i++)
        if (curve_rate(c, curve, i) >= most * (1 - SLIGHT))
            return i;
    return NO_PLACE;
}

/* What a unit adds from this place on; NAN when that is not known. */
static double gain(const struct curves *c, const struct curve *curve, uint32_t place) {
    uint32_t next = place + 1;
    while (next < c->nplaces && c->x[next] < WIDE * c->x[place])
        next++;
    if (next == c->nplaces)
        return NAN;
    double more = curve_rate(c, curve, next) - curve_rate(c, curve, place);
    return more / (c->x[next] - c->x[place]);
}

static uint32_t find_knee(const struct curves *c, const struct curve *curve) {
    double enough = c->share * curve_rate(c, curve, 0) / c->x[0];
    uint32_t knee = NO_PLACE;
    for (uint32_t i = c->nplaces; c->counts && isfinite(enough) && i-- > 0;) {
        double added = gain(c, curve, i);
        if (added >= enough)
            break;
        if (isfinite(added))
            knee = i;
    }
    return knee;
}

static void trace_curves(struct arena *arena, struct curves *c) {
    const struct sweep *sweep = c->sweep;
    c->ncurves = c->ngroups * sweep->nsubjects * sweep->ndesigns;
    c->curves = arena_array(arena, c->ncurves, sizeof(*c->curves));
    for (uint32_t i = 0; i < c->ncurves; i++) {
        struct curve *curve = &c->curves[i];
        curve->design = i % sweep->ndesigns;
        curve->subject = i / sweep->ndesigns % sweep->nsubjects;
        curve->group = i / sweep->ndesigns / sweep->nsubjects;
        curve->best = find_best(c, curve);
        curve->knee = find_knee(c, curve);
    }
}

/* ---- two of them ---- */

/* Which is ahead at a place: 1 the first, -1 the second, 0 nobody knows. */
static int ahead(const struct curves *c, const struct curve *a, const struct curve *b,
                 uint32_t place) {
    const struct sweep_design *first = &curves_point(c, a->group, place)->designs[a->design];
    const struct sweep_design *second = &curves_point(c, b->group, place)->designs[b->design];
    const double *x = first->values[a->subject], *y = second->values[b->subject];
    if (x == NULL || y == NULL)
        return 0;
    struct estimate ratio = estimate_ratio(x, first->replications, y, second->replications);
    double low = isnan(ratio.lo) ? ratio.mean : ratio.lo;
    double high = isnan(ratio.hi) ? ratio.mean : ratio.hi;
    return (low > 1 && ratio.mean > 1 + SLIGHT) - (high < 1 && ratio.mean < 1 - SLIGHT);
}

/* Counts those of two curves, and writes them down once there is room. */
static void cross(struct curves *c, const struct curve *a, const struct curve *b) {
    int before = 0;
    for (uint32_t place = 0; place < c->nplaces; place++) {
        int now = ahead(c, a, b, place);
        if (now == 0 || now == before)
            continue;
        const struct crossing crossing = {.subject = a->subject,
                                          .group = a->group,
                                          .winner = now > 0 ? a->design : b->design,
                                          .loser = now > 0 ? b->design : a->design,
                                          .place = place,
                                          .was_behind = before != 0};
        if (c->crossings != NULL)
            c->crossings[c->ncrossings] = crossing;
        c->ncrossings++;
        before = now;
    }
}

static void cross_all(struct curves *c) {
    uint32_t n = c->sweep->ndesigns;
    c->ncrossings = 0;
    for (uint32_t i = 0; i < c->ncurves; i++)
        for (uint32_t j = i + 1; j < c->ncurves && j / n == i / n; j++)
            cross(c, &c->curves[i], &c->curves[j]);
}

struct curves *curves_new(struct arena *arena, const struct sweep *sweep, double share) {
    struct curves *c = arena_alloc(arena, sizeof(*c));
    c->sweep = sweep;
    c->share = share;
    choose_axis(c);
    c->nplaces = c->axis != NO_AXIS ? sweep->axes[c->axis].n : sweep->npoints;
    c->ngroups = sweep->npoints / c->nplaces;
    c->x = arena_array(arena, c->nplaces, sizeof(*c->x));
    c->labels = arena_array(arena, c->nplaces, sizeof(*c->labels));
    c->groups = arena_array(arena, c->ngroups, sizeof(*c->groups));
    c->points = arena_array(arena, sweep->npoints, sizeof(*c->points));
    if (c->axis != NO_AXIS)
        place_points(arena, c);
    else
        list_points(arena, c);
    trace_curves(arena, c);
    if (c->axis != NO_AXIS) {
        cross_all(c);
        c->crossings = arena_array(arena, c->ncrossings, sizeof(*c->crossings));
        cross_all(c);
    }
    return c;
}
