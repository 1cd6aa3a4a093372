/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench/rounds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct model w2_model = {64, 10, 1, 1, 0};

static void in_directory(struct command *command, const char *directory, const char *file) {
    snprintf(command->path, sizeof(command->path), "%s/%s", directory, file);
    command_add(command, command->path);
}

static void hand(struct command *command, const struct place *place, const char *events,
                 const char *acquisitions) {
    in_directory(command, place->build, "bench/hand");
    command_add(command, events);
    command_add(command, acquisitions);
}

static void two_events(struct command *command, const struct place *place, const char *n) {
    hand(command, place, "2", n);
}

static void one_event(struct command *command, const struct place *place, const char *n) {
    hand(command, place, "1", n);
}

static void simgrid(struct command *command, const struct place *place, const char *n) {
    static char program[1024];
    snprintf(program, sizeof(program), "%s/bench/w2_simgrid", place->build);
    command_add(command, program);
    command_add(command, n);
    in_directory(command, place->source, "bench/simgrid_host.xml");
}

/* Debian's own Python, as it is Debian's SimPy. */
static void simpy(struct command *command, const struct place *place, const char *n) {
    command_add(command, "/usr/bin/python3");
    in_directory(command, place->source, "bench/w2_simpy.py");
    command_add(command, n);
}

const struct other limits[2] = {
    {"by hand, two events", "20000000", "100000", two_events},
    {"by hand, one event", "20000000", "100000", one_event},
};

const struct other peers[2] = {
    {"SimGrid", "500000", "1000", simgrid},
    {"SimPy", "100000", "1000", simpy},
};

/* What the others are compared with: as long as the shorter of them. */
static const struct other measure = {"", "5000000", "100000", two_events};

static double speed_of(const struct run *run) {
    return run->acquisitions / run->cpu;
}

double row_speed(const struct row *row) {
    return speed_of(&row->best);
}

static int by_size(const void *a, const void *b) {
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

double row_share(const struct row *row, double q) {
    double shares[MOST_SHARES];
    if (row->nshares == 0)
        return NAN;
    memcpy(shares, row->shares, sizeof(shares));
    qsort(shares, row->nshares, sizeof(*shares), by_size);
    double at = q * (row->nshares - 1);
    unsigned below = (unsigned)at, above = below + (below + 1 < row->nshares);
    return shares[below] + (at - below) * (shares[above] - shares[below]);
}

static void progress(const char *doing, int n, int of) {
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "bench: %s %d of %d\n", doing, n, of);
}

static struct run run_other(const struct other *other, const struct place *place,
                            enum extent extent) {
    const char *acquisitions = extent == BRIEF ? other->brief : other->acquisitions;
    struct command command = {.n = 0};
    other->command(&command, place, acquisitions);
    return plain_run(&command, strtod(acquisitions, NULL));
}

static struct run run_row(const struct row *row, const struct place *place, enum extent extent) {
    if (row->other != NULL)
        return run_other(row->other, place, extent);
    return sim_run(place, row->program,
                   extent == BRIEF ? row->program->brief[0] : row->program->duration);
}

/* Short ones in all rounds, long ones in a few, very long ones in the first. */
static bool is_in_round(const struct row *row, unsigned round, enum extent extent) {
    enum { FEW = 4 };
    const double most_cpu = 0.5;
    if (row->program != NULL && row->program->once)
        return round == 0 && extent != BRIEF;
    return round < FEW || (row->best.done && row->best.cpu < most_cpu);
}

static void time_row(struct row *row, const struct place *place, enum extent extent,
                     double *limit) {
    struct run run = run_row(row, place, extent), after = run_other(&measure, place, extent);
    double before = *limit;
    *limit = speed_of(&after);
    if (!run.done)
        return;
    if (!row->best.done || run.cpu < row->best.cpu)
        row->best = run;
    row->shares[row->nshares++] = speed_of(&run) * (1 / before + 1 / *limit) / 2;
}

static void add_row(struct rounds *rounds, const char *name, const struct program *program,
                    const struct other *other) {
    rounds->rows[rounds->n++] =
        (struct row){.name = name, .program = program, .other = other, .instructions = NAN};
}

static void add_rows(struct rounds *rounds, enum extent extent) {
    for (unsigned i = 0; i < 2; i++)
        add_row(rounds, limits[i].name, NULL, &limits[i]);
    for (unsigned i = 0; i < nprograms; i++)
        if (!programs[i].if_long || extent != USUAL)
            add_row(rounds, programs[i].name, &programs[i], NULL);
    for (unsigned i = 0; i < 2; i++)
        add_row(rounds, peers[i].name, NULL, &peers[i]);
}

static double count_limit(const struct other *limit, const struct place *place) {
    struct command commands[2] = {{.n = 0}, {.n = 0}};
    limit->command(&commands[0], place, "100000");
    limit->command(&commands[1], place, "300000");
    return plain_instructions(commands, 200000);
}

static void count_instructions(struct rounds *rounds, const struct place *place) {
    for (unsigned i = 0; i < rounds->n; i++) {
        struct row *row = &rounds->rows[i];
        progress("counting instructions", (int)i + 1, (int)rounds->n);
        if (i < 2)
            row->instructions = count_limit(&limits[i], place);
        else if (row->program != NULL && row->program->brief[0] != NULL)
            row->instructions = sim_instructions(place, row->program);
    }
}

void rounds_run(struct rounds *rounds, const struct place *place, enum extent extent) {
    const unsigned nrounds = extent == BRIEF ? 1 : MOST_SHARES;
    struct run first = run_other(&measure, place, extent);
    double limit = speed_of(&first);
    rounds->n = 0;
    add_rows(rounds, extent);
    for (unsigned round = 0; round < nrounds; round++) {
        progress("round", (int)round + 1, (int)nrounds);
        for (unsigned i = 0; i < rounds->n; i++)
            if (is_in_round(&rounds->rows[i], round, extent))
                time_row(&rounds->rows[i], place, extent, &limit);
    }
    if (extent != BRIEF)
        count_instructions(rounds, place);
}
