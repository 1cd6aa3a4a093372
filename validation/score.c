/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "validation/score.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>

const char *const quantity_names[QUANTITIES] = {
    [Q_THROUGHPUT] = "throughput",
    [Q_WAIT] = "wait",
    [Q_HOLD] = "hold",
    [Q_CONTENTIONS] = "contentions",
    [Q_R_CONTENTIONS] = "r_contentions",
    [Q_STAT_HOLD] = "stat_hold",
    [Q_R_STAT_HOLD] = "r_stat_hold",
    [Q_SLEEPS] = "sleeps",
};

bool is_fitted(const struct row *row) {
    const double *v = row->value;
    bool cost = v[COL_HOLD] == 0 && v[COL_THINK] == 0;
    bool seldom = v[COL_THREADS] == 2 && v[COL_THINK] >= 20 * v[COL_HOLD];
    return cost || v[COL_THREADS] == 1 || seldom;
}

bool is_scored(const struct scored *scored) {
    return scored->excluded == NULL && scored->prediction->failure == NULL;
}

static double share(double part, double whole) {
    return whole > 0 ? part / whole : NAN;
}

/* Measured in the row's time, predicted for the same. */
static struct pair_of sleeps(const double *v, const struct prediction *p) {
    double seconds = isnan(v[COL_ELAPSED]) ? 0.5 : v[COL_ELAPSED] * 1e-6;
    return (struct pair_of){v[COL_SLEEPS], p->sleeps * seconds};
}

struct pair_of pair_of(const struct scored *scored, enum quantity_id quantity) {
    const double *v = scored->row->value;
    const struct prediction *p = scored->prediction;
    switch (quantity) {
    case Q_THROUGHPUT:
        return (struct pair_of){v[COL_THROUGHPUT], p->throughput};
    case Q_WAIT:
        return (struct pair_of){v[COL_MEAN_WAIT], p->wait};
    case Q_HOLD:
        return (struct pair_of){v[COL_MEAN_HOLD], p->hold};
    case Q_CONTENTIONS:
        return (struct pair_of){share(v[COL_LS_CONTENTIONS], v[COL_LS_ACQUISITIONS]),
                                p->contentions[MODE_WRITE]};
    case Q_R_CONTENTIONS:
        return (struct pair_of){share(v[COL_LS_R_CONTENTIONS], v[COL_LS_R_ACQUISITIONS]),
                                p->contentions[MODE_READ]};
    case Q_STAT_HOLD:
        return (struct pair_of){v[COL_LS_HOLD], p->stat_hold[MODE_WRITE]};
    case Q_R_STAT_HOLD:
        return (struct pair_of){v[COL_LS_R_HOLD], p->stat_hold[MODE_READ]};
    case Q_SLEEPS:
        return sleeps(v, p);
    default:
        return (struct pair_of){NAN, NAN};
    }
}

double error_of(const struct scored *scored, enum quantity_id quantity) {
    struct pair_of pair = pair_of(scored, quantity);
    if (quantity == Q_CONTENTIONS || quantity == Q_R_CONTENTIONS)
        return pair.predicted - pair.measured;
    if (quantity == Q_SLEEPS) {
        bool few = fmax(pair.measured, pair.predicted) < SLEEPS_LEAST;
        return few ? NAN : fmax(pair.predicted, 1) / fmax(pair.measured, 1);
    }
    bool small = pair.measured <= (quantity == Q_WAIT ? WAIT_LEAST : 0);
    return small ? NAN : pair.predicted / pair.measured - 1;
}

void errors_add(struct errors *errors, double error) {
    if (isnan(error))
        return;
    errors->values[errors->n++] = fabs(error);
    errors->sorted = false;
}

double errors_quantile(struct errors *errors, double q) {
    if (errors->n == 0)
        return NAN;
    if (!errors->sorted)
        gsl_sort(errors->values, 1, errors->n);
    errors->sorted = true;
    return gsl_stats_quantile_from_sorted_data(errors->values, 1, errors->n, q);
}
