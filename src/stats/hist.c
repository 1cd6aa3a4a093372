/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/hist.h"

#include "base/arena.h"

#include <string.h>

void hist_init(struct hist *hist, struct arena *arena) {
    *hist = (struct hist){.min = TIME_NEVER, .max = -1, .arena = arena};
}

void hist_make_buckets(struct hist *hist, uint32_t last) {
    if (last < hist->nbuckets)
        return;
    uint32_t n = (last / HIST_SUB + 1) * HIST_SUB;
    if (n < 2 * hist->nbuckets)
        n = 2 * hist->nbuckets < HIST_BUCKETS ? 2 * hist->nbuckets : HIST_BUCKETS;
    uint64_t *buckets = arena_array(hist->arena, n, sizeof(*buckets));
    if (hist->nbuckets > 0)
        memcpy(buckets, hist->buckets, hist->nbuckets * sizeof(*buckets));
    hist->buckets = buckets;
    hist->nbuckets = n;
}

void hist_add(struct hist *hist, sim_time ticks) {
    uint32_t bucket = hist_bucket((uint64_t)ticks);
    hist_make_buckets(hist, bucket);
    hist->buckets[bucket]++;
    hist->count++;
    hist->sum += ticks;
    if (ticks < hist->min)
        hist->min = ticks;
    if (ticks > hist->max)
        hist->max = ticks;
}

void hist_merge(struct hist *into, const struct hist *from) {
    into->count += from->count;
    into->sum += from->sum;
    if (from->min < into->min)
        into->min = from->min;
    if (from->max > into->max)
        into->max = from->max;
    if (from->nbuckets == 0)
        return;
    hist_make_buckets(into, from->nbuckets - 1);
    for (uint32_t i = 0; i < from->nbuckets; i++)
        into->buckets[i] += from->buckets[i];
}

static double within(const struct hist *hist, double value) {
    if (value > (double)hist->max)
        return (double)hist->max;
    return value < (double)hist->min ? (double)hist->min : value;
}

/* A share of the way through the bucket. */
static double value_in_bucket(uint32_t bucket, double share) {
    uint32_t width = bucket < 2 * HIST_SUB ? 0 : bucket / HIST_SUB - 1;
    uint64_t first = (uint64_t)(bucket - width * HIST_SUB) << width;
    return (double)first + share * (double)(((uint64_t)1 << width) - 1);
}

double hist_quantile(const struct hist *hist, double q) {
    if (hist->count == 0)
        return 0;
    double wanted = q * (double)hist->count;
    uint64_t below = 0;
    for (uint32_t i = 0; i < hist->nbuckets; i++) {
        uint64_t here = hist->buckets[i];
        if (here > 0 && (double)(below + here) >= wanted) {
            double share = (wanted - (double)below) / (double)here;
            return within(hist, value_in_bucket(i, share));
        }
        below += here;
    }
    return (double)hist->max;
}
