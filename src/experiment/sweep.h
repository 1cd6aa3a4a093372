/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_SWEEP_H
#define EXPERIMENT_SWEEP_H

#include "base/diag.h"
#include "experiment/result.h"

/*
 * The same scenario at many points: the cross product of settings with several
 * values each. Every point is what `sim run` with these settings makes of it,
 * with the same random numbers everywhere. A point is reduced to a record of
 * plain numbers as soon as it is done, so that a sweep needs little memory;
 * nothing in it depends on the order in which points were computed.
 */

/* What is compared: the rate of a progress point, or that of a finite job as a whole. */
struct sweep_subject {
    const char *name; /* of the progress point; NULL: the job */
};

/* What is added to these is added to src/store/record.c and docs/store.md, too. */
struct sweep_lock {
    const char *name, *kind;
    uint32_t instances;
    struct estimate acquisitions, contended, waiting, utilization; /* as in struct lock_result */
    struct time_result wait, hold;
    struct busy_shares busy;
};

struct sweep_design {
    const char *name;
    enum sim_outcome outcome;
    const char *detail; /* NULL when it ended well */
    uint32_t replications, failures;
    double precision; /* as in struct design_runs */
    bool precise;
    bool cut_short;          /* it ended before its time: rates are unknown */
    struct estimate elapsed; /* of a finite job */
    struct estimate *rates;  /* by subject, per second */
    const double **values;   /* by subject and replication: what the rates are the means of */
    struct cpu_result cpu;
    double cpu_wait;         /* time in run queues of all threads, by their CPU time */
    double behind;           /* of all groups, as in struct group_result */
    struct time_result wait; /* of all locks together */
    struct sweep_lock *locks;
    uint32_t nlocks;
};

struct sweep_point {
    const char **values;     /* by axis */
    uint32_t replications;   /* of the design that has most */
    double duration, warmup; /* seconds */
    bool warmup_settled, precise;
    double precision; /* of the design where it is widest */
    double simulated, acquisitions, events;
    struct audit audit;
    struct sweep_design *designs;
};

struct sweep {
    const struct scenario *scenario; /* without the swept settings */
    const struct sweep_axis *axes;
    uint32_t naxes;
    const char *const *designs;
    uint32_t ndesigns;
    struct sweep_subject *subjects;
    uint32_t nsubjects;
    bool finite;
    uint64_t seed;
    struct sweep_point *points; /* the last axis changes fastest */
    uint32_t npoints;
};

enum { SWEEP_POINTS_MAX = 10000 };

/* Which points are computed, and what becomes of them. Called by one thread at a time. */
struct sweep_feed {
    void *self;
    uint32_t n; /* points it has; with several processes, about */
    /* Another point to compute; false: there are no more. */
    bool (*next)(void *self, uint32_t *index);
    /* It is computed; false: nothing else needs to be. */
    bool (*done)(void *self, uint32_t index);
};

struct sweep_plan {
    const struct scenario *scenario; /* as `file` is with the settings */
    const struct program *program;   /* of one of its designs */
    const char *text;
    size_t length;
    const struct setting *settings; /* that are the same everywhere */
    size_t nsettings;
    const struct sweep_axis *axes;
    uint32_t naxes;
    const char *const *designs;
    uint32_t ndesigns;
    unsigned jobs;
    void (*progress)(void *self, double done);
    void *self;
};

/*
 * What is swept, without the swept settings. If it cannot be read without them,
 * as where one replaces an expression of what another sets, as at the first point.
 */
struct scenario *sweep_base(struct arena *arena, struct diag *diag, const char *file,
                            const struct sweep_plan *plan);
/* Number of points; 0 if there are more than SWEEP_POINTS_MAX. */
uint32_t sweep_size(const struct sweep_plan *plan);
/*
 * Reads and compiles the scenario at every point. Returns NULL if all are good,
 * else the settings of the first that is not, "machine.cpus=3", and why in the
 * diag.
 */
const char *sweep_check(struct arena *arena, struct diag *diag, const struct sweep_plan *plan);
/* After a check that found nothing: the sweep, no point of it computed. */
struct sweep *sweep_new(struct arena *arena, const struct sweep_plan *plan);
/* Computes what the feed has. */
void sweep_compute(struct arena *arena, const struct sweep_plan *plan, struct sweep *sweep,
                   const struct sweep_feed *feed);
/* A new one, all of it. */
struct sweep *sweep_run(struct arena *arena, const struct sweep_plan *plan);
/* Of a sweep with points missing: these get designs of which nothing is known. */
void sweep_fill(struct arena *arena, struct sweep *sweep);
static inline bool sweep_has(const struct sweep_point *point) {
    return point->replications > 0;
}

/* One point of the sweep, for src/experiment alone (sweep_point.c). */
struct opened {
    const struct scenario *scenario;
    struct program **programs;
};
bool sweep_open(struct arena *arena, struct diag *diag, const struct sweep_plan *plan,
                uint32_t index, struct opened *opened);
const char *sweep_value(const struct sweep_plan *plan, uint32_t index, uint32_t axis);
/* The record of a result, in the arena; the result may go. */
void sweep_record(struct arena *arena, const struct sweep *sweep, const struct result *result,
                  struct sweep_point *point);

#endif
