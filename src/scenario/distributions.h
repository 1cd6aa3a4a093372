/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCENARIO_DISTRIBUTIONS_H
#define SCENARIO_DISTRIBUTIONS_H

#include "base/dist.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* One of base/units.h: what the values of a distribution are. */
typedef const char *(*value_parser)(const char *text, size_t n, double *value);

struct dist_error {
    size_t at; /* byte of the text */
    const char *message;
};

/*
 * Reads a text such as "13us" or "lognormal(mean=13us, cv=8)". Where only a
 * plain value makes sense, plain is true. Returns NULL after setting *error.
 */
const struct dist *dist_read(struct arena *arena, const char *text, value_parser value, bool plain,
                             struct dist_error *error);

#endif
