/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/warmup.h"

#include "base/arena.h"
#include "sim/sim.h"
#include "stats/estimate.h"

/* A replication that no run has, so that a run never repeats its own pilot. */
#define PILOT_REPLICATION UINT32_MAX

enum {
    INTERVALS = 500, /* when all are used, neighbours are merged and the pilot goes on */
    DOUBLINGS = 20,  /* of the interval, until the pilot is as long as the run */
    ENOUGH_EVENTS = 100000,
    ENOUGH_PROGRESS = INTERVALS
};

struct pilot {
    const struct program *program;
    struct sim *sim;
    sim_time interval, end;
    uint32_t filled;
    uint32_t nseries; /* progress points, then lock classes */
    double *before;   /* value of each series at the start of this interval */
    double *values;   /* [series * INTERVALS + interval] */
};

static double level(const struct pilot *pilot, uint32_t series) {
    if (series < pilot->program->nprogress)
        return (double)sim_progress(pilot->sim, series);
    return (double)sim_lock_inside(pilot->sim, series - pilot->program->nprogress);
}

static enum sim_outcome fill(struct pilot *pilot) {
    while (pilot->filled < INTERVALS) {
        pilot->end += pilot->interval;
        enum sim_outcome outcome = sim_run_until(pilot->sim, pilot->end);
        if (outcome != SIM_OK)
            return outcome;
        for (uint32_t s = 0; s < pilot->nseries; s++) {
            double now = level(pilot, s);
            pilot->values[(size_t)s * INTERVALS + pilot->filled] = now - pilot->before[s];
            pilot->before[s] = now;
        }
        pilot->filled++;
    }
    return SIM_OK;
}

static void widen(struct pilot *pilot) {
    for (uint32_t s = 0; s < pilot->nseries; s++) {
        double *x = pilot->values + (size_t)s * INTERVALS;
        for (size_t i = 0; i < INTERVALS / 2; i++)
            x[i] = x[2 * i] + x[2 * i + 1];
    }
    pilot->filled = INTERVALS / 2;
    pilot->interval *= 2;
}

static bool has_seen_enough(const struct pilot *pilot) {
    struct sim_counters at;
    sim_counters(pilot->sim, &at);
    if (at.events < ENOUGH_EVENTS)
        return false;
    bool counted = pilot->program->nprogress == 0;
    for (uint32_t p = 0; p < pilot->program->nprogress; p++)
        counted |= sim_progress(pilot->sim, p) >= ENOUGH_PROGRESS;
    return counted;
}

static sim_time truncation(const struct pilot *pilot, bool *settled) {
    size_t longest = 0;
    *settled = true;
    for (uint32_t s = 0; s < pilot->nseries; s++) {
        bool inside;
        size_t dropped = mser5(pilot->values + (size_t)s * INTERVALS, INTERVALS, &inside);
        longest = dropped > longest ? dropped : longest;
        *settled &= inside;
    }
    return (sim_time)longest * pilot->interval;
}

sim_time warmup_find(struct arena *arena, const struct program *program, bool *settled) {
    struct pilot pilot = {.program = program, .nseries = program->nprogress + program->nlocks};
    pilot.sim = sim_new(arena, program, program->seed, PILOT_REPLICATION, NULL);
    pilot.before = arena_array(arena, pilot.nseries, sizeof(double));
    pilot.values = arena_array(arena, (size_t)pilot.nseries * INTERVALS, sizeof(double));
    pilot.interval = 1 + program->duration / INTERVALS / (1 << DOUBLINGS);
    bool before = false;
    *settled = true;
    for (;; widen(&pilot)) {
        /* A pilot that ends badly finds nothing: the runs will end so too, and say why. */
        if (fill(&pilot) != SIM_OK)
            return 0;
        bool last = pilot.interval > program->duration / INTERVALS;
        if (!last && !has_seen_enough(&pilot))
            continue;
        /* A pilot that is all transient looks steady: the answer counts when a pilot twice as
           long, mostly beyond the answer, agrees that there is one. */
        sim_time warmup = truncation(&pilot, settled);
        if (last || (*settled && before && warmup <= pilot.end / 4))
            return warmup;
        before = *settled;
    }
}
