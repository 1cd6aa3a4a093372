/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/sweep_scaling.h"

#include "base/arena.h"
#include "report/cells.h"
#include "report/places.h"

#include <math.h>
#include <string.h>

struct page {
    struct arena *arena;
    const struct curves *curves;
    const struct scaling *scaling;
};

/* ---- limits ---- */

static const char *const limits[LIMITS] = {
    [LIMIT_LOAD] = "the load",   [LIMIT_CPU] = "the CPUs",       [LIMIT_HELD] = "lock %s",
    [LIMIT_LINE] = "line of %s", [LIMIT_WAKE] = "waking for %s",
};

const char *limit_text(struct arena *arena, enum limit limit, const char *lock) {
    const char *text = limits[limit], *gap = strstr(text, "%s");
    if (gap == NULL)
        return text;
    return arena_printf(arena, "%.*s%s", (int)(gap - text), text, lock);
}

static const char *place(const struct page *p, uint32_t place) {
    return place_is_cpus(p->curves) ? place_name(p->arena, p->curves, place)
                                    : p->curves->labels[place];
}

static const char *range_text(const struct page *p, const struct region *region) {
    uint32_t first = region->first, last = region->last, end = p->curves->nplaces - 1;
    if (first == 0 && last == end)
        return "throughout";
    if (first == last)
        return arena_printf(p->arena, "at %s", place(p, first));
    if (first == 0)
        return arena_printf(p->arena, "up to %s", place(p, last));
    if (last == end)
        return arena_printf(p->arena, "from %s on", place(p, first));
    return arena_printf(p->arena, "at %s to %s", p->curves->labels[first], place(p, last));
}

static const char *busy_text(const struct page *p, const struct region *region) {
    struct cell least = cell_share(region->least), most = cell_share(region->most);
    if (region->limit == LIMIT_LOAD)
        return arena_printf(p->arena, "nothing is busier than %s", most.text);
    if (strcmp(least.text, most.text) == 0)
        return arena_printf(p->arena, "%s busy", most.text);
    return arena_printf(p->arena, "%s to %s busy", least.text, most.text);
}

static void put_limits(const struct page *p, FILE *out) {
    const char *text = "  limited by ";
    for (uint32_t i = 0; i < p->scaling->nregions; i++) {
        const struct region *region = &p->scaling->regions[i];
        text = arena_printf(p->arena, "%s%s%s %s (%s)", text, i > 0 ? "; " : "",
                            limit_text(p->arena, region->limit, region->lock),
                            range_text(p, region), busy_text(p, region));
    }
    if (p->scaling->nregions > 0)
        put_wrapped(out, text, 4);
}

/* ---- the law ---- */

static const char *number(const struct page *p, const char *name, const struct estimate *e) {
    return arena_printf(p->arena, "%s %.3g (%.3g..%.3g)", name, e->mean, e->lo, e->hi);
}

static const char *speed_text(const struct page *p, double rate) {
    bool job = p->curves->sweep->subjects[p->scaling->curve->subject].name == NULL;
    struct cell cell = job ? cell_time(1 / rate) : cell_value(UNIT_RATE, rate);
    return arena_printf(p->arena, "%s%s", cell.text, job ? "" : "/s");
}

static const char *peak_text(const struct page *p) {
    const struct usl *usl = &p->scaling->usl;
    const struct curves *c = p->curves;
    if (isnan(usl->peak.mean))
        return isfinite(usl->peak_rate)
                   ? arena_printf(p->arena, "no peak, towards %s", speed_text(p, usl->peak_rate))
                   : "no peak";
    const char *upper = isfinite(usl->peak.hi) ? arena_printf(p->arena, "%.3g", usl->peak.hi) : "";
    bool beyond = usl->peak.mean > c->x[c->nplaces - 1];
    return arena_printf(p->arena, "peak %s at %.3g (%.3g..%s)%s", speed_text(p, usl->peak_rate),
                        usl->peak.mean, usl->peak.lo, upper, beyond ? ", beyond the sweep" : "");
}

static const char *misfit_text(const struct page *p) {
    const struct usl *usl = &p->scaling->usl;
    const char *text = usl->fits && !usl->negative ? "" : " does not fit";
    if (!usl->fits)
        text = arena_printf(p->arena, "%s, it is off by up to %s at %s", text,
                            cell_share(usl->worst).text, place(p, p->scaling->worst_place));
    if (usl->negative)
        text = arena_printf(p->arena, "%s, %s would be negative", text,
                            usl->sigma.mean == 0 ? "sigma" : "kappa");
    return text;
}

static void put_law(const struct page *p, FILE *out) {
    const struct usl *usl = &p->scaling->usl;
    if (usl->fitted)
        put_wrapped(out,
                    arena_printf(p->arena, "  USL%s: %s, %s, %s", misfit_text(p),
                                 number(p, "sigma", &usl->sigma), number(p, "kappa", &usl->kappa),
                                 peak_text(p)),
                    4);
}

void scaling_text(struct arena *arena, const struct curves *curves, const struct curve *curve,
                  FILE *out) {
    const struct page page = {arena, curves, scaling_of(arena, curves, curve)};
    put_limits(&page, out);
    put_law(&page, out);
}
