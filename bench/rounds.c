/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/rounds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 4 };

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
    {"by hand, two events", "20000000", true, two_events},
    {"by hand, one event", "20000000", true, one_event},
};

const struct other peers[2] = {
    {"SimGrid", "500000", false, simgrid},
    {"SimPy", "100000", false, simpy},
};

double row_speed(const struct row *row) {
    return row->best.acquisitions / row->best.cpu;
}

static void keep_best(struct row *row, struct run run) {
    if (row->best.cpu == 0.0 || run.cpu < row->best.cpu)
        row->best = run;
}

static void round_of_others(struct row *row, const struct other *others, unsigned n,
                            const struct place *place) {
    for (unsigned i = 0; i < n; i++) {
        struct command command = {.n = 0};
        others[i].command(&command, place, others[i].acquisitions);
        row[i].name = others[i].name;
        keep_best(&row[i], plain_run(&command, strtod(others[i].acquisitions, NULL)));
    }
}

static unsigned round_of_sim(struct row *row, const struct place *place, bool first, bool if_long) {
    unsigned n = 0;
    for (unsigned i = 0; i < nprograms; i++) {
        const struct program *program = &programs[i];
        if (program->if_long && !if_long)
            continue;
        row[n].name = program->name;
        row[n].program = program;
        if (first || !program->once)
            keep_best(&row[n], sim_run(place, program));
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
        row->instructions = NAN;
        if (i < 2)
            row->instructions = count_limit(&limits[i], place);
        else if (row->program != NULL && row->program->brief[0] != NULL)
            row->instructions = sim_instructions(place, row->program);
    }
}

void rounds_run(struct rounds *rounds, const struct place *place, bool if_long) {
    *rounds = (struct rounds){.n = 0};
    for (int round = 0; round < ROUNDS; round++) {
        fprintf(stderr, "bench: round %d of %d\n", round + 1, ROUNDS);
        round_of_others(rounds->rows, limits, 2, place);
        rounds->n = 2 + round_of_sim(rounds->rows + 2, place, round == 0, if_long);
        round_of_others(rounds->rows + rounds->n, peers, 2, place);
        rounds->n += 2;
    }
    fprintf(stderr, "bench: counting instructions\n");
    count_instructions(rounds, place);
}
