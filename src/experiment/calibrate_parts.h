/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_CALIBRATE_PARTS_H
#define EXPERIMENT_CALIBRATE_PARTS_H

#include "experiment/calibrate.h"

#include <gsl/gsl_matrix.h>

/* The parts of a calibration, for src/experiment/calibrate*.c alone. */

/* A number that is varied. Its logarithm is what is fitted. */
struct parameter {
    const char *path;
    const char *part; /* an argument's name, or "": the size */
    const struct quantity *quantity;
    const char *text; /* of the quantity, with the number in it */
    double low, high, start;
    bool whole;
    enum unit unit;
};

struct parameters {
    struct parameter *items;
    uint32_t n;
    const struct scenario *scenario;
};

bool parameters_find(struct arena *arena, struct diag *diag, const struct calibrate_plan *plan,
                     const struct scenario *scenario, struct parameters *out);
/* The value's text with all numbers that are varied in it; values by parameter. */
const char *parameter_text(struct arena *arena, const struct parameters *all, uint32_t index,
                           const double *values);
/* The number alone, in a text that has it. */
const char *parameter_number(struct arena *arena, const struct parameter *parameter,
                             const char *text);
/* As it will be written: in its range, whole or with few digits. */
double parameter_round(struct arena *arena, const struct parameter *parameter, double value);

/* What the targets ask about, in one experiment. */
struct outcome {
    const char *key; /* the texts of all parameters */
    bool well;       /* all designs ended well */
    struct measured_lines lines;
};

struct calibrator {
    struct arena *arena;
    struct diag *diag;
    const struct calibrate_plan *plan;
    const struct parameters *parameters;
    const char **designs;
    uint32_t ndesigns;
    uint32_t replications;
    double duration; /* seconds; NAN: finite jobs */
    double warmup;   /* seconds; NAN: to be found by the first experiment */
    struct outcome **known;
    uint32_t nknown, room;
    uint32_t experiments, expected; /* for the progress */
};

bool calibrator_begin(struct calibrator *c, const struct scenario *scenario);
/* At these values, rounded; NULL after an error. The same twice is one experiment. */
const struct outcome *calibrator_run(struct calibrator *c, const double *values);

/* A line that is fitted, and how far it may be off. */
struct aim {
    uint32_t line;
    double error;    /* stated */
    double sigma;    /* with what chance does */
    bool difference; /* of shares, else of logarithms */
};

struct aims {
    struct aim *items;
    uint32_t n;
};

struct aims aims_find(struct arena *arena, const struct calibrate_plan *plan,
                      const struct measured_lines *lines);
/* Takes the part of chance from an experiment. */
void aims_weigh(struct aims *aims, const struct outcome *outcome, uint32_t replications);
/* In standard deviations; the second with another prediction than the line's. */
double aim_residual(const struct aim *aim, const struct measured_line *line);
double aim_residual_of(const struct aim *aim, const struct measured_line *line, double predicted);

/* Which parameters a fit may change; the others keep their values. */
struct fit {
    struct calibrator *calibrator;
    const struct aims *aims;
    const bool *free;
    bool prior;     /* hold what the targets do not determine near its start */
    double *values; /* by parameter: where it begins, and where it ends */
};

/* False after an error. */
bool fit_run(const struct fit *fit, bool *converged);
/*
 * Slopes of the residuals by the logarithms of all parameters, aims by rows;
 * those that cannot be told from chance are 0. NULL after an error.
 */
gsl_matrix *fit_slopes(const struct fit *fit);

/*
 * What the slopes say about the parameters that are candidates: those that they
 * do not determine are no candidates any more, and have a verdict. spread: the
 * standard deviation of each logarithm, residuals being `scale` times as large
 * as they should be.
 */
void identify(const gsl_matrix *slopes, double scale, const struct parameters *parameters,
              bool *candidates, struct calibrate_parameter *out, double *spread);

/* The scenario's text with what was fitted; NULL after an error. */
const char *calibrated_text(struct arena *arena, struct diag *diag,
                            const struct calibrate_plan *plan, const struct parameters *parameters,
                            const struct calibration *calibration, size_t *length);

#endif
