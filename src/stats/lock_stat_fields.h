/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STATS_LOCK_STAT_FIELDS_H
#define STATS_LOCK_STAT_FIELDS_H

#include "stats/lock_view.h"

/*
 * The twelve columns of /proc/lock_stat, in its order. Counts and totals grow
 * with the length of the observation, averages do not, extremes do as they
 * please.
 */
enum field_kind { FIELD_COUNT, FIELD_TOTAL, FIELD_MIN, FIELD_MAX, FIELD_AVG };

struct lock_stat_field {
    const char *name; /* "waittime-total", as in the file's header and in `measured` */
    const char *key;  /* "waittime_total", as in JSON */
    enum field_kind kind;
    /* Counts plain, times in ticks; FIELD_AVG: the total, to be divided by the count. */
    double (*value)(const struct lock_stat_row *row);
    double (*count)(const struct lock_stat_row *row);
};

enum { LOCK_STAT_FIELDS = 12 };
extern const struct lock_stat_field lock_stat_fields[LOCK_STAT_FIELDS];

/* NULL when there is none of that name. */
const struct lock_stat_field *lock_stat_field_find(const char *name);

/* The field of the average of n rows that were merged: counts and times (seconds). */
double lock_stat_field_average(const struct lock_stat_field *field,
                               const struct lock_stat_row *merged, uint32_t n);
bool lock_stat_field_is_time(const struct lock_stat_field *field);

#endif
