/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_CSV_CELLS_H
#define REPORT_CSV_CELLS_H

#include "experiment/result.h"

#include <stdio.h>

/* In quotes where it needs them; on one line, as some readers of tables take no others. */
void csv_text(FILE *out, const char *text);
/* These begin with a comma; what is not known is empty. */
void csv_number(FILE *out, double value);
void csv_estimate(FILE *out, struct estimate e);           /* three columns */
void csv_times(FILE *out, const struct time_result *time); /* eight */

#endif
