/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "experiment/measured_lock.h"
#include "experiment/values.h"

#include <math.h>
#include <string.h>

static const struct design_result *find_design(const struct result *result, const char *name) {
    for (uint32_t i = 0; i < result->ndesigns; i++)
        if (strcmp(result->designs[i].name, name) == 0)
            return &result->designs[i];
    return NULL;
}

double measured_scale(const struct sample *sample, double window) {
    double simulated = ticks_to_seconds((double)sample->used.now);
    return window > 0 && simulated > 0 ? window / simulated : 1;
}

/* In replications: what is not said is one. */
static double observed(const struct design_result *design, double window) {
    uint32_t n = design->runs->replications;
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += measured_scale(&design->runs->samples[i], window);
    return sum / n;
}

void measured_add(struct comparer *c, const struct measured *entry, struct measured_line line) {
    const struct design_result *design = find_design(c->result, line.design);
    line.observed = observed(design, entry->window);
    line.calibrated = entry->calibrated;
    line.scored &= design->outcome == SIM_OK;
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

static bool has_baseline(const struct result *result) {
    return strcmp(result->designs[0].name, result->scenario->designs[0].name.text) == 0;
}

/* ---- progress ---- */

/* NAN when the baseline was not run. */
static struct estimate speedup_of(const struct result *result, const struct design_result *design,
                                  uint32_t point) {
    uint32_t index = (uint32_t)(design - result->designs);
    if (!has_baseline(result) || index == 0)
        return estimate_mean(NULL, 0);
    return design->finite ? result->compare[index - 1].elapsed
                          : result->compare[index - 1].speedup[point];
}

static const double *progress_values(struct comparer *c, const struct design_result *design,
                                     const char *field, uint32_t point) {
    sample_value *value = strcmp(field, "elapsed") == 0 ? value_elapsed : value_rate;
    bool known = !design->cut_short && strcmp(field, "speedup") != 0;
    return known ? values_of(c->arena, design->runs, value, point) : NULL;
}

static void compare_progress(struct comparer *c, const struct measured *entry,
                             const struct design_result *design, uint32_t point) {
    for (uint32_t i = 0; i < entry->nfields; i++) {
        struct measured_line line = {.design = design->name,
                                     .subject = entry->progress.text,
                                     .field = entry->fields[i].name,
                                     .unit = UNIT_RATE,
                                     .scored = true,
                                     .predicted = design->rates[point],
                                     .measured = entry->fields[i].value};
        line.values = progress_values(c, design, line.field, point);
        if (strcmp(line.field, "elapsed") == 0) {
            line.unit = UNIT_TIME;
            line.predicted = design->elapsed;
        } else if (strcmp(line.field, "speedup") == 0) {
            line.unit = UNIT_RATIO;
            line.predicted = speedup_of(c->result, design, point);
        }
        measured_add(c, entry, line);
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
    uint32_t n = design->runs->replications;
    for (uint32_t i = 0; i < entry->nfields; i++) {
        double *x = arena_array(c->arena, n, sizeof(*x));
        for (uint32_t r = 0; r < n; r++) {
            const struct sample *sample = &design->runs->samples[r];
            x[r] = cpu_value(entry->fields[i].name)(sample, group) *
                   measured_scale(sample, entry->window);
        }
        measured_add(c, entry,
                     (struct measured_line){.design = design->name,
                                            .subject = entry->threads.text,
                                            .field = entry->fields[i].name,
                                            .unit = UNIT_TIME,
                                            .scored = true,
                                            .predicted = estimate_mean(x, n),
                                            .values = x,
                                            .measured = entry->fields[i].value});
    }
}

/* ---- the profile ---- */

static void compare_profile(struct comparer *c, const struct measured *entry,
                            const struct design_result *design) {
    for (uint32_t i = 0; i < entry->nprofile; i++)
        measured_add(c, entry,
                     (struct measured_line){.design = design->name,
                                            .field = "profile",
                                            .site = entry->profile[i].of.text,
                                            .unit = UNIT_SHARE,
                                            .scored = true,
                                            .predicted = profile_share(c->arena, design->runs,
                                                                       entry->profile[i].of.text),
                                            .measured = entry->profile[i].share});
}

/* ---- the ratio of all waiting ---- */

struct wait_total {
    double measured;   /* seconds per second of observation */
    double *predicted; /* by replication, likewise */
    uint32_t replications;
    uint32_t entries;
    bool calibrated; /* all of them */
};

static double stated_wait(const struct measured *entry) {
    for (uint32_t i = 0; i < entry->nfields; i++)
        if (strcmp(entry->fields[i].name, "waittime-total") == 0)
            return entry->fields[i].value;
    return NAN;
}

static struct wait_total wait_total_of(struct comparer *c, const struct design_result *design) {
    uint32_t n = design->runs->replications;
    struct wait_total sum = {.replications = n, .calibrated = true};
    sum.predicted = arena_array(c->arena, n, sizeof(double));
    for (uint32_t i = 0; i < c->nentries; i++) {
        const struct measured *entry = &c->entries[i];
        bool ours = entry->lock.text != NULL && strcmp(entry->design.text, design->name) == 0;
        uint32_t lock = ours ? find_lock(design, entry->lock.text) : NO_INDEX;
        if (lock == NO_INDEX || isnan(stated_wait(entry)))
            continue;
        double window = entry->window > 0 ? entry->window : c->result->duration;
        const double *x = measured_wait_rates(c, entry, design, lock);
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
    if (!has_baseline(result))
        return;
    struct wait_total before = wait_total_of(c, &result->designs[0]);
    for (uint32_t d = 1; d < result->ndesigns && before.entries > 0; d++) {
        struct wait_total after = wait_total_of(c, &result->designs[d]);
        if (after.entries == 0 || after.measured == 0)
            continue;
        const struct measured whole = {.calibrated = after.calibrated};
        measured_add(c, &whole,
                     (struct measured_line){
                         .design = result->designs[d].name,
                         .field = "wait-total-ratio",
                         .unit = UNIT_RATIO,
                         .scored = true,
                         .predicted = estimate_ratio(before.predicted, before.replications,
                                                     after.predicted, after.replications),
                         .measured = before.measured / after.measured});
    }
}

/* ---- all of it ---- */

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
        measured_lock(c, entry, design, lock);
    else if (point != NO_INDEX)
        compare_progress(c, entry, design, point);
    else if (group != NO_INDEX)
        compare_threads(c, entry, design, group);
    compare_profile(c, entry, design);
}

struct measured_lines measured_compare_with(struct arena *arena, const struct result *result,
                                            const struct measured *entries, uint32_t n) {
    struct comparer c = {.arena = arena, .result = result, .entries = entries, .nentries = n};
    uint32_t most = result->ndesigns;
    for (uint32_t i = 0; i < n; i++)
        most +=
            entries[i].nfields + entries[i].nwaiters + entries[i].nholders + entries[i].nprofile;
    c.out.lines = arena_array(arena, most, sizeof(*c.out.lines));
    for (uint32_t i = 0; i < n; i++)
        compare_entry(&c, &entries[i]);
    compare_wait_totals(&c);
    return c.out;
}

struct measured_lines measured_compare(struct arena *arena, const struct result *result) {
    const struct scenario *scenario = result->scenario;
    return measured_compare_with(arena, result, scenario->measured, scenario->nmeasured);
}
