/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_IMPORTED_H
#define EXPERIMENT_IMPORTED_H

#include "base/diag.h"
#include "import/measurement.h"
#include "program/program.h"

/*
 * Rows of a tool as measurements of a design. A row of lock_stat is of the lock
 * whose class has its name; the kernel cuts long names. A row of perf is of the
 * lock of that class, or else of the lock that its caller takes.
 */
struct imported {
    const struct import *import;
    const char *file;
    const char *class_name; /* rows of this name alone; they may be of a design's only lock */
    uint32_t table;         /* of the file, from 0 */
    double window;          /* seconds of observation; 0: of a job, from its start to its end */
};

/*
 * The measurements, in the order of the file; NULL after an error: there are
 * none. The diag is the one that import_read() had, and the file its first text.
 */
struct measured *imported_entries(struct arena *arena, struct diag *diag,
                                  const struct program *program, const struct imported *imported,
                                  uint32_t *n);

#endif
