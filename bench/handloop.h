/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BENCH_HANDLOOP_H
#define BENCH_HANDLOOP_H

#include <stdint.h>

/*
 * The yardstick: what a C programmer writes who needs one answer about one
 * model and nothing else. 64 threads think (exponential, 10 us), then pass one
 * first-come first-served lock (hold exponential, 1 us); two events per
 * acquisition, ordered by a winner tree; no statistics but two means.
 */
struct hand_answer {
    double rate; /* acquisitions per us */
    double wait; /* mean, us */
};

struct hand_answer hand_loop(uint64_t acquisitions);

#endif
