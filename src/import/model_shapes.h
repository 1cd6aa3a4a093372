/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef IMPORT_MODEL_SHAPES_H
#define IMPORT_MODEL_SHAPES_H

#include "import/model.h"

/* Structures of a model, and how likely they are; only for src/import/model*.c. */
enum { MODEL_INSTANCES_MOST = 100000 };

/* The share of time that one lock is held where nothing says how many there are. */
static const double MODEL_BUSY = 0.05;

struct shape_question {
    double rate, hold, contended, wait;
};

struct shape {
    double misfit;
    uint32_t instances, loops, cpus; /* no CPUs: enough for all */
    double think, cv;
};

double model_quotient(double a, double b); /* 0 if b is */
struct shape_question model_question_of(const struct model_mode *mode);
/* The most likely first; returns how many. */
uint32_t model_find_shapes(const struct shape_question *q, struct shape *best, uint32_t most);

/* Into the first *n, the most likely first. */
void model_keep_shape(struct shape *best, uint32_t *n, uint32_t most, const struct shape *s);

/* Are waits longer than holds can make them, as if the next in line had lost its CPU? */
bool model_is_crowded(const struct model *model);
/* Fewer CPUs than threads; returns how many. */
uint32_t model_find_crowds(const struct model *model, struct shape *best, uint32_t most);
/* Of the time, with these figures: all threads but the next in line wait for that one's CPU. */
double model_stuck_share(const struct model *model, const double *figure);

/* Owners of a mutex that now and then leave their CPU; returns how many candidates. */
uint32_t model_off_cpu(const struct model *model, struct model *out, uint32_t most);

#endif
