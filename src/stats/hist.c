/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/hist.h"

#include "base/arena.h"

void hist_init(struct hist *hist, struct arena *arena) {
    *hist = (struct hist){.min = TIME_NEVER, .max = -1, .arena = arena};
}

uint64_t *hist_new_buckets(struct hist *hist, uint32_t width) {
    hist->buckets[width] = arena_array(hist->arena, (size_t)2 * HIST_SUB, sizeof(uint64_t));
    return hist->buckets[width];
}

void hist_merge(struct hist *into, const struct hist *from) {
    into->count += from->count;
    into->sum += from->sum;
    if (from->min < into->min)
        into->min = from->min;
    if (from->max > into->max)
        into->max = from->max;
    for (uint32_t w = 0; w < HIST_WIDTHS; w++) {
        if (from->buckets[w] == NULL)
            continue;
        uint64_t *buckets = into->buckets[w] != NULL ? into->buckets[w] : hist_new_buckets(into, w);
        for (uint32_t i = 0; i < 2 * HIST_SUB; i++)
            buckets[i] += from->buckets[w][i];
    }
}

static double within(const struct hist *hist, double value) {
    if (value > (double)hist->max)
        return (double)hist->max;
    return value < (double)hist->min ? (double)hist->min : value;
}

/* A share of the way through the bucket. */
static double value_in_bucket(uint32_t width, uint32_t i, double share) {
    return (double)((uint64_t)i << width) + share * (double)(((uint64_t)1 << width) - 1);
}

double hist_quantile(const struct hist *hist, double q) {
    if (hist->count == 0)
        return 0;
    double wanted = q * (double)hist->count;
    uint64_t below = 0;
    for (uint32_t w = 0; w < HIST_WIDTHS; w++) {
        for (uint32_t i = 0; hist->buckets[w] != NULL && i < 2 * HIST_SUB; i++) {
            uint64_t here = hist->buckets[w][i];
            if (here > 0 && (double)(below + here) >= wanted) {
                double share = (wanted - (double)below) / (double)here;
                return within(hist, value_in_bucket(w, i, share));
            }
            below += here;
        }
    }
    return (double)hist->max;
}

double hist_mean(const struct hist *hist) {
    return hist->count > 0 ? (double)hist->sum / (double)hist->count : 0;
}
