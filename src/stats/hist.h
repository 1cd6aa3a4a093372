/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STATS_HIST_H
#define STATS_HIST_H

#include "base/ticks.h"

#include <stddef.h>
#include <stdint.h>

/*
 * A histogram of times with buckets that widen with the value: each octave is
 * cut into 128, so a bucket is at most 1/128 of its value wide, and values
 * below 256 ticks have a bucket each. Count, sum, minimum and maximum are exact.
 */
enum { HIST_SUB = 128, HIST_SUB_BITS = 7, HIST_WIDTHS = 64 - HIST_SUB_BITS - 1 };
enum { HIST_BUCKETS = (HIST_WIDTHS + 1) * HIST_SUB };

struct arena;

struct hist {
    uint64_t count;
    int64_t sum;
    sim_time min, max; /* of an empty histogram: TIME_NEVER and -1 */
    struct arena *arena;
    uint64_t *buckets; /* as many as were needed so far */
    uint32_t nbuckets;
};

void hist_init(struct hist *hist, struct arena *arena);

/* Logarithm of the width of the value's bucket. */
static inline uint32_t hist_width(uint64_t ticks) {
    return 63 - HIST_SUB_BITS - (uint32_t)__builtin_clzll(ticks | HIST_SUB);
}

static inline uint32_t hist_bucket(uint64_t ticks) {
    uint32_t width = hist_width(ticks);
    return (width << HIST_SUB_BITS) + (uint32_t)(ticks >> width);
}

/* Makes buckets up to that one. */
void hist_make_buckets(struct hist *hist, uint32_t last);
void hist_add(struct hist *hist, sim_time ticks);
void hist_merge(struct hist *into, const struct hist *from);
/* The value that a share q of the values does not exceed, interpolated; 0 when empty. */
double hist_quantile(const struct hist *hist, double q);

#endif
