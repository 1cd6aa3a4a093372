/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_PROGRAM_HELP_H
#define TESTS_PROGRAM_HELP_H

#include "base/arena.h"
#include "program/program.h"

#include <check.h>

/* Ends of scenarios, and their beginnings: a group that counts, runs, and does the steps. */
#define GUARDED "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n"
#define ONE_GROUP(steps)                                                                           \
    "sim: 1\nobjects: {con: 3, page: 5}\nsections: {cs: {cost: 1us}}\n"                            \
    "threads: {t: {steps: [{count: op}, {run: 1us}, " steps "]}}\n"

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
/* The n-th op of that code. */
const struct op *find_op(const struct program *program, enum op_code code, int nth);
/* Asserts that there is an error, and that the messages contain the words. */
void expect_message(const char *text, const char *words);

/* Asserts whatever program.h promises of a program. */
void check_program(const struct program *program);

/* In test_program_random.c and test_program_numbers.c. */
TCase *random_programs(void);
TCase *program_numbers(void);
TCase *program_advice(void);

#endif
