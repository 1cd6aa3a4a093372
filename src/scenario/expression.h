/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCENARIO_EXPRESSION_H
#define SCENARIO_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* A number and its dimension: 0 plain, 1 a time in seconds, -1 a rate per second. */
struct amount {
    double value;
    int dimension;
};

/*
 * Arithmetic: the inside of ${...}. Numbers with units, paths, + - * /,
 * parentheses, and min max ceil floor round. Whoever has the scenario looks up
 * the paths: the function gets the place of a path, reports what is wrong with
 * it, and returns false.
 */
struct arithmetic {
    struct arena *arena;
    bool (*look_up)(void *self, const char *path, size_t at, struct amount *amount);
    void (*fail)(void *self, size_t at, const char *message);
    void *self;
};

/* The places that the functions above get count from `at`. False after an error. */
bool expression_evaluate(const struct arithmetic *arithmetic, const char *text, size_t n, size_t at,
                         struct amount *amount);
/* True if the text is one path and nothing else, which is then set, with its place. */
bool expression_is_path(struct arena *arena, const char *text, size_t n, const char **path,
                        size_t *at);

/* A value as it stands in a scenario: 64, 1.5, 8%, 13us, 3.5k/s. False for any other text. */
bool amount_read(const char *text, struct amount *amount);
/* The reverse, to twelve digits; NULL when nothing in a scenario is such an amount. */
const char *amount_text(struct arena *arena, const struct amount *amount);

#endif
