/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CPUs that are slow after idle time: a frequency governor gives a CPU the
 * clock that its recent use calls for, and what a long idle state emptied has
 * to be fetched again. With b the share of time in which the CPU was busy
 * lately, an average that forgets exponentially, work takes
 * 1 + (factor - 1) (1 - b) times as long: 1 on a CPU that never rests.
 */
#include "sim/core.h"

#include "base/exactmath.h"

static double forgotten(const struct sim *sim, double ticks) {
    return exact_exp(-ticks / (double)sim->machine->ramp_time);
}

void ramp_mark(const struct sim *sim, struct cpu *cpu, bool busy) {
    double goal = busy ? 1 : 0;
    cpu->used = goal + (cpu->used - goal) * forgotten(sim, (double)(sim->now - cpu->used_at));
    cpu->used_at = sim->now;
}

/*
 * While the CPU is busy 1 - b falls as e^(-t/T), so that work w is done at t:
 * the integral of 1 / (1 + a e^(-t/T)) up to t is w, a = (factor - 1) (1 - b).
 */
sim_time ramp_slow(const struct sim *sim, struct cpu *cpu, sim_time work) {
    ramp_mark(sim, cpu, true);
    double a = (sim->machine->ramp_factor - 1) * (1 - cpu->used);
    double more = exact_log(1 + a * (1 - forgotten(sim, (double)work)));
    return work + (sim_time)((double)sim->machine->ramp_time * more + 0.5);
}
