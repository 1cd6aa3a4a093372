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
    const char *field;   /* a column of lock_stat, "rate", "elapsed", "speedup", "cpu", "user",
                            "sys", "waiters", "holders", "profile", or
                            "wait-total-ratio": baseline by design */
    const char *site;    /* of "waiters", "holders" and "profile", else NULL */
    enum unit unit;      /* times in seconds */
    bool calibrated;     /* the figure was fitted: agreement says nothing */
    bool scored;         /* false for extremes, which no window length makes comparable */
    struct estimate predicted;
    double measured;
    double ratio; /* predicted by measured; NAN when not scored or measured is 0 */
};

struct measured_lines {
    struct measured_line *lines;
    uint32_t n;
};

struct measured_lines measured_compare(struct arena *arena, const struct result *result);

#endif
