/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_READ_FILE_H
#define CLI_READ_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Reads a file, or what comes through a pipe, up to at least `most` bytes: who
 * gets as many has not got all. The text is to be freed. On failure says why
 * on standard error.
 */
bool read_file(const char *path, size_t most, char **text, size_t *length);

#endif
