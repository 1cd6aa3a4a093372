/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/compute.h"

#include "base/arena.h"
#include "cluster/cluster.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int file_error(const char *file, const char *error) {
    fprintf(stderr, "sim: %s: %s\n", file, error);
    return EXIT_USAGE;
}

uint32_t count_points(const struct sweep *sweep) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < sweep->npoints; i++)
        n += sweep_has(&sweep->points[i]);
    return n;
}

/* Points still to be computed, and where they go. */
struct feed {
    struct sweep *sweep;
    struct store *store; /* NULL: nowhere */
    struct part part;
    uint32_t left; /* points below this are still to be looked at */
    const char *error;
};

static bool is_wanted(const struct feed *feed, uint32_t index) {
    return index % feed->part.of == feed->part.number && !sweep_has(&feed->sweep->points[index]);
}

/* The last points first: they are the largest, and at the end small ones fill the CPUs. */
static bool next(void *self, uint32_t *index) {
    struct feed *feed = self;
    while (feed->left > 0)
        if (is_wanted(feed, --feed->left)) {
            *index = feed->left;
            return true;
        }
    return false;
}

static bool done(void *self, uint32_t index) {
    struct feed *feed = self;
    if (feed->store != NULL)
        feed->error = store_put(feed->store, feed->sweep, index);
    return feed->error == NULL;
}

/* What the store has already; after an error there is nothing to compute. */
static void resume(struct arena *arena, const char *file, const struct provenance *provenance,
                   struct feed *feed) {
    feed->store = store_begin(arena, file, provenance, feed->sweep, &feed->error);
    if (feed->store != NULL)
        feed->error = store_load(feed->store, arena, feed->sweep);
    if (feed->error != NULL)
        feed->left = 0;
}

static uint32_t count_wanted(const struct feed *feed) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < feed->sweep->npoints; i++)
        n += is_wanted(feed, i);
    return n;
}

/*
 * By OpenMPI's mpirun, or by srun through one of its interfaces for MPI; these
 * have a rank even for a process that is alone.
 */
static bool is_one_of_several(void) {
    static const struct {
        const char *rank, *size;
    } names[] = {{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
                 {"PMI_RANK", "PMI_SIZE"},
                 {"PMIX_RANK", "SLURM_STEP_NUM_TASKS"}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *size = getenv(names[i].size);
        if (getenv(names[i].rank) != NULL && (size == NULL || strcmp(size, "1") != 0))
            return true;
    }
    return false;
}

/* One thread for each process, unless more are wanted: there may be a process for each CPU. */
static void compute_shared(struct arena *arena, const struct options *options,
                           const struct sweep_plan *plan, const struct cluster *cluster,
                           struct sweep *sweep, const struct sweep_feed *points) {
    struct sweep_plan mine = *plan;
    mine.jobs = options->jobs > 0 ? options->jobs : 1;
    cluster_compute(cluster, arena, &mine, sweep, points);
    cluster_end();
}

int compute(struct arena *arena, const struct options *options, const struct sweep_plan *plan,
            struct sweep **sweep) {
    struct sweep *all = sweep_new(arena, plan);
    const struct provenance provenance = provenance_of(arena, plan, all->seed);
    struct feed feed = {.sweep = all, .part = options->part, .left = all->npoints};
    struct cluster cluster = {.first = true};
    bool shared = is_one_of_several();
    *sweep = NULL;
    if (shared) {
        const char *error = cluster_begin(&cluster, provenance_digest(arena, &provenance));
        if (error != NULL)
            return cluster.first ? file_error("MPI", error) : EXIT_USAGE;
    }
    if (cluster.first && options->store != NULL)
        resume(arena, options->store, &provenance, &feed);
    const struct sweep_feed points = {&feed, count_wanted(&feed), next, done};
    if (shared)
        compute_shared(arena, options, plan, &cluster, all, &points);
    else
        sweep_compute(arena, plan, all, &points);
    if (feed.store != NULL)
        store_close(feed.store);
    *sweep = cluster.first ? all : NULL;
    return feed.error == NULL ? EXIT_GOOD : file_error(options->store, feed.error);
}
