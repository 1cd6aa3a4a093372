/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLUSTER_CLUSTER_H
#define CLUSTER_CLUSTER_H

#include "store/provenance.h"

/*
 * One sweep in several processes, which MPI has started with the same
 * arguments. The first hands out points, one by one, to whoever asks, has the
 * feed and computes itself, too; the others send it what they computed. A
 * process that is lost takes the others with it, but not what was done.
 */
struct cluster {
    bool first; /* of the processes, or the only one */
    int size;
};

/*
 * All processes at once, if MPI has started them; each must know the same
 * provenance. Returns NULL, or what is wrong.
 */
const char *cluster_begin(struct cluster *cluster, uint64_t provenance);
/* What sweep_compute() does; in the end the sweep of the first process has all points. */
void cluster_compute(const struct cluster *cluster, struct arena *arena,
                     const struct sweep_plan *plan, struct sweep *sweep,
                     const struct sweep_feed *feed);
void cluster_end(void);

#endif
