/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loader promises what a number is by itself: finite, not negative, a
 * whole number where one is counted, no distribution where none may be. Here
 * is what it must not be in this program.
 */
#include "program/compile.h"

#include <math.h>

/* Longer than this is no cost of a step, and the engine cuts draws there. */
static const double LONGEST = 3600.0;

bool is_drawn(const struct dist *dist) {
    return dist != NULL && dist->kind != DIST_CONST;
}

double plain_number(const struct quantity *q) {
    return q->dist->a;
}

uint64_t whole_number(struct compiler *c, const struct quantity *q, double least, double most) {
    double x = plain_number(q);
    if (x < least)
        diag_error(c->diag, q->pos, "%s is %s: it must be at least %.0f", q->path, q->text, least);
    else if (x > most)
        diag_error(c->diag, q->pos, "%s is %s: the limit is %.0f", q->path, q->text, most);
    else
        return (uint64_t)x;
    return (uint64_t)least;
}

sim_time plain_time(struct compiler *c, const struct quantity *q) {
    double seconds = plain_number(q);
    if (seconds <= LONGEST)
        return (sim_time)llround(seconds * (double)TICKS_PER_SECOND);
    diag_error(c->diag, q->pos, "%s is %s: the limit is 1 h", q->path, q->text);
    return 0;
}

bool check_mean(struct compiler *c, const struct quantity *q, double most, const char *limit) {
    if (dist_mean(q->dist) <= most)
        return true;
    diag_error(c->diag, q->pos, "%s is %s: its mean is more than the limit of %s", q->path, q->text,
               limit);
    return false;
}

const struct dist *time_dist(struct compiler *c, const struct quantity *q) {
    if (!check_mean(c, q, LONGEST, "1 h"))
        return NULL;
    if (q->dist->kind == DIST_CONST && q->dist->a == 0)
        return NULL;
    return dist_scaled(c->arena, q->dist, (double)TICKS_PER_SECOND);
}
