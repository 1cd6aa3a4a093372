/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LINES_H
#define SIM_LINES_H

#include "sim/core.h"

/* What lines.c and those who pass a free lock do to a line alike. */

static inline sim_time line_transfer(const struct sim *sim, uint32_t from, uint32_t to) {
    const struct machine_costs *machine = sim->machine;
    if (from == to || from == NO_INDEX)
        return 0;
    if (sim->cpus[from].core == sim->cpus[to].core)
        return machine->line_smt;
    return sim->cpus[from].node == sim->cpus[to].node ? machine->line_node : machine->line_remote;
}

static inline sim_time line_start(const struct sim *sim, const struct line *line) {
    return line->free_at > sim->now ? line->free_at : sim->now;
}

/* The line is the CPU's alone: until then it waits for requests before it and for the line. */
static inline sim_time line_own(const struct sim *sim, struct line *line, uint32_t cpu,
                                sim_time work) {
    uint32_t from = line->cpu == cpu ? line->reader : line->cpu;
    line->free_at = line_start(sim, line) + line_transfer(sim, from, cpu) + work;
    line->cpu = line->reader = cpu;
    return line->free_at - sim->now;
}

#endif
