/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_MEASUREMENTS_H
#define CLI_MEASUREMENTS_H

#include "cli/load.h"
#include "import/measurement.h"

/* What designs are compared with: a file of a tool, or else what the scenario states. */
struct measurements {
    const struct measured *entries;
    uint32_t n;
    const char *name; /* of where they are from, for people */
    struct diag *diag;
    char *text; /* of the file, or NULL */
    size_t length;
};

/*
 * --lock-stat or --perf, for the one design that is named or the baseline; without
 * them all that the scenario states of the designs that were loaded. Says on
 * standard error what is wrong. To be freed whatever it returns.
 */
int measurements_read(struct measurements *measurements, const struct loaded *loaded,
                      const struct options *options);
void measurements_free(struct measurements *measurements);

#endif
