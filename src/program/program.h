/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PROGRAM_PROGRAM_H
#define PROGRAM_PROGRAM_H

#include "base/dist.h"
#include "base/ticks.h"
#include "scenario/scenario.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * One design of a scenario, ready to run: flat ops, names resolved to indices,
 * times in ticks. program_compile() finds every error that a user can make;
 * whoever runs a program need not check anything again.
 *
 * Invariants: every index is in range; along every path of a group's ops the
 * locks held balance; an op list ends in OP_END.
 */

#define NO_INDEX UINT32_MAX

/* A lock kind as the compiler and the user see it. src/sim/lock has the rest. */
struct kind_param {
    const char *name;
    enum param_unit {
        PARAM_TIME,
        PARAM_COUNT,
        PARAM_NUMBER, /* a count, at least 1 */
        PARAM_LIMIT,
        PARAM_SHARE,
        PARAM_FLAG
    } unit;
    double value; /* default: seconds, count, count or INFINITY, share, 0 or 1 */
    const char *doc;
};

/* The functions of a kernel lock, as a profiler shows them, by enum lock_mode. */
struct kind_functions {
    const char *acquire[2], *release[2];
    const char *first[2]; /* spins on the lock itself; NULL: nobody spins */
    const char *queued;   /* spins until it is the first; NULL: there is no such queue */
};

/* Whose code takes a lock, and does what is done while it is held. */
enum kind_side {
    SIDE_KERNEL,
    SIDE_USER,  /* code of user space */
    SIDE_EITHER /* it is no lock: that of whatever else is held */
};

struct kind_info {
    const char *name;
    const char *source;      /* kernel file and version, or paper */
    uint8_t side;            /* enum kind_side */
    bool atomic_context;     /* waiting and holding must not sleep; preemption is off throughout */
    bool atomic_writer;      /* the same, of MODE_WRITE alone; nor do its readers sleep */
    bool has_readers;        /* accepts MODE_READ */
    bool retries;            /* what is done in MODE_READ may have to be done again */
    bool read_holds_nothing; /* MODE_READ is over once it is acquired: it excludes nobody */
    bool word_is_read;       /* by many who do not get it: who has a copy of its line matters */
    bool fifo;               /* serves in order of arrival as long as nobody is preempted */
    bool never_waits;        /* taken at once whatever is held: no part in deadlocks */
    const char *nested; /* why who shares it must not ask to share it again; NULL: nobody does */
    bool rcu;      /* reading is an RCU read section; an update ends as its first parameters say */
    uint8_t waits; /* the WAITS() that a lock may choose; 0: it cannot choose */
    uint8_t waiting;                        /* enum waiting, unless it chooses */
    const struct kind_param *params;        /* ends with a NULL name */
    const struct kind_functions *functions; /* NULL: they have no names of their own */
};

/* How a waiter waits, apart from the order in which waiters are served. */
enum waiting {
    WAIT_SPIN,           /* on its CPU */
    WAIT_PARK,           /* off it */
    WAIT_SPIN_THEN_PARK, /* on it for a time, then off */
    WAIT_OPTIMISTIC,     /* on it while the owner is on one */
    WAIT_ADAPTIVE,       /* on it for about twice as long as was enough lately, then off */
    WAITINGS
};

#define WAITS(waiting) (1u << (waiting))
/* For locks in order of arrival, which nobody polls. */
#define WAITS_IN_LINE                                                                              \
    (WAITS(WAIT_SPIN) | WAITS(WAIT_PARK) | WAITS(WAIT_SPIN_THEN_PARK) | WAITS(WAIT_OPTIMISTIC))
#define WAITS_ANY (WAITS_IN_LINE | WAITS(WAIT_ADAPTIVE))

const char *waiting_name(enum waiting waiting);
bool waiting_is_timed(enum waiting waiting); /* written with a time */

/* The first parameters of a kind with .rcu. */
enum rcu_param { RCU_SYNCHRONIZE, RCU_EXPEDITE, RCU_CALLBACK };

/* Preemption is off from before the wait on. */
static inline bool atomic_in(const struct kind_info *kind, enum lock_mode mode) {
    return kind->atomic_context || (kind->atomic_writer && mode == MODE_WRITE);
}

/* Whoever asks may have to sleep until it gets the lock. */
static inline bool may_sleep_for(const struct kind_info *kind) {
    return !kind->atomic_context && !kind->atomic_writer && !kind->never_waits;
}

/* Nobody waits for whoever has it like this. */
static inline bool holds_nothing(const struct kind_info *kind, enum lock_mode mode) {
    return kind->never_waits || (mode == MODE_READ && kind->read_holds_nothing);
}

enum op_code {
    OP_RUN,      /* CPU work: dist, stream */
    OP_SLEEP,    /* off the CPU: dist, stream */
    OP_LOCK,     /* index: lock class; reg; mode; site; slot; interrupt; target: OP_ORDER or 0 */
    OP_UNLOCK,   /* slot; index and reg as in the OP_LOCK it ends */
    OP_PICK,     /* reg = an object of class index, not that of other, by mode; stream */
    OP_ORDER,    /* reg and reg + 1 = the smaller and the larger of registers other and index */
    OP_POST,     /* index: queue; reg */
    OP_TAKE,     /* index: queue; reg; batch */
    OP_COMPLETE, /* index: queue; reg; all */
    OP_WAIT_FOR, /* index: queue; reg */
    OP_RCU_LOCK, /* enters an RCU read section */
    OP_RCU_UNLOCK,
    OP_SYNCHRONIZE, /* off the CPU until a grace period is over; mode: enum rcu_flavor */
    OP_CALL_RCU,    /* index: queue, which gets an item after a grace period */
    OP_COUNT,       /* index: progress point */
    OP_TOUCH,       /* index: line class; reg; mode: reads or writes it */
    OP_CHOOSE,      /* stream; choices [first, first + n) */
    OP_REPEAT, /* loop register reg = draw of dist, or the taken batch when dist is NULL; if 0 go to
                  target */
    OP_NEXT,   /* decrement loop register reg; if not 0 go to target */
    OP_JUMP,   /* go to target */
    OP_END     /* end of one iteration: the next begins at target */
};

struct op {
    uint8_t code;
    uint8_t mode;   /* enum lock_mode (also of OP_TOUCH); OP_PICK: enum pick_by; OP_TAKE: enum
                       take_batch */
    uint8_t slot;   /* which of the thread's hold slots */
    bool user : 1;  /* OP_RUN: user work, which may be preempted under any enum preemption */
    bool clock : 1; /* OP_RUN: until the clock has advanced so far, whatever else happens */
    bool any;       /* OP_TAKE: any instance; reg then receives its object (NO_REG: none) */
    bool drawn : 1; /* OP_RUN: of a stream that no other op has, and that lives as long as the run:
                       it can be drawn ahead, even if it is constant */
    bool all : 1;   /* OP_COMPLETE: complete_all() */
    bool interrupt : 1; /* OP_LOCK: in an interrupt */
    bool visible : 1;   /* others see its effect, so it must happen at its own time */
    uint16_t reg;       /* register holding the object index; NO_REG for a lone instance */
    uint16_t other;     /* OP_PICK: the register it must differ from, or NO_REG; OP_ORDER */
    uint16_t stream;    /* random stream of the group */
    uint32_t index;
    uint32_t site;   /* index into program.sites */
    uint32_t target; /* op index within program.ops; OP_CHOOSE: number of choices; OP_UNLOCK of what
                        may be done again: where it begins; OP_PICK by zipf: its table */
    const struct dist *dist; /* ticks; OP_REPEAT: a count */
};

enum { NO_REG = UINT16_MAX };

/* What CPU time is spent for; the frames of its ops make a call chain. */
enum frame_kind { FRAME_OTHER, FRAME_GROUP, FRAME_SECTION, FRAME_LOCK };

/* The first are not of ops. */
enum { FRAME_OF_SWITCHES, FRAME_OF_INTERRUPTS, FRAMES_FIRST };

struct frame {
    enum frame_kind kind;
    uint8_t mode;          /* FRAME_LOCK: enum lock_mode */
    uint32_t parent;       /* a frame before this one, or NO_INDEX */
    uint32_t callee, next; /* the last that it calls, and the one before of its caller's; 0: none */
    uint32_t index;        /* group, section of the scenario, or lock class */
    const char *name;      /* in the scenario */
    const char *function;  /* symbol of a section's site; NULL for a lock, see kind_functions */
};

struct choice {
    double p; /* cumulative */
    uint32_t target;
};

struct program_group {
    const char *name;
    uint32_t first_op;
    uint32_t first_thread;
    uint32_t nthreads;           /* open arrivals: the pool */
    uint32_t per;                /* object class or NO_INDEX */
    uint32_t threads_per_object; /* thread i works for object i / threads_per_object, in register 0;
                                    open: so does source i, and an arrival sets register 0 of its
                                    pooled thread to the object of its source */
    uint16_t nregs;              /* object and loop registers */
    const char *const *registers; /* their names; NULL for a loop's */
    uint16_t nstreams;
    uint8_t nslots; /* hold slots: the most locks held or awaited at once */
    bool retries;   /* it has sections that may be done again */
    bool outside;   /* its threads need no CPU; their ops take no CPU time */
    enum pin pin;
    enum arrival_kind arrivals;
    double interarrival;      /* mean ticks between arrivals, per source */
    uint32_t nsources;        /* open: one arrival source per (object x count) */
    uint64_t iterations;      /* 0: for ever */
    const struct dist *start; /* ticks, or NULL */
    const uint64_t
        *purposes; /* of each stream: the same step has the same purpose in every design */
};

/* For struct op. */
bool op_is_visible(const struct program_group *group, enum op_code code);

struct lock_class {
    const char *name;       /* in the scenario */
    const char *class_name; /* in lock_stat */
    uint32_t kind;          /* index into the kinds given to program_compile() */
    const struct kind_info *info;
    uint32_t per;   /* object class or NO_INDEX */
    uint32_t first; /* first instance; instance = first + object index */
    uint32_t count;
    uint32_t line;        /* the line class that the word is on, or NO_INDEX: its own */
    bool irq_off;         /* interrupts are off from before the wait until the release */
    const double *params; /* in the order of kind_info.params; times in ticks */
    uint8_t waiting;      /* enum waiting */
    sim_time spin_time;   /* of a timed one */
    sim_time acquire;     /* code of an acquire that need not wait, less its atomic operation */
    sim_time release;     /* code of a release, less its atomic operation */
};

/* A named cache line; instance = first + object / packed. */
struct line_class {
    const char *name;
    uint32_t per; /* object class or NO_INDEX */
    uint32_t first;
    uint32_t count;
    uint32_t packed;
};

struct work_queue {
    const char *name;
    uint32_t per;   /* object class or NO_INDEX */
    uint32_t first; /* first instance */
    uint32_t count;
    enum take_batch batch;
};

struct pick_table { /* for zipf */
    uint32_t n;
    uint32_t parts;       /* of [0, 1) */
    const double *p;      /* cumulative probabilities */
    const uint32_t *from; /* of the first object beyond i / parts */
};

/* What takes a CPU away from its thread now and then: a Poisson stream over its other work. */
struct disturbance {
    double rate;                 /* per tick of other work */
    const struct dist *duration; /* NULL: none */
};

enum { DISTURB_IRQ, DISTURB_STALL, DISTURB_CROWDED, DISTURBANCES };

struct machine_costs {                 /* ticks unless said otherwise */
    uint32_t cpus, cpus_per_node, smt; /* the last node, and the last core, may have fewer */
    sim_time atomic, line_smt, line_node, line_remote;
    const struct dist *wake_call, *wake_latency; /* dists are NULL when always zero */
    const struct dist *deep_call, *deep_latency; /* when the CPU was idle for ever */
    const struct dist *wake_queued;
    sim_time deep_halfway, wake_awake;
    sim_time spin_notice;
    sim_time syscall;
    sim_time context_switch;
    sim_time sched_latency, sched_min, sched_wakeup, migration_cost, tick;
    bool disturbed; /* by any of these */
    struct disturbance disturbances[DISTURBANCES];
    sim_time clock_read, clock_shared;
    sim_time cold_halfway;
    double cold_factor;
    sim_time ramp_time;
    double ramp_factor;
    const struct dist *sleep_slack;
    const struct dist *grace[RCU_FLAVORS]; /* NULL when always zero */
    sim_time stat_acquire, stat_contended, stat_acquired, stat_release;
    enum preemption preemption;
};

struct program {
    const struct scenario *scenario;
    const char *design;
    struct machine_costs machine;
    struct op *ops;
    uint32_t nops;
    struct frame *frames;
    uint32_t nframes;
    uint32_t *op_frames;    /* frame of each op: of OP_LOCK and OP_UNLOCK that of the lock */
    bool profiled;          /* what was measured says something of a profile */
    struct choice *choices; /* OP_CHOOSE: index is the first, target the number */
    uint32_t nchoices;
    struct program_group *groups;
    uint32_t ngroups;
    uint32_t nthreads;
    uint32_t *object_counts;
    const char **object_names;
    uint32_t nobjects;
    struct lock_class *locks;
    uint32_t nlocks;
    uint32_t ninstances;      /* of all lock classes */
    struct line_class *lines; /* those with names, then those of locks whose word is read */
    uint32_t nlines;
    uint32_t nline_instances;
    struct work_queue *queues;
    uint32_t nqueues;
    uint32_t nqueue_instances;
    struct pick_table *picks; /* OP_PICK zipf: target is its table */
    uint32_t npicks;
    const char **progress; /* the same list in every design of a scenario */
    uint32_t nprogress;
    const char **sites;
    uint32_t nsites;
    bool finite; /* some group has iterations: the run ends when they are done */
    sim_time duration;
    sim_time warmup;
    bool warmup_auto;
    uint64_t seed;
    uint64_t budget;
};

/*
 * Compiles a design. Returns NULL when the diag has errors. kinds is the table
 * of lock kinds (src/sim/lock), passed in because this room is below it.
 */
struct program *program_compile(struct arena *arena, struct diag *diag,
                                const struct scenario *scenario, const struct design *design,
                                const struct kind_info *const *kinds, uint32_t nkinds);

/* Prints the resolved design: locks, unguarded sections, threads with their ops. */
void program_print(const struct program *program, FILE *out);

/* Lock classes that can be taken in a cyclic order, as text ("a -> b -> a"); NULL-terminated. */
const char *const *program_lock_cycles(struct arena *arena, const struct program *program);

#endif
