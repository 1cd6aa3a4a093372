/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_PROVENANCE_H
#define STORE_PROVENANCE_H

#include "experiment/sweep.h"

/*
 * What makes a point what it is: two points of the same origin and settings are
 * the same to the last bit.
 */
struct provenance {
    const char *version;
    const char *engine;    /* digest of the sources that results depend on */
    const char *canonical; /* the scenario, as scenario_canonical() writes it */
    const char *digest;    /* of that */
    const char *file;      /* where it was read */
    uint64_t seed;
    struct sweep_plan plan; /* text, settings, axes and designs */
};

/* What this program would compute. */
struct provenance provenance_of(struct arena *arena, const struct sweep_plan *plan, uint64_t seed);
/* Of all of it. */
uint64_t provenance_digest(struct arena *arena, const struct provenance *provenance);
/* What of the stored one is another than ours, in words that end a sentence; NULL: nothing. */
const char *provenance_difference(struct arena *arena, const struct provenance *stored,
                                  const struct provenance *ours);
/* Digest of the scenario at a point with these values of the axes, in the form of
 * provenance.digest. */
const char *provenance_point_digest(struct arena *arena, const struct provenance *provenance,
                                    const char *const *values);
/* Reads its scenario again, so that the plan is complete; false: the diag says why not. */
bool provenance_load(struct arena *arena, struct diag *diag, struct provenance *provenance);

/* Of what the engine was built of; made by make. */
extern const char *const engine_digest;

#endif
