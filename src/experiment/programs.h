/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_PROGRAMS_H
#define EXPERIMENT_PROGRAMS_H

#include "base/diag.h"
#include "program/program.h"

/* NULL if the scenario has no design of that name. */
const struct design *design_find(const struct scenario *scenario, const char *name);

/*
 * The programs of n designs by their names. One that is wrong is NULL, and the
 * diag says why.
 */
struct program **programs_compile(struct arena *arena, struct diag *diag,
                                  const struct scenario *scenario, const char *const *names,
                                  uint32_t n);

#endif
