/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Contention points of lock_stat: at most four of those who waited, then at
 * most four of those who held, with rules before each, which pastes lose.
 */
#include "base/arena.h"
#include "import/lock_stat.h"

#include <math.h>
#include <string.h>

enum { POINTS = 4 };

static bool distinct(const struct point *points, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(points[i].site, points[k].site) == 0)
                return false;
    return true;
}

/* How far the counts of a block are from the contentions that they make up. */
static double misfit(const struct point *points, uint32_t n, double contentions) {
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += (double)points[i].count;
    return n > 0 ? fabs(sum - contentions) : 0;
}

/* Without rules: the first block ends where both make up the contentions best. */
static uint32_t guess_waiters(const struct point *points, uint32_t n, double contentions) {
    uint32_t best = n < POINTS ? n : POINTS;
    double least = INFINITY;
    for (uint32_t k = n > POINTS ? n - POINTS : 1; k <= n && k <= POINTS; k++) {
        double off = misfit(points, k, contentions) + misfit(points + k, n - k, contentions);
        if (off < least && distinct(points, k) && distinct(points + k, n - k)) {
            least = off;
            best = k;
        }
    }
    return best;
}

static uint32_t count_waiters(const struct point *points, uint32_t n, double contentions) {
    uint32_t k = 0;
    while (k < n && points[k].block == points[0].block)
        k++;
    bool two_blocks = k < n && points[n - 1].block == points[k].block;
    return two_blocks && k <= POINTS && n - k <= POINTS ? k : guess_waiters(points, n, contentions);
}

static const struct import_site *copy(struct arena *arena, const struct point *points, uint32_t n) {
    struct import_site *sites = arena_array(arena, n, sizeof(*sites));
    for (uint32_t i = 0; i < n; i++)
        sites[i] = (struct import_site){points[i].site, points[i].count};
    return sites;
}

void share_points(struct reading *reading, const struct point *points, uint32_t n,
                  double contentions, struct import_class *c) {
    uint32_t k = count_waiters(points, n, contentions);
    c->waiters = copy(reading->arena, points, k);
    c->nwaiters = k;
    c->holders = copy(reading->arena, points + k, n - k);
    c->nholders = n - k;
}
