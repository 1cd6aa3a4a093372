/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "bench/exact.h"
#include "bench/programs.h"

#include <jansson.h>

enum { MOST_ARGUMENTS = 24 };

struct place {
    const char *sim, *build, *source; /* the program, and directories */
};

/* One run. */
struct run {
    bool done;                                   /* no: what it needs is not there */
    double acquisitions, cpu, elapsed, peak_kib; /* s, KiB */
    struct answer answer;
};

/* The arguments that run a program for a simulated time, as often as said; ended by NULL. */
struct command {
    const char *argv[MOST_ARGUMENTS];
    unsigned n;
    char path[1024]; /* of the scenario */
};

void command_add(struct command *command, const char *argument);
void sim_command(struct command *command, const struct place *place, const struct program *program,
                 const char *duration, const char *replications);

/* The result of a run as JSON prints it, or the end of everything. */
json_t *sim_result(const struct command *command, struct run *run);

/* The first progress point's rate, 1/s, and the first lock's mean wait, s, of the first design. */
json_t *result_rate(json_t *result);
json_t *result_wait(json_t *result);
double result_acquisitions(json_t *result);

struct run sim_run(const struct place *place, const struct program *program, const char *duration);

/* A program that prints rate and wait; not done if it is not there or ends with status 77. */
struct run plain_run(const struct command *command, double acquisitions);

/* Counts of instructions per acquisition; NAN without valgrind. */
double sim_instructions(const struct place *place, const struct program *program);

/* A command that is run for two numbers of acquisitions. */
double plain_instructions(const struct command shorter_longer[2], double more_acquisitions);

#endif
