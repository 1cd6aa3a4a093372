/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VALIDATION_SCORE_H
#define VALIDATION_SCORE_H

#include "validation/replay.h"
#include "validation/table.h"

/*
 * What the numbers of a machine may be fitted to: rows that say what code and
 * clock cost, and two threads that seldom meet. All others are predicted.
 */
bool is_fitted(const struct row *row);

/* A row with what is said about it. */
struct scored {
    const struct row *row;
    const struct prediction *prediction;
    const char *excluded; /* why, or NULL */
};

bool is_scored(const struct scored *scored);

/* What is compared. All errors are positive where the prediction is too high. */
enum quantity_id {
    Q_THROUGHPUT,    /* relative */
    Q_WAIT,          /* relative, where above 2 us was measured */
    Q_HOLD,          /* relative */
    Q_CONTENTIONS,   /* lock_stat, of writers: difference of shares of acquisitions */
    Q_R_CONTENTIONS, /* of readers */
    Q_STAT_HOLD,     /* relative */
    Q_R_STAT_HOLD,
    Q_SLEEPS, /* ratio, counts of half a second; where either is at least SLEEPS_LEAST */
    QUANTITIES
};

enum { WAIT_LEAST = 2000, SLEEPS_LEAST = 10 };

extern const char *const quantity_names[QUANTITIES];

struct pair_of {
    double measured, predicted;
};

/* Both figures; NAN where a row does not have one of them or it is too small to compare. */
struct pair_of pair_of(const struct scored *scored, enum quantity_id quantity);
/* The error of the row, signed; of Q_SLEEPS the ratio. NAN: not compared. */
double error_of(const struct scored *scored, enum quantity_id quantity);

/* A set of absolute errors. */
struct errors {
    double *values; /* sorted by errors_quantile() */
    size_t n;
    bool sorted;
};

void errors_add(struct errors *errors, double error);    /* NAN is not added */
double errors_quantile(struct errors *errors, double q); /* NAN when empty */

#endif
