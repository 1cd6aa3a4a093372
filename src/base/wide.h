/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_WIDE_H
#define BASE_WIDE_H

/*
 * Loops over columns that compilers make wide. Their functions are compiled
 * once for all CPUs, once for those that have AVX2, and once for those that
 * have the parts of AVX-512 that multiply and convert 64-bit numbers; results
 * are the same, bit for bit.
 */
enum wide { WIDE_PLAIN, WIDE_AVX2, WIDE_AVX512, WIDE_CODES };

/* WIDE(CODE) is CODE(name) for each of them; WIDE_##name in front of a function makes it so. */
#define WIDE(CODE) CODE(plain) CODE(avx2) CODE(avx512)
#define WIDE_plain
#if defined(__x86_64__) && defined(__GNUC__)
#define WIDE_avx2 __attribute__((target("avx2")))
#define WIDE_avx512 __attribute__((target("avx2,avx512f,avx512vl,avx512dq,avx512bw")))
#else
#define WIDE_avx2
#define WIDE_avx512
#endif
#define WIDE_BODY inline __attribute__((always_inline))

/* The best for this CPU, up to the limit. */
enum wide wide_best(void);
/* For tests; runs that have begun go on as they are. */
void wide_limit(enum wide limit);

#endif
