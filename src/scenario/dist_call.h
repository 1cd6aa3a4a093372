/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCENARIO_DIST_CALL_H
#define SCENARIO_DIST_CALL_H

#include "scenario/distributions.h"

#include <stdint.h>

/* The state of reading one text; inside src/scenario/dist*.c. */
struct reader {
    struct arena *arena;
    const char *text;
    value_parser value;
    int depth;
    struct dist_error *error;
    bool failed;
};

/* `name=value` or `value`; places are bytes of the text. */
struct arg {
    const char *name; /* or NULL */
    size_t name_at, at, length;
};

struct call {
    const char *name;
    size_t at;
    const struct arg *args;
    uint32_t n;
};

/* Keeps the first error; returns NULL. */
void *dist_fail(struct reader *r, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Reads a stretch of the text as a distribution, or as one value. */
const struct dist *dist_read_at(struct reader *r, size_t at, size_t length);
bool dist_value(struct reader *r, size_t at, size_t length, value_parser parse, double *value);
/* A copy in the arena, or NULL if its mean or variance is out of bounds. */
const struct dist *dist_make(struct reader *r, size_t at, struct dist dist);

/* Makes the distribution that a call names. */
const struct dist *dist_call(struct reader *r, const struct call *call);

/* Calls whose arguments are no fixed list. */
typedef const struct dist *dist_caller(struct reader *r, const struct call *call);
dist_caller dist_lognormal_quantiles, dist_mix, dist_empirical, dist_with_mean;

/* Bounds on numbers that shape a distribution: they keep moments finite and draws meaningful. */
struct bounds {
    double low, high;
};
extern const struct bounds sigma_bounds;

#endif
