/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/compute.h"

#include "base/arena.h"
#include "store/store.h"

#include <stdio.h>

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

static const char *resume(struct arena *arena, const struct options *options,
                          const struct sweep_plan *plan, struct feed *feed) {
    const char *error;
    const struct provenance provenance = provenance_of(arena, plan, feed->sweep->seed);
    feed->store = store_begin(arena, options->store, &provenance, feed->sweep, &error);
    return feed->store != NULL ? store_load(feed->store, arena, feed->sweep) : error;
}

static uint32_t count_wanted(const struct feed *feed) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < feed->sweep->npoints; i++)
        n += is_wanted(feed, i);
    return n;
}

int compute(struct arena *arena, const struct options *options, const struct sweep_plan *plan,
            struct sweep **sweep) {
    *sweep = sweep_new(arena, plan);
    struct feed feed = {.sweep = *sweep, .part = options->part, .left = (*sweep)->npoints};
    if (options->store != NULL)
        feed.error = resume(arena, options, plan, &feed);
    if (feed.error == NULL) {
        const struct sweep_feed points = {&feed, count_wanted(&feed), next, done};
        sweep_compute(arena, plan, *sweep, &points);
    }
    if (feed.store != NULL)
        store_close(feed.store);
    return feed.error == NULL ? EXIT_GOOD : file_error(options->store, feed.error);
}
