/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_FILE_H
#define REPORT_FILE_H

#include <stdio.h>

struct arena;

/* Writes what it has to say; NULL when all went well, else what did not. */
typedef const char *file_writer(void *self, FILE *out);

/*
 * Writes to the file, or to standard output when it is NULL. A file appears
 * whole or not at all: it is written beside its place and renamed. Returns
 * NULL when all went well, else what did not.
 */
const char *file_write(struct arena *arena, const char *file, file_writer *write, void *self);

#endif
