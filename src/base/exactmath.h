/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_EXACTMATH_H
#define BASE_EXACTMATH_H

#include <stdint.h>
#include <string.h>

/*
 * Functions from additions, multiplications and divisions alone, so that a
 * draw is the same on every IEEE machine: the C library chooses its own
 * variants by CPU, and they differ in the last bit.
 */

static inline uint64_t exact_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof(bits));
    return bits;
}

static inline double exact_double(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

/* ln 2 in two parts; the high part has 21 trailing zeros, so that small multiples of it are exact.
 */
#define EXACT_LN2_HI 6.93147180369123816490e-01
#define EXACT_LN2_LO 1.90821492927058770002e-10

/* Accurate to about 2 units in the last place. */
double exact_log(double x); /* x > 0, normal */

enum { EXACT_POWERS = 128 };
extern const double exact_powers[EXACT_POWERS];

/*
 * exp x = 2^(n/128) exp r with |r| <= ln 2 / 256 (Tang: Table-Driven Implementation of the
 * Exponential Function, ACM TOMS 15(2), 1989): a table, and five terms of Taylor's series. Accurate
 * to 1.01 units in the last place; x < 700; 0 below -700.
 */
static inline double exact_exp_inside(double x) { /* -700 <= x */
    /* What is added to it is rounded to an integer, and its last bits are that integer. */
    const double integer = 0x1.8p52;
    double sum = x * (EXACT_POWERS * 1.4426950408889634) + integer;
    double n = sum - integer;
    double r = (x - n * (EXACT_LN2_HI / EXACT_POWERS)) - n * (EXACT_LN2_LO / EXACT_POWERS);
    double s = r * r;
    double more = r + (s * (1.0 / 2 + r * (1.0 / 6)) + s * s * (1.0 / 24 + r * (1.0 / 120)));
    uint64_t k = exact_bits(sum), i = k % EXACT_POWERS;
    double power = exact_double(exact_bits(exact_powers[i]) + ((k - i) / EXACT_POWERS << 52));
    return power + power * more;
}

static inline double exact_exp(double x) {
    return x < -700.0 ? 0.0 : exact_exp_inside(x);
}

/* Accurate to about 1e-13 of the value. */
double exact_gamma(double x);           /* 0 < x < 100 */
double exact_normal_quantile(double p); /* 1e-9 < p < 1 - 1e-9; error below 1e-6 at the ends */

#endif
