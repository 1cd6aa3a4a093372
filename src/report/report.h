/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "experiment/curves.h"
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

/* The same of a sweep. */
struct sweep_report {
    const struct curves *curves;
    double wall; /* seconds it took */
};

/*
 * A format: one line in the table of report.c and one file for each of the two;
 * sweep is NULL when there is none. A NULL name ends the table.
 */
struct writer {
    const char *name;
    void (*write)(struct arena *arena, const struct report *report, FILE *out);
    void (*sweep)(struct arena *arena, const struct sweep_report *report, FILE *out);
};

/* The first is what is written when nothing is asked for. */
extern const struct writer writers[];

/* To the file, or to standard output when it is NULL, as file_write() does. */
const char *report_write(struct arena *arena, const struct report *report,
                         const struct writer *writer, const char *file);
const char *report_write_sweep(struct arena *arena, const struct sweep_report *report,
                               const struct writer *writer, const char *file);

#endif
