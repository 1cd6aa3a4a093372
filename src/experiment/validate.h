/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_VALIDATE_H
#define EXPERIMENT_VALIDATE_H

#include "experiment/measured.h"

/* How far from what was measured: each figure against a tolerance. */

/* What is asked of each field when nobody says; ends with a NULL field. */
extern const struct tolerance default_tolerances[];

enum verdict {
    VERDICT_OK,
    VERDICT_FITTED, /* within the tolerance, but it was fitted to just that */
    VERDICT_OUTSIDE,
    VERDICT_NOT_SCORED,
    VERDICTS
};

struct validated_line {
    struct measured_line line;
    double tolerance; /* NAN: not scored */
    enum verdict verdict;
    bool unsure; /* the interval of the prediction reaches across the tolerance */
};

struct validation {
    struct validated_line *lines;
    uint32_t n;
    uint32_t counts[VERDICTS];
    uint32_t outside_fitted; /* of those outside, were fitted */
    uint32_t failed;         /* designs that did not end well, of which nothing is scored */
};

/* Those of the tolerances that come last count; behind them come the default ones. */
struct validation *validate(struct arena *arena, const struct result *result,
                            const struct measured_lines *lines, const struct tolerance *tolerances,
                            size_t n);

const char *verdict_name(enum verdict verdict);

#endif
