/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "experiment/calibrate.h"
#include "experiment/curves.h"
#include "experiment/measured.h"
#include "experiment/result.h"
#include "experiment/sensitivity.h"
#include "experiment/validate.h"
#include "import/measurement.h"

#include <stdio.h>

struct arena;

/* Everything that there is to say about an experiment. */
struct report {
    const struct result *result;
    struct measured_lines measured;
    const struct sensitivity *sensitivity; /* NULL: not asked for */
    const struct validation *validation;   /* of the measured lines; NULL: not asked for */
    bool designs_named;                    /* the user chose the designs by name */
};

/* The same of a sweep. */
struct sweep_report {
    const struct curves *curves;
    double wall; /* seconds it took */
};

/* A row of what was measured, and where it was read. */
struct import_row {
    const char *file;
    const struct import_class *row;
    uint32_t number; /* in the order of files and lines */
};

struct import_report {
    const struct import_row *rows;
    uint32_t n;
    double elapsed; /* seconds that were observed; 0: not known */
    bool several;   /* files */
    bool tables;    /* there is more than one table in a file */
    bool sites;     /* one class was asked for: show its contention points */
};

/*
 * A format: one line in the table of report.c and one file for each kind of report;
 * NULL where there is none. A NULL name ends the table.
 */
struct writer {
    const char *name;
    void (*write)(struct arena *arena, const struct report *report, FILE *out);
    void (*sweep)(struct arena *arena, const struct sweep_report *report, FILE *out);
    void (*imports)(struct arena *arena, const struct import_report *report, FILE *out);
    void (*validation)(struct arena *arena, const struct report *report, FILE *out);
    void (*calibration)(struct arena *arena, const struct calibration *calibration, FILE *out);
};

/* The first is what is written when nothing is asked for. */
extern const struct writer writers[];

/*
 * To the file, or to standard output when it is NULL, as file_write() does. Of a
 * report with a validation it is this that is written.
 */
const char *report_write(struct arena *arena, const struct report *report,
                         const struct writer *writer, const char *file);
const char *report_write_calibration(struct arena *arena, const struct calibration *calibration,
                                     const struct writer *writer, const char *file);
const char *report_write_sweep(struct arena *arena, const struct sweep_report *report,
                               const struct writer *writer, const char *file);
const char *report_write_imports(struct arena *arena, const struct import_report *report,
                                 const struct writer *writer, const char *file);

#endif
