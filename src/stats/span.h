/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STATS_SPAN_H
#define STATS_SPAN_H

#include "base/ticks.h"

/* Count, total and extremes of times: what lock_stat and perf keep of a distribution. */
struct span {
    uint64_t count;
    int64_t total;
    sim_time min, max; /* both 0 when empty, as the kernel prints them */
};

static inline void span_add(struct span *span, sim_time ticks) {
    if (span->count++ == 0 || ticks < span->min)
        span->min = ticks;
    if (ticks > span->max)
        span->max = ticks;
    span->total += ticks;
}

static inline void span_merge(struct span *into, const struct span *from) {
    if (from->count == 0)
        return;
    if (into->count == 0 || from->min < into->min)
        into->min = from->min;
    if (from->max > into->max)
        into->max = from->max;
    into->count += from->count;
    into->total += from->total;
}

/* Mean in ticks; 0 when empty. */
static inline double span_mean(const struct span *span) {
    return span->count > 0 ? (double)span->total / (double)span->count : 0;
}

#endif
