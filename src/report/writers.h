/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_WRITERS_H
#define REPORT_WRITERS_H

#include "report/report.h"

void write_text(struct arena *arena, const struct report *report, FILE *out);
void write_json(struct arena *arena, const struct report *report, FILE *out);
void write_csv(struct arena *arena, const struct report *report, FILE *out);
void write_lock_stat(struct arena *arena, const struct report *report, FILE *out);
void sweep_text(struct arena *arena, const struct sweep_report *report, FILE *out);
void sweep_json(struct arena *arena, const struct sweep_report *report, FILE *out);
void sweep_csv(struct arena *arena, const struct sweep_report *report, FILE *out);
void imports_text(struct arena *arena, const struct import_report *report, FILE *out);
void imports_json(struct arena *arena, const struct import_report *report, FILE *out);
void validation_text(struct arena *arena, const struct report *report, FILE *out);
void validation_json(struct arena *arena, const struct report *report, FILE *out);
void validation_csv(struct arena *arena, const struct report *report, FILE *out);
void validation_markdown(struct arena *arena, const struct report *report, FILE *out);
void calibration_text(struct arena *arena, const struct calibration *calibration, FILE *out);
void calibration_json(struct arena *arena, const struct calibration *calibration, FILE *out);

#endif
