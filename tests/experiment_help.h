/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_EXPERIMENT_HELP_H
#define TESTS_EXPERIMENT_HELP_H

#include "experiment/result.h"
#include "experiment/run.h"

#include <check.h>

/* A new one for each test of a case. */
extern struct arena *arena;
TCase *add_case(Suite *suite, const char *name);

/* Of 1 and 10 us. */
extern const struct dist us1, us10, exp1, exp10;

/* 20 ms of threads that run for exp10 and then hold the one lock for exp1. */
struct program *loop(const char *design, const char *kind, uint32_t threads, uint32_t cpus);

struct runs *run_with(struct program **programs, uint32_t n, uint32_t replications,
                      double precision, unsigned jobs);
struct result *result_with(struct program **programs, uint32_t n, uint32_t replications);

#endif
