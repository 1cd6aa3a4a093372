/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef IMPORT_CLEAN_H
#define IMPORT_CLEAN_H

#include <stddef.h>

struct arena;

/*
 * A copy of a pasted text, as long and with the same lines, without what mail,
 * blogs and listings put around it: quotation marks, line numbers, signs of
 * comments and diffs become blanks; soft line breaks and escapes of
 * quoted-printable and of HTML are undone, with blanks at the end of the line.
 */
char *clean_text(struct arena *arena, const char *text, size_t length);

#endif
