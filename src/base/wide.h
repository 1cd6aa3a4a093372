/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_WIDE_H
#define BASE_WIDE_H

#include <stdbool.h>

/*
 * Loops over columns that compilers make wide. Their functions are compiled
 * twice, as WIDE_plain for all CPUs and as WIDE_avx2 for those that have AVX2;
 * what they do with whole numbers is the same.
 */
#define WIDE_plain
#if defined(__x86_64__) && defined(__GNUC__)
#define WIDE_avx2 __attribute__((target("avx2")))
#else
#define WIDE_avx2
#endif
#define WIDE_BODY inline __attribute__((always_inline))

/* This CPU has AVX2, and is not to do without. */
bool wide_has_avx2(void);
/* For tests; runs that have begun go on as they are. */
void wide_use_avx2(bool use);

#endif
