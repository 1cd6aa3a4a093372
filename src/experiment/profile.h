/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_PROFILE_H
#define EXPERIMENT_PROFILE_H

#include "experiment/run.h"
#include "stats/estimate.h"

/*
 * CPU time by function, callers before what they call, as `perf report
 * --children` shows it: all cycles are those of all CPUs that were not idle.
 */
struct profile_row {
    const char *function; /* symbol of a section's site, function of a lock, group of threads */
    const char *name;     /* section, lock or group */
    const char *part;     /* of a lock: acquire, first, queued, release; else NULL */
    uint32_t depth;
    uint32_t caller; /* row; of row 0: NO_INDEX */
    struct estimate share, self;
};

struct profile {
    struct profile_row *rows; /* row 0 calls all groups; by share among those of one caller */
    uint32_t n;               /* 0: not wanted */
    struct estimate busy;     /* CPUs that were not idle */
};

struct profile profile_of(struct arena *arena, const struct design_runs *design);

/*
 * Share of all that is called so: a function, or else a section, or a lock,
 * whose share is what acquiring it took. Nested calls count once.
 */
struct estimate profile_share(struct arena *arena, const struct design_runs *design,
                              const char *name);

#endif
