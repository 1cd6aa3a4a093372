/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_VALUES_H
#define EXPERIMENT_VALUES_H

#include "experiment/run.h"
#include "stats/estimate.h"

/*
 * What one replication says, as a number; `index` is a progress point, a lock
 * class or a group of threads where there is one to choose. Times are in seconds.
 */
typedef double sample_value(const struct sample *sample, uint32_t index);

sample_value value_rate;                /* of a progress point, per second */
sample_value value_cpu;                 /* of a group of threads: on a CPU */
sample_value value_user;                /* of it, user work */
sample_value value_sys;                 /* and the rest */
sample_value value_run_delay;           /* of a group of threads: ready, without a CPU */
sample_value value_elapsed;             /* length of the window */
sample_value value_acquisitions;        /* per second */
sample_value value_waited;              /* acquisitions that waited, per second */
sample_value value_waiting;             /* mean number of threads waiting */
sample_value value_held;                /* mean number of threads holding */
sample_value value_mean_wait;           /* true, over all acquisitions */
sample_value value_wait;                /* true, of all acquisitions of all locks */
sample_value value_taken;               /* how many those are */
sample_value value_mean_hold;           /* true */
sample_value value_contentions;         /* lock_stat, per second */
sample_value value_contended_time;      /* lock_stat, waited per second */
sample_value value_true_wait_rate;      /* spent by those that waited, per second, over all locks */
sample_value value_lock_stat_wait_rate; /* the same as lock_stat shows it */

/* The values of all replications of a design, in order. */
const double *values_of(struct arena *arena, const struct design_runs *design, sample_value *value,
                        uint32_t index);
struct estimate values_mean(struct arena *arena, const struct design_runs *design,
                            sample_value *value, uint32_t index);
/* One design's value divided by another's, paired by replication. */
struct estimate values_ratio(struct arena *arena, const struct design_runs *above,
                             const struct design_runs *below, sample_value *value, uint32_t index);

#endif
