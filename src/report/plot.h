/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_PLOT_H
#define REPORT_PLOT_H

#include "experiment/curves.h"

/*
 * The curves of a sweep as a picture, drawn by gnuplot: NAME.svg, NAME.png, or
 * "-" for letters on standard output. The bytes depend on the sweep and on the
 * version of gnuplot alone.
 */

/* NULL if there can be such a picture here, else what is missing. */
const char *plot_check(const char *file);
/* NULL when all went well, else what did not. */
const char *plot_write(struct arena *arena, const struct curves *curves, const char *file);

#endif
