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
enum { HIST_SUB = 128, HIST_SUB_BITS = 7, HIST_OCTAVES = 64 - HIST_SUB_BITS };

struct arena;

struct hist {
    uint64_t count;
    int64_t sum;
    sim_time min, max; /* of an empty histogram: TIME_NEVER and -1 */
    struct arena *arena;
    uint64_t *octaves[HIST_OCTAVES]; /* HIST_SUB buckets each; NULL until used */
};

void hist_init(struct hist *hist, struct arena *arena);

/* Bucket index; index / HIST_SUB is the octave. */
static inline uint32_t hist_index(uint64_t ticks) {
    uint32_t shift = 63 - HIST_SUB_BITS - (uint32_t)__builtin_clzll(ticks | HIST_SUB);
    return (shift << HIST_SUB_BITS) + (uint32_t)(ticks >> shift);
}

uint64_t *hist_new_octave(struct hist *hist, uint32_t octave);

static inline void hist_add(struct hist *hist, sim_time ticks) {
    uint32_t index = hist_index((uint64_t)ticks);
    uint64_t *buckets = hist->octaves[index / HIST_SUB];
    if (buckets == NULL)
        buckets = hist_new_octave(hist, index / HIST_SUB);
    buckets[index % HIST_SUB]++;
    hist->count++;
    hist->sum += ticks;
    if (ticks < hist->min)
        hist->min = ticks;
    if (ticks > hist->max)
        hist->max = ticks;
}

void hist_merge(struct hist *into, const struct hist *from);
/* The value that a share q of the values does not exceed, interpolated; 0 when empty. */
double hist_quantile(const struct hist *hist, double q);
double hist_mean(const struct hist *hist);

#endif
