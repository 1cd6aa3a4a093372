/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_RESULT_H
#define EXPERIMENT_RESULT_H

#include "experiment/profile.h"
#include "experiment/run.h"
#include "stats/estimate.h"
#include "stats/lock_stat_fields.h"

/*
 * What the runs come to, ready to be written: estimates over replications,
 * quantiles of all replications pooled. Times are in seconds, except in
 * lock_stat rows and pools, which keep the ticks they were counted in.
 */
struct time_result {
    struct estimate mean;
    double p50, p90, p99, p999, max;
};

/* Of the instance that was busy most: its shares of the time, as in struct busy. */
struct busy_shares {
    double held, line, wakeup; /* NAN: not wanted */
};

struct lock_result {
    const char *name;       /* in the scenario */
    const char *class_name; /* in lock_stat */
    const char *kind;
    uint32_t instances;
    struct estimate acquisitions;  /* per second */
    struct estimate contended;     /* acquisitions that waited, per second */
    struct estimate waiting;       /* mean number of threads waiting */
    struct estimate utilization;   /* mean number of threads holding, per instance */
    struct time_result wait, hold; /* true; the longest wait need not have ended */
    sim_time longest;              /* wait.max, in ticks */
    struct busy_shares busy;
    const struct class_view *pool; /* all replications; the lock_stat and perf views are in it */
};

struct group_result { /* times per run */
    const char *name;
    bool finite; /* it ends by itself */
    bool open;
    struct estimate cpu, user, sys; /* on CPUs */
    struct estimate run_delay;      /* in run queues: ready, and without a CPU */
    uint32_t point; /* progress point that it alone counts, its first, or NO_INDEX */
    double behind;  /* what more of its arrivals are inside at the end of a run than at its
                       beginning; 0: it keeps up with them, or is not open */
};

struct cpu_result { /* shares of all CPU time */
    double run, spin, switching, irq, idle;
};

struct design_result {
    const char *name;
    const char *doc;          /* or NULL */
    enum sim_outcome outcome; /* of the first replication that did not end well */
    const char *detail;
    uint32_t failures; /* replications with another outcome than SIM_OK */
    bool cut_short;    /* it ended before its time: rates and elapsed time are unknown */
    bool finite;
    double simulated;        /* seconds, over its runs */
    struct estimate elapsed; /* of a finite program */
    struct estimate *rates;  /* by progress point, per second */
    struct cpu_result cpu;
    struct group_result *groups;
    uint32_t ngroups;
    struct lock_result *locks;
    uint32_t nlocks;
    struct profile profile;
    const struct design_runs *runs;
};

/* A design against the baseline, paired by replication as far as both have them; above 1 the
 * design is better. */
struct comparison {
    const struct design_result *design;
    struct estimate *speedup;   /* by progress point */
    struct estimate elapsed;    /* finite: baseline's elapsed time by the design's */
    struct estimate wait_total; /* lock_stat's waits over all lock classes */
    struct estimate true_wait_total;
};

struct result {
    const struct scenario *scenario;
    struct runs *runs;
    const char **progress;
    uint32_t nprogress;
    uint64_t seed;
    double duration, warmup; /* seconds */
    struct design_result *designs;
    uint32_t ndesigns;
    struct comparison *compare; /* ndesigns - 1 */
    double simulated;           /* seconds, over all runs */
    double acquisitions, events;
    double wall; /* seconds it took: the only figure that is not a function of the input */
};

struct result *result_new(struct arena *arena, const struct scenario *scenario, struct runs *runs);

/* Sites of a class by number; "(other)" for what has no number of its own. */
const char *result_site(const struct design_result *design, const struct lock_result *lock,
                        uint32_t number);
/* The true waits of all locks together; NAN when nobody took one. */
struct time_result design_wait(struct arena *arena, const struct design_result *design);
/* Both modes of the pooled lock_stat row together. */
struct lock_stat_row result_lock_stat(const struct lock_result *lock);

#endif
