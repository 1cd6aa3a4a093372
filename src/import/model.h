/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef IMPORT_MODEL_H
#define IMPORT_MODEL_H

#include "import/measurement.h"

/*
 * A scenario that could have led to a row of a table, or to its two rows of
 * writers and readers: how many instances the class has, who comes how often,
 * how long it holds. A table says less than that: several structures are
 * possible (model_candidates), and what nothing speaks for is assumed.
 */
enum { MODEL_SITES_MOST = 8, MODEL_MODES = 2 };

/* What the tool gives, or what we have to assume instead; times in seconds. */
enum model_figure {
    FIGURE_ACQUISITIONS,
    FIGURE_CONTENTIONS,
    FIGURE_WAIT, /* average of a contention */
    FIGURE_HOLD, /* average, as lock_stat books it */
    MODEL_FIGURES
};

/* Acquisitions for writing, or all that there are; and those for reading. */
struct model_mode {
    const struct import_class *row; /* NULL: there is none of this mode */
    double figure[MODEL_FIGURES];
    bool given[MODEL_FIGURES];
    double longest; /* wait */
    /* What is to lead to them. */
    double rate;    /* acquisitions per second */
    double hold;    /* on the CPU, average over all sites */
    double cv;      /* of the hold */
    uint32_t loops; /* threads that come again and again, of all sites; 0: they just arrive */
    double think;   /* from a release to the next request, of a loop */
};

struct model_site {
    const char *name; /* of its section and its threads */
    const char *site; /* as the tool has it */
    uint8_t mode;
    bool owner;     /* one thread of each instance, which never waits for its like */
    double share;   /* of the acquisitions of its mode */
    double longer;  /* its hold by the average one */
    bool unknown;   /* that is, longer is assumed */
    double off;     /* its share of the times that owners are off their CPU */
    uint32_t loops; /* of those of its mode */
};

struct model {
    const char *kind, *kind_reason;
    const char *lock, *object, *class_name, *tool;
    bool sleeps;     /* waiters sleep, and only those are contentions: a mutex */
    bool parks;      /* waiters sleep soon, and all are contentions: a rwsem */
    bool member;     /* of some structure: there are many of them */
    bool every_wait; /* the tool times every acquisition, not contentions */
    bool perf;       /* what is measured is what perf shows */
    bool bounces;    /* the share of owners follows from acq-bounces */
    double elapsed;  /* seconds */
    bool elapsed_given;
    uint32_t instances;
    bool instances_assumed; /* the figures do not depend on it, or not alone */
    struct model_mode modes[MODEL_MODES];
    struct model_site sites[MODEL_SITES_MOST];
    uint32_t nsites;
    double wake;   /* seconds until a sleeper runs, where waits are fitted by it; 0: at once */
    uint32_t cpus; /* fewer than threads; 0: enough for all */
    bool asleep;   /* all of each hold is spent off the CPU */
    /* Owners that leave their CPU now and then as they hold the lock. */
    double off_share, off, off_cv; /* in this share of holds, for so long */
};

/* What the user says; NULL and 0: nothing. */
struct model_question {
    const struct import_class *rows[MODEL_MODES]; /* the second NULL, or of the other mode */
    const char *kind;
    double elapsed;
};

/* NULL after an error: there is nothing in these rows to build on, as diag says. */
struct model *model_new(struct arena *arena, struct diag *diag,
                        const struct model_question *question);

/* Structures that could be it, the likeliest first, with what they need; returns how many. */
uint32_t model_candidates(const struct model *model, struct model *out, uint32_t most);

/* Moves the numbers so that the next figures come nearer, these having come out. */
void model_adjust(struct model *model, double seen[MODEL_MODES][MODEL_FIGURES]);

/* The standard error of the average of so many waits, by itself; 0: nothing unusual. */
double model_chance(const struct model *model, double contentions);

struct model_run {
    double duration; /* seconds */
    uint32_t replications;
    double warmup;      /* seconds; 0: to be found */
    const char *source; /* name of the file that the rows are from */
    const char *fitted; /* how well it does, in words; NULL: not known yet */
};

/* The scenario as YAML. */
const char *model_text(struct arena *arena, const struct model *model, const struct model_run *run);

/* ---- for src/import/model*.c ---- */

/* "con_mutex" of "&con->mutex", "con", and whether there are many of it. */
void model_names(struct arena *arena, struct model *model, const char *class_name);
/* From the tool's type, else from the name and whether there are readers. */
void model_guess_kind(struct model *model, const char *type, bool readers);
/* Whether who waits for a lock of this kind sleeps; a mutex is another matter. */
bool model_parks(const char *kind);
void model_find_sites(struct arena *arena, struct model *model);
/* Of a mode, the shortest hold by the average one: what no site can be below. */
double model_shortest_hold(const struct model_mode *mode);
/* Acquisitions that an instance is busy with, as lock_stat books it. */
double model_load(const struct model *model);

#endif
