/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/scaling.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

/* Below this nothing is said to limit anybody: a single server that random customers keep so busy
 * has four of them on average. */
static const double BUSY = 0.8;
/* Of many CPUs nobody waits for one while more of them are idle. */
static const double IDLE = 0.1;
/* From here on it is always busy, and limits whatever the CPUs do: to wait for the line of an
 * atomic is work to them. */
static const double ALWAYS = 0.95;

static const struct sweep_design *design_at(const struct curves *c, const struct curve *curve,
                                            uint32_t place) {
    return &curves_point(c, curve->group, place)->designs[curve->design];
}

/* ---- bounds ---- */

static double total(const struct busy_shares *busy) {
    return busy->held + busy->line + busy->wakeup;
}

static enum limit part_of(const struct busy_shares *busy) {
    if (busy->held >= busy->line && busy->held >= busy->wakeup)
        return LIMIT_HELD;
    return busy->line >= busy->wakeup ? LIMIT_LINE : LIMIT_WAKE;
}

static struct bound bound_of(const struct sweep_design *design, double rate) {
    struct bound bound = {.cpu = NAN};
    if (!(rate > 0))
        return bound;
    bound.cpu = design->cpu.run + design->cpu.switching + design->cpu.irq;
    for (uint32_t i = 0; i < design->nlocks; i++) {
        const struct busy_shares *busy = &design->locks[i].busy;
        if (!(total(busy) > bound.lock))
            continue;
        bound.lock = total(busy);
        bound.limit = part_of(busy);
        bound.index = i;
    }
    /* What was counted from before the beginning to the end may be a little more than all. */
    bound.lock = fmin(bound.lock, 1);
    bool cpus = bound.cpu >= BUSY && design->cpu.idle <= IDLE;
    if (cpus && bound.cpu >= bound.lock && bound.lock < ALWAYS)
        bound.limit = LIMIT_CPU;
    else if (bound.lock < BUSY)
        bound.limit = LIMIT_LOAD;
    return bound;
}

static double bound_rate(const struct curves *c, const struct scaling *s, uint32_t place,
                         double busy) {
    double rate = curve_rate(c, s->curve, place);
    return isnan(rate) || isnan(busy) ? NAN : rate / busy;
}

double bound_cpu_rate(const struct curves *c, const struct scaling *s, uint32_t place) {
    return bound_rate(c, s, place, s->bounds[place].cpu);
}

double bound_lock_rate(const struct curves *c, const struct scaling *s, uint32_t place) {
    return bound_rate(c, s, place, s->bounds[place].lock);
}

const char *bound_lock_name(const struct curves *c, const struct scaling *s, uint32_t place) {
    const struct bound *bound = &s->bounds[place];
    return bound->lock > 0 ? design_at(c, s->curve, place)->locks[bound->index].name : NULL;
}

const char *bound_main_lock(const struct curves *c, const struct scaling *s) {
    uint32_t busiest = 0;
    for (uint32_t i = 1; i < c->nplaces; i++)
        if (s->bounds[i].lock >= s->bounds[busiest].lock)
            busiest = i;
    return bound_lock_name(c, s, busiest);
}

double bound_rate_of(const struct curves *c, const struct scaling *s, uint32_t place,
                     const char *lock) {
    const struct sweep_design *design = design_at(c, s->curve, place);
    double busy = NAN;
    for (uint32_t i = 0; i < design->nlocks; i++)
        if (strcmp(design->locks[i].name, lock) == 0)
            busy = fmin(total(&design->locks[i].busy), 1);
    return bound_rate(c, s, place, busy);
}

/* ---- regions ---- */

static bool same(const struct region *region, enum limit limit, const char *lock) {
    if (region->limit != limit || (region->lock == NULL) != (lock == NULL))
        return false;
    return lock == NULL || strcmp(region->lock, lock) == 0;
}

static double busy_of(const struct bound *bound) {
    if (bound->limit == LIMIT_LOAD)
        return fmax(bound->cpu, bound->lock);
    return bound->limit == LIMIT_CPU ? bound->cpu : bound->lock;
}

static void find_regions(struct arena *arena, const struct curves *c, struct scaling *s) {
    s->regions = arena_array(arena, c->nplaces, sizeof(*s->regions));
    for (uint32_t i = 0; i < c->nplaces; i++) {
        const struct bound *bound = &s->bounds[i];
        if (isnan(bound->cpu))
            continue;
        bool any = bound->limit == LIMIT_LOAD || bound->limit == LIMIT_CPU;
        const char *lock = any ? NULL : bound_lock_name(c, s, i);
        double busy = busy_of(bound);
        struct region *region = s->nregions > 0 ? &s->regions[s->nregions - 1] : NULL;
        if (region == NULL || !same(region, bound->limit, lock)) {
            region = &s->regions[s->nregions++];
            *region = (struct region){bound->limit, lock, i, i, busy, busy};
        }
        region->last = i;
        region->least = fmin(region->least, busy);
        region->most = fmax(region->most, busy);
    }
}

/* ---- the law ---- */

/* It is about a whole number of processors, or of threads. */
static bool counts_whole(const struct curves *c) {
    for (uint32_t i = 0; i < c->nplaces; i++)
        if (c->x[i] != floor(c->x[i]))
            return false;
    return c->counts;
}

static void fit_law(struct arena *arena, const struct curves *c, struct scaling *s) {
    struct usl_point *points = arena_array(arena, c->nplaces, sizeof(*points));
    uint32_t *places = arena_array(arena, c->nplaces, sizeof(*places)), n = 0;
    for (uint32_t i = 0; counts_whole(c) && i < c->nplaces; i++) {
        const struct sweep_design *design = design_at(c, s->curve, i);
        struct estimate rate = design->rates[s->curve->subject];
        if (!(rate.mean > 0))
            continue;
        places[n] = i;
        points[n++] =
            (struct usl_point){c->x[i], rate.mean, estimate_error(&rate, design->replications)};
    }
    s->usl = usl_fit(points, n);
    s->worst_place = s->usl.fitted ? places[s->usl.worst_point] : NO_PLACE;
}

struct scaling *scaling_of(struct arena *arena, const struct curves *c, const struct curve *curve) {
    struct scaling *s = arena_alloc(arena, sizeof(*s));
    s->curve = curve;
    s->bounds = arena_array(arena, c->nplaces, sizeof(*s->bounds));
    for (uint32_t i = 0; i < c->nplaces; i++)
        s->bounds[i] = bound_of(design_at(c, curve, i), curve_rate(c, curve, i));
    find_regions(arena, c, s);
    fit_law(arena, c, s);
    return s;
}
