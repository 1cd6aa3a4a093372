/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_SENSITIVITY_H
#define EXPERIMENT_SENSITIVITY_H

#include "base/diag.h"
#include "experiment/result.h"

/*
 * What the result owes to the assumptions: every quantity of origin `assumed`
 * that states a range is set to both ends of it, one at a time, all else and
 * all random numbers unchanged.
 */
enum sensitivity_output {
    OUT_WAIT_RATIO,      /* lock_stat waits, baseline by design */
    OUT_TRUE_WAIT_RATIO, /* true waits, baseline by design */
    OUT_CONTENTIONS,     /* lock_stat, per `duration`, of the design's most contended lock */
    OUT_WAIT_AVG,        /* lock_stat, seconds, of the same lock */
    OUT_THROUGHPUT,      /* of the first progress point */
    OUT_SPEEDUP,         /* against the baseline: of elapsed times, or of the throughput */
    SENSITIVITY_OUTPUTS
};

struct sensitivity_title {
    const char *key;   /* in JSON */
    const char *title; /* in text */
};

extern const struct sensitivity_title sensitivity_outputs[SENSITIVITY_OUTPUTS];

struct sensitivity_row {
    const char *path, *value, *low_text, *high_text;
    struct estimate low[SENSITIVITY_OUTPUTS], high[SENSITIVITY_OUTPUTS];
    double swing; /* of the sorting output: logarithm of high by low, without sign */
};

struct sensitivity {
    const char *design; /* compared with the baseline */
    const char *lock;   /* its most contended */
    double duration; /* seconds simulated per replication, less than the main run's; NAN: a job */
    uint32_t replications;
    enum sensitivity_output sorted_by;
    struct estimate base[SENSITIVITY_OUTPUTS]; /* as described, in runs as short as the others */
    struct sensitivity_row *rows;              /* widest effect first */
    uint32_t n;
};

struct sensitivity_plan {
    const struct result *main; /* says which designs, and how long */
    const char *file, *text;   /* of the scenario, to be read again with other values */
    size_t length;
    const struct setting *settings; /* that the user gave */
    size_t nsettings;
    double effort; /* simulated time of all runs together, as a multiple of the main run's */
    unsigned jobs;
    void (*progress)(void *self, double done);
    void *self;
};

/* NULL when an end of a range makes a bad scenario: the diag says which. */
struct sensitivity *sensitivity_run(struct arena *arena, struct diag *diag,
                                    const struct sensitivity_plan *plan);

#endif
