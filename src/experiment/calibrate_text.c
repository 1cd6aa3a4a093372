/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fitted scenario: its text with other numbers, and what they were fitted to. */
#include "base/arena.h"
#include "experiment/calibrate_parts.h"
#include "scenario/expression.h"
#include "scenario/rewrite.h"

#include <math.h>
#include <string.h>

static bool same_text(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* ---- a measurement as a map ---- */

struct entry_writer {
    struct arena *arena;
    const char *text;
};

static void put(struct entry_writer *w, const char *key, const char *value) {
    w->text =
        arena_printf(w->arena, "%s%s%s: %s", w->text, w->text[0] != '\0' ? ", " : "", key, value);
}

static void put_text(struct entry_writer *w, const char *key, const char *value) {
    if (value != NULL)
        put(w, key, rewrite_quoted(w->arena, value));
}

static void put_name(struct entry_writer *w, const char *key, const char *value) {
    if (value != NULL)
        put(w, key, value);
}

static void put_amount(struct entry_writer *w, const char *key, double value, int dimension) {
    const struct amount amount = {value, dimension};
    put(w, key, amount_text(w->arena, &amount));
}

/* Counts are whole, even the average ones of runs. */
static void put_field(struct entry_writer *w, const struct measured_field *field) {
    enum measured_unit unit = measured_unit_of(field->name);
    int dimension = unit == MEASURED_TIME ? 1 : unit == MEASURED_RATE ? -1 : 0;
    put_amount(w, field->name, unit == MEASURED_COUNT ? round(field->value) : field->value,
               dimension);
}

static void put_sites(struct entry_writer *w, const char *key, const struct measured_site *sites,
                      uint32_t n) {
    struct entry_writer map = {w->arena, ""};
    for (uint32_t i = 0; i < n; i++)
        put_amount(&map, rewrite_quoted(w->arena, sites[i].site.text), round(sites[i].count), 0);
    if (n > 0)
        put(w, key, arena_printf(w->arena, "{%s}", map.text));
}

static void put_profile(struct entry_writer *w, const struct measured *entry) {
    struct entry_writer map = {w->arena, ""};
    for (uint32_t i = 0; i < entry->nprofile; i++)
        put_amount(&map, rewrite_quoted(w->arena, entry->profile[i].of.text),
                   entry->profile[i].share, 0);
    if (entry->nprofile > 0)
        put(w, "profile", arena_printf(w->arena, "{%s}", map.text));
}

static const char *entry_text(struct arena *arena, const struct measured *entry,
                              const char *source) {
    static const char *const modes[] = {NULL, "write", "read"};
    struct entry_writer w = {arena, ""};
    put_name(&w, "design", entry->design.text);
    put_name(&w, "lock", entry->lock.text);
    put_name(&w, "progress", entry->progress.text);
    put_name(&w, "threads", entry->threads.text);
    put_name(&w, "mode", modes[entry->mode]);
    put_text(&w, "caller", entry->caller.text);
    put_name(&w, "role", "calibrated");
    put_text(&w, "source", entry->source.text != NULL ? entry->source.text : source);
    if (entry->window > 0)
        put_amount(&w, "window", entry->window, 1);
    for (uint32_t i = 0; i < entry->nfields; i++)
        put_field(&w, &entry->fields[i]);
    put_sites(&w, "waiters", entry->waiters, entry->nwaiters);
    put_sites(&w, "holders", entry->holders, entry->nholders);
    put_profile(&w, entry);
    return arena_printf(arena, "{%s}", w.text);
}

/* ---- the text ---- */

/* "fitted to acquisitions, contentions of con_mutex in before.txt; was 13us" */
static const char *fitted_to(struct arena *arena, const struct calibrate_plan *plan,
                             const struct calibration *calibration) {
    const char *text = "fitted to", *subject = NULL;
    for (uint32_t i = 0; i < calibration->nfields; i++) {
        const struct calibrate_field *field = &calibration->fields[i];
        if (!field->fitted || field->after.site != NULL)
            continue;
        bool other = subject != NULL && !same_text(subject, field->after.subject);
        text = arena_printf(arena, "%s%s %s", text,
                            other ? arena_printf(arena, " of %s,", subject)
                                  : (subject != NULL ? "," : ""),
                            field->after.field);
        subject = field->after.subject;
    }
    return arena_printf(arena, "%s%s in %s", text,
                        subject != NULL ? arena_printf(arena, " of %s", subject) : " profiles",
                        plan->measurement);
}

/* What it was, and why: but not what it was fitted to before. */
static const char *source_of(struct arena *arena, const struct quantity *q, const char *was,
                             const char *to) {
    static const char fitted[] = "fitted to ";
    bool said = q->source != NULL && strncmp(q->source, fitted, strlen(fitted)) != 0;
    return arena_printf(arena, "%s; was %s%s%s", to, was, said ? ", " : "", said ? q->source : "");
}

static bool write_parameter(struct arena *arena, struct rewrite *rewrite,
                            const struct parameter *parameter,
                            const struct calibrate_parameter *fitted, const char *to) {
    const struct quantity *q = parameter->quantity;
    return rewrite_quantity(rewrite, q->path, fitted->after, origin_name(ORIGIN_CALIBRATED),
                            source_of(arena, q, fitted->before, to));
}

/* The scenario shall say which figures were fitted: nobody may take them for predicted. */
static bool write_target(struct arena *arena, struct rewrite *rewrite,
                         const struct calibrate_plan *plan, const struct scenario *scenario,
                         const struct measured *target) {
    for (uint32_t i = 0; i < scenario->nmeasured; i++) {
        if (!measured_same(&scenario->measured[i], target))
            continue;
        return scenario->measured[i].calibrated || rewrite_calibrated(rewrite, i);
    }
    return rewrite_add_measured(rewrite, entry_text(arena, target, plan->measurement));
}

const char *calibrated_text(struct arena *arena, struct diag *diag,
                            const struct calibrate_plan *plan, const struct parameters *parameters,
                            const struct calibration *calibration, size_t *length) {
    struct rewrite *rewrite = rewrite_begin(arena, diag, plan->file, plan->text, plan->length);
    const char *to = fitted_to(arena, plan, calibration);
    bool any = false, good = rewrite != NULL;
    for (uint32_t j = 0; j < parameters->n && good; j++) {
        const struct calibrate_parameter *fitted = &calibration->parameters[j];
        if (fitted->verdict != CALIBRATED)
            continue;
        any = true;
        good = write_parameter(arena, rewrite, &parameters->items[j], fitted, to);
    }
    for (uint32_t i = 0; i < plan->ntargets && good && any; i++)
        good = write_target(arena, rewrite, plan, parameters->scenario, &plan->targets[i]);
    return good ? rewrite_end(rewrite, length) : NULL;
}
