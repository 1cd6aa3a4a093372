/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/wide.h"

static enum wide most = WIDE_AVX512;

void wide_limit(enum wide limit) {
    most = limit;
}

static enum wide cpu_best(void) {
#if defined(__x86_64__) && defined(__GNUC__)
    if (!__builtin_cpu_supports("avx2"))
        return WIDE_PLAIN;
    if (__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw"))
        return WIDE_AVX512;
    return WIDE_AVX2;
#else
    return WIDE_PLAIN;
#endif
}

enum wide wide_best(void) {
    enum wide best = cpu_best();
    return best < most ? best : most;
}
