/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/json.md describes every field. */
#include "report/calibration.h"
#include "report/json_values.h"
#include "report/writers.h"

static json_t *parameter_object(const struct calibrate_parameter *p) {
    static const char *const verdicts[] = {"calibrated", "flat", "entangled"};
    return json_pack(
        "{s:o, s:s, s:o, s:o, s:o, s:o, s:[o, o], s:b, s:o, s:o}", "path", json_text(p->path),
        "verdict", verdicts[p->verdict], "before", json_text(p->before), "after",
        json_text(p->after), "was", json_number(p->start), "is",
        json_estimate((struct estimate){p->value, p->lo, p->hi}), "range", json_number(p->low),
        json_number(p->high), "at_limit", p->at_limit, "partner", json_text(p->partner),
        "correlation", p->partner != NULL ? json_number(p->correlation) : json_null());
}

static json_t *field_object(const struct calibrate_field *field) {
    json_t *object = json_measured(&field->after);
    json_object_set_new(object, "was", json_estimate(field->before.predicted));
    json_object_set_new(object, "fitted", json_boolean(field->fitted));
    json_object_set_new(object, "error", json_number(field->error));
    json_object_set_new(object, "sigma", json_number(field->sigma));
    json_object_set_new(object, "weight", json_number(field->weight));
    json_object_set_new(object, "residual", json_number(field->residual));
    return object;
}

static json_t *runs_object(const struct calibration *c) {
    return json_pack("{s:I, s:I, s:I, s:o, s:o, s:b}", "seed",
                     (json_int_t)c->scenario->run.seed->dist->a, "experiments",
                     (json_int_t)c->experiments, "replications", (json_int_t)c->replications,
                     "duration", json_number(c->duration), "wall", json_number(c->wall),
                     "converged", c->converged);
}

void calibration_json(struct arena *arena, const struct calibration *c, FILE *out) {
    json_t *parameters = json_array(), *fields = json_array(), *designs = json_array();
    for (uint32_t i = 0; i < c->ndesigns; i++)
        json_array_append_new(designs, json_text(c->designs[i]));
    for (uint32_t j = 0; j < c->nparameters; j++)
        json_array_append_new(parameters, parameter_object(&c->parameters[j]));
    for (uint32_t i = 0; i < c->nfields; i++)
        json_array_append_new(fields, field_object(&c->fields[i]));
    json_write(json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:{s:o, s:o, s:o, s:o, s:i}, s:o}", "sim",
                         json_program(), "scenario", json_scenario(c->scenario), "run",
                         runs_object(c), "designs", designs, "parameters", parameters, "fields",
                         fields, "fit", "squares", json_number(c->chi2), "squares_before",
                         json_number(c->chi2_before), "squares_joint", json_number(c->chi2_joint),
                         "misfit", json_number(c->misfit), "freedom", c->freedom, "notes",
                         json_notes(calibration_notes(arena, c))),
               out);
}
