/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/compile.h"

#include <math.h>

/* Longer than this is no cost of a step, and the engine cuts draws there. */
static const double LONGEST = 3600.0;

/* The least value that can be drawn. */
static double lowest(const struct dist *dist) {
    double low = INFINITY;
    switch (dist->kind) {
    case DIST_CONST:
    case DIST_UNIFORM:
        return dist->a;
    case DIST_PARETO:
        return dist->b;
    case DIST_EMPIRICAL:
        return dist->parts[0].x;
    case DIST_MIX:
        for (uint32_t i = 0; i < dist->n; i++)
            low = fmin(low, lowest(dist->parts[i].dist));
        return low;
    default:
        return 0;
    }
}

bool is_drawn(const struct dist *dist) {
    return dist != NULL && dist->kind != DIST_CONST;
}

bool check_dist(struct compiler *c, const struct quantity *q, double most, const char *limit) {
    double mean = dist_mean(q->dist);
    if (lowest(q->dist) < 0)
        diag_error(c->diag, q->pos, "%s is %s: it must not be negative", q->path, q->text);
    else if (!isfinite(mean))
        diag_error(c->diag, q->pos, "%s is %s: its mean is not finite", q->path, q->text);
    else if (mean > most)
        diag_error(c->diag, q->pos, "%s is %s: its mean is more than the limit of %s", q->path,
                   q->text, limit);
    else
        return true;
    return false;
}

static bool is_plain(struct compiler *c, const struct quantity *q) {
    if (q->dist->kind != DIST_CONST)
        diag_error(c->diag, q->pos, "%s is %s: it must be a number, not a distribution", q->path,
                   q->text);
    else if (!isfinite(q->dist->a) || q->dist->a < 0)
        diag_error(c->diag, q->pos, "%s is %s: it must be finite and not negative", q->path,
                   q->text);
    else
        return true;
    return false;
}

double plain_number(struct compiler *c, const struct quantity *q) {
    return is_plain(c, q) ? q->dist->a : 0;
}

uint64_t whole_number(struct compiler *c, const struct quantity *q, double least, double most) {
    if (!is_plain(c, q))
        return (uint64_t)least;
    double x = q->dist->a;
    if (x != floor(x))
        diag_error(c->diag, q->pos, "%s is %s: it must be a whole number", q->path, q->text);
    else if (x < least)
        diag_error(c->diag, q->pos, "%s is %s: it must be at least %.0f", q->path, q->text, least);
    else if (x > most)
        diag_error(c->diag, q->pos, "%s is %s: the limit is %.0f", q->path, q->text, most);
    else
        return (uint64_t)x;
    return (uint64_t)least;
}

sim_time plain_time(struct compiler *c, const struct quantity *q) {
    double seconds = plain_number(c, q);
    if (seconds <= LONGEST)
        return (sim_time)llround(seconds * (double)TICKS_PER_SECOND);
    diag_error(c->diag, q->pos, "%s is %s: the limit is 1 h", q->path, q->text);
    return 0;
}

const struct dist *time_dist(struct compiler *c, const struct quantity *q) {
    if (!check_dist(c, q, LONGEST, "1 h"))
        return NULL;
    if (q->dist->kind == DIST_CONST && q->dist->a == 0)
        return NULL;
    return dist_scaled(c->arena, q->dist, (double)TICKS_PER_SECOND);
}
