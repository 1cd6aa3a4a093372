/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/exactmath.h"

#include <stdint.h>
#include <string.h>

/* ln 2 in two parts; the high part has trailing zeros, so k * LN2_HI is exact. */
#define LN2_HI 6.93147180369123816490e-01
#define LN2_LO 1.90821492927058770002e-10

static uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof(bits));
    return bits;
}

static double double_of(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof(x));
    return x;
}

/* ln x = k ln 2 + 2 artanh f with f = (m - 1) / (m + 1), x = m 2^k, m near 1. */
double exact_log(double x) {
    uint64_t bits = bits_of(x);
    int k = (int)(bits >> 52) - 1023;
    double m = double_of((bits & 0xfffffffffffffULL) | 0x3ff0000000000000ULL);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        k++;
    }
    double f = (m - 1.0) / (m + 1.0);
    double g = f * f;
    double g2 = g * g;
    double odd = 1.0 / 3 + g2 * (1.0 / 7 + g2 * (1.0 / 11 + g2 * (1.0 / 15 + g2 * (1.0 / 19))));
    double even = 1.0 / 5 + g2 * (1.0 / 9 + g2 * (1.0 / 13 + g2 * (1.0 / 17 + g2 * (1.0 / 21))));
    double series = g * (odd + g * even);
    return k * LN2_HI + (2.0 * f + (2.0 * f * series + k * LN2_LO));
}

/*
 * exp x = 2^k exp r with |r| <= ln 2 / 2, exp r by its Taylor series in two
 * halves, even and odd powers: no division, and half the chain of dependence.
 */
double exact_exp(double x) {
    if (x < -700.0)
        return 0.0;
    double scaled = x * 1.4426950408889634;
    int k = (int)(scaled + (scaled < 0 ? -0.5 : 0.5));
    double r = (x - k * LN2_HI) - k * LN2_LO;
    double s = r * r;
    double even =
        1.0 / 2 +
        s * (1.0 / 24 +
             s * (1.0 / 720 + s * (1.0 / 40320 + s * (1.0 / 3628800 + s * (1.0 / 479001600)))));
    double odd =
        1.0 / 6 +
        s * (1.0 / 120 +
             s * (1.0 / 5040 + s * (1.0 / 362880 + s * (1.0 / 39916800 + s * (1.0 / 6227020800)))));
    double sum = 1.0 + (r + s * (even + r * odd));
    return sum * double_of((uint64_t)(k + 1023) << 52);
}

/* Stirling's series where it converges fast, brought down by x Gamma(x) = Gamma(x + 1). */
double exact_gamma(double x) {
    static const double half_log_2pi = 0.91893853320467274178;
    double product = 1.0;
    while (x < 20.0) {
        product *= x;
        x += 1.0;
    }
    double y = 1.0 / (x * x);
    double series = (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y / 1680))) / x;
    return exact_exp((x - 0.5) * exact_log(x) - x + half_log_2pi + series) / product;
}

/*
 * Half the probability within z of the mean: the density times
 * z + z^3/3 + z^5/(3*5) + ..., all of one sign.
 */
static double normal_half(double z) {
    double term = z, sum = z;
    for (int n = 3; term > sum * 1e-17; n += 2) {
        term *= z * z / n;
        sum += term;
    }
    return sum * exact_exp(-z * z / 2) * 0.39894228040143267794;
}

double exact_normal_quantile(double p) {
    double target = p < 0.5 ? 0.5 - p : p - 0.5;
    double low = 0, high = 8;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        *(normal_half(middle) < target ? &low : &high) = middle;
    }
    return p < 0.5 ? -low : low;
}
