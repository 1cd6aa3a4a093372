/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/measured.h"

#include "base/arena.h"
#include "experiment/values.h"

#include <math.h>
#include <string.h>

struct comparer {
    struct arena *arena;
    const struct result *result;
    struct measured_lines out;
};

static const struct design_result *find_design(const struct result *result, const char *name) {
    for (uint32_t i = 0; i < result->ndesigns; i++)
        if (strcmp(result->designs[i].name, name) == 0)
            return &result->designs[i];
    return NULL;
}

static void add(struct comparer *c, struct measured_line line) {
    line.scored &= find_design(c->result, line.design)->outcome == SIM_OK;
    bool known = line.scored && line.measured != 0;
    line.ratio = known ? line.predicted.mean / line.measured : NAN;
    c->out.lines[c->out.n++] = line;
}

static uint32_t find_lock(const struct design_result *design, const char *name) {
    for (uint32_t i = 0; i < design->nlocks; i++)
        if (strcmp(design->locks[i].name, name) == 0)
            return i;
    return NO_INDEX;
}

static uint32_t find_progress(const struct result *result, const char *name) {
    for (uint32_t i = 0; i < result->nprogress; i++)
        if (strcmp(result->progress[i], name) == 0)
            return i;
    return NO_INDEX;
}

static uint32_t find_group(const struct design_result *design, const char *name) {
    for (uint32_t i = 0; i < design->ngroups; i++)
        if (strcmp(design->groups[i].name, name) == 0)
            return i;
    return NO_INDEX;
}

/* ---- columns of lock_stat ---- */

static struct lock_stat_row both_modes(const struct lock_sample *lock) {
    struct lock_stat_row row = lock->rows[MODE_WRITE];
    lock_stat_row_merge(&row, &lock->rows[MODE_READ]);
    return row;
}

/* Of one replication, scaled from its window to the measured one. */
static double scale(const struct sample *sample, double window) {
    double simulated = ticks_to_seconds((double)sample->used.now);
    return window > 0 && simulated > 0 ? window / simulated : 1;
}

typedef double row_value(const struct lock_stat_row *row);

static double *series(struct comparer *c, const struct design_result *design, uint32_t lock,
                      row_value *value, double window) {
    uint32_t n = c->result->runs->replications;
    double *x = arena_array(c->arena, n, sizeof(*x));
    for (uint32_t i = 0; i < n; i++) {
        const struct sample *sample = &design->runs->samples[i];
        struct lock_stat_row row = both_modes(&sample->locks[lock]);
        x[i] = value(&row) * scale(sample, window);
    }
    return x;
}

static struct estimate in_seconds(struct estimate e) {
    return (struct estimate){ticks_to_seconds(e.mean), ticks_to_seconds(e.lo),
                             ticks_to_seconds(e.hi)};
}

static struct estimate predict(struct comparer *c, const struct design_result *design,
                               uint32_t lock, const struct lock_stat_field *field, double window) {
    uint32_t n = c->result->runs->replications;
    if (field->kind == FIELD_MIN || field->kind == FIELD_MAX) {
        struct lock_stat_row pooled = result_lock_stat(&design->locks[lock]);
        return in_seconds((struct estimate){field->value(&pooled), NAN, NAN});
    }
    const double *x = series(c, design, lock, field->value, window);
    if (field->kind == FIELD_AVG)
        return in_seconds(estimate_ratio(x, series(c, design, lock, field->count, window), n));
    struct estimate e = estimate_mean(x, n);
    return field->kind == FIELD_COUNT ? e : in_seconds(e);
}

static void compare_lock_fields(struct comparer *c, const struct measured *entry,
                                const struct design_result *design, uint32_t lock) {
    for (uint32_t i = 0; i < entry->nfields; i++) {
        const struct lock_stat_field *field = lock_stat_field_find(entry->fields[i].name);
        if (field == NULL)
            continue;
        add(c,
            (struct measured_line){.design = design->name,
                                   .subject = entry->lock.text,
                                   .field = field->name,
                                   .unit = lock_stat_field_is_time(field) ? UNIT_TIME : UNIT_COUNT,
                                   .calibrated = entry->calibrated,
                                   .scored = field->kind != FIELD_MIN && field->kind != FIELD_MAX,
                                   .predicted = predict(c, design, lock, field, entry->window),
                                   .measured = entry->fields[i].value});
    }
}

/* ---- contention points ---- */

static size_t symbol_length(const char *site) {
    return strcspn(site, "+");
}

/* Offsets change from build to build: without an equal site, equal symbols will do. */
static bool same_site(const char *a, const char *b, bool exactly) {
    if (exactly)
        return strcmp(a, b) == 0;
    return symbol_length(a) == symbol_length(b) && strncmp(a, b, symbol_length(a)) == 0;
}

static double count_at(const struct design_result *design, const struct lock_result *lock,
                       const uint64_t *counts, const char *site) {
    for (int exactly = 1; exactly >= 0; exactly--) {
        double count = 0;
        bool found = false;
        for (uint32_t i = 0; i < lock->pool->sites.n; i++) {
            if (!same_site(result_site(design, lock, i), site, exactly))
                continue;
            count += (double)counts[i];
            found = true;
        }
        if (found)
            return count;
    }
    return 0;
}

static void compare_sites(struct comparer *c, const struct measured *entry,
                          const struct design_result *design, const struct lock_result *lock,
                          const char *field, const struct measured_site *sites, uint32_t nsites,
                          const uint64_t *counts) {
    double measured = 0, predicted = 0;
    for (uint32_t i = 0; i < nsites; i++)
        measured += sites[i].count;
    for (uint32_t i = 0; i < lock->pool->sites.n; i++)
        predicted += (double)counts[i];
    for (uint32_t i = 0; i < nsites; i++) {
        double count = count_at(design, lock, counts, sites[i].site.text);
        add(c,
            (struct measured_line){.design = design->name,
                                   .subject = entry->lock.text,
                                   .field = field,
                                   .site = sites[i].site.text,
                                   .unit = UNIT_SHARE,
                                   .calibrated = entry->calibrated,
                                   .scored = true,
                                   .predicted = {predicted > 0 ? count / predicted : 0, NAN, NAN},
                                   .measured = measured > 0 ? sites[i].count / measured : 0});
    }
}

/* ---- progress ---- */

/* NAN when the baseline was not run. */
static struct estimate speedup_of(const struct result *result, const struct design_result *design,
                                  uint32_t point) {
    bool baseline = strcmp(result->designs[0].name, result->scenario->designs[0].name.text) == 0;
    uint32_t index = (uint32_t)(design - result->designs);
    if (!baseline || index == 0)
        return estimate_mean(NULL, 0);
    return design->finite ? result->compare[index - 1].elapsed
                          : result->compare[index - 1].speedup[point];
}

static void compare_progress(struct comparer *c, const struct measured *entry,
                             const struct design_result *design, uint32_t point) {
    for (uint32_t i = 0; i < entry->nfields; i++) {
        struct measured_line line = {.design = design->name,
                                     .subject = entry->progress.text,
                                     .field = entry->fields[i].name,
                                     .unit = UNIT_RATE,
                                     .calibrated = entry->calibrated,
                                     .scored = true,
                                     .predicted = design->rates[point],
                                     .measured = entry->fields[i].value};
        if (strcmp(line.field, "elapsed") == 0) {
            line.unit = UNIT_TIME;
            line.predicted = design->elapsed;
        } else if (strcmp(line.field, "speedup") == 0) {
            line.unit = UNIT_RATIO;
            line.predicted = speedup_of(c->result, design, point);
        }
        add(c, line);
    }
}

/* ---- CPU time ---- */

static sample_value *cpu_value(const char *field) {
    if (strcmp(field, "user") == 0)
        return value_user;
    return strcmp(field, "sys") == 0 ? value_sys : value_cpu;
}

static void compare_threads(struct comparer *c, const struct measured *entry,
                            const struct design_result *design, uint32_t group) {
    uint32_t n = c->result->runs->replications;
    for (uint32_t i = 0; i < entry->nfields; i++) {
        double *x = arena_array(c->arena, n, sizeof(*x));
        for (uint32_t r = 0; r < n; r++) {
            const struct sample *sample = &design->runs->samples[r];
            x[r] = cpu_value(entry->fields[i].name)(sample, group) * scale(sample, entry->window);
        }
        add(c, (struct measured_line){.design = design->name,
                                      .subject = entry->threads.text,
                                      .field = entry->fields[i].name,
                                      .unit = UNIT_TIME,
                                      .calibrated = entry->calibrated,
                                      .scored = true,
                                      .predicted = estimate_mean(x, n),
                                      .measured = entry->fields[i].value});
    }
}

/* ---- the profile ---- */

static void compare_profile(struct comparer *c, const struct measured *entry,
                            const struct design_result *design) {
    for (uint32_t i = 0; i < entry->nprofile; i++)
        add(c, (struct measured_line){.design = design->name,
                                      .field = "profile",
                                      .site = entry->profile[i].of.text,
                                      .unit = UNIT_SHARE,
                                      .calibrated = entry->calibrated,
                                      .scored = true,
                                      .predicted = profile_share(c->arena, design->runs,
                                                                 c->result->runs->replications,
                                                                 entry->profile[i].of.text),
                                      .measured = entry->profile[i].share});
}

/* ---- the ratio of all waiting ---- */

struct wait_total {
    double measured;   /* seconds per second of observation */
    double *predicted; /* by replication, in ticks per tick */
    uint32_t entries;
    bool calibrated; /* all of them */
};

static double stated_wait(const struct measured *entry) {
    for (uint32_t i = 0; i < entry->nfields; i++)
        if (strcmp(entry->fields[i].name, "waittime-total") == 0)
            return entry->fields[i].value;
    return NAN;
}

static double wait_in_ticks(const struct lock_stat_row *row) {
    return (double)row->wait.total;
}

static struct wait_total wait_total_of(struct comparer *c, const struct design_result *design) {
    const struct scenario *scenario = c->result->scenario;
    uint32_t n = c->result->runs->replications;
    struct wait_total sum = {.calibrated = true};
    sum.predicted = arena_array(c->arena, n, sizeof(double));
    for (uint32_t i = 0; i < scenario->nmeasured; i++) {
        const struct measured *entry = &scenario->measured[i];
        bool ours = entry->lock.text != NULL && strcmp(entry->design.text, design->name) == 0;
        uint32_t lock = ours ? find_lock(design, entry->lock.text) : NO_INDEX;
        if (lock == NO_INDEX || isnan(stated_wait(entry)))
            continue;
        double window = entry->window > 0 ? entry->window : c->result->duration;
        const double *x = series(c, design, lock, wait_in_ticks, 1);
        for (uint32_t r = 0; r < n; r++)
            sum.predicted[r] += x[r];
        sum.measured += stated_wait(entry) / window;
        sum.calibrated &= entry->calibrated;
        sum.entries++;
    }
    return sum;
}

static void compare_wait_totals(struct comparer *c) {
    const struct result *result = c->result;
    struct wait_total before = wait_total_of(c, &result->designs[0]);
    for (uint32_t d = 1; d < result->ndesigns && before.entries > 0; d++) {
        struct wait_total after = wait_total_of(c, &result->designs[d]);
        if (after.entries == 0 || after.measured == 0)
            continue;
        add(c, (struct measured_line){.design = result->designs[d].name,
                                      .field = "wait-total-ratio",
                                      .unit = UNIT_RATIO,
                                      .calibrated = after.calibrated,
                                      .scored = true,
                                      .predicted = estimate_ratio(before.predicted, after.predicted,
                                                                  result->runs->replications),
                                      .measured = before.measured / after.measured});
    }
}

/* ---- all of it ---- */

static void compare_lock(struct comparer *c, const struct measured *entry,
                         const struct design_result *design, uint32_t lock) {
    const struct lock_result *l = &design->locks[lock];
    compare_lock_fields(c, entry, design, lock);
    compare_sites(c, entry, design, l, "waiters", entry->waiters, entry->nwaiters,
                  l->pool->waiters);
    compare_sites(c, entry, design, l, "holders", entry->holders, entry->nholders,
                  l->pool->holders);
}

static void compare_entry(struct comparer *c, const struct measured *entry) {
    const struct design_result *design = find_design(c->result, entry->design.text);
    if (design == NULL)
        return; /* not among the designs that were run */
    uint32_t lock = entry->lock.text != NULL ? find_lock(design, entry->lock.text) : NO_INDEX;
    uint32_t point =
        entry->progress.text != NULL ? find_progress(c->result, entry->progress.text) : NO_INDEX;
    uint32_t group =
        entry->threads.text != NULL ? find_group(design, entry->threads.text) : NO_INDEX;
    if (lock != NO_INDEX)
        compare_lock(c, entry, design, lock);
    else if (point != NO_INDEX)
        compare_progress(c, entry, design, point);
    else if (group != NO_INDEX)
        compare_threads(c, entry, design, group);
    compare_profile(c, entry, design);
}

struct measured_lines measured_compare(struct arena *arena, const struct result *result) {
    const struct scenario *scenario = result->scenario;
    struct comparer c = {.arena = arena, .result = result};
    uint32_t most = result->ndesigns;
    for (uint32_t i = 0; i < scenario->nmeasured; i++) {
        const struct measured *entry = &scenario->measured[i];
        most += entry->nfields + entry->nwaiters + entry->nholders + entry->nprofile;
    }
    c.out.lines = arena_array(arena, most, sizeof(*c.out.lines));
    for (uint32_t i = 0; i < scenario->nmeasured; i++)
        compare_entry(&c, &scenario->measured[i]);
    compare_wait_totals(&c);
    return c.out;
}
