/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/plot_data.h"

#include "base/arena.h"
#include "scenario/expression.h"

#include <math.h>
#include <string.h>

static const double WIDE_AXIS = 8; /* last by first place, from where doubling is even */
/* Largest by smallest value that a plain axis can show. On two logarithmic ones linear is straight.
 */
static const double WIDE_VALUES = 8;
enum { TICS = 14 };

bool plot_is_log(double low, double high) {
    return low > 0 && high >= WIDE_AXIS * low;
}

bool plot_has_tic(const struct curves *c, uint32_t place, double shown) {
    double low = c->x[0], high = c->x[c->nplaces - 1], x = c->x[place];
    if (isnan(shown) || place + 1 == c->nplaces || c->nplaces <= TICS)
        return true;
    /* Not so close to the last that they overlap. */
    if (plot_is_log(low, high))
        return x >= 2 * shown && high >= 1.4 * x;
    return x - shown >= (high - low) / TICS && high - x >= (high - low) / TICS;
}

/* ---- values ---- */

bool plot_has_speed(const struct plot_line *line, uint32_t nplaces) {
    for (uint32_t i = 0; i < nplaces; i++)
        if (!isnan(line->values[i].speed.mean))
            return true;
    return false;
}

bool plot_has_wait(const struct plot_line *line, uint32_t nplaces) {
    for (uint32_t i = 0; i < nplaces; i++)
        if (!isnan(line->values[i].wait))
            return true;
    return false;
}

static struct estimate speed_of(const struct sweep_design *design, bool job) {
    if (design->cut_short)
        return (struct estimate){NAN, NAN, NAN};
    struct estimate e = job ? design->elapsed : design->rates[0];
    /* One replication has no interval: the bar is a point. */
    if (isnan(e.lo))
        e.lo = e.hi = e.mean;
    return e;
}

static const char *line_name(struct arena *arena, const struct curves *c,
                             const struct curve *curve) {
    const char *design = c->sweep->designs[curve->design], *group = c->groups[curve->group];
    if (group[0] == '\0')
        return design;
    return c->sweep->ndesigns == 1 ? group : arena_printf(arena, "%s, %s", design, group);
}

static void collect_line(struct arena *arena, const struct curves *c, const struct curve *curve,
                         struct plot_data *data) {
    struct plot_line *line = &data->lines[data->nlines++];
    line->name = line_name(arena, c, curve);
    line->label = line->name;
    if (curve->knee != NO_PLACE)
        line->label = arena_printf(arena, "%s, knee %s", line->name, c->labels[curve->knee]);
    line->values = arena_array(arena, c->nplaces, sizeof(*line->values));
    for (uint32_t i = 0; i < c->nplaces; i++) {
        const struct sweep_design *design =
            &curves_point(c, curve->group, i)->designs[curve->design];
        struct plot_value *v = &line->values[i];
        v->speed = speed_of(design, data->job);
        v->wait = !design->cut_short && design->wait.p99 > 0 ? design->wait.p99 : NAN;
        data->waits |= v->wait > 0;
        data->low = fmin(data->low, v->speed.mean);
        data->high = fmax(data->high, v->speed.hi);
        if (design->failures > 0)
            data->failed[data->nfailed++] = (struct plot_point){
                c->x[i], v->speed.mean,
                arena_printf(arena, "%s: %s", line->name, sim_outcome_name(design->outcome)),
                data->nlines};
    }
    if (curve->knee != NO_PLACE)
        data->knees[data->nknees++] =
            (struct plot_point){c->x[curve->knee], line->values[curve->knee].speed.mean, "", 0};
    double first = line->values[0].speed.mean;
    if (c->counts && curve->design == 0 && curve->group == 0 && first > 0)
        data->linear = data->job ? first * c->x[0] : first / c->x[0];
}

/* ---- measurements, where the scenario is as it was measured ---- */

/* What the scenario itself says at a path, or NAN. */
static double own_value(const struct scenario *scenario, const char *path) {
    for (uint32_t i = 0; i < scenario->nquantities; i++) {
        const struct quantity *q = scenario->quantities[i];
        if (strcmp(q->path, path) == 0)
            return q->dist->kind == DIST_CONST ? q->dist->a : NAN;
    }
    return NAN;
}

/* The other settings of the group are the scenario's own. */
static bool is_own_group(const struct curves *c, uint32_t group) {
    const struct sweep *sweep = c->sweep;
    for (uint32_t i = 0; i < sweep->naxes; i++) {
        struct amount amount;
        const char *value = curves_point(c, group, 0)->values[i];
        if (i != c->axis && !(amount_read(value, &amount) &&
                              amount.value == own_value(sweep->scenario, sweep->axes[i].path)))
            return false;
    }
    return true;
}

static void collect_measured(const struct curves *c, const struct measured *m,
                             struct plot_data *data) {
    const struct sweep *sweep = c->sweep;
    const char *subject = sweep->subjects[0].name;
    double x = own_value(sweep->scenario, sweep->axes[c->axis].path);
    bool within = x >= c->x[0] && x <= c->x[c->nplaces - 1];
    if (!within || m->progress.text == NULL ||
        (subject != NULL && strcmp(m->progress.text, subject) != 0))
        return;
    for (uint32_t d = 0; d < sweep->ndesigns; d++)
        for (uint32_t f = 0; strcmp(sweep->designs[d], m->design.text) == 0 && f < m->nfields; f++)
            if (strcmp(m->fields[f].name, subject == NULL ? "elapsed" : "rate") == 0)
                data->measured[data->nmeasured++] = (struct plot_point){
                    x, m->fields[f].value, m->calibrated ? "measured, fitted" : "measured", 0};
}

static void collect_measurements(const struct curves *c, struct plot_data *data) {
    const struct scenario *scenario = c->sweep->scenario;
    for (uint32_t g = 0; g < c->ngroups; g++)
        for (uint32_t i = 0; is_own_group(c, g) && i < scenario->nmeasured; i++)
            collect_measured(c, &scenario->measured[i], data);
    for (uint32_t i = 0; i < data->nmeasured; i++) {
        data->low = fmin(data->low, data->measured[i].y);
        data->high = fmax(data->high, data->measured[i].y);
    }
}

/* ---- the axis ---- */

static void choose_unit(struct arena *arena, const struct curves *c, struct plot_data *data) {
    static const struct {
        const char *rate, *time;
        double size;
    } units[] = {{"billions per s", "s", 1e9},  {"millions per s", "s", 1e6},
                 {"thousands per s", "s", 1e3}, {"per s", "s", 1},
                 {"per s", "ms", 1e-3},         {"per s", "us", 1e-6}};
    const char *name = c->sweep->subjects[0].name;
    size_t i = name == NULL ? 3 : 0, last = name == NULL ? 5 : 3;
    while (i < last && data->high < 2 * units[i].size)
        i++;
    data->unit = units[i].size;
    data->title = name == NULL ? arena_printf(arena, "elapsed, %s", units[i].time)
                               : arena_printf(arena, "%s, %s", name, units[i].rate);
}

static void choose_range(struct plot_data *data) {
    data->log = data->low > 0 && data->high > WIDE_VALUES * data->low;
    data->low = data->log ? data->low / 1.5 : 0;
    data->high = data->log ? data->high * 1.5 : data->high * 1.06;
    /* Without a value they stand at the bottom, those of one line above those of another. */
    for (uint32_t i = 0; i < data->nfailed; i++) {
        struct plot_point *point = &data->failed[i];
        double height = 0.05 * point->line - 0.025;
        if (isnan(point->y))
            point->y =
                data->log ? data->low * pow(data->high / data->low, height) : data->high * height;
    }
}

void plot_data_collect(struct arena *arena, const struct curves *c, struct plot_data *data) {
    const struct sweep *sweep = c->sweep;
    size_t n = (size_t)c->ngroups * sweep->ndesigns;
    *data = (struct plot_data){.low = INFINITY, .job = sweep->subjects[0].name == NULL};
    data->lines = arena_array(arena, n, sizeof(*data->lines));
    data->knees = arena_array(arena, n, sizeof(*data->knees));
    data->failed = arena_array(arena, n * c->nplaces, sizeof(*data->failed));
    data->measured = arena_array(arena, 2 * (size_t)sweep->scenario->nmeasured * c->ngroups + 1,
                                 sizeof(*data->measured));
    for (uint32_t g = 0; g < c->ngroups; g++)
        for (uint32_t d = 0; d < sweep->ndesigns; d++)
            collect_line(arena, c, curves_find(c, g, 0, d), data);
    collect_measurements(c, data);
    data->empty = !(data->high > 0);
    choose_unit(arena, c, data);
    choose_range(data);
}
