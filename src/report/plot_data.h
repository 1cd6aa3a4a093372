/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_PLOT_DATA_H
#define REPORT_PLOT_DATA_H

#include "experiment/curves.h"

/*
 * The numbers of a picture: of the job as a whole, or else of the first
 * progress point. What a job takes is drawn as a time, all else as a rate.
 */
struct plot_value {
    struct estimate speed; /* NAN where the design did not end well */
    double wait;           /* p99, seconds; NAN for none */
};

struct plot_line {
    const char *name;
    const char *label;         /* with its knee */
    struct plot_value *values; /* by place */
};

struct plot_point {
    double x, y;
    const char *name; /* what happened there */
    uint32_t line;    /* whose it is, from 1; 0: nobody's */
};

struct plot_data {
    const char *title; /* of the values */
    double unit;       /* that they are shown in */
    double low, high;  /* of the axis */
    bool log;
    bool job;      /* the values are times */
    bool empty;    /* there are no values */
    bool waits;    /* there are any */
    double linear; /* the value at 1, if all scaled as the first does; 0: that says nothing */
    struct plot_line *lines;
    uint32_t nlines;
    struct plot_point *knees, *measured, *failed;
    uint32_t nknees, nmeasured, nfailed;
};

void plot_data_collect(struct arena *arena, const struct curves *curves, struct plot_data *data);

bool plot_has_speed(const struct plot_line *line, uint32_t nplaces);
bool plot_has_wait(const struct plot_line *line, uint32_t nplaces);

/* Where a value is between the ends of the axis, 0 to 1. */
double plot_height(const struct plot_data *data, double value);

/* The name of a line beside its last value. */
struct plot_label {
    uint32_t line;
    double height;
};
struct plot_label *plot_labels(struct arena *arena, const struct plot_data *data, uint32_t nplaces,
                               uint32_t *n);

/* True if values between these belong on a logarithmic axis. */
bool plot_is_log(double low, double high);
/* True if the place has a tic on the axis, the one before being at x = shown or NAN. */
bool plot_has_tic(const struct curves *curves, uint32_t place, double shown);

#endif
