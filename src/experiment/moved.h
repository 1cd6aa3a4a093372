/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_MOVED_H
#define EXPERIMENT_MOVED_H

#include "experiment/sweep.h"

/*
 * What two sweeps have in common, value by value: points by their settings,
 * designs, progress points and locks by their names.
 */
enum move {
    MOVE_SAME,    /* to the last bit */
    MOVE_WITHIN,  /* the difference is within its 95 % interval */
    MOVE_MOVED,   /* it is beyond, or the outcome is another */
    MOVE_UNKNOWN, /* there is no interval, or there is no value in one of them */
    MOVES
};

struct moved_value {
    uint32_t point, design; /* of the first sweep */
    const char *name;       /* progress point or lock; NULL: the design */
    const char *quantity;
    struct estimate a, b;
    const char *outcome[2]; /* of both, in place of the numbers; else NULL */
    enum move move;
};

struct moved {
    const struct sweep *a, *b;
    struct moved_value *values;
    uint32_t nvalues, room;
    uint32_t counts[MOVES];
    uint32_t points;   /* that are in both, */
    uint32_t alone[2]; /* and in one of them */
};

struct moved *moved_new(struct arena *arena, const struct sweep *a, const struct sweep *b);
const char *move_name(enum move move);

#endif
