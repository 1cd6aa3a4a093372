/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include "base/dist.h"
#include "base/ticks.h"

#include <math.h>
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

/*
 * Exponential and normal variates by the ziggurat method (Marsaglia, Tsang: The
 * Ziggurat Method for Generating Random Variables, J. Stat. Software 5(8),
 * 2000): layers of equal area under exp(-x) or exp(-x^2 / 2), the lowest with
 * the tail. Most draws are one multiplication and one comparison. The layer,
 * the sign and the place are different bits of one word: shared ones would
 * make the place depend on the layer (Doornik 2005).
 */
enum { LAYERS = 256 };

struct layer {
    double scale; /* from 53 random bits to its width */
    double inner; /* width of the next: all of it is under the curve */
};

extern struct layer random_exp[LAYERS], random_normal[LAYERS];

/* A layer, and a value in it: the draw, if it is within the inner part, ... */
static inline double draw_layer_exp(struct stream *stream, uint32_t *layer) {
    uint64_t bits = stream_next(stream);
    *layer = bits & (LAYERS - 1);
    return ((double)(int64_t)(bits >> 11) + 0.5) * random_exp[*layer].scale;
}

static inline double draw_layer_normal(struct stream *stream, uint32_t *layer) {
    uint64_t bits = stream_next(stream);
    *layer = bits & (LAYERS - 1);
    return ((double)((int64_t)bits >> 10) + 0.5) * random_normal[*layer].scale;
}

static inline bool is_inner_exp(uint32_t layer, double x) {
    return x < random_exp[layer].inner;
}

static inline bool is_inner_normal(uint32_t layer, double x) {
    return fabs(x) < random_normal[layer].inner;
}

/* ... else these are. */
double draw_outer_exp(struct stream *stream, uint32_t layer, double x);
double draw_outer_normal(struct stream *stream, uint32_t layer, double x);

static inline double draw_unit_exp(struct stream *stream) {
    uint32_t layer;
    double x = draw_layer_exp(stream, &layer);
    return is_inner_exp(layer, x) ? x : draw_outer_exp(stream, layer, x);
}

static inline double draw_unit_normal(struct stream *stream) {
    uint32_t layer;
    double x = draw_layer_normal(stream, &layer);
    return is_inner_normal(layer, x) ? x : draw_outer_normal(stream, layer, x);
}

double draw(const struct dist *dist, struct stream *stream);

/* Rounded; bounded well below TIME_NEVER: three years, beyond any run. */
static inline sim_time ticks_of(double ticks) {
    const double most = 1e18;
    ticks += 0.5;
    return (sim_time)(ticks < most ? ticks : most);
}

/* As draw_ticks(), which has the exponential apart: no call for the commonest. */
sim_time draw_other_ticks(const struct dist *dist, struct stream *stream);

/* A draw in ticks; never negative. */
static inline sim_time draw_ticks(const struct dist *dist, struct stream *stream) {
    if (dist->kind != DIST_EXP)
        return draw_other_ticks(dist, stream);
    return ticks_of(dist->a * draw_unit_exp(stream));
}

#endif
