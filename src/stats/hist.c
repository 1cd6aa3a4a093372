/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/hist.h"

#include "base/arena.h"

void hist_init(struct hist *hist, struct arena *arena) {
    *hist = (struct hist){.min = TIME_NEVER, .max = -1, .arena = arena};
}

uint64_t *hist_new_octave(struct hist *hist, uint32_t octave) {
    hist->octaves[octave] = arena_array(hist->arena, HIST_SUB, sizeof(uint64_t));
    return hist->octaves[octave];
}

void hist_merge(struct hist *into, const struct hist *from) {
    into->count += from->count;
    into->sum += from->sum;
    if (from->min < into->min)
        into->min = from->min;
    if (from->max > into->max)
        into->max = from->max;
    for (uint32_t o = 0; o < HIST_OCTAVES; o++) {
        if (from->octaves[o] == NULL)
            continue;
        uint64_t *buckets = into->octaves[o] != NULL ? into->octaves[o] : hist_new_octave(into, o);
        for (uint32_t i = 0; i < HIST_SUB; i++)
            buckets[i] += from->octaves[o][i];
    }
}

/* The first two octaves have buckets of one tick, each later one of twice the width. */
static double value_in_bucket(uint32_t index, double share) {
    uint32_t octave = index / HIST_SUB;
    uint32_t shift = octave > 0 ? octave - 1 : 0;
    uint64_t low = (uint64_t)(index - (shift << HIST_SUB_BITS)) << shift;
    return (double)low + share * (double)(((uint64_t)1 << shift) - 1);
}

static uint64_t bucket(const struct hist *hist, uint32_t index) {
    const uint64_t *buckets = hist->octaves[index / HIST_SUB];
    return buckets != NULL ? buckets[index % HIST_SUB] : 0;
}

static double within(const struct hist *hist, double value) {
    if (value > (double)hist->max)
        return (double)hist->max;
    return value < (double)hist->min ? (double)hist->min : value;
}

double hist_quantile(const struct hist *hist, double q) {
    if (hist->count == 0)
        return 0;
    double wanted = q * (double)hist->count;
    uint64_t below = 0;
    uint32_t last = hist_index((uint64_t)hist->max);
    for (uint32_t i = hist_index((uint64_t)hist->min); i <= last; i++) {
        uint64_t here = bucket(hist, i);
        if (here > 0 && (double)(below + here) >= wanted) {
            double share = (wanted - (double)below) / (double)here;
            return within(hist, value_in_bucket(i, share));
        }
        below += here;
    }
    return (double)hist->max;
}

double hist_mean(const struct hist *hist) {
    return hist->count > 0 ? (double)hist->sum / (double)hist->count : 0;
}
