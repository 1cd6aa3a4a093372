/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include "program/program.h"

struct arena;

/* Programs made by hand, for tests of what runs them and reports on them. */
struct fixture {
    const char *design, *kind;
    uint32_t threads, cpus;
    struct dist think, hold; /* ticks */
    uint64_t iterations;     /* 0: for ever */
    double seconds;
    bool nested; /* half of the threads also hold the lock "m" around all of it, at "outer" */
};

/*
 * Each thread runs for `think`, takes the lock "l" (class "l->lock") at site
 * "cs+0x10/0x40", runs for `hold`, and counts "op". The ideal machine.
 */
struct program *fixture_loop(struct arena *arena, const struct fixture *fixture);

/* Two threads take two mutexes in opposite order, with work in between. */
struct program *fixture_deadlock(struct arena *arena, const char *design);

/* A scenario that names the designs of the programs and nothing else. */
struct scenario *fixture_scenario(struct arena *arena, struct program **programs, uint32_t n);

#endif
