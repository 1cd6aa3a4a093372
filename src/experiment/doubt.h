/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_DOUBT_H
#define EXPERIMENT_DOUBT_H

#include "experiment/result.h"

/*
 * Whether the interval of a mean wait can be trusted. Student's interval is
 * that of means which are normally distributed. Those of short replications are not:
 * most have missed the few long waits that matter, so the mean is too low and the
 * interval too narrow. `make coverage` counts how often (docs/validation.md).
 */
struct doubt {
    bool doubtful;
    bool uneven;    /* for its spread alone, whatever the longest wait */
    double spread;  /* standard deviation of the replications' means, by their mean */
    double episode; /* of all waiting, what the longest wait and those behind it may be */
    double more;    /* times as much is needed, at least */
};

struct doubt doubt_of_wait(const struct design_result *design, uint32_t lock);

#endif
