/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BENCH_ROUNDS_H
#define BENCH_ROUNDS_H

#include "bench/measure.h"

enum { MOST_ROWS = 32, MOST_SHARES = 12 };

/* Another program that answers W2: the command for so many acquisitions. */
struct other {
    const char *name;
    const char *acquisitions, *brief; /* so many when timed, and when it is to be brief */
    void (*command)(struct command *command, const struct place *place, const char *acquisitions);
};

extern const struct other limits[2], peers[2];
extern const struct model w2_model;

/* One thing that is timed. */
struct row {
    const char *name;
    const struct program *program; /* NULL: not sim, but */
    const struct other *other;
    struct run best; /* the fastest */
    /* Acquisitions per s of CPU time, by those of the limit just before and after. */
    double shares[MOST_SHARES];
    unsigned nshares;
    double instructions; /* per acquisition; NAN: not counted */
};

/* Row 0 is the limit that the others are compared with. */
struct rounds {
    struct row rows[MOST_ROWS];
    unsigned n;
};

/* How much: with BRIEF the figures mean nothing, with LONG it takes minutes more. */
enum extent { BRIEF, USUAL, LONG };

/* Everything once in each round, and the limit between any two, so that all see the same machine.
 */
void rounds_run(struct rounds *rounds, const struct place *place, enum extent extent);

double row_speed(const struct row *row);           /* of the fastest run */
double row_share(const struct row *row, double q); /* quantile; NAN: it was not run */

#endif
