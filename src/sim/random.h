/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include "base/dist.h"
#include "base/ticks.h"

#include <stdbool.h>
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
    return ((double)(int64_t)(stream_next(stream) >> 11) + 0.5) * 0x1p-53;
}

/* Uniform in 0 .. n-1; the bias, n / 2^32, is below what any run can see. */
static inline uint32_t stream_below(struct stream *stream, uint32_t n) {
    return (uint32_t)(((stream_next(stream) >> 32) * n) >> 32);
}

/* To be called before the first draw; more than once does no harm. */
void random_init(void);

struct stream stream_new(uint64_t seed, uint64_t replication, uint64_t owner, uint64_t purpose);

double draw(const struct dist *dist, struct stream *stream);

/*
 * Exponential variates by the ziggurat method (Marsaglia, Tsang: The Ziggurat
 * Method for Generating Random Variables, J. Stat. Software 5(8), 2000):
 * layers of equal area under exp(-x), the lowest with the tail. Most draws are
 * one multiplication and one comparison.
 */
enum { LAYERS = 256 };

extern struct layer {
    double scale; /* from 53 random bits to its width */
    double inner; /* width of the next: all of it is under the curve */
} random_layers[LAYERS];

/* A layer, and a value in it: the draw, if it is within the inner part, ... */
static inline double draw_layer_exp(struct stream *stream, uint32_t *layer) {
    uint64_t bits = stream_next(stream);
    *layer = bits & (LAYERS - 1);
    return ((double)(int64_t)(bits >> 11) + 0.5) * random_layers[*layer].scale;
}

static inline bool is_inner_exp(uint32_t layer, double x) {
    return x < random_layers[layer].inner;
}

/* ... else this is. */
double draw_outer_exp(struct stream *stream, uint32_t layer, double x);

static inline double draw_unit_exp(struct stream *stream) {
    uint32_t layer;
    double x = draw_layer_exp(stream, &layer);
    return is_inner_exp(layer, x) ? x : draw_outer_exp(stream, layer, x);
}

/* Rounded; bounded well below TIME_NEVER: three years, beyond any run. */
static inline sim_time ticks_of(double ticks) {
    const double most = 1e18;
    ticks += 0.5;
    return (sim_time)(ticks < most ? ticks : most);
}

/* A draw in ticks; never negative. */
static inline sim_time draw_ticks(const struct dist *dist, struct stream *stream) {
    return ticks_of(dist->kind == DIST_EXP ? dist->a * draw_unit_exp(stream) : draw(dist, stream));
}

#endif
