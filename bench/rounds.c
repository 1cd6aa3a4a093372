/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench/rounds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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

double row_speed(const struct row *row) {
    return row->best.acquisitions / row->best.cpu;
}

static void progress(const char *doing, int n, int of) {
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "bench: %s %d of %d\n", doing, n, of);
}

static void keep_best(struct row *row, struct run run) {
    if (row->best.cpu == 0.0 || run.cpu < row->best.cpu)
        row->best = run;
}

static void round_of_others(struct row *row, const struct other *others, unsigned n,
                            const struct place *place, enum extent extent) {
    for (unsigned i = 0; i < n; i++) {
        const char *acquisitions = extent == BRIEF ? others[i].brief : others[i].acquisitions;
        struct command command = {.n = 0};
        others[i].command(&command, place, acquisitions);
        row[i].name = others[i].name;
        keep_best(&row[i], plain_run(&command, strtod(acquisitions, NULL)));
    }
}

static unsigned round_of_sim(struct row *row, const struct place *place, enum extent extent,
                             bool first) {
    unsigned n = 0;
    for (unsigned i = 0; i < nprograms; i++) {
        const struct program *program = &programs[i];
        if (program->if_long && extent == USUAL)
            continue;
        row[n].name = program->name;
        row[n].program = program;
        if (!program->once || (first && extent != BRIEF))
            keep_best(&row[n], sim_run(place, program,
                                       extent == BRIEF ? program->brief[0] : program->duration));
        n++;
    }
    return n;
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
    const int nrounds = extent == BRIEF ? 1 : 4;
    *rounds = (struct rounds){.n = 0};
    for (int round = 0; round < nrounds; round++) {
        progress("round", round + 1, nrounds);
        round_of_others(rounds->rows, limits, 2, place, extent);
        rounds->n = 2 + round_of_sim(rounds->rows + 2, place, extent, round == 0);
        round_of_others(rounds->rows + rounds->n, peers, 2, place, extent);
        rounds->n += 2;
    }
    for (unsigned i = 0; i < rounds->n; i++)
        rounds->rows[i].instructions = NAN;
    if (extent != BRIEF)
        count_instructions(rounds, place);
}
