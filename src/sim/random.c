/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random.h"

#include "base/exactmath.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <pthread.h>

struct stream stream_new(uint64_t seed, uint64_t replication, uint64_t owner, uint64_t purpose) {
    uint64_t key = mix64(seed + 0x9e3779b97f4a7c15ULL);
    key = mix64(key ^ (replication + 0xd1b54a32d192ed03ULL));
    key = mix64(key ^ (owner + 0x8cb92ba72f3d8dd7ULL));
    key = mix64(key ^ purpose);
    return (struct stream){key};
}

#define TAIL 7.69711747013104972
#define AREA 0.0039496598225815571993

static double edge[LAYERS + 1], height[LAYERS + 1];
struct layer random_layers[LAYERS];

static void make_layers(void) {
    edge[0] = AREA * exact_exp(TAIL);
    edge[1] = TAIL;
    for (int i = 2; i < LAYERS; i++)
        edge[i] = -exact_log(AREA / edge[i - 1] + exact_exp(-edge[i - 1]));
    edge[LAYERS] = 0.0;
    for (int i = 0; i <= LAYERS; i++)
        height[i] = exact_exp(-edge[i]);
    for (int i = 0; i < LAYERS; i++)
        random_layers[i] = (struct layer){0x1p-53 * edge[i], edge[i + 1]};
}

void random_init(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_layers);
}

double draw_outer_exp(struct stream *stream, uint32_t layer, double x) {
    for (double tail = 0.0;;) {
        if (layer == 0)
            tail += TAIL;
        else if (height[layer] + stream_uniform(stream) * (height[layer + 1] - height[layer]) <
                 exact_exp(-x))
            return tail + x;
        x = draw_layer_exp(stream, &layer);
        if (is_inner_exp(layer, x))
            return tail + x;
    }
}

/* The stream as a GSL generator, for the distributions that GSL draws well. */

static void gsl_seed(void *state, unsigned long seed) {
    ((struct stream *)state)->state = seed;
}

static unsigned long gsl_next(void *state) {
    return (unsigned long)(stream_next(state) >> 32);
}

static double gsl_uniform(void *state) {
    return stream_uniform(state);
}

static const gsl_rng_type stream_type = {
    "locksim-stream", 0xffffffffUL, 0, sizeof(struct stream), gsl_seed, gsl_next, gsl_uniform};

static double draw_lognormal(const struct dist *dist, struct stream *stream) {
    gsl_rng rng = {&stream_type, stream};
    return exact_exp(dist->a + dist->b * gsl_ran_gaussian_ziggurat(&rng, 1.0));
}

static double draw_gamma(const struct dist *dist, struct stream *stream) {
    gsl_rng rng = {&stream_type, stream};
    if (dist->a >= 1.0)
        return gsl_ran_gamma(&rng, dist->a, dist->b);
    /* gamma(a) = gamma(a + 1) u^(1/a) */
    double power = exact_log(stream_uniform(stream)) / dist->a;
    return power < -600.0 ? 0.0 : gsl_ran_gamma(&rng, dist->a + 1.0, dist->b) * exact_exp(power);
}

static double draw_weibull(const struct dist *dist, struct stream *stream) {
    double hazard = -exact_log(stream_uniform(stream));
    return dist->b * exact_exp(exact_log(hazard) / dist->a);
}

static double draw_pareto(const struct dist *dist, struct stream *stream) {
    double tail = exact_exp(dist->a * (exact_log(dist->b) - exact_log(dist->c)));
    double u = 1.0 - stream_uniform(stream) * (1.0 - tail);
    return dist->b * exact_exp(-exact_log(u) / dist->a);
}

static double draw_mix(const struct dist *dist, struct stream *stream) {
    double u = stream_uniform(stream);
    uint32_t i = 0;
    while (i + 1 < dist->n && u >= dist->parts[i].p)
        i++;
    return draw(dist->parts[i].dist, stream);
}

static double draw_empirical(const struct dist *dist, struct stream *stream) {
    double u = stream_uniform(stream);
    uint32_t i = 1;
    while (i + 1 < dist->n && u >= dist->parts[i].p)
        i++;
    const struct dist_part *lo = &dist->parts[i - 1], *hi = &dist->parts[i];
    return lo->x + (hi->x - lo->x) * (u - lo->p) / (hi->p - lo->p);
}

double draw(const struct dist *dist, struct stream *stream) {
    switch (dist->kind) {
    case DIST_CONST:
        return dist->a;
    case DIST_UNIFORM:
        return dist->a + (dist->b - dist->a) * stream_uniform(stream);
    case DIST_EXP:
        return dist->a * draw_unit_exp(stream);
    case DIST_LOGNORMAL:
        return draw_lognormal(dist, stream);
    case DIST_GAMMA:
        return draw_gamma(dist, stream);
    case DIST_WEIBULL:
        return draw_weibull(dist, stream);
    case DIST_PARETO:
        return draw_pareto(dist, stream);
    case DIST_MIX:
        return draw_mix(dist, stream);
    case DIST_EMPIRICAL:
        return draw_empirical(dist, stream);
    }
    return 0.0;
}
