/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STATS_AUDIT_H
#define STATS_AUDIT_H

#include "sim/sim.h"

#include <stdbool.h>

/*
 * Two independent accounts of one run must agree to the tick: the stamps of
 * the passages, which the statistics are made of, and the engine's integrals
 * of how many threads were where. What does not agree is an error of ours.
 *
 * Between two instants, per lock class: the integral of the threads inside is
 * the sum of (released - requested) over the passages that ended between them,
 * less what those had spent inside before, plus what the ones still inside
 * have spent so far (Little's law without limits); likewise for holding (the
 * utilisation law); and every release is a passage.
 */
struct audit {
    double little, utilization, time; /* the largest relative errors; 0 when all is well */
    char message[200];                /* the first law that was broken; empty: none */
};

/* What the passages of a lock class between the two instants say. */
struct stamps {
    uint64_t passages;
    int64_t inside, held; /* summed (released - requested), (released - acquired) */
};

void audit_lock(struct audit *audit, const char *lock, const struct lock_integrals *begin,
                const struct lock_integrals *end, const struct stamps *stamps);
/* Every tick a thread is on a CPU is running, spinning, switching or interrupted. */
void audit_time(struct audit *audit, uint32_t cpus, const struct sim_counters *begin,
                const struct sim_counters *end);
/*
 * What was spent, by frame, is all that CPUs were occupied with: spinning, switching, interrupts
 * and work each by itself.
 */
void audit_profile(struct audit *audit, const struct sim_counters *used,
                   const struct profile_cell *cells, uint32_t nframes);
/* Keeps the largest errors of both and the first message. */
void audit_merge(struct audit *into, const struct audit *from);

static inline bool audit_passed(const struct audit *audit) {
    return audit->message[0] == '\0';
}

#endif
