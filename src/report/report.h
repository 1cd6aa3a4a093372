/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "experiment/measured.h"
#include "experiment/result.h"
#include "experiment/sensitivity.h"

#include <stdio.h>

struct arena;

/* Everything that there is to say about an experiment. */
struct report {
    const struct result *result;
    struct measured_lines measured;
    const struct sensitivity *sensitivity; /* NULL: not asked for */
    bool designs_named;                    /* the user chose the designs by name */
};

/* A format: one line in the table of report.c and one file. A NULL name ends the table. */
struct writer {
    const char *name;
    void (*write)(struct arena *arena, const struct report *report, FILE *out);
};

/* The first is what is written when nothing is asked for. */
extern const struct writer writers[];

/*
 * Writes to the file, or to standard output when it is NULL. A file appears
 * whole or not at all: it is written beside its place and renamed. Returns
 * NULL when all went well, else what did not.
 */
const char *report_write(struct arena *arena, const struct report *report,
                         const struct writer *writer, const char *file);

#endif
