/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BENCH_PROGRAMS_H
#define BENCH_PROGRAMS_H

#include "bench/exact.h"

#include <stdbool.h>

enum { MOST_OPTIONS = 6 };

/* A scenario that sim is timed with. Paths are relative to the source directory. */
struct program {
    const char *name;
    const char *file;
    const char *options[MOST_OPTIONS];
    const char *duration; /* simulated, when timed */
    const char *brief[2]; /* shorter ones: their difference is counted in instructions */
    struct model model;
    bool once;    /* timed in one round alone, not in all of them */
    bool if_long; /* only if asked for */
};

extern const struct program programs[];
extern const unsigned nprograms;

#endif
