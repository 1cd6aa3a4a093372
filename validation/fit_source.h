/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VALIDATION_FIT_SOURCE_H
#define VALIDATION_FIT_SOURCE_H

#include "base/arena.h"
#include "scenario/scenario.h"

#include <stddef.h>

enum { FIT_STAGES = 20 };

/* What a number of a profile says about its fit; see fit.h. */
struct fit_source {
    unsigned stage;          /* 1 to FIT_STAGES */
    unsigned quantities;     /* bits by enum quantity_id */
    struct setting *filters; /* column and value that rows must have */
    size_t nfilters;
    double low, high; /* of the number, in the unit it is written in */
};

/*
 * False when the quantity is not fitted, or with an error in the diag. The
 * number begins at skip in q->text and has n characters, its unit not counted.
 */
bool fit_source_read(struct arena *arena, struct diag *diag, const struct quantity *q,
                     struct fit_source *source, size_t *skip, size_t *n);

#endif
