/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BENCH_CHECK_H
#define BENCH_CHECK_H

#include "bench/measure.h"

/* Whether all programs run and answer what is exact; nothing is timed. */
bool check_all(const struct place *place);

#endif
