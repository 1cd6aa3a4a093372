/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_POOL_H
#define EXPERIMENT_POOL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Some threads work through jobs. A job is a sequence of stages, a stage is a
 * number of tasks that do not depend on each other; the next stage is known
 * only when the one before is done. A thread that finds nothing to do in the
 * jobs that have begun asks for another one, so that no more jobs are under way
 * than there are threads to keep busy. What is done by which thread, and in
 * what order, must not matter to any result.
 */
struct arena;

struct stage {
    uint32_t ntasks; /* at least one */
    /* The arena is for the task alone and forgotten after it. */
    void (*task)(void *self, struct arena *arena, uint32_t index);
    void *self; /* of the task */
};

struct job {
    void *self; /* of the next function; no two jobs have the same */
    /* By one thread at a time, when no task of the job is under way; false: it is finished. */
    bool (*next)(void *self, struct stage *stage);
};

struct job_source {
    void *self;
    /* By one thread at a time; false: there are no more jobs. */
    bool (*more)(void *self, struct job *job);
};

/* The calling thread is one of the threads. */
void pool_run(unsigned threads, const struct job_source *source);

#endif
