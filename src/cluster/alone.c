/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program that was built without MPI. */
#include "cluster/cluster.h"

const char *cluster_begin(struct cluster *cluster, uint64_t provenance) {
    (void)provenance;
    *cluster = (struct cluster){true, 1};
    return "it was built without MPI (configure --with-mpi): each process would compute everything";
}

void cluster_compute(const struct cluster *cluster, struct arena *arena,
                     const struct sweep_plan *plan, struct sweep *sweep,
                     const struct sweep_feed *feed) {
    (void)cluster;
    sweep_compute(arena, plan, sweep, feed);
}

void cluster_end(void) {
}
