/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_PLOT_PARTS_H
#define REPORT_PLOT_PARTS_H

#include "experiment/scaling.h"
#include "report/plot_data.h"

#include <stdio.h>

/* For the files plot*.c alone: a picture as it is written to gnuplot. */
struct plot_terminal {
    const char *ending, *set; /* to be followed by the size */
    int scale; /* pixels for each of 800 x 640; 0: letters, room for one panel only */
};

/* Told apart without colours: by their points, and by their dashes. */
struct plot_style {
    const char *color;
    int dashes, point;
};

struct plot {
    struct arena *arena;
    const struct curves *curves;
    const struct plot_terminal *terminal;
    struct plot_data data;
    const struct scaling **scalings; /* by line */
    FILE *out;
};

const struct plot_style *plot_style(uint32_t line);
/* An element of a plot command: columns of the line's data, "1:2", and how they are drawn. */
void plot_element(const struct plot *plot, uint32_t line, const char *columns, const char *with);

/* plot_waits.c: the panel of waits. */
void plot_waits(const struct plot *plot);

/* plot_scaling.c: what limits, and the law. */
void plot_scaling_collect(struct plot *plot);
/* Data and labels of the lines below. */
void plot_bounds_prepare(const struct plot *plot);
/* The first lines of the plot command of the rates: bounds of the first, laws that fit. */
void plot_bounds(const struct plot *plot);
/* A word for the caption on each of what plot_bounds() draws; "" for nothing. */
const char *plot_bounds_text(const struct plot *plot);
/* The strip with a row for each line; how high it is, in units of 1 / 640 of the panels above,
 * or 0: there are too many. */
double plot_limits_height(const struct plot *plot);
void plot_limits(const struct plot *plot);

#endif
