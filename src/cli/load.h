/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_LOAD_H
#define CLI_LOAD_H

#include "cli/options.h"
#include "experiment/sweep.h"
#include "program/program.h"

/* A scenario file, read and compiled. */
struct loaded {
    struct arena *arena;
    struct diag *diag;
    char *text;
    size_t length;
    struct scenario *scenario;
    const char **designs;                  /* all of them, or those that --design names */
    const struct program *const *programs; /* of these */
    uint32_t nprograms;
};

/*
 * Reads the only argument as a scenario file, applies the settings, compiles
 * the designs and prints errors and warnings on standard error. Returns
 * EXIT_GOOD, EXIT_WRONG or EXIT_USAGE. To be freed whatever it returns.
 */
int load(struct loaded *loaded, const struct options *options);
/* The same of what is swept along axes: see sweep_base(). */
int load_swept(struct loaded *loaded, const struct options *options, const struct sweep_axis *axes,
               uint32_t naxes);
void load_free(struct loaded *loaded);

#endif
