/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STATS_TALLY_H
#define STATS_TALLY_H

#include "sim/observer.h"
#include "stats/hist.h"
#include "stats/span.h"

/*
 * What columns of passages add up to. They are whole numbers, so it is the same
 * in whatever order and however many at once.
 */

/* Passages by their flags: of those in the mask they have these and no others. */
struct flag_set {
    uint32_t mask, flags;
};

/* Which flags any of the passages has, and which all of them. */
struct flag_range {
    uint32_t any, all;
};

struct tally {
    struct flag_range (*range)(const uint32_t *flags, size_t n);
    uint64_t (*count)(const uint32_t *flags, size_t n, struct flag_set of);
    /* Add the n differences of two columns, or those of some passages. */
    struct span (*hist)(struct hist *hist, const sim_time *from, const sim_time *to, size_t n);
    void (*span)(struct span *span, const sim_time *from, const sim_time *to, size_t n);
    void (*span_of)(struct span *span, const sim_time *from, const sim_time *to, size_t n,
                    const uint32_t *flags, struct flag_set of);
};

/* For this CPU; see base/wide.h. */
const struct tally *tally_best(void);

#endif
