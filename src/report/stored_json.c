/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/json.md describes every field. */
#include "report/json_values.h"
#include "report/stored.h"

#include <math.h>

static json_t *settings(const struct sweep *sweep, uint32_t point) {
    json_t *object = json_object();
    for (uint32_t i = 0; i < sweep->naxes; i++)
        json_object_set_new(object, sweep->axes[i].path, json_text(sweep->points[point].values[i]));
    return object;
}

static json_t *store_object(const struct stored_list *list) {
    const struct provenance *o = list->provenance;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:I}", "file", json_text(list->file),
                     "scenario", json_text(o->file), "digest", json_text(o->digest), "version",
                     json_text(o->version), "engine", json_text(o->engine), "seed",
                     (json_int_t)o->seed, "points", (json_int_t)list->sweep->npoints);
}

static json_t *point_object(struct arena *arena, const struct stored_list *list, uint32_t index) {
    const struct sweep_point *point = &list->sweep->points[index];
    return json_pack("{s:o, s:o, s:I, s:o, s:o, s:o, s:o}", "settings",
                     settings(list->sweep, index), "digest",
                     json_text(provenance_point_digest(arena, list->provenance, point->values)),
                     "replications", (json_int_t)point->replications, "precision",
                     json_number(point->precision > 0 ? point->precision : NAN), "simulated",
                     json_number(point->simulated), "acquisitions",
                     json_number(point->acquisitions), "events", json_number(point->events));
}

void stored_list_json(struct arena *arena, const struct stored_list *list, FILE *out) {
    json_t *points = json_array();
    for (uint32_t i = 0; i < list->sweep->npoints; i++)
        if (sweep_has(&list->sweep->points[i]))
            json_array_append_new(points, point_object(arena, list, i));
    json_write(json_pack("{s:o, s:o, s:o}", "sim", json_program(), "store", store_object(list),
                         "points", points),
               out);
}

static json_t *value_object(const struct moved *m, const struct moved_value *v) {
    json_t *first = v->outcome[0] != NULL ? json_text(v->outcome[0]) : json_estimate(v->a);
    json_t *second = v->outcome[0] != NULL ? json_text(v->outcome[1]) : json_estimate(v->b);
    return json_pack("{s:o, s:o, s:o, s:s, s:s, s:o, s:o}", "settings", settings(m->a, v->point),
                     "design", json_text(m->a->designs[v->design]), "name", json_text(v->name),
                     "quantity", v->quantity, "verdict", move_name(v->move), "first", first,
                     "second", second);
}

void stored_moves_json(struct arena *arena, const struct stored_moves *moves, FILE *out) {
    (void)arena;
    const struct moved *m = moves->moved;
    json_t *values = json_array();
    for (uint32_t i = 0; i < m->nvalues; i++)
        json_array_append_new(values, value_object(m, &m->values[i]));
    json_t *stores = json_pack("[o, o]", store_object(&moves->a), store_object(&moves->b));
    json_write(
        json_pack("{s:o, s:o, s:o}", "sim", json_program(), "stores", stores, "values", values),
        out);
}
