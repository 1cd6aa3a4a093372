/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/measured_lock.h"

#include "base/arena.h"
#include "experiment/values.h"

#include <math.h>
#include <string.h>

/* ---- one replication, as one row of a tool would show it ---- */

struct reading {
    struct lock_stat_row row;
    struct span perf;
    const struct lock_sample *truth;
};

/*
 * How much of two sites must be equal: all; all but the size of the function; or,
 * as offsets change from build to build, the symbol.
 */
static const char *const site_ends[] = {"", "/", "+"};

static bool same_site(const char *a, const char *b, const char *end) {
    size_t n = strcspn(a, end);
    return n == strcspn(b, end) && strncmp(a, b, n) == 0;
}

/* Whether site i of the class is the one that is meant: those that are most alike. */
static bool *chosen_sites(struct comparer *c, const struct design_result *design,
                          const struct lock_result *lock, const char *site) {
    uint32_t n = lock->pool->sites.n;
    bool *chosen = arena_array(c->arena, n, sizeof(*chosen)), found = false;
    for (int end = 0; end < 3 && !found; end++)
        for (uint32_t i = 0; i < n; i++) {
            chosen[i] = same_site(result_site(design, lock, i), site, site_ends[end]);
            found |= chosen[i];
        }
    return chosen;
}

static struct lock_stat_row rows_of(const struct lock_stat_row rows[2], enum measured_mode mode) {
    struct lock_stat_row row = rows[mode == MEASURED_READ ? MODE_READ : MODE_WRITE];
    if (mode == MEASURED_ANY_MODE)
        lock_stat_row_merge(&row, &rows[MODE_READ]);
    return row;
}

static struct reading read_sample(const struct lock_sample *lock, enum measured_mode mode,
                                  const bool *callers) {
    struct reading reading = {.row = rows_of(lock->rows, mode), .truth = lock};
    for (uint32_t i = 0; i < lock->nsites; i++)
        if (callers == NULL || callers[i])
            span_merge(&reading.perf, &lock->callers[i]);
    return reading;
}

/* ---- figures that are not columns of lock_stat ---- */

#define FIGURE(name, expression)                                                                   \
    static double name(const struct reading *r) {                                                  \
        return (double)(expression);                                                               \
    }

FIGURE(true_waits, r->truth->wait)
FIGURE(true_waited, r->truth->waited_time)
FIGURE(true_holds, r->truth->hold)
FIGURE(true_acquisitions, r->truth->acquisitions)
FIGURE(perf_contended, r->perf.count)
FIGURE(perf_total, r->perf.total)

static const struct figure {
    const char *name;
    enum field_kind kind;
    double (*value)(const struct reading *); /* FIELD_AVG: the total, to be divided by the count */
    double (*count)(const struct reading *);
} figures[] = {
    {"wait-avg", FIELD_AVG, true_waits, true_acquisitions},
    {"wait-max", FIELD_MAX, NULL, NULL},
    {"wait-total", FIELD_TOTAL, true_waited, NULL},
    {"hold-avg", FIELD_AVG, true_holds, true_acquisitions},
    {"hold-max", FIELD_MAX, NULL, NULL},
    {"hold-total", FIELD_TOTAL, true_holds, NULL},
    {"perf-contended", FIELD_COUNT, perf_contended, NULL},
    {"perf-total-wait", FIELD_TOTAL, perf_total, NULL},
    {"perf-max-wait", FIELD_MAX, NULL, NULL},
    {"perf-avg-wait", FIELD_AVG, perf_total, perf_contended},
};

static const struct figure *figure_find(const char *name) {
    const struct figure *end = figures + sizeof(figures) / sizeof(*figures);
    for (const struct figure *figure = figures; figure < end; figure++)
        if (strcmp(figure->name, name) == 0)
            return figure;
    return NULL;
}

/* ---- a field, as it may be stated ---- */

/* Either a column or a figure. */
struct field {
    const struct lock_stat_field *column;
    const struct figure *figure;
    enum field_kind kind;
};

static bool find_field(const char *name, struct field *field) {
    *field = (struct field){.column = lock_stat_field_find(name), .figure = figure_find(name)};
    if (field->column == NULL && field->figure == NULL)
        return false;
    field->kind = field->column != NULL ? field->column->kind : field->figure->kind;
    return true;
}

static double value_of(const struct field *field, const struct reading *reading) {
    return field->column != NULL ? field->column->value(&reading->row)
                                 : field->figure->value(reading);
}

static double count_of(const struct field *field, const struct reading *reading) {
    return field->column != NULL ? field->column->count(&reading->row)
                                 : field->figure->count(reading);
}

/* ---- what is predicted ---- */

struct row { /* of the design that an entry is measured of */
    const struct measured *entry;
    const struct design_result *design;
    uint32_t lock;
    const bool *callers; /* NULL: all */
};

static struct estimate in_seconds(struct estimate e) {
    return (struct estimate){ticks_to_seconds(e.mean), ticks_to_seconds(e.lo),
                             ticks_to_seconds(e.hi)};
}

/* Of all replications together. */
static double extreme(const struct row *row, const struct field *field) {
    const struct class_view *pool = row->design->locks[row->lock].pool;
    if (field->column != NULL) {
        struct lock_stat_row rows = rows_of(pool->rows, row->entry->mode);
        return field->column->value(&rows);
    }
    if (strcmp(field->figure->name, "wait-max") == 0)
        return (double)row->design->locks[row->lock].longest;
    if (strcmp(field->figure->name, "hold-max") == 0)
        return pool->hold.count > 0 ? (double)pool->hold.max : 0;
    sim_time max = 0;
    for (uint32_t i = 0; i < pool->sites.n; i++)
        if ((row->callers == NULL || row->callers[i]) && pool->callers[i].max > max)
            max = pool->callers[i].max;
    return (double)max;
}

static void predict(struct comparer *c, const struct row *row, const struct field *field,
                    struct measured_line *line) {
    uint32_t n = row->design->runs->replications;
    double *x = arena_array(c->arena, n, sizeof(*x)),
           *counts = arena_array(c->arena, n, sizeof(*x)),
           *values = arena_array(c->arena, n, sizeof(*x));
    double unit = field->kind == FIELD_COUNT ? 1 : (double)TICKS_PER_SECOND;
    for (uint32_t i = 0; i < n; i++) {
        const struct sample *sample = &row->design->runs->samples[i];
        struct reading reading =
            read_sample(&sample->locks[row->lock], row->entry->mode, row->callers);
        double scale = measured_scale(sample, row->entry->window);
        x[i] = value_of(field, &reading) * scale;
        counts[i] = field->kind == FIELD_AVG ? count_of(field, &reading) * scale : 1;
        values[i] = counts[i] > 0 ? x[i] / counts[i] / unit : NAN;
    }
    line->values = values;
    line->predicted =
        field->kind == FIELD_AVG ? estimate_ratio(x, n, counts, n) : estimate_mean(x, n);
    if (field->kind != FIELD_COUNT)
        line->predicted = in_seconds(line->predicted);
}

static void compare_field(struct comparer *c, const struct row *row,
                          const struct measured_field *stated) {
    static const char *const modes[] = {NULL, "write", "read"};
    struct field field;
    if (!find_field(stated->name, &field))
        return;
    bool extremal = field.kind == FIELD_MIN || field.kind == FIELD_MAX;
    struct measured_line line = {.design = row->design->name,
                                 .subject = row->entry->lock.text,
                                 .mode = modes[row->entry->mode],
                                 .field = stated->name,
                                 .site = row->entry->caller.text,
                                 .unit = field.kind == FIELD_COUNT ? UNIT_COUNT : UNIT_TIME,
                                 .scored = !extremal,
                                 .measured = stated->value};
    if (extremal)
        line.predicted = in_seconds((struct estimate){extreme(row, &field), NAN, NAN});
    else
        predict(c, row, &field, &line);
    measured_add(c, row->entry, line);
}

/* ---- contention points ---- */

/* What is predicted of the chosen sites: their share of the counts of all. */
static void predict_share(struct comparer *c, const struct row *row, bool waiters,
                          const bool *chosen, struct measured_line *line) {
    uint32_t n = row->design->runs->replications;
    double *there = arena_array(c->arena, n, sizeof(*there)),
           *all = arena_array(c->arena, n, sizeof(*all)),
           *values = arena_array(c->arena, n, sizeof(*values)), sum = 0;
    for (uint32_t r = 0; r < n; r++) {
        const struct lock_sample *lock = &row->design->runs->samples[r].locks[row->lock];
        const uint64_t *counts = waiters ? lock->waiters : lock->holders;
        for (uint32_t i = 0; i < lock->nsites; i++) {
            all[r] += (double)counts[i];
            there[r] += chosen[i] ? (double)counts[i] : 0;
        }
        values[r] = all[r] > 0 ? there[r] / all[r] : NAN;
        sum += there[r];
    }
    line->values = values;
    line->predicted = estimate_ratio(there, n, all, n);
    if (sum == 0)
        line->predicted = (struct estimate){0, NAN, NAN};
}

static void compare_sites(struct comparer *c, const struct row *row, const char *field,
                          const struct measured_site *sites, uint32_t nsites) {
    const struct lock_result *lock = &row->design->locks[row->lock];
    double measured = 0;
    for (uint32_t i = 0; i < nsites; i++)
        measured += sites[i].count;
    for (uint32_t i = 0; i < nsites; i++) {
        const bool *chosen = chosen_sites(c, row->design, lock, sites[i].site.text);
        struct measured_line line = {.design = row->design->name,
                                     .subject = row->entry->lock.text,
                                     .field = field,
                                     .site = sites[i].site.text,
                                     .unit = UNIT_SHARE,
                                     .scored = lock->pool->sites.n > 1, /* or it is all of it */
                                     .measured = measured > 0 ? sites[i].count / measured : 0};
        predict_share(c, row, strcmp(field, "waiters") == 0, chosen, &line);
        measured_add(c, row->entry, line);
    }
}

/* ---- all of an entry ---- */

void measured_lock(struct comparer *c, const struct measured *entry,
                   const struct design_result *design, uint32_t lock) {
    struct row row = {entry, design, lock, NULL};
    if (entry->caller.text != NULL)
        row.callers = chosen_sites(c, design, &design->locks[lock], entry->caller.text);
    for (uint32_t i = 0; i < entry->nfields; i++)
        compare_field(c, &row, &entry->fields[i]);
    compare_sites(c, &row, "waiters", entry->waiters, entry->nwaiters);
    compare_sites(c, &row, "holders", entry->holders, entry->nholders);
}

const double *measured_wait_rates(struct comparer *c, const struct measured *entry,
                                  const struct design_result *design, uint32_t lock) {
    uint32_t n = design->runs->replications;
    double *x = arena_array(c->arena, n, sizeof(*x));
    for (uint32_t i = 0; i < n; i++) {
        const struct sample *sample = &design->runs->samples[i];
        struct lock_stat_row row = rows_of(sample->locks[lock].rows, entry->mode);
        x[i] = ticks_to_seconds((double)row.wait.total) * measured_scale(sample, 1);
    }
    return x;
}
