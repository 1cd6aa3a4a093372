/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "bench/rounds.h"

void report_rounds(const struct rounds *rounds);
void report_memory(const struct place *place);
void report_startup(const struct place *place);

/* Adds an entry to a file; false if it cannot. */
bool report_history(const struct rounds *rounds, const char *file, const char *label);

#endif
