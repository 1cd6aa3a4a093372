/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random.h"

#include "base/exactmath.h"

#include <pthread.h>

struct stream stream_new(uint64_t seed, uint64_t replication, uint64_t owner, uint64_t purpose) {
    uint64_t key = mix64(seed + 0x9e3779b97f4a7c15ULL);
    key = mix64(key ^ (replication + 0xd1b54a32d192ed03ULL));
    key = mix64(key ^ (owner + 0x8cb92ba72f3d8dd7ULL));
    key = mix64(key ^ purpose);
    return (struct stream){key};
}

/* The curve exp(-drop(x)), and the tables of its layers. */
struct ziggurat {
    double (*drop)(double x), (*reach)(double drop); /* inverses of each other */
    double tail, area;                               /* where the tail begins; of each layer */
    struct layer *layers;
    double edge[LAYERS + 1], height[LAYERS + 1];
};

static double same(double x) {
    return x;
}

static double half_square(double x) {
    return 0.5 * x * x;
}

static double root_of_double(double drop) {
    return sqrt(2.0 * drop);
}

struct layer random_exp[LAYERS], random_normal[LAYERS];

/* The tail and the area such that the last layer ends at height 1. */
static struct ziggurat exponential = {
    same, same, 7.697117470131049714, 0.003949659822581557220, random_exp, {0}, {0}};
static struct ziggurat normal = {
    half_square, root_of_double, 3.654152885361008772, 0.004928673233974655347, random_normal, {0},
    {0}};

static void make_layers(struct ziggurat *z) {
    double *edge = z->edge;
    edge[0] = z->area * exact_exp(z->drop(z->tail));
    edge[1] = z->tail;
    for (int i = 2; i < LAYERS; i++)
        edge[i] = z->reach(-exact_log(z->area / edge[i - 1] + exact_exp(-z->drop(edge[i - 1]))));
    edge[LAYERS] = 0.0;
    for (int i = 0; i <= LAYERS; i++)
        z->height[i] = exact_exp(-z->drop(edge[i]));
    for (int i = 0; i < LAYERS; i++)
        z->layers[i] = (struct layer){0x1p-53 * edge[i], edge[i + 1]};
}

static void make_ziggurats(void) {
    make_layers(&exponential);
    make_layers(&normal);
}

void random_init(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_ziggurats);
}

/* For a place in a layer above the tail: another one, how high, decides. */
static bool is_under(const struct ziggurat *z, struct stream *stream, uint32_t layer, double x) {
    const double *height = &z->height[layer];
    return height[0] + stream_uniform(stream) * (height[1] - height[0]) < exact_exp(-z->drop(x));
}

double draw_outer_exp(struct stream *stream, uint32_t layer, double x) {
    for (double tail = 0.0;;) {
        if (layer == 0)
            tail += exponential.tail;
        else if (is_under(&exponential, stream, layer, x))
            return tail + x;
        x = draw_layer_exp(stream, &layer);
        if (is_inner_exp(layer, x))
            return tail + x;
    }
}

/* Marsaglia: Generating a Variable from the Tail of the Normal Distribution, Technometrics 6(1),
 * 1964. */
static double normal_tail(struct stream *stream) {
    double x;
    do
        x = draw_unit_exp(stream) / normal.tail;
    while (draw_unit_exp(stream) < half_square(x));
    return normal.tail + x;
}

double draw_outer_normal(struct stream *stream, uint32_t layer, double x) {
    do {
        if (layer == 0)
            return copysign(normal_tail(stream), x);
        if (is_under(&normal, stream, layer, x))
            return x;
        x = draw_layer_normal(stream, &layer);
    } while (!is_inner_normal(layer, x));
    return x;
}

/* Marsaglia, Tsang: A Simple Method for Generating Gamma Variables, ACM TOMS 26(3), 2000. */
static double draw_unit_gamma(double shape, struct stream *stream) {
    double d = shape - 1.0 / 3, c = 1.0 / sqrt(9.0 * d);
    for (;;) {
        double x = draw_unit_normal(stream), cube = 1.0 + c * x;
        if (cube <= 0.0)
            continue;
        cube *= cube * cube;
        double u = stream_uniform(stream), square = x * x;
        if (u < 1.0 - 0.0331 * square * square ||
            exact_log(u) < 0.5 * square + d * (1.0 - cube + exact_log(cube)))
            return d * cube;
    }
}

static double draw_gamma(const struct dist *dist, struct stream *stream) {
    if (dist->a >= 1.0)
        return dist->b * draw_unit_gamma(dist->a, stream);
    /* gamma(a) = gamma(a + 1) u^(1/a) */
    double u = exact_exp(-draw_unit_exp(stream) / dist->a);
    return dist->b * draw_unit_gamma(dist->a + 1.0, stream) * u;
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

static inline double draw_lognormal(const struct dist *dist, struct stream *stream) {
    return exact_exp(dist->a + dist->b * draw_unit_normal(stream));
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

static __attribute__((noinline)) sim_time draw_seldom_ticks(const struct dist *dist,
                                                            struct stream *stream) {
    return ticks_of(draw(dist, stream));
}

static __attribute__((noinline)) sim_time
draw_outer_ticks(const struct dist *dist, struct stream *stream, uint32_t layer, double x) {
    if (!is_inner_normal(layer, x))
        x = draw_outer_normal(stream, layer, x);
    return ticks_of(exact_exp(dist->a + dist->b * x));
}

/* A lognormal that nothing is rare about saves no registers. */
sim_time draw_other_ticks(const struct dist *dist, struct stream *stream) {
    if (dist->kind != DIST_LOGNORMAL)
        return dist->kind == DIST_CONST ? ticks_of(dist->a) : draw_seldom_ticks(dist, stream);
    uint32_t layer;
    double x = draw_layer_normal(stream, &layer), power = dist->a + dist->b * x;
    const double most = 41; /* e^41 is less than what ticks_of() has to cut */
    if (!is_inner_normal(layer, x) || !(fabs(power) < most))
        return draw_outer_ticks(dist, stream, layer, x);
    return (sim_time)(exact_exp_inside(power) + 0.5);
}
