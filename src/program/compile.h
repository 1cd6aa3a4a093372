/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PROGRAM_COMPILE_H
#define PROGRAM_COMPILE_H

#include "base/arena.h"
#include "program/program.h"

/*
 * The compiler, shared by the files of this room alone. Whatever is wrong goes
 * to the diag, and the work goes on with something harmless in its place, so
 * that one run finds all errors. A program with errors is never handed out.
 */

/* Sizes beyond which a scenario is refused, whatever memory there is. */
enum {
    LIMIT_CPUS = 1 << 16,
    LIMIT_OBJECTS = 1 << 20, /* per class; also the size of a zipf table */
    LIMIT_THREADS = 1 << 21,
    LIMIT_INSTANCES = 1 << 22, /* of all locks, and of all work queues */
    LIMIT_OPS = 1 << 16,
    LIMIT_STATE = 1 << 24, /* streams x threads; also registers and hold slots x threads */
    LIMIT_HELD = 64,       /* sections and locks that one thread holds at once */
    LIMIT_REGISTERS = 64,
    LIMIT_LOOPS = 64,   /* repeats in each other */
    LIMIT_POOL = 4096,  /* open arrivals in the system, when no limit is written */
    LIMIT_NAMES = 4096, /* sections, locks of a design, groups, ... */
    LIMIT_REPLICATIONS = 100000
};

#define LIMIT_EXACT 9007199254740991.0 /* 2^53 - 1: beyond, a number read is not exact */

struct guarded {
    uint32_t lock; /* index into program.locks */
    enum lock_mode mode;
    const struct guard_lock *source; /* NULL: a step names the lock itself */
};

/* Lines that a section touches at its start. */
struct touched {
    const uint32_t *lines;
    uint32_t n;
};

/* A section as this design has it. */
struct section_plan {
    const struct dist *cost; /* ticks; NULL when it costs nothing */
    bool clock;              /* the cost is a delay */
    uint32_t site;
    struct guarded *locks;
    uint32_t nlocks;
    struct touched reads, writes;
    const struct guard *guard; /* NULL: unguarded */
    bool entered;
};

struct lock_plan {
    const struct lock_decl *decl;
    const struct kind_info *kind; /* NULL: unknown, an error */
    bool guards;                  /* named by a guard */
    bool taken;                   /* by some step */
};

/* Where the tables of program.picks come from. */
struct pick_plan {
    uint32_t class;
    double exponent;
};

struct queue_plan {
    struct pos posted, taken; /* the first of each; line 0: none */
    bool any;                 /* takes are from any instance */
    bool completion;          /* posted by complete, taken by wait_for */
};

/* A kind's own parameters, then the common ones; their defaults on this machine. */
struct param_table {
    const struct kind_info *kind;
    const struct kind_param *params;
    double *values; /* times in ticks */
    uint32_t n;
};

/*
 * Threads of our own that do callbacks, see rcu.c: those of steps come first,
 * as other designs have them too.
 */
struct callbacks {
    struct thread_group *groups;
    uint32_t n;
};
enum { CALLED_BY_STEP, CALLED_BY_LOCK, CALLBACKS };

struct compiler {
    struct arena *arena;
    struct diag *diag;
    const struct scenario *scenario;
    const struct design *design;
    const struct kind_info *const *kinds;
    uint32_t nkinds;
    struct program *program;
    struct param_table *tables;    /* as kinds */
    struct section_plan *sections; /* as scenario.sections */
    struct lock_plan *locks;       /* as program.locks */
    struct queue_plan *queues;     /* as program.queues */
    struct pick_plan *picks;       /* as program.picks */
    struct callbacks callbacks[CALLBACKS];
    uint64_t state; /* words of it that all threads have: streams, registers, slots */
    bool full;      /* too many ops: said once */
};

/* numbers.c: quantities within limits and in ticks; on error a harmless value. */
double plain_number(const struct quantity *q);
uint64_t whole_number(struct compiler *c, const struct quantity *q, double least, double most);
sim_time plain_time(struct compiler *c, const struct quantity *q);
/* A time to draw; NULL when it is always zero. */
const struct dist *time_dist(struct compiler *c, const struct quantity *q);
bool check_mean(struct compiler *c, const struct quantity *q, double most, const char *limit);
bool is_drawn(const struct dist *dist);

/* names.c: records begin with their struct name. */
struct names {
    const void *records;
    uint32_t n;
    size_t size;
    const char *what; /* "section" */
};

#define NAMES(records, n, what)                                                                    \
    (struct names) {                                                                               \
        (records), (n), sizeof *(records), (what)                                                  \
    }
uint32_t find_name(struct names names, const char *text); /* NO_INDEX: not among them */
/* As find_name(), and an error when the name is unknown. */
uint32_t resolve_name(struct compiler *c, struct name name, struct names names);
/* "; did you mean 'x'?" or the list of what is known. */
const char *suggestion(struct compiler *c, const char *word, struct names names);
uint32_t resolve_object(struct compiler *c, struct name name);
/* Index of the text in a growing list without duplicates. */
uint32_t intern(struct compiler *c, const char ***list, uint32_t *n, const char *text);

/* Makes room for one more item in a growing array of n items. */
void *make_room(struct compiler *c, void *items, uint32_t n, size_t size);

void compile_machine(struct compiler *c);                 /* machine.c */
void compile_lines(struct compiler *c);                   /* lines.c, before the locks */
void compile_locks(struct compiler *c);                   /* locks.c: locks, then sections */
uint32_t find_kind(struct compiler *c, struct name name); /* NO_INDEX after an error */
void compile_kinds(struct compiler *c);                   /* params.c, before the locks */
void compile_params(struct compiler *c, uint32_t lock);   /* params.c */
void compile_waiting(struct compiler *c, uint32_t lock);  /* waiting.c */
/* Where the lock's word is. */
void place_lock(struct compiler *c, const struct lock_decl *decl, struct lock_class *class);
/* Index of the line that a lock or step names; NO_INDEX after an error. */
uint32_t resolve_line(struct compiler *c, struct name name);
struct touched resolve_lines(struct compiler *c, const struct name_list *list);
void compile_sections(struct compiler *c); /* sections.c */
void check_guards(struct compiler *c);     /* sections.c, after all steps */
void start_frames(struct compiler *c);     /* frames.c, before the groups */
void compile_groups(struct compiler *c);   /* groups.c */
uint32_t pick_table(struct compiler *c, const struct step *step, uint32_t class); /* picks.c */
void compile_run(struct compiler *c);    /* run.c, after the groups */
void check_measured(struct compiler *c); /* measured.c */
void check_queues(struct compiler *c);   /* queues.c, after all steps */

#endif
