/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_CALIBRATE_H
#define EXPERIMENT_CALIBRATE_H

#include "experiment/measured.h"

/*
 * Fits numbers of a scenario so that what an observer sees of the simulated
 * runs is what was measured. Least squares on logarithms (Levenberg-Marquardt),
 * every experiment with the same random numbers. What is fitted to what:
 *
 * - Parameters are quantities by their paths: of a distribution the mean, or,
 *   with the name of an argument behind the path, that argument
 *   (sections.cs.cost.cv). They stay within their ranges.
 * - Targets are measurements, as a scenario states them. Each field has an
 *   error, one standard deviation, of the measurement; to it comes what chance
 *   does, to the simulation and to an observation of that length. A field's
 *   weight is the inverse square of all of it.
 * - A parameter that the targets do not determine, alone or together with
 *   others, is left as it is, and said to be.
 */
struct calibrate_vary {
    const char *path;
    const char *range; /* "1us..50us"; NULL: the range that the quantity states */
};

struct calibrate_plan {
    const char *file, *text; /* of the scenario */
    size_t length;
    const struct setting *settings; /* to apply to it; not written to the fitted text */
    size_t nsettings;
    const struct calibrate_vary *vary;
    uint32_t nvary; /* 0: every assumed quantity that states a range */
    const struct measured *targets;
    uint32_t ntargets;
    const struct tolerance *errors; /* the last of a field counts; then calibrate_errors[] */
    size_t nerrors;
    const char *measurement; /* its name, for the sources of the fitted numbers */
    unsigned jobs;
    void (*progress)(void *self, double done); /* NULL: nobody wants to know */
    void *self;
};

/*
 * What is taken for the error when nobody says; ends with a NULL field. Fields
 * that are not in it are fitted only if an error is given for them by name.
 */
extern const struct tolerance calibrate_errors[];

enum calibrate_verdict {
    CALIBRATED,
    FLAT,      /* the targets hardly depend on it within its range */
    ENTANGLED, /* they determine it only together with others */
};

struct calibrate_parameter {
    const char *path;
    double low, high;           /* its range */
    const char *before, *after; /* the value's text; after is before unless CALIBRATED */
    const char *was, *is;       /* the number in them */
    enum unit unit;
    double start, value;
    double lo, hi; /* 95 %, cut at the range */
    enum calibrate_verdict verdict;
    bool at_limit;       /* it would leave its range */
    const char *partner; /* the parameter that it is most correlated with, or NULL, */
    double correlation;  /* and how much */
};

struct calibrate_field {
    struct measured_line before, after; /* of the scenario as it was, and as fitted */
    bool fitted;
    double error;    /* stated, relative or absolute as above; NAN: not fitted */
    double sigma;    /* with what chance does */
    double weight;   /* 1 / sigma^2, as a share of the sum */
    double residual; /* after, in sigmas */
};

struct calibration {
    const struct scenario *scenario; /* as it was */
    const char *const *designs;      /* that were fitted */
    uint32_t ndesigns;
    struct calibrate_parameter *parameters;
    uint32_t nparameters;
    struct calibrate_field *fields;
    uint32_t nfields;
    double chi2_before, chi2; /* sums of squared residuals of the fitted fields */
    double chi2_joint;        /* with all parameters fitted, those that are not known, too */
    double misfit;            /* then: how much larger residuals are than they should be */
    int freedom;              /* fitted fields less calibrated parameters */
    uint32_t experiments;
    uint32_t replications;
    double duration; /* seconds of each; NAN: a finite job */
    bool converged;
    double wall;      /* seconds it took, to be filled in by who asked */
    const char *text; /* of the fitted scenario */
    size_t length;
};

/* NULL after an error, which the diag says. Everything lives in the arena. */
struct calibration *calibrate_run(struct arena *arena, struct diag *diag,
                                  const struct calibrate_plan *plan);

#endif
