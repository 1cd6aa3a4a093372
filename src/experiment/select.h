/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_SELECT_H
#define EXPERIMENT_SELECT_H

#include "experiment/sweep.h"

/* A part of a sweep: some of its designs, and of the values of its settings. */
struct selection {
    bool **values; /* by axis and value */
    bool *designs;
};

/* All of it. */
struct selection selection_new(struct arena *arena, const struct sweep *sweep);
/*
 * Keeps those of an axis that the text lists, "1,2,4", or that are within
 * "1..8". Returns NULL, or else what is wrong.
 */
const char *selection_narrow(struct arena *arena, struct selection *selection,
                             const struct sweep *sweep, const char *path, const char *text);
/* What is chosen, as a sweep of its own that shares the results. */
struct sweep *sweep_select(struct arena *arena, const struct sweep *sweep,
                           const struct selection *selection);

#endif
