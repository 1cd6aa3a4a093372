/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VALIDATION_FIT_H
#define VALIDATION_FIT_H

#include "validation/replay.h"
#include "validation/table.h"

#include <stdio.h>

/*
 * Fits the numbers of a machine profile to measured rows. Which numbers, within
 * which bounds and to what, the profile says itself:
 *
 *     {value: 72ns, origin: calibrated, range: 20ns..200ns,
 *      source: "fit 1 to hold, throughput of threads=1 think_ns=1000"}
 *
 * Numbers of the same fit are found together, fits one after another, in rounds.
 * Each starts in the middle of its range, so a profile that was fitted before
 * gives the same again. Of a distribution the mean is fitted: exp(72ns),
 * with_mean(72ns, ...), lognormal(mean=72ns, cv=1). Rows that a machine must not
 * be fitted to (is_fitted()) are never used, whatever the profile says.
 */
struct fit {
    const char *file; /* of the profile */
    const struct row *const *rows;
    size_t nrows;
    struct replay replay;
    FILE *progress; /* or NULL */
};

/*
 * Returns the text of the profile with the numbers that fit best; NULL when
 * errors went to the diag.
 */
const char *fit_machine(struct arena *arena, struct diag *diag, const struct fit *fit,
                        const char *text, size_t length);

#endif
