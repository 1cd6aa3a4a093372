/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_CELLS_H
#define REPORT_CELLS_H

#include "experiment/measured.h"
#include "stats/estimate.h"

#include <stdio.h>

/* Short texts for a terminal: three significant digits, "-" for what is not known. */
enum { TEXT_WIDTH = 100 };

struct cell {
    char text[48];
};

struct cell cell_time(double seconds);
struct cell cell_count(double count);
struct cell cell_share(double share);
struct cell cell_ratio(double ratio);
struct cell cell_value(enum unit unit, double value);
/* "+-0.5%": half the interval relative to the mean; empty when that means nothing. */
struct cell cell_precision(struct estimate estimate);
/* The same of the widest of several intervals, with more digits; "not known" if it is infinite. */
struct cell cell_reached(double precision);
/* False for a ratio whose interval spans two orders of magnitude: it divides by next to nothing. */
bool cell_says_something(struct estimate ratio);
/* "43.1 (39.0..47.2)" */
struct cell cell_interval(enum unit unit, struct estimate estimate);

/* Columns a UTF-8 text takes, one per character. */
int text_columns(const char *text);
/* The text in exactly `width` columns, cut or padded with blanks. */
void put_padded(FILE *out, const char *text, int width);
/* The same, but cut at its beginning, as the end of a path says more. */
void put_tail(FILE *out, const char *text, int width);
/* Breaks the text between words. The first line keeps the blanks it starts with, those after it
   start with `indent` of them. */
void put_wrapped(FILE *out, const char *text, int indent);

#endif
