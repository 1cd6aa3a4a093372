/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_REPRODUCE_H
#define EXPERIMENT_REPRODUCE_H

#include "import/model.h"

/*
 * Finds the structure and the numbers with which a model leads to the figures
 * that it is made from, by simulating it: one structure after another, each
 * moved towards the figures a few times, until one is near.
 */
struct reproduce_plan {
    const struct model *model;
    const char *source; /* of the rows, for the scenario */
    unsigned jobs;
    void (*progress)(void *self, double done); /* NULL: nobody wants to know */
    void *self;
};

struct reproduction {
    const struct model *model;
    const char *text;                         /* the scenario */
    double ratio[MODEL_MODES][MODEL_FIGURES]; /* simulated by measured; NAN: not measured */
    double worst;                             /* the widest of their logarithms, without sign */
    const char *summary;                      /* the ratios, in words */
};

/* NULL after an error, which diag says: no structure ends well. */
const struct reproduction *reproduce(struct arena *arena, struct diag *diag,
                                     const struct reproduce_plan *plan);

#endif
