/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The simulator beside an exact answer. */
#ifndef TESTS_ORACLE_HELP_H
#define TESTS_ORACLE_HELP_H

#include "trial.h"

#include "experiment/result.h"

enum { ORACLE_REPLICATIONS = 20 };

struct result *oracle_simulate(struct trial *trial, uint32_t replications);
/*
 * Whether the exact answer lies within the interval. The test has failed if the interval is wider
 * than 1 %, or misses by more than it is wide.
 */
bool oracle_covers(const char *what, const struct estimate *estimate, double exact);

#endif
