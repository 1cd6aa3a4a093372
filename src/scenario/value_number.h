/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCENARIO_VALUE_NUMBER_H
#define SCENARIO_VALUE_NUMBER_H

#include "scenario/expression.h"

/*
 * The number within the text of a value that stands for its size, to be
 * changed while all else stays: 13us in "13us", "exp(13us)" and
 * "lognormal(mean=13us, cv=8)"; or one of its other arguments, as 8 is its cv.
 */
struct value_number {
    size_t at, length; /* bytes of the text */
    struct amount amount;
};

/* part: the name of an argument, or "": the size. False if the text has no such number. */
bool value_number_find(struct arena *arena, const char *text, const char *part,
                       struct value_number *number);

/* The names of the arguments that have a number, those of what stands within too; ends with NULL.
 */
const char *const *value_number_parts(struct arena *arena, const char *text);

/*
 * The text with another number in that place, rounded to four digits, in the
 * same unit where that is fit to be read.
 */
const char *value_number_put(struct arena *arena, const char *text,
                             const struct value_number *number, double value);

#endif
