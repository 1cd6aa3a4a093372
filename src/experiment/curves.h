/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_CURVES_H
#define EXPERIMENT_CURVES_H

#include "experiment/sweep.h"

/*
 * How designs scale: the points of a sweep as curves along one of its settings,
 * machine.cpus if that is swept, else the first whose values are numbers. The
 * values of the other settings make groups of curves. Places count the values
 * along the axis, in ascending order.
 */
#define NO_AXIS UINT32_MAX
#define NO_PLACE UINT32_MAX

struct curve {
    uint32_t design, subject, group;
    uint32_t best; /* first place within 1 % of the highest rate; NO_PLACE: no point has one */
    /*
     * From the knee on no step adds as much per unit of the axis as `share` of
     * what a unit brings at the first place. NO_PLACE: not within the sweep, or
     * the axis counts nothing.
     */
    uint32_t knee;
};

/*
 * From a place on, the first included, one design is ahead of another: by at
 * least 1 %, and by more than the interval of their paired ratio.
 */
struct crossing {
    uint32_t subject, group;
    uint32_t winner, loser; /* designs */
    uint32_t place;
    bool was_behind; /* before; false: no difference could be seen */
};

struct curves {
    const struct sweep *sweep;
    double share;
    uint32_t axis; /* NO_AXIS: points as they come, at one group */
    bool counts;   /* the axis is a number of something: there can be knees */
    uint32_t nplaces, ngroups;
    double *x;           /* by place */
    uint32_t *points;    /* [group * nplaces + place] */
    const char **labels; /* by place: the value as written */
    const char **groups; /* by group: "locks.l.kind=mutex", or "" */
    struct curve *curves;
    uint32_t ncurves; /* [(group * nsubjects + subject) * ndesigns + design] */
    struct crossing *crossings;
    uint32_t ncrossings;
};

struct curves *curves_new(struct arena *arena, const struct sweep *sweep, double share);
const struct sweep_point *curves_point(const struct curves *curves, uint32_t group, uint32_t place);
const struct curve *curves_find(const struct curves *curves, uint32_t group, uint32_t subject,
                                uint32_t design);
/* The rate at a place of the curve; NAN where the design did not end well. */
double curve_rate(const struct curves *curves, const struct curve *curve, uint32_t place);

#endif
