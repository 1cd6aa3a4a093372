/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_REPORT_HELP_H
#define TESTS_REPORT_HELP_H

#include "base/arena.h"
#include "report/report.h"

#include <check.h>

/*
 * What is reported: the designs "mutex", "mcs" and "stuck", which ends in deadlock, three
 * replications each; measurements of the first two, and a sensitivity study of the second.
 * Made anew for each test of a case.
 */
extern struct arena *arena;
extern struct report report;
TCase *add_case(Suite *suite, const char *name);

const struct writer *writer_named(const char *name);
/* The report in that format. */
char *written(const char *format);

/* Calls check for each line, without its newline. */
void each_line(char *text, void (*check)(const char *line));
void assert_has(const char *text, const char *part);
/* The line of the text that begins so; NULL: there is none. */
const char *line_of(const char *text, const char *start);
const char *rest_of_line(const char *line);

/* docs/json.md. */
char *documentation(void);
/* Whether the word stands between backticks, alone or as a part of a path. */
bool documented(const char *doc, const char *word);

#endif
