/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_GNUPLOT_H
#define REPORT_GNUPLOT_H

#include <stdio.h>

/* NULL if gnuplot can be run, else what to do about it. */
const char *gnuplot_check(void);
/* Runs a script, written from its start; what it draws goes to `out`. NULL, or what went wrong. */
const char *gnuplot_run(FILE *script, FILE *out);
/* A text as gnuplot takes it, in single quotes; control characters become blanks. */
void gnuplot_quote(FILE *script, const char *text);

#endif
