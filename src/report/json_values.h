/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_JSON_VALUES_H
#define REPORT_JSON_VALUES_H

#include "experiment/measured.h"
#include "report/notes.h"

#include <jansson.h>

json_t *json_number(double x); /* null when it is not finite */
/* File names may be anything; JSON takes UTF-8 only. */
json_t *json_text(const char *s); /* null for NULL */
json_t *json_estimate(struct estimate e);
json_t *json_times(const struct time_result *time);
/* Writes it and lets it go. */
void json_write(json_t *root, FILE *out);
/* {"version": ..., "format": ...} */
json_t *json_program(void);
/* {"file": ..., "title": ...} */
json_t *json_scenario(const struct scenario *scenario);
/* {"run": ..., "spin": ..., ...} */
json_t *json_cpu(const struct cpu_result *cpu);
/* null: nothing was asked about. */
json_t *json_precision(double precision);
json_t *json_run(const struct result *result);
json_t *json_measured(const struct measured_line *line);
json_t *json_notes(struct notes notes);
json_t *json_audit(const struct audit *audit);

#endif
