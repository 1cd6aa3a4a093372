/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "report/report.h"

/* The title, and what was run. */
void text_header(struct arena *arena, const struct result *result, FILE *out);

/* The parts of the text report that have a file of their own. */
void text_locks(struct arena *arena, const struct result *result, FILE *out);
void text_measured(struct arena *arena, const struct report *report, FILE *out);
void text_sensitivity(struct arena *arena, const struct sensitivity *sensitivity, FILE *out);

/* Nothing when no profile was wanted. */
void text_profile(struct arena *arena, const struct result *result, FILE *out);

#endif
