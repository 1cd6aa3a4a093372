/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include "base/dist.h"
#include "base/ticks.h"

#include <stdint.h>

/*
 * A random stream is one 64-bit state: SplitMix64 (Steele, Lea, Flood:
 * Fast Splittable Pseudorandom Number Generators, OOPSLA 2014) started at a
 * hash of what it is for. Which draw a thread gets depends on how often it
 * drew for that purpose, never on what others did.
 */
struct stream {
    uint64_t state;
};

static inline uint64_t mix64(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

static inline uint64_t stream_next(struct stream *stream) {
    return mix64(stream->state += 0x9e3779b97f4a7c15ULL);
}

/* Uniform in the open interval (0, 1). */
static inline double stream_uniform(struct stream *stream) {
    return ((double)(stream_next(stream) >> 11) + 0.5) * 0x1p-53;
}

/* Uniform in 0 .. n-1; the bias, n / 2^32, is below what any run can see. */
static inline uint32_t stream_below(struct stream *stream, uint32_t n) {
    return (uint32_t)(((stream_next(stream) >> 32) * n) >> 32);
}

/* To be called before the first draw; more than once does no harm. */
void random_init(void);

struct stream stream_new(uint64_t seed, uint64_t replication, uint64_t owner, uint64_t purpose);

double draw(const struct dist *dist, struct stream *stream);

/* A draw rounded to ticks; never negative, bounded well below TIME_NEVER. */
sim_time draw_ticks(const struct dist *dist, struct stream *stream);

#endif
