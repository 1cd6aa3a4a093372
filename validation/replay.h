/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VALIDATION_REPLAY_H
#define VALIDATION_REPLAY_H

#include "scenario/scenario.h"
#include "sim/sim.h"
#include "validation/table.h"

/* What the simulation says about a row. Times in nanoseconds; NAN where it says nothing. */
struct prediction {
    const char *failure; /* why there is none; NULL: there is */
    enum sim_outcome outcome;
    uint32_t replications;
    double throughput;     /* per second */
    double throughput_pm;  /* relative half-width of its 95 % interval */
    double wait, hold;     /* true means */
    double sleeps;         /* per second: voluntary switches */
    double contentions[2]; /* of lock_stat, per acquisition, by enum lock_mode */
    double stat_hold[2], stat_wait[2];
};

struct replay {
    const char *file; /* of the template, and its text */
    const char *text;
    size_t length;
    const char *group;              /* of the template's threads; set by replay_load() */
    const struct setting *settings; /* of the user: they win */
    size_t nsettings;
    uint32_t replications; /* 0: as many as a row needs */
    bool quick;            /* shorter runs, as many acquisitions as a mean needs: for fits */
    unsigned jobs;
};

/*
 * Runs the template for each row; predictions[i] is of rows[i]. Rows are spread
 * over jobs threads, and nothing depends on how many there are. What is said
 * lives in the arena.
 */
void replay_rows(struct arena *arena, const struct replay *replay, const struct row *const *rows,
                 struct prediction *predictions, size_t n);

/* The template as it stands, with the settings of the user alone; NULL: errors went to the diag. */
struct scenario *replay_load(struct arena *arena, struct diag *diag, struct replay *replay);

#endif
