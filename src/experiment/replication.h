/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_REPLICATION_H
#define EXPERIMENT_REPLICATION_H

#include "experiment/run.h"

enum { REPLICATION_PARTS = BACKLOG_PARTS }; /* between which progress is told */

/* One replication of a design. */
struct replication {
    const struct program *program;
    uint32_t number;
    sim_time warmup;
    bool general, busy;            /* as in struct run_plan */
    void (*part_done)(void *self); /* of REPLICATION_PARTS; a job may end before the last */
    void *self;
};

/*
 * Runs it and fills the sample, which has room already. The view returned and
 * the sample's detail are in the arena.
 */
struct lock_view *replication_run(struct arena *arena, const struct replication *replication,
                                  struct sample *sample);

#endif
