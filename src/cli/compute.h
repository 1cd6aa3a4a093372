/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_COMPUTE_H
#define CLI_COMPUTE_H

#include "cli/options.h"
#include "experiment/sweep.h"

/*
 * The points of a sweep: those of the store that the options name are read,
 * what is missing is computed and stored, point by point, by all processes that
 * MPI has started, if it has; the sweep is NULL in all of them but the first.
 * Returns the exit status, and prints what went wrong.
 */
int compute(struct arena *arena, const struct options *options, const struct sweep_plan *plan,
            struct sweep **sweep);
/* Points that it has. */
uint32_t count_points(const struct sweep *sweep);
/* "sim: FILE: ERROR"; returns EXIT_USAGE. */
int file_error(const char *file, const char *error);

#endif
