/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/lock_stat_fields.h"

#include <string.h>

#define FIELD_OF(name, expression)                                                                 \
    static double name(const struct lock_stat_row *row) {                                          \
        return (double)(expression);                                                               \
    }

FIELD_OF(con_bounces, row->con_bounces)
FIELD_OF(contentions, row->wait.count)
FIELD_OF(wait_min, row->wait.min)
FIELD_OF(wait_max, row->wait.max)
FIELD_OF(wait_total, row->wait.total)
FIELD_OF(acq_bounces, row->acq_bounces)
FIELD_OF(acquisitions, row->hold.count)
FIELD_OF(hold_min, row->hold.min)
FIELD_OF(hold_max, row->hold.max)
FIELD_OF(hold_total, row->hold.total)

const struct lock_stat_field lock_stat_fields[LOCK_STAT_FIELDS] = {
    {"con-bounces", "con_bounces", FIELD_COUNT, con_bounces, NULL},
    {"contentions", "contentions", FIELD_COUNT, contentions, NULL},
    {"waittime-min", "waittime_min", FIELD_MIN, wait_min, NULL},
    {"waittime-max", "waittime_max", FIELD_MAX, wait_max, NULL},
    {"waittime-total", "waittime_total", FIELD_TOTAL, wait_total, NULL},
    {"waittime-avg", "waittime_avg", FIELD_AVG, wait_total, contentions},
    {"acq-bounces", "acq_bounces", FIELD_COUNT, acq_bounces, NULL},
    {"acquisitions", "acquisitions", FIELD_COUNT, acquisitions, NULL},
    {"holdtime-min", "holdtime_min", FIELD_MIN, hold_min, NULL},
    {"holdtime-max", "holdtime_max", FIELD_MAX, hold_max, NULL},
    {"holdtime-total", "holdtime_total", FIELD_TOTAL, hold_total, NULL},
    {"holdtime-avg", "holdtime_avg", FIELD_AVG, hold_total, acquisitions},
};

const struct lock_stat_field *lock_stat_field_find(const char *name) {
    for (int i = 0; i < LOCK_STAT_FIELDS; i++)
        if (strcmp(lock_stat_fields[i].name, name) == 0)
            return &lock_stat_fields[i];
    return NULL;
}

bool lock_stat_field_is_time(const struct lock_stat_field *field) {
    return field->kind != FIELD_COUNT;
}

double lock_stat_field_average(const struct lock_stat_field *field,
                               const struct lock_stat_row *merged, uint32_t n) {
    double value = field->value(merged);
    double unit = lock_stat_field_is_time(field) ? (double)TICKS_PER_SECOND : 1;
    switch (field->kind) {
    case FIELD_COUNT:
    case FIELD_TOTAL:
        return value / unit / n;
    case FIELD_AVG:
        return field->count(merged) > 0 ? value / unit / field->count(merged) : 0;
    default:
        return value / unit;
    }
}
