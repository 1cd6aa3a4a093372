/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_RUN_H
#define EXPERIMENT_RUN_H

#include "experiment/pool.h"
#include "sim/sim.h"
#include "stats/audit.h"
#include "stats/backlog.h"
#include "stats/lock_view.h"

/*
 * Runs replications of designs as independent tasks on some threads. The
 * samples are stored by index and pooled counts are integers, so nothing
 * depends on how many threads there are or which task ends first. With a
 * precision each design gets as many replications as it needs itself.
 */
struct run_plan {
    const struct program *const *programs; /* of one scenario; the first is the baseline */
    uint32_t ndesigns;
    uint32_t replications; /* at most, when there is a precision */
    double precision;      /* relative half-width to reach; 0: run all replications */
    bool profile;          /* also what programs that are not profiled spend CPU time on */
    bool general;          /* no short way through simple programs: see sim.h */
    bool busy;             /* also how busy each lock is */
    unsigned jobs;         /* at the same time; for experiment_run() alone */
    /* Called now and then, by one thread at a time; NULL: nobody wants to know. */
    void (*progress)(void *self, double done);
    void *self;
};

/* One lock class in one replication, in ticks. */
struct lock_sample {
    uint64_t acquisitions, waited, slept;
    int64_t wait, hold;  /* true, summed */
    int64_t waited_time; /* the part of wait of those that waited */
    int64_t held;        /* integral of the number holding */
    sim_time unfinished; /* the longest wait that had not ended when the run did */
    struct lock_stat_row rows[2];
    uint32_t nsites;
    uint64_t *waiters, *holders; /* lock_stat, by site of the class */
    struct span *callers;        /* perf, by site of the class */
};

/* One replication of one design, from the end of the warm-up on. */
struct sample {
    enum sim_outcome outcome;
    const char *detail;       /* for an outcome other than SIM_OK */
    struct sim_counters used; /* differences over the window; now: its length */
    uint64_t *progress;
    struct group_time *groups; /* by number in the program */
    struct backlog *backlogs;  /* the same; 0 of those that are not open, and of finite programs */
    struct lock_sample *locks;
    uint32_t nlocks;
    struct profile_cell *profile; /* by frame; NULL: not wanted */
    struct audit audit;
};

struct design_runs {
    const struct program *program;
    uint32_t replications;  /* that were run */
    double precision;       /* the widest relative half-width that was asked about */
    bool precise;           /* none was asked about, or it is narrow enough */
    struct sample *samples; /* by replication */
    struct lock_view *pool; /* all replications together */
};

struct runs {
    struct design_runs *designs;
    uint32_t ndesigns;
    uint32_t replications; /* that were run of the design that has most */
    sim_time warmup;       /* the same for all designs */
    bool warmup_settled;   /* false: the pilot never became steady */
    double precision;      /* of the design where it is widest */
    bool precise;          /* all designs are */
    struct audit audit;
};

/* Everything returned lives in the arena. */
struct runs *experiment_run(struct arena *arena, const struct run_plan *plan);
/* The same as a job of a pool, which must end before the plan does. */
struct job experiment_job(struct arena *arena, const struct run_plan *plan, struct runs **runs);

#endif
