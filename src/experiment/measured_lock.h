/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_MEASURED_LOCK_H
#define EXPERIMENT_MEASURED_LOCK_H

#include "experiment/measured.h"

/* For measured.c alone: what may be measured of a lock. */
struct comparer {
    struct arena *arena;
    const struct result *result;
    const struct measured *entries;
    uint32_t nentries;
    struct measured_lines out;
};

/* Completes the line, which is of the entry, and keeps it. */
void measured_add(struct comparer *c, const struct measured *entry, struct measured_line line);
/* From the length of a replication to the measured window; 1 when that is not stated. */
double measured_scale(const struct sample *sample, double window);

void measured_lock(struct comparer *c, const struct measured *entry,
                   const struct design_result *design, uint32_t lock);
/* lock_stat's waiting in the rows of the entry, by replication, in seconds per second. */
const double *measured_wait_rates(struct comparer *c, const struct measured *entry,
                                  const struct design_result *design, uint32_t lock);

#endif
