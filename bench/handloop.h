/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BENCH_HANDLOOP_H
#define BENCH_HANDLOOP_H

#include <stdint.h>

/*
 * The limit: what a C programmer writes who needs one answer about one model
 * and nothing else, and takes pains to get it fast. 64 threads think
 * (exponential, 10 us), then pass one first-come first-served lock (hold
 * exponential, 1 us). A winner tree orders the events; random numbers come
 * in batches; no statistics but two means.
 */
struct hand_answer {
    double rate; /* acquisitions per us */
    double wait; /* mean, us */
};

/* A request and a release for each acquisition. */
struct hand_answer hand_two_events(uint64_t acquisitions);

/* Requests alone: who comes first is served first, so the release is known then. */
struct hand_answer hand_one_event(uint64_t acquisitions);

#endif
