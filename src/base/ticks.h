/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_TICKS_H
#define BASE_TICKS_H

#include <stdint.h>

/*
 * Simulated time: an integer number of ticks of 0.1 ns. Published lock costs
 * have one decimal of a nanosecond, so they are exact; 63 bits last 29 years.
 */
typedef int64_t sim_time;

#define TICKS_PER_NS 10
#define TICKS_PER_US (1000 * TICKS_PER_NS)
#define TICKS_PER_SECOND ((sim_time)1000000000 * TICKS_PER_NS)
#define TIME_NEVER INT64_MAX

static inline double ticks_to_seconds(double ticks) {
    return ticks / (double)TICKS_PER_SECOND;
}

#endif
