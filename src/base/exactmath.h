/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_EXACTMATH_H
#define BASE_EXACTMATH_H

/*
 * Functions from additions, multiplications and divisions alone, so that a
 * draw is the same on every IEEE machine: the C library chooses its own
 * variants by CPU, and they differ in the last bit.
 */

/* Accurate to about 2 units in the last place. */
double exact_log(double x); /* x > 0, normal */
double exact_exp(double x); /* x < 700; 0 below -700 */

/* Accurate to about 1e-13 of the value. */
double exact_gamma(double x);           /* 0 < x < 100 */
double exact_normal_quantile(double p); /* 1e-9 < p < 1 - 1e-9; error below 1e-6 at the ends */

#endif
