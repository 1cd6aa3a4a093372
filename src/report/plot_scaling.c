/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/plot_parts.h"

#include "base/arena.h"
#include "report/cells.h"
#include "report/gnuplot.h"
#include "report/sweep_scaling.h"

#include <math.h>
#include <string.h>

/* Of the strip: rows, and what is above and below them. */
static const double ROW = 21, AROUND = 30;
enum { ROWS_MAX = 16 }; /* beyond which there is none */
/* Letters of the strip that the panel is wide. */
static const double LETTERS = 84;
/* Of the axis, beyond which there is no room for the name of the bound. */
static const double BOUND_NAME = 0.6;

void plot_scaling_collect(struct plot *p) {
    const struct sweep *sweep = p->curves->sweep;
    p->scalings = arena_array(p->arena, p->data.nlines, sizeof(*p->scalings));
    for (uint32_t i = 0; i < p->data.nlines; i++)
        p->scalings[i] =
            scaling_of(p->arena, p->curves,
                       curves_find(p->curves, i / sweep->ndesigns, 0, i % sweep->ndesigns));
}

/* How much of the axis is between two values. */
static double span(const struct curves *c, double from, double to) {
    double low = c->x[0], high = c->x[c->nplaces - 1];
    return plot_is_log(low, high) ? log(to / from) / log(high / low) : (to - from) / (high - low);
}

/* ---- bounds of the first line, and laws ---- */

static double shown(const struct plot *p, double rate) {
    double value = p->data.job ? 1 / rate : rate;
    return isfinite(rate) && rate > 0 ? value / p->data.unit : NAN;
}

static bool within(const struct plot *p, double value) {
    return value * p->data.unit > p->data.low && value * p->data.unit < p->data.high;
}

static const struct usl *law(const struct plot *p, uint32_t line) {
    const struct usl *usl = &p->scalings[line]->usl;
    return usl->fitted && usl->fits && !usl->negative ? usl : NULL;
}

static bool any_law(const struct plot *p) {
    for (uint32_t i = 0; i < p->data.nlines; i++)
        if (law(p, i) != NULL)
            return true;
    return false;
}

/* Where its line begins to be seen. */
static void put_bound_name(const struct plot *p, const char *lock) {
    const struct curves *c = p->curves;
    /* Times fall towards their bounds from above: there is no room. */
    for (uint32_t i = 0; lock != NULL && !p->data.job && i < c->nplaces; i++) {
        double y = shown(p, bound_rate_of(c, p->scalings[0], i, lock));
        if (!within(p, y))
            continue;
        if (span(c, c->x[0], c->x[i]) > BOUND_NAME)
            return;
        fputs("set label ", p->out);
        gnuplot_quote(p->out, arena_printf(p->arena, "bound by lock %s", lock));
        fprintf(p->out, " at %.12g,%.12g left offset 0,0.5 font ',9' textcolor '#555555'\n",
                c->x[i], y);
        return;
    }
}

static void put_peaks(const struct plot *p) {
    const struct curves *c = p->curves;
    for (uint32_t i = 0; i < p->data.nlines; i++) {
        const struct usl *usl = law(p, i);
        if (usl == NULL || !(usl->peak.mean < c->x[c->nplaces - 1]))
            continue;
        fprintf(p->out,
                "set label 'USL peak %.3g' at %.12g,%.12g center offset 0,-1 font ',9' textcolor "
                "'%s' point pointtype 1 linecolor '%s'\n",
                usl->peak.mean, usl->peak.mean, shown(p, usl->peak_rate), plot_style(i)->color,
                plot_style(i)->color);
    }
}

void plot_bounds_prepare(const struct plot *p) {
    const struct curves *c = p->curves;
    const char *lock = bound_main_lock(c, p->scalings[0]);
    fputs("$bounds << EOD\n", p->out);
    for (uint32_t i = 0; i < c->nplaces; i++) {
        double by_lock = lock != NULL ? bound_rate_of(c, p->scalings[0], i, lock) : NAN;
        fprintf(p->out, "%.12g %.12g %.12g\n", c->x[i],
                shown(p, bound_cpu_rate(c, p->scalings[0], i)), shown(p, by_lock));
    }
    fputs("EOD\n", p->out);
    put_bound_name(p, lock);
    put_peaks(p);
}

void plot_bounds(const struct plot *p) {
    for (int column = 2; column <= 3; column++)
        fprintf(p->out, "$bounds using 1:%d with lines linecolor '#888888' linewidth 0.8, ",
                column);
    for (uint32_t i = 0; i < p->data.nlines; i++) {
        const struct usl *usl = law(p, i);
        if (usl == NULL)
            continue;
        const char *load = arena_printf(p->arena, "(1 + %.12g * (x - 1) + %.12g * x * (x - 1))",
                                        usl->sigma.mean, usl->kappa.mean);
        double lambda = shown(p, usl->lambda.mean);
        if (p->data.job)
            fprintf(p->out, "%.12g * %s / x", lambda, load);
        else
            fprintf(p->out, "%.12g * x / %s", lambda, load);
        fputs(" with lines linecolor '#777777' linewidth 1 dashtype (12, 6), ", p->out);
    }
}

const char *plot_bounds_text(const struct plot *p) {
    return arena_printf(p->arena, "thin: bounds of %s by its CPUs and its busiest lock%s",
                        p->data.lines[0].name,
                        any_law(p) ? "; long dashes: USL, where it fits" : "");
}

/* ---- the strip ---- */

double plot_limits_height(const struct plot *p) {
    return p->data.nlines <= ROWS_MAX ? AROUND + ROW * p->data.nlines : 0;
}

/* Between a place and the next one. */
static double border(const struct curves *c, uint32_t place) {
    double a = c->x[place], b = c->x[place + 1];
    return plot_is_log(c->x[0], c->x[c->nplaces - 1]) ? sqrt(a * b) : (a + b) / 2;
}

/* As much of it as there is room for. */
static const char *region_name(const struct plot *p, const struct region *region, double room) {
    static const char *const words[LIMITS] = {"load", "CPUs", "lock", "line", "wake"};
    const char *whole = limit_text(p->arena, region->limit, region->lock);
    if (text_columns(whole) <= room)
        return whole;
    return room >= 4 ? words[region->limit] : "";
}

static void put_region(const struct plot *p, const struct region *region, uint32_t row) {
    static const char *const fill[LIMITS] = {"#ffffff", "#f0f0f0", "#c8c8c8", "#d8d8d8", "#e0e0e0"};
    const struct curves *c = p->curves;
    double from = region->first > 0 ? border(c, region->first - 1) : c->x[0];
    double to = region->last + 1 < c->nplaces ? border(c, region->last) : c->x[region->last];
    bool is_log = plot_is_log(c->x[0], c->x[c->nplaces - 1]);
    double middle = is_log ? sqrt(from * to) : (from + to) / 2, y = -(double)row;
    fprintf(p->out,
            "set object rectangle from %.12g,%g to %.12g,%g fillcolor '%s' fillstyle solid border "
            "linecolor '#444444' linewidth 0.7\n",
            from, y - 0.4, to, y + 0.4, fill[region->limit]);
    fputs("set label ", p->out);
    gnuplot_quote(p->out, region_name(p, region, LETTERS * span(c, from, to)));
    fprintf(p->out, " at %.12g,%g center font ',10'\n", middle, y);
}

void plot_limits(const struct plot *p) {
    fputs("unset logscale y\nunset label\nunset border\nunset xtics\nunset ytics\nunset xlabel\n"
          "unset grid\nunset ylabel\nset tmargin 0\nset bmargin 0.5\n",
          p->out);
    fprintf(p->out, "set yrange [%g:0.5]\n", 0.5 - p->data.nlines);
    for (uint32_t i = 0; i < p->data.nlines; i++) {
        for (uint32_t r = 0; r < p->scalings[i]->nregions; r++)
            put_region(p, &p->scalings[i]->regions[r], i);
        fputs("set label ", p->out);
        gnuplot_quote(p->out, p->data.lines[i].name);
        fprintf(p->out, " at graph 1.015,first -%u left textcolor '%s'\n", i, plot_style(i)->color);
    }
    fputs("set label 'limited by' at graph -0.015,0.5 right\nplot NaN\n", p->out);
}
