/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/draws.h"

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__has_attribute)
#if __has_attribute(target_clones)
#define WITH_AVX2 __attribute__((target_clones("avx2", "default")))
#endif
#endif
#ifndef WITH_AVX2
#define WITH_AVX2
#endif

typedef double four_reals __attribute__((vector_size(32)));

void draws_init(struct draws *draws, double mean, uint64_t seed) {
    for (int i = 0; i < 16; i++) { /* SplitMix64 (Steele, Lea, Flood 2014) */
        uint64_t z = seed += 0x9e3779b97f4a7c15ULL;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        draws->state[i / 4][i % 4] = z ^ (z >> 31);
    }
    draws->mean = mean;
    draws->next = BATCH;
}

/*
 * With u = 2^-e m, sqrt(1/2) <= m < sqrt(2): -log u = e log 2 + 2 artanh q, q = (1 - m) / (1 + m),
 * |q| < 0.172: the terms left out are below 1e-12. Adding 2^52 to a smaller number rounds it and
 * leaves it in the lower bits, and the other way round.
 */
WITH_AVX2
static void refill(struct draws *draws) {
    const uint64_t sqrt_half = 0x3fe6a09e667f3bcdULL, low_bits = (1ULL << 52) - 1;
    const uint64_t two_52 = 0x4330000000000000ULL, one = 0x3ff0000000000000ULL;
    const double log_2 = 0.693147180559945309, scale = draws->mean;
    four_words a = draws->state[0], b = draws->state[1], c = draws->state[2], d = draws->state[3];
    for (int i = 0; i < BATCH; i += 4) {
        four_words bits = a + d, shifted = b << 17;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= shifted;
        d = d << 45 | d >> 19;
        four_words u = (four_words)((four_reals)(bits >> 12 | one) - (1.0 - 0x1p-53)) - sqrt_half;
        four_reals m = (four_reals)((u & low_bits) + sqrt_half);
        four_reals e = (four_reals)((-(u >> 52) & 0x7ff) | two_52) - 0x1p52;
        four_reals q = (1.0 - m) / (1.0 + m), r = q * q;
        four_reals artanh = r * (1.0 / 13) + 1.0 / 11;
        artanh = artanh * r + 1.0 / 9;
        artanh = artanh * r + 1.0 / 7;
        artanh = artanh * r + 1.0 / 5;
        artanh = artanh * r + 1.0 / 3;
        artanh = (artanh * r + 1.0) * q;
        four_reals x = (e * log_2 + artanh * 2.0) * scale;
        *(four_words *)(draws->batch + i) = (four_words)(x + 0x1p52) & low_bits;
    }
    draws->state[0] = a;
    draws->state[1] = b;
    draws->state[2] = c;
    draws->state[3] = d;
    draws->next = 0;
}

void draws_refill(struct draws *draws) {
    refill(draws);
}
