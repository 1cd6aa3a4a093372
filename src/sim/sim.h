/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "program/program.h"
#include "sim/observer.h"

/*
 * The engine: runs a program, tells an observer, ends with an outcome. It
 * never fails: whatever a compiled program does is an outcome.
 *
 * Order: events happen in order of (time, source), where a source is a thread,
 * then a CPU, then a source of arrivals, each with at most one event pending.
 * All randomness comes from streams keyed by (seed, replication, thread,
 * purpose), so a run is a function of program, seed and replication.
 */
struct sim;

enum sim_outcome {
    SIM_OK,
    SIM_DEADLOCK,   /* threads wait for each other: detail names the cycle */
    SIM_STARVATION, /* a thread has waited for most of the run while others acquire */
    SIM_STALLED,    /* nothing can happen any more, or no time passes */
    SIM_BUDGET,     /* the event budget is exhausted */
    SIM_OVERLOAD    /* open arrivals exceed their limit */
};

const char *sim_outcome_name(enum sim_outcome outcome);

/* Everything lives in the arena. The observer may be NULL. */
struct sim *sim_new(struct arena *arena, const struct program *program, uint64_t seed,
                    uint32_t replication, const struct observer *observer);

/*
 * To be called before a run: no short cuts for programs that are simple enough
 * for them (sim/lane.h). Results are the same.
 */
void sim_take_general_way(struct sim *sim);

/*
 * Runs until the given time (events at that time included), or until a finite
 * program is done or an outcome other than SIM_OK is reached. Then every
 * passage and all time so far is reported to the observer.
 */
enum sim_outcome sim_run_until(struct sim *sim, sim_time end);

/*
 * To be called at the end of a run: an outcome that is still SIM_OK becomes
 * SIM_STARVATION if a thread has waited for most of the run.
 */
enum sim_outcome sim_finish(struct sim *sim);

/* True when all finite groups have done their iterations. */
bool sim_done(const struct sim *sim);
sim_time sim_now(const struct sim *sim);
/* For an outcome other than SIM_OK: one or more lines that name threads, locks and sites. */
const char *sim_detail(const struct sim *sim);

/* Counters since the start of the run; a window is the difference of two. */
struct sim_counters {
    sim_time now;
    uint64_t events;
    uint64_t preemptions; /* involuntary ones */
    uint64_t sleeps;      /* voluntary switches: to wait, or to sleep */
    /* CPU time, in ticks summed over CPUs */
    int64_t run, switching, spin, irq;
    int64_t occupied; /* the same time seen from the CPUs: a thread was on it */
};

void sim_counters(const struct sim *sim, struct sim_counters *counters);
/* Count of a progress point. */
uint64_t sim_progress(const struct sim *sim, uint32_t point);

/* What a group of threads has done since the start of the run; a window is a difference of two. */
struct group_time {
    int64_t cpu, user; /* CPU time, running and spinning, in ticks: all, and its user work */
    int64_t run_delay; /* ticks in run queues, ready and without a CPU */
    uint64_t arrivals, departures; /* of an open group */
};

struct group_time sim_group_time(const struct sim *sim, uint32_t group);
/* How many of those who arrived have not left. */
uint64_t sim_group_inside(const struct sim *sim, uint32_t group);

/* What CPU time was spent on in one frame of the program; in a frame of a lock: in its ... */
enum profile_slot {
    PROFILE_SELF,    /* acquire, once the lock was to be had */
    PROFILE_FIRST,   /* spinning on the lock itself */
    PROFILE_QUEUED,  /* spinning until it is the first */
    PROFILE_RELEASE, /* release, with the calls that wake others */
    PROFILE_SLOTS
};

struct profile_cell {
    int64_t ticks[PROFILE_SLOTS];
};

/* To be called before a run whose profile is wanted: it then takes a little longer. */
void sim_profile_begin(struct sim *sim);
/* CPU time so far, by frame: all that sim_counters() counts as occupied. NULL: not wanted. */
const struct profile_cell *sim_profile(struct sim *sim);

/*
 * State integrals of a lock class up to now, in thread-ticks: the engine's own
 * account, from counts alone, against which observers audit stamps.
 */
struct lock_integrals {
    uint64_t requests, grants, releases;
    int64_t inside; /* integral of the number waiting or holding */
    int64_t held;   /* integral of the number holding */
    /* of the threads inside now: summed (now - request), and (now - acquired) of the holders */
    int64_t open_inside, open_held;
};

void sim_lock_integrals(const struct sim *sim, uint32_t lock_class,
                        struct lock_integrals *integrals);
/* The first of the integrals alone, without looking at every thread. */
int64_t sim_lock_inside(const struct sim *sim, uint32_t lock_class);
/* How long the one waits by now who has waited longest for a lock of the class; 0: nobody does. */
sim_time sim_longest_wait(const struct sim *sim, uint32_t lock_class);

#endif
