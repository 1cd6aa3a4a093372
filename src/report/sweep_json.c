/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/json.md describes every field; a test holds the two together. */
#include "report/json_values.h"
#include "report/sweep_scaling.h"
#include "report/writers.h"

#include <math.h>

/* ---- points ---- */

static json_t *settings(const struct sweep *sweep, const struct sweep_point *point,
                        uint32_t without) {
    json_t *object = json_object();
    for (uint32_t i = 0; i < sweep->naxes; i++)
        if (i != without)
            json_object_set_new(object, sweep->axes[i].path, json_text(point->values[i]));
    return object;
}

static json_t *lock_object(const struct sweep_lock *lock) {
    json_t *busy =
        json_pack("{s:o, s:o, s:o}", "held", json_number(lock->busy.held), "line",
                  json_number(lock->busy.line), "wakeup", json_number(lock->busy.wakeup));
    return json_pack(
        "{s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name", json_text(lock->name), "kind",
        json_text(lock->kind), "instances", (json_int_t)lock->instances, "acquisitions",
        json_estimate(lock->acquisitions), "contended", json_estimate(lock->contended), "waiting",
        json_estimate(lock->waiting), "utilization", json_estimate(lock->utilization), "wait",
        json_times(&lock->wait), "hold", json_times(&lock->hold), "busy", busy);
}

static json_t *design_object(const struct sweep *sweep, const struct sweep_design *design) {
    json_t *progress = json_object(), *locks = json_array();
    for (uint32_t s = 0; s < sweep->nsubjects; s++)
        if (sweep->subjects[s].name != NULL)
            json_object_set_new(progress, sweep->subjects[s].name, json_estimate(design->rates[s]));
    for (uint32_t i = 0; i < design->nlocks; i++)
        json_array_append_new(locks, lock_object(&design->locks[i]));
    return json_pack(
        "{s:o, s:I, s:o, s:b, s:s, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
        json_text(design->name), "replications", (json_int_t)design->replications, "precision",
        json_precision(design->precision), "precise", design->precise, "outcome",
        sim_outcome_name(design->outcome), "detail", json_text(design->detail), "failures",
        (json_int_t)design->failures, "elapsed",
        sweep->finite ? json_estimate(design->elapsed) : json_null(), "progress", progress, "cpu",
        json_cpu(&design->cpu), "cpu_wait", json_number(design->cpu_wait), "behind",
        json_number(design->behind), "wait", json_times(&design->wait), "locks", locks);
}

static json_t *point_object(const struct sweep *sweep, const struct sweep_point *point) {
    json_t *designs = json_array();
    for (uint32_t d = 0; d < sweep->ndesigns; d++)
        json_array_append_new(designs, design_object(sweep, &point->designs[d]));
    return json_pack("{s:o, s:I, s:o, s:o, s:b, s:o, s:b, s:o, s:o, s:o, s:o, s:o}", "settings",
                     settings(sweep, point, NO_AXIS), "replications",
                     (json_int_t)point->replications, "duration", json_number(point->duration),
                     "warmup", json_number(point->warmup), "warmup_settled", point->warmup_settled,
                     "precision", json_precision(point->precision), "precise", point->precise,
                     "simulated", json_number(point->simulated), "acquisitions",
                     json_number(point->acquisitions), "events", json_number(point->events),
                     "audit", json_audit(&point->audit), "designs", designs);
}

/* ---- curves ---- */

static json_t *place_object(const struct curves *curves, const struct curve *curve,
                            uint32_t place) {
    if (place == NO_PLACE)
        return json_null();
    return json_pack("{s:o, s:o}", "value", json_text(curves->labels[place]), "rate",
                     json_number(curve_rate(curves, curve, place)));
}

static json_t *curve_object(struct arena *arena, const struct curves *curves,
                            const struct curve *curve) {
    const struct sweep *sweep = curves->sweep;
    json_t *object =
        json_pack("{s:o, s:o, s:o, s:o, s:o}", "design", json_text(sweep->designs[curve->design]),
                  "progress", json_text(sweep->subjects[curve->subject].name), "settings",
                  settings(sweep, curves_point(curves, curve->group, 0), curves->axis), "knee",
                  place_object(curves, curve, curve->knee), "maximum",
                  place_object(curves, curve, curve->best));
    scaling_json(arena, curves, curve, object);
    return object;
}

static json_t *crossing_object(const struct curves *curves, const struct crossing *crossing) {
    const struct sweep *sweep = curves->sweep;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:b}", "progress",
                     json_text(sweep->subjects[crossing->subject].name), "settings",
                     settings(sweep, curves_point(curves, crossing->group, 0), curves->axis),
                     "ahead", json_text(sweep->designs[crossing->winner]), "behind",
                     json_text(sweep->designs[crossing->loser]), "from",
                     json_text(curves->labels[crossing->place]), "was_behind",
                     crossing->was_behind);
}

static json_t *curve_list(struct arena *arena, const struct curves *curves) {
    json_t *list = json_array();
    for (uint32_t i = 0; curves->axis != NO_AXIS && i < curves->ncurves; i++)
        json_array_append_new(list, curve_object(arena, curves, &curves->curves[i]));
    return list;
}

static json_t *crossing_list(const struct curves *curves) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < curves->ncrossings; i++)
        json_array_append_new(list, crossing_object(curves, &curves->crossings[i]));
    return list;
}

void sweep_json(struct arena *arena, const struct sweep_report *report, FILE *out) {
    const struct curves *curves = report->curves;
    const struct sweep *sweep = curves->sweep;
    json_t *points = json_array();
    for (uint32_t i = 0; i < sweep->npoints; i++)
        if (sweep_has(&sweep->points[i]))
            json_array_append_new(points, point_object(sweep, &sweep->points[i]));
    json_t *along =
        curves->axis != NO_AXIS ? json_text(sweep->axes[curves->axis].path) : json_null();
    json_t *header =
        json_pack("{s:I, s:o, s:o, s:o}", "seed", (json_int_t)sweep->seed, "along", along,
                  "knee_share", json_number(curves->share), "wall", json_number(report->wall));
    json_write(json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "sim", json_program(), "scenario",
                         json_scenario(sweep->scenario), "sweep", header, "points", points,
                         "curves", curve_list(arena, curves), "crossings", crossing_list(curves)),
               out);
}
