/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_TRIAL_H
#define TESTS_TRIAL_H

#include "sim/observer.h"
#include "sim/sim.h"

#include <check.h>

/* libcheck notes in a file each assertion that holds; here some hold for every passage of a run. */
#define _mark_point(file, line) ((void)0)

/*
 * One run of one design of a scenario given as text, every passage recorded.
 * A scenario that does not load fails the test with its diagnostics.
 */
struct trial {
    struct arena *arena;
    struct diag *diag;
    struct scenario *scenario;
    struct program *program;
    struct sim *sim;
    struct passage *passages;
    size_t n, capacity;
};

/* Loads and compiles, without a run; design NULL is the first one. */
struct trial *trial_compile(const char *text, const char *design);
void trial_begin(struct trial *trial, uint64_t seed);
/* Both. */
struct trial *trial_new(const char *text, const char *design, uint64_t seed);
enum sim_outcome trial_run(struct trial *trial, double seconds);
/* A run with seed 1 that must end well. */
struct trial *trial_ok(const char *text, double seconds);
void trial_free(struct trial *trial);

/* Microseconds. */
double trial_mean_wait(const struct trial *trial, const char *lock);
double trial_mean_hold(const struct trial *trial, const char *lock);
uint32_t trial_lock(const struct trial *trial, const char *name);
/* How often the threads passed a point of progress. */
uint64_t trial_count(const struct trial *trial, const char *point);
uint64_t trial_flagged(const struct trial *trial, uint32_t flags);

#endif
