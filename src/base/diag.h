/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * What is wrong with a text that a user gave us. Errors are collected, at most
 * DIAG_LIMIT of them, and printed as "file:line:col: error: ..." with the
 * source line and a caret below it. A text is the scenario file or a value
 * given on the command line. They are printed in the order of their places, the
 * same error at the same place once.
 */
enum { DIAG_LIMIT = 20 };

/* A place in a text: line and column count from 1; line 0 is "no place". */
struct pos {
    uint16_t source; /* which text, see diag_source() */
    uint16_t col;
    uint32_t line;
};

struct diag;

struct diag *diag_new(void);
void diag_free(struct diag *diag);

/* Adds a text that positions can refer to; the text must outlive the diag. */
uint16_t diag_source(struct diag *diag, const char *name, const char *text, size_t length);

/* Where the user gave this text: a source that is added later has this name, whatever it is called.
 */
void diag_given(struct diag *diag, const char *name, const char *text);

void diag_error(struct diag *diag, struct pos pos, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void diag_warn(struct diag *diag, struct pos pos, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Errors so far, warnings not counted. */
int diag_errors(const struct diag *diag);
/* True once DIAG_LIMIT errors are collected: further work is pointless. */
bool diag_full(const struct diag *diag);
void diag_print(const struct diag *diag, FILE *out);

#endif
