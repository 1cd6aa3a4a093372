/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_WARMUP_H
#define EXPERIMENT_WARMUP_H

#include "program/program.h"

#include <stdbool.h>

struct arena;

/*
 * How long a program takes to become steady: MSER-5 over the counts of every
 * progress point and the number of threads inside every lock class, sampled in
 * a pilot that grows until the answer lies well within it. `settled` is false
 * when even a pilot as long as the run was not enough.
 */
sim_time warmup_find(struct arena *arena, const struct program *program, bool *settled);

#endif
