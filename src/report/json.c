/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/json.md describes every field; a test holds the two together. */
#include "config.h"

#include "report/json_values.h"
#include "report/notes.h"
#include "report/writers.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

/* ---- the views of a lock ---- */

static json_t *microseconds(double ticks) {
    return json_number(ticks / TICKS_PER_US);
}

struct where { /* whose sites the numbers of a class are */
    const struct design_result *design;
    const struct lock_result *lock;
    uint32_t n; /* replications: counts are those of the average one */
};

static json_t *points(const struct where *at, const uint64_t *counts) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < at->lock->pool->sites.n; i++)
        if (counts[i] > 0)
            json_array_append_new(list, json_pack("{s:o, s:o}", "site",
                                                  json_text(result_site(at->design, at->lock, i)),
                                                  "count", json_number((double)counts[i] / at->n)));
    return list;
}

static json_t *row_object(const struct lock_stat_row *row, uint32_t n) {
    json_t *object = json_object();
    for (int i = 0; i < LOCK_STAT_FIELDS; i++) {
        const struct lock_stat_field *field = &lock_stat_fields[i];
        double value = lock_stat_field_average(field, row, n);
        double unit = lock_stat_field_is_time(field) ? 1e6 : 1;
        json_object_set_new(object, field->key, json_number(value * unit));
    }
    return object;
}

static json_t *lock_stat(const struct where *at) {
    const struct class_view *pool = at->lock->pool;
    struct lock_stat_row both = result_lock_stat(at->lock);
    json_t *object = row_object(&both, at->n);
    if (pool->rows[MODE_READ].hold.count > 0) {
        json_object_set_new(object, "write", row_object(&pool->rows[MODE_WRITE], at->n));
        json_object_set_new(object, "read", row_object(&pool->rows[MODE_READ], at->n));
    }
    json_object_set_new(object, "waiters", points(at, pool->waiters));
    json_object_set_new(object, "holders", points(at, pool->holders));
    return object;
}

static json_t *span_object(const struct span *span, uint32_t n) {
    return json_pack("{s:o, s:o, s:o, s:o}", "contended", json_number((double)span->count / n),
                     "total_wait", microseconds((double)span->total / n), "max_wait",
                     microseconds((double)span->max), "avg_wait", microseconds(span_mean(span)));
}

static json_t *perf(const struct where *at) {
    const struct class_view *pool = at->lock->pool;
    struct span all = {0};
    json_t *callers = json_array();
    for (uint32_t i = 0; i < pool->sites.n; i++) {
        const struct span *span = &pool->callers[i];
        if (span->count == 0)
            continue;
        span_merge(&all, span);
        json_t *caller = span_object(span, at->n);
        json_object_set_new(caller, "site", json_text(result_site(at->design, at->lock, i)));
        json_array_append_new(callers, caller);
    }
    json_t *object = span_object(&all, at->n);
    json_object_set_new(object, "callers", callers);
    return object;
}

static json_t *pairs(const struct where *at) {
    const struct class_view *pool = at->lock->pool;
    uint32_t n = pool->sites.n;
    json_t *list = json_array();
    for (uint32_t i = 0; i < n * n; i++) {
        const struct pair *pair = &pool->pairs[i];
        if (pair->count == 0)
            continue;
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o, s:o}", "waiter",
                            json_text(result_site(at->design, at->lock, i / n)), "holder",
                            json_text(result_site(at->design, at->lock, i % n)), "count",
                            json_number((double)pair->count / at->n), "wait",
                            json_number(ticks_to_seconds((double)pair->wait) / at->n)));
    }
    return list;
}

static json_t *lock_object(const struct where *at) {
    const struct lock_result *lock = at->lock;
    const struct class_view *pool = lock->pool;
    return json_pack("{s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
                     "name", json_text(lock->name), "class", json_text(lock->class_name), "kind",
                     json_text(lock->kind), "instances", (json_int_t)lock->instances,
                     "acquisitions", json_estimate(lock->acquisitions), "contended",
                     json_estimate(lock->contended), "waiting", json_estimate(lock->waiting),
                     "utilization", json_estimate(lock->utilization), "slept",
                     json_number((double)pool->slept / at->n), "wait_total",
                     json_number(ticks_to_seconds((double)pool->waited_time) / at->n), "wait",
                     json_times(&lock->wait), "hold", json_times(&lock->hold), "lock_stat",
                     lock_stat(at), "perf", perf(at), "pairs", pairs(at));
}

/* ---- designs ---- */

static json_t *progress(const struct result *result, const struct design_result *design) {
    json_t *object = json_object();
    for (uint32_t p = 0; p < result->nprogress; p++) {
        json_t *elapsed = design->finite ? json_estimate(design->elapsed) : json_null();
        json_object_set_new(
            object, result->progress[p],
            json_pack("{s:o, s:o}", "rate", json_estimate(design->rates[p]), "elapsed", elapsed));
    }
    return object;
}

static json_t *threads(const struct design_result *design) {
    json_t *object = json_object();
    for (uint32_t i = 0; i < design->ngroups; i++) {
        const struct group_result *group = &design->groups[i];
        json_object_set_new(object, group->name,
                            json_pack("{s:o, s:o, s:o, s:o, s:o}", "cpu", json_estimate(group->cpu),
                                      "user", json_estimate(group->user), "sys",
                                      json_estimate(group->sys), "run_delay",
                                      json_estimate(group->run_delay), "behind",
                                      group->open ? json_number(group->behind) : json_null()));
    }
    return object;
}

static json_t *profile(const struct profile *profile) {
    if (profile->n == 0)
        return json_null();
    json_t *list = json_array();
    for (uint32_t i = 0; i < profile->n; i++) {
        const struct profile_row *row = &profile->rows[i];
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o, s:I, s:o, s:o}", "function", json_text(row->function),
                            "name", json_text(row->name), "part", json_text(row->part), "depth",
                            (json_int_t)row->depth, "share", json_estimate(row->share), "self",
                            json_estimate(row->self)));
    }
    return json_pack("{s:o, s:o}", "busy", json_estimate(profile->busy), "functions", list);
}

static json_t *design_object(const struct result *result, const struct design_result *design) {
    json_t *locks = json_array();
    for (uint32_t i = 0; i < design->nlocks; i++) {
        const struct where at = {design, &design->locks[i], design->runs->replications};
        json_array_append_new(locks, lock_object(&at));
    }
    return json_pack("{s:o, s:I, s:o, s:b, s:s, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
                     json_text(design->name), "replications",
                     (json_int_t)design->runs->replications, "precision",
                     json_precision(design->runs->precision), "precise", design->runs->precise,
                     "outcome", sim_outcome_name(design->outcome), "detail",
                     json_text(design->detail), "failures", (json_int_t)design->failures, "elapsed",
                     design->finite ? json_estimate(design->elapsed) : json_null(), "progress",
                     progress(result, design), "cpu", json_cpu(&design->cpu), "threads",
                     threads(design), "locks", locks, "profile", profile(&design->profile));
}

static json_t *comparison(const struct result *result, const struct comparison *c) {
    json_t *speedup = json_object();
    for (uint32_t p = 0; p < result->nprogress; p++)
        json_object_set_new(speedup, result->progress[p], json_estimate(c->speedup[p]));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "design", json_text(c->design->name),
                     "baseline", json_text(result->designs[0].name), "speedup", speedup,
                     "elapsed_ratio", json_estimate(c->elapsed), "wait_total_ratio",
                     json_estimate(c->wait_total), "true_wait_total_ratio",
                     json_estimate(c->true_wait_total));
}

/* ---- the rest ---- */

static json_t *measured_list(const struct measured_lines *measured) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < measured->n; i++)
        json_array_append_new(list, json_measured(&measured->lines[i]));
    return list;
}

static json_t *outputs_object(const struct estimate *outputs) {
    json_t *object = json_object();
    for (int i = 0; i < SENSITIVITY_OUTPUTS; i++)
        json_object_set_new(object, sensitivity_outputs[i].key, json_estimate(outputs[i]));
    return object;
}

static json_t *sensitivity_object(const struct sensitivity *s) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < s->n; i++) {
        const struct sensitivity_row *row = &s->rows[i];
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "path", json_text(row->path), "value",
                            json_text(row->value), "low", json_text(row->low_text), "high",
                            json_text(row->high_text), "at_low", outputs_object(row->low),
                            "at_high", outputs_object(row->high)));
    }
    return json_pack("{s:o, s:o, s:o, s:o}", "design", json_text(s->design), "duration",
                     json_number(s->duration), "as_described", outputs_object(s->base),
                     "assumptions", list);
}

void write_json(struct arena *arena, const struct report *report, FILE *out) {
    const struct result *result = report->result;
    json_t *designs = json_array(), *compare = json_array();
    for (uint32_t i = 0; i < result->ndesigns; i++)
        json_array_append_new(designs, design_object(result, &result->designs[i]));
    for (uint32_t i = 0; i + 1 < result->ndesigns; i++)
        json_array_append_new(compare, comparison(result, &result->compare[i]));
    json_t *root =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "sim", json_program(), "scenario",
                  json_scenario(result->scenario), "run", json_run(result), "designs", designs,
                  "compare", compare, "measured", measured_list(&report->measured), "audit",
                  json_audit(&result->runs->audit), "notes", json_notes(notes_of(arena, report)));
    if (report->sensitivity != NULL)
        json_object_set_new(root, "sensitivity", sensitivity_object(report->sensitivity));
    json_write(root, out);
}
