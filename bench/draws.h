/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BENCH_DRAWS_H
#define BENCH_DRAWS_H

#include <stdint.h>

/*
 * Exponential variates, whole numbers, made BATCH at a time by xoshiro256+
 * (Blackman, Vigna 2018), four streams side by side, and a logarithm without
 * branches: with AVX2 some 1.4 ns each.
 */
enum { BATCH = 1024 };

typedef uint64_t four_words __attribute__((vector_size(32)));

struct draws {
    four_words state[4];
    double mean; /* below 2^47 */
    unsigned next;
    uint64_t batch[BATCH] __attribute__((aligned(32)));
};

void draws_init(struct draws *draws, double mean, uint64_t seed);
void draws_refill(struct draws *draws);

static inline uint64_t draws_next(struct draws *draws) {
    if (draws->next == BATCH)
        draws_refill(draws);
    return draws->batch[draws->next++];
}

#endif
