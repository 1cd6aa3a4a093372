/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LANE_DRAWS_H
#define SIM_LANE_DRAWS_H

#include "sim/lane_legs.h"
#include "sim/lane_server.h"

/* What the next event of a thread needs, in one cache line. */
struct runner {
    _Alignas(64) struct stream own[2]; /* of the draws, if leg->together */
    uint64_t hold, think;  /* of the next leg, drawn ahead: what they add to a key, or UNKNOWN */
    const struct leg *leg; /* of the next request */
    struct server *server;
    struct stream *streams; /* of the draws, if not leg->together */
};

/* Or more: longer than any run, and so is the sum of two. */
#define UNKNOWN ((uint64_t)3 << 62)

/* Those of hold and think that are not known. */
void draw_unknown(const struct events *events, struct runner *runner);

/* ---- two threads at once ---- */

/* In memory, where numbers are by themselves. */
typedef uint64_t two_words __attribute__((vector_size(16), may_alias, aligned(8)));
typedef double two_reals __attribute__((vector_size(16), may_alias, aligned(8)));
typedef uint64_t four_words __attribute__((vector_size(32)));
typedef double four_reals __attribute__((vector_size(32)));

/* In memory: compilers make constants out of others, which takes longer. */
struct draw_constants {
    four_words step, first, second, layers, low_half, two_52, two_84;
    four_reals both, half, rounding;
};
extern const struct draw_constants draw_constants;

#define FOUR(low, high) __builtin_shufflevector(low, high, 0, 1, 2, 3)
#define LOW(four) __builtin_shufflevector(four, four, 0, 1)
#define HIGH(four) __builtin_shufflevector(four, four, 2, 3)

/*
 * What draw_ticks() does for holds and thinks that are exponential: the same
 * operations, in the same order. Those beyond the inner part of their layer are
 * left unknown, with their streams as they were. A word w becomes a number by
 * its halves, as bits of 2^84 + 2^32 h and 2^52 + l; a number becomes a word by
 * adding 2^52, rounded to the nearest, and one less if that is more.
 */
static IN_LINE void draw_two(struct runner *a, struct runner *b, uint32_t bits) {
    const struct draw_constants *c = &draw_constants;
    four_words state = FOUR(*(two_words *)a->own, *(two_words *)b->own) + c->step;
    four_words z = (state ^ (state >> 30)) * c->first;
    z = (z ^ (z >> 27)) * c->second;
    z ^= z >> 31;
    four_words i = z & c->layers;
    const two_reals *layer = (const two_reals *)random_exp;
    four_reals even = FOUR(layer[i[0]], layer[i[2]]), odd = FOUR(layer[i[1]], layer[i[3]]);
    four_reals scale = __builtin_shufflevector(even, odd, 0, 4, 2, 6);
    four_reals inner = __builtin_shufflevector(even, odd, 1, 5, 3, 7);
    four_reals high = (four_reals)(z >> 43 | c->two_84) - c->both;
    four_reals x = high + (four_reals)((z >> 11 & c->low_half) | c->two_52);
    x = (x + c->half) * scale;
    four_words outer = (four_words)(x >= inner);
    const two_reals *of_a = (const two_reals *)a->leg->means;
    const two_reals *of_b = (const two_reals *)b->leg->means;
    four_reals ticks = FOUR(*of_a, *of_b) * x + c->half, nearest = ticks + c->rounding;
    four_words more = (four_words)(nearest - c->rounding > ticks);
    four_words drawn = (((four_words)nearest + more) ^ c->two_52) << bits | outer << 62;
    state -= outer & c->step;
    *(two_words *)a->own = LOW(state);
    *(two_words *)b->own = HIGH(state);
    *(two_words *)&a->hold = LOW(drawn);
    *(two_words *)&b->hold = HIGH(drawn);
}

#endif
