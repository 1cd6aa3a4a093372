/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCENARIO_SCENARIO_H
#define SCENARIO_SCENARIO_H

#include "base/diag.h"
#include "base/dist.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * What the user wrote, with positions: the YAML text turned into typed records
 * and nothing resolved. Names are checked against each other in src/program.
 * Everything lives in the arena given to scenario_load().
 */
struct arena;
struct node;

/* Where a number comes from. */
enum origin {
    ORIGIN_UNSTATED, /* written without an origin */
    ORIGIN_PUBLISHED,
    ORIGIN_MEASURED,
    ORIGIN_CALIBRATED, /* fitted: never shown as a success of prediction */
    ORIGIN_ASSUMED,
    ORIGIN_DEFAULT, /* not written at all: ours */
    ORIGIN_PROFILE  /* from the machine profile, whose numbers state their own origin in it */
};

const char *origin_name(enum origin origin);

struct name {
    const char *text; /* NULL when absent */
    struct pos pos;
};

/*
 * A number or distribution. Times are in seconds, rates per second, shares
 * and counts plain. May be written as a map {value:, origin:, range: A..B,
 * source:}.
 */
struct quantity {
    const struct dist *dist; /* DIST_CONST for a plain number */
    struct pos pos;
    enum origin origin;
    const char *path;       /* for --set: "sections.process.cost" */
    const char *text;       /* the value as written */
    const char *expression; /* what it was computed from, with its ${...}, or NULL */
    const char *low; /* the plausible range as written, or NULL: sensitivity runs both ends */
    const char *high;
    const char *set_low; /* what to --set for the ends: a distribution keeps its shape */
    const char *set_high;
    const char *source; /* free text, or NULL */
};

enum machine_field {
#define MACHINE(id, path, unit, value, doc) MACHINE_##id,
#include "scenario/machine.def"
#undef MACHINE
    MACHINE_FIELDS
};

enum preemption { PREEMPT_NONE, PREEMPT_VOLUNTARY, PREEMPT_FULL };

/* What times a lock kind has on this machine: defaults of its parameters. */
struct kind_costs {
    struct name kind;
    struct kind_cost {
        struct name param;
        struct quantity *value;
    } * costs;
    uint32_t ncosts;
};

struct machine {
    const char *profile;                     /* NULL: the ideal machine, where every cost is zero */
    struct quantity *fields[MACHINE_FIELDS]; /* never NULL after loading */
    const struct quantity *profile_cpus;     /* of the machine that the profile describes */
    enum preemption preemption;
    struct kind_costs *kinds; /* later ones override earlier ones */
    uint32_t nkinds;
};

struct object_class {
    struct name name;
    struct quantity *count;
};

/* A cache line that matters: data, locks, or both are on it. */
struct line_decl {
    struct name name;
    struct name per;         /* an object class, or absent: one line */
    struct quantity *packed; /* so many objects share a line; NULL: one */
};

struct name_list {
    struct name *names; /* NULL: not written */
    uint32_t n;
};

struct section {
    struct name name;
    struct quantity *cost;  /* NULL: costs nothing itself */
    struct quantity *delay; /* instead of a cost: waits for the clock on the CPU */
    struct name site; /* the call site that lock_stat would show; default: the section's name */
    struct name_list reads, writes; /* lines, at its start */
};

enum step_kind {
    STEP_RUN,         /* work on the CPU outside any section: cost */
    STEP_DELAY,       /* waits for the clock on the CPU: cost */
    STEP_SLEEP,       /* off the CPU: cost */
    STEP_IN,          /* section name: its cost, then the body, under what guards it */
    STEP_PICK,        /* an object of class name into register as */
    STEP_POST,        /* work item name[index] */
    STEP_TAKE,        /* wait for a work item name[index] */
    STEP_COMPLETE,    /* completion name[index]: lets one waiter pass, or with `all` every one */
    STEP_WAIT_FOR,    /* completion name[index] */
    STEP_RCU_READ,    /* the body within an RCU read section */
    STEP_SYNCHRONIZE, /* sleep until a grace period is over: flavor */
    STEP_CALL_RCU,    /* the body, or work of the given cost, after a grace period */
    STEP_COUNT,       /* progress point name */
    STEP_CHOOSE,      /* one of the branches */
    STEP_REPEAT,      /* the body cost times, or once per taken item */
    STEP_LOCK,        /* what guards section name (or lock name of the design), without nesting */
    STEP_UNLOCK,
    STEP_READ, /* line name */
    STEP_WRITE
};

enum pick_by { PICK_UNIFORM, PICK_ZIPF, PICK_ROUND_ROBIN };

enum rcu_flavor { RCU_NORMAL, RCU_EXPEDITED, RCU_FLAVORS };

enum take_batch {
    TAKE_ONCE,   /* posts while one is pending are one item, as queue_work() */
    TAKE_ONE,    /* every post counts; one is taken */
    TAKE_ALL,    /* every post counts; all are taken together */
    TAKE_PENDING /* as TAKE_ALL, but without waiting: perhaps none */
};

struct step_list {
    struct step *steps;
    uint32_t n;
};

struct branch {
    struct quantity *weight;
    struct step_list body;
};

struct step {
    enum step_kind kind;
    struct pos pos;
    struct name name;
    struct name index;      /* post, take, complete, wait_for: the register in brackets */
    struct name as;         /* pick: the register; default the class name */
    struct name other_than; /* pick: a register whose object is not drawn, or absent */
    struct quantity *cost;
    enum pick_by by;
    double exponent; /* zipf */
    enum take_batch batch;
    bool per_item; /* repeat: batch */
    bool all;      /* complete_all() */
    enum rcu_flavor flavor;
    struct branch *branches;
    uint32_t nbranches;
    struct step_list body;
};

enum arrival_kind { ARRIVAL_CLOSED, ARRIVAL_POISSON, ARRIVAL_PERIODIC };

/* Where a group's threads are, which says what their `run` steps are. */
enum thread_context {
    CONTEXT_USER,
    CONTEXT_KERNEL, /* kernel work: not preempted unless preemption is full */
    CONTEXT_OUTSIDE /* no thread of this machine: what it does takes none of its CPUs */
};

enum pin {
    PIN_NO,
    PIN_CPU,    /* thread i (open: of source i) stays on CPU i mod cpus */
    PIN_POSTED, /* a post that wakes the thread brings it to the CPU of who posts */
};

struct thread_group {
    struct name name;
    struct quantity *count; /* threads (per object if per is set); default 1 */
    struct name per; /* an object class: count threads for each object, which they have picked */
    enum arrival_kind arrivals; /* open: each arrival runs the steps once and is gone */
    struct quantity
        *rate; /* poisson: arrivals per second per count; periodic: the period in seconds */
    struct quantity *limit;      /* open: at most this many in the system at once */
    struct quantity *iterations; /* finite job: NULL is for ever */
    struct quantity *start;      /* delay before the first step */
    enum pin pin;
    enum thread_context context;
    struct step_list steps;
};

struct param {
    struct name name;
    const struct node *value;
};

struct lock_decl {
    struct name name;
    struct name kind;
    struct name per;   /* an object class, or absent: one instance */
    struct name class; /* the lock class name that lock_stat prints; default the lock's name */
    struct name line;  /* the cache line that the lock word is on, or absent: its own */
    bool irq_off;      /* interrupts are off from before the wait until the release */
    struct pos irq_pos;
    struct name wait;     /* how its waiters wait, or absent: as the kind does */
    struct param *params; /* everything else: parameters of the kind */
    uint32_t nparams;
};

enum lock_mode { MODE_WRITE, MODE_READ };

struct guard_lock {
    struct name lock;
    enum lock_mode mode;
    struct name_list of; /* registers that choose the instances; none: as was picked last */
    bool ordered;        /* the instance of the smaller object first */
    bool interrupt;      /* taken in an interrupt */
    struct pos pos;
};

struct guard {
    struct name section;
    struct guard_lock *locks; /* taken in this order, released in reverse */
    uint32_t nlocks;
};

struct design {
    struct name name;
    struct name doc; /* one line about it, or absent */
    struct lock_decl *locks;
    uint32_t nlocks;
    struct guard *guards;
    uint32_t nguards;
    struct section *sections; /* overrides: NULL cost keeps the scenario's */
    uint32_t nsections;
    struct thread_group *threads; /* overrides: only name and steps are set */
    uint32_t nthreads;
};

struct measured_field {
    const char *name; /* "contentions", "waittime-avg", ..., see measured_field_names() */
    double value;     /* times in seconds, counts plain */
    struct pos pos;
};

struct measured_site {
    struct name site;
    double count;
};

struct measured_share {
    struct name of; /* a function, section or lock */
    double share;
};

/* Rows of lock_stat: what is measured of a lock is of one mode, or of both together. */
enum measured_mode { MEASURED_ANY_MODE, MEASURED_WRITE, MEASURED_READ };

struct measured {
    struct name design;
    struct name lock;     /* or */
    struct name progress; /* fields rate, elapsed, speedup; or */
    struct name threads;  /* fields cpu, user, sys; or */
    struct measured_share *profile;
    uint32_t nprofile;
    bool calibrated; /* `role: calibrated`: these figures were fitted */
    double window;   /* seconds of observation; 0: the run's duration */
    enum measured_mode mode;
    struct name caller; /* of what perf shows: one site, or absent: all of them */
    struct name source;
    struct measured_field *fields;
    uint32_t nfields;
    struct measured_site *waiters, *holders;
    uint32_t nwaiters, nholders;
    struct pos pos;
};

/* What a figure is measured of. */
enum measured_subject { MEASURED_LOCK, MEASURED_PROGRESS, MEASURED_THREADS, MEASURED_PROFILE };

struct run_spec {
    struct quantity *duration;
    bool warmup_auto;
    struct quantity *warmup;
    struct quantity *replications;
    struct quantity *precision; /* NULL: run all replications */
    struct quantity *seed;
    struct quantity *budget; /* events per replication */
};

/* A setting with several values, which `sim sweep` tries one after another. */
struct sweep_axis {
    const char *path;
    const char *const *values;
    uint32_t n;
};

struct scenario {
    const char *file;
    const char *title;
    const char *source;
    struct machine machine;
    struct object_class *objects;
    uint32_t nobjects;
    struct line_decl *lines;
    uint32_t nlines;
    struct section *sections;
    uint32_t nsections;
    struct thread_group *threads;
    uint32_t nthreads;
    struct design *designs;
    uint32_t ndesigns;
    struct measured *measured;
    uint32_t nmeasured;
    struct run_spec run;
    struct sweep_axis *sweep; /* what `sim sweep` does when not told */
    uint32_t nsweep;
    struct quantity **quantities; /* every number of the scenario, in order */
    uint32_t nquantities;
};

/* One --set: path and value as given, "machine.cpus" and "64". */
struct setting {
    const char *path;
    const char *value;
};

/*
 * Reads a scenario, the settings applied to the YAML tree before it is typed.
 * Returns NULL when the diag has errors. The text may be any bytes; it must
 * stay alive as long as the diag.
 */
struct scenario *scenario_load(struct arena *arena, struct diag *diag, const char *file,
                               const char *text, size_t length, const struct setting *settings,
                               size_t nsettings);

/*
 * A scenario that can be read, with its settings: a line "path: value" for each
 * value as written, in order; two texts that differ in comments and layout alone
 * come to the same. What it sweeps is left out.
 */
const char *scenario_canonical(struct arena *arena, const char *text, size_t length,
                               const struct setting *settings, size_t nsettings);

enum measured_subject measured_subject_of(const char *field);

/*
 * The values that a text lists, "1,2,4", or spans, "1..128" or "1..128+1"; one
 * if it does neither. Returns NULL, or else what is wrong.
 */
const char *sweep_values(struct arena *arena, const char *text, struct sweep_axis *axis);

/* What a field's value is: plain, in seconds, or per second. */
enum measured_unit { MEASURED_COUNT, MEASURED_TIME, MEASURED_RATE, MEASURED_RATIO };
enum measured_unit measured_unit_of(const char *field);

/* Names of the fields that a measured entry may state, NULL-terminated. */
const char *const *measured_field_names(void);

#endif
