/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_MEASURED_H
#define EXPERIMENT_MEASURED_H

#include "experiment/result.h"

/*
 * Predicted beside measured, one line per figure that the scenario states.
 * Predictions of counts and totals are scaled to the measurement's window.
 */
enum unit { UNIT_COUNT, UNIT_TIME, UNIT_RATE, UNIT_SHARE, UNIT_RATIO };

struct measured_line {
    const char *design;
    const char *subject; /* a lock, a progress point, a group of threads, or NULL: all locks
                            measured in the design, or its profile */
    const char *mode;    /* "read" or "write" when the figure is of such a row, else NULL */
    const char *field;   /* as in `measured`, "waiters", "holders", "profile", or
                            "wait-total-ratio": baseline by design */
    const char *site;    /* of "waiters", "holders" and "profile", and a caller; else NULL */
    enum unit unit;      /* times in seconds */
    bool calibrated;     /* the figure was fitted: agreement says nothing */
    bool scored;         /* false for extremes, which no window length makes comparable */
    struct estimate predicted;
    const double *values; /* by replication, NAN where one has nothing to say; or NULL */
    double observed;      /* how long, in replications */
    double measured;
    double ratio; /* predicted by measured; NAN when not scored or measured is 0 */
};

struct measured_lines {
    struct measured_line *lines;
    uint32_t n;
};

/*
 * How far a figure may be off: 10% lets the ratio of predicted to measured be 1.1
 * or 1/1.1, and a share (waiters, holders, profile) differ by 10 percentage points.
 */
struct tolerance {
    const char *field; /* NULL: every field */
    double share;
};

/* With what the scenario states. */
struct measured_lines measured_compare(struct arena *arena, const struct result *result);
/* With other measurements than those of the scenario; they must be of things that it has. */
struct measured_lines measured_compare_with(struct arena *arena, const struct result *result,
                                            const struct measured *entries, uint32_t n);

/* True if they are of the same and what they both state is equal: one was taken from the other. */
bool measured_same(const struct measured *stated, const struct measured *found);

#endif
