/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_PROGRAM_HELP_H
#define TESTS_PROGRAM_HELP_H

#include "base/arena.h"
#include "program/program.h"

#include <check.h>

/* Kinds of every sort for the tests: none, mutex, spin, rw. */
extern const struct kind_info *const test_kinds[];
extern const uint32_t test_kind_count;

struct compiled {
    struct arena *arena;
    struct diag *diag;
    struct scenario *scenario;
    const struct program **programs; /* one for each design, NULL when it is wrong */
    char *messages;                  /* as they would be printed */
};

/* The text must outlive the result. */
struct compiled compile_text(const char *text);
void compiled_free(struct compiled *compiled);

/* Asserts that it compiles without a message; returns the first design's program. */
const struct program *good(const struct compiled *compiled);
/* Asserts that there is an error, and that the messages contain the words. */
void expect_message(const char *text, const char *words);

/* Asserts whatever program.h promises of a program. */
void check_program(const struct program *program);

TCase *random_programs(void); /* test_program_random.c */

#endif
