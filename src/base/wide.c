/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/wide.h"

static bool unused;

void wide_use_avx2(bool use) {
    unused = !use;
}

bool wide_has_avx2(void) {
#if defined(__x86_64__) && defined(__GNUC__)
    return !unused && __builtin_cpu_supports("avx2") != 0;
#else
    return false;
#endif
}
