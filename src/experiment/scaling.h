/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_SCALING_H
#define EXPERIMENT_SCALING_H

#include "experiment/curves.h"
#include "stats/usl.h"

/*
 * Why a curve of a sweep is as it is: the Universal Scalability Law fitted to
 * it, and what limits it where.
 *
 * Operational laws (P. J. Denning & J. P. Buzen, "The Operational Analysis of
 * Queueing Network Models", 1978): a resource that is busy for the share U at a
 * rate X serves each unit for D = U / X, and lets no more than 1 / D through.
 * That holds for any distribution and any order of service, as long as D stays
 * as it is; D is taken anew at each place, because lines and nodes change it.
 */
enum limit {
    LIMIT_LOAD, /* nothing is busy enough: threads, or what arrives */
    LIMIT_CPU,  /* work, switches and interrupts; not spinning */
    LIMIT_HELD, /* a lock, with those who have it */
    LIMIT_LINE, /* a lock, with its cache line on its way */
    LIMIT_WAKE, /* a lock, with waking who is next */
    LIMITS
};

struct bound {
    enum limit limit; /* of the two the one that is busier, or the lock that always is */
    double cpu;       /* share of the time for which it is busy; NAN: the rate is not known */
    double lock;      /* the same of the instance of a lock that is busiest; 0: there is none */
    uint32_t index;   /* that lock, of the design's */
};

/* Places one after the other with the same limit. */
struct region {
    enum limit limit;
    const char *lock; /* its name, or NULL */
    uint32_t first, last;
    double least, most; /* share of the time for which it is busy */
};

struct scaling {
    const struct curve *curve;
    struct usl usl;
    uint32_t worst_place; /* of the fit */
    struct bound *bounds; /* by place */
    struct region *regions;
    uint32_t nregions;
};

struct scaling *scaling_of(struct arena *arena, const struct curves *curves,
                           const struct curve *curve);
/* What the CPUs, and the lock, would let through at the place; NAN or INFINITY: no bound. */
double bound_cpu_rate(const struct curves *curves, const struct scaling *scaling, uint32_t place);
double bound_lock_rate(const struct curves *curves, const struct scaling *scaling, uint32_t place);
/* The lock that is busiest anywhere, and its bound at the place; NULL: none is taken. */
const char *bound_main_lock(const struct curves *curves, const struct scaling *scaling);
double bound_rate_of(const struct curves *curves, const struct scaling *scaling, uint32_t place,
                     const char *lock);
/* The busiest lock there, NULL: none is taken. */
const char *bound_lock_name(const struct curves *curves, const struct scaling *scaling,
                            uint32_t place);

#endif
