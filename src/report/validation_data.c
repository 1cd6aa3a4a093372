/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predicted against measured for programs: JSON and CSV. docs/json.md describes both. */
#include "report/csv_cells.h"
#include "report/json_values.h"
#include "report/notes.h"
#include "report/writers.h"

static json_t *line_object(const struct validated_line *line) {
    json_t *object = json_measured(&line->line);
    json_object_set_new(object, "tolerance", json_number(line->tolerance));
    json_object_set_new(object, "verdict", json_string(verdict_name(line->verdict)));
    json_object_set_new(object, "unsure", json_boolean(line->unsure));
    return object;
}

static json_t *summary_object(const struct validation *v) {
    json_t *object = json_object();
    static const char *const keys[] = {"ok", "fitted", "outside", "not_scored"};
    for (int i = 0; i < VERDICTS; i++)
        json_object_set_new(object, keys[i], json_integer(v->counts[i]));
    json_object_set_new(object, "outside_fitted", json_integer(v->outside_fitted));
    json_object_set_new(object, "failed_designs", json_integer(v->failed));
    return object;
}

static json_t *outcomes(const struct result *result) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < result->ndesigns; i++) {
        const struct design_result *design = &result->designs[i];
        json_array_append_new(list, json_pack("{s:o, s:s, s:o}", "name", json_text(design->name),
                                              "outcome", sim_outcome_name(design->outcome),
                                              "detail", json_text(design->detail)));
    }
    return list;
}

void validation_json(struct arena *arena, const struct report *report, FILE *out) {
    const struct result *result = report->result;
    const struct validation *v = report->validation;
    json_t *lines = json_array();
    for (uint32_t i = 0; i < v->n; i++)
        json_array_append_new(lines, line_object(&v->lines[i]));
    json_write(json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "sim", json_program(),
                         "scenario", json_scenario(result->scenario), "run", json_run(result),
                         "designs", outcomes(result), "measured", lines, "summary",
                         summary_object(v), "audit", json_audit(&result->runs->audit), "notes",
                         json_notes(notes_of_validation(arena, report))),
               out);
}

void validation_csv(struct arena *arena, const struct report *report, FILE *out) {
    (void)arena;
    const struct validation *v = report->validation;
    fputs("design,subject,mode,field,site,role,measured,predicted,predicted_lo,predicted_hi,ratio,"
          "tolerance,verdict,unsure\n",
          out);
    for (uint32_t i = 0; i < v->n; i++) {
        const struct validated_line *line = &v->lines[i];
        const struct measured_line *l = &line->line;
        const char *const texts[] = {l->design, l->subject, l->mode, l->field, l->site};
        for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++) {
            csv_text(out, texts[k] != NULL ? texts[k] : "");
            fputc(',', out);
        }
        fputs(l->calibrated ? "calibrated" : "predicted", out);
        csv_number(out, l->measured);
        csv_estimate(out, l->predicted);
        csv_number(out, l->ratio);
        csv_number(out, line->tolerance);
        fprintf(out, ",%s,%d\n", verdict_name(line->verdict), line->unsure);
    }
}
