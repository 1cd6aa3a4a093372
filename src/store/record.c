/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/record.h"

#include "base/arena.h"

/* What is known of a design's progress. */
struct rate_record {
    struct estimate rate;
    uint32_t values; /* replications; 0: the rate is not known */
};

#define COUNT(type, member, name)                                                                  \
    { name, COLUMN_COUNT, offsetof(type, member) }
#define FLAG(type, member, name)                                                                   \
    { name, COLUMN_FLAG, offsetof(type, member) }
#define NUMBER(type, member, name)                                                                 \
    { name, COLUMN_NUMBER, offsetof(type, member) }
#define TEXT(type, member, name)                                                                   \
    { name, COLUMN_TEXT, offsetof(type, member) }
#define WITHIN(type, member, part, of, name)                                                       \
    { name, COLUMN_NUMBER, offsetof(type, member) + offsetof(struct of, part) }
#define ESTIMATE(type, member, name)                                                               \
    WITHIN(type, member, mean, estimate, name), WITHIN(type, member, lo, estimate, name "_lo"),    \
        WITHIN(type, member, hi, estimate, name "_hi")
#define TIMES(type, member, name)                                                                  \
    WITHIN(type, member, mean.mean, time_result, name "_mean"),                                    \
        WITHIN(type, member, mean.lo, time_result, name "_mean_lo"),                               \
        WITHIN(type, member, mean.hi, time_result, name "_mean_hi"),                               \
        WITHIN(type, member, p50, time_result, name "_p50"),                                       \
        WITHIN(type, member, p90, time_result, name "_p90"),                                       \
        WITHIN(type, member, p99, time_result, name "_p99"),                                       \
        WITHIN(type, member, p999, time_result, name "_p999"),                                     \
        WITHIN(type, member, max, time_result, name "_max")

static const struct column point_columns[] = {
    COUNT(struct sweep_point, replications, "replications"),
    NUMBER(struct sweep_point, duration, "duration"),
    NUMBER(struct sweep_point, warmup, "warmup"),
    FLAG(struct sweep_point, warmup_settled, "warmup_settled"),
    NUMBER(struct sweep_point, precision, "precision"),
    FLAG(struct sweep_point, precise, "precise"),
    NUMBER(struct sweep_point, simulated, "simulated"),
    NUMBER(struct sweep_point, acquisitions, "acquisitions"),
    NUMBER(struct sweep_point, events, "events"),
    NUMBER(struct sweep_point, audit.little, "audit_little"),
    NUMBER(struct sweep_point, audit.utilization, "audit_utilization"),
    NUMBER(struct sweep_point, audit.time, "audit_time"),
    {"audit_message", COLUMN_CHARS, offsetof(struct sweep_point, audit.message)},
};

static const struct column design_columns[] = {
    {"outcome", COLUMN_OUTCOME, offsetof(struct sweep_design, outcome)},
    TEXT(struct sweep_design, detail, "detail"),
    COUNT(struct sweep_design, replications, "replications"),
    COUNT(struct sweep_design, failures, "failures"),
    NUMBER(struct sweep_design, precision, "precision"),
    FLAG(struct sweep_design, precise, "precise"),
    FLAG(struct sweep_design, cut_short, "cut_short"),
    ESTIMATE(struct sweep_design, elapsed, "elapsed"),
    NUMBER(struct sweep_design, cpu.run, "cpu_run"),
    NUMBER(struct sweep_design, cpu.spin, "cpu_spin"),
    NUMBER(struct sweep_design, cpu.switching, "cpu_switch"),
    NUMBER(struct sweep_design, cpu.irq, "cpu_irq"),
    NUMBER(struct sweep_design, cpu.idle, "cpu_idle"),
    NUMBER(struct sweep_design, cpu_wait, "cpu_wait"),
    NUMBER(struct sweep_design, behind, "behind"),
    TIMES(struct sweep_design, wait, "wait"),
    COUNT(struct sweep_design, nlocks, "locks"),
};

static const struct column rate_columns[] = {
    ESTIMATE(struct rate_record, rate, "rate"),
    COUNT(struct rate_record, values, "replications"),
};

static const struct column replication_columns[] = {{"rate", COLUMN_NUMBER, 0}};

static const struct column lock_columns[] = {
    TEXT(struct sweep_lock, name, "name"),
    TEXT(struct sweep_lock, kind, "kind"),
    COUNT(struct sweep_lock, instances, "instances"),
    ESTIMATE(struct sweep_lock, acquisitions, "acquisitions"),
    ESTIMATE(struct sweep_lock, contended, "contended"),
    ESTIMATE(struct sweep_lock, waiting, "waiting"),
    ESTIMATE(struct sweep_lock, utilization, "utilization"),
    TIMES(struct sweep_lock, wait, "wait"),
    TIMES(struct sweep_lock, hold, "hold"),
    NUMBER(struct sweep_lock, busy.held, "busy_held"),
    NUMBER(struct sweep_lock, busy.line, "busy_line"),
    NUMBER(struct sweep_lock, busy.wakeup, "busy_wakeup"),
};

#define COLUMNS(columns) columns, sizeof(columns) / sizeof((columns)[0])

const struct record_kind record_kinds[RECORD_KINDS] = {
    [RECORD_POINT] = {"point_result", {"point"}, 1, COLUMNS(point_columns)},
    [RECORD_DESIGN] = {"design_result", {"point", "design"}, 2, COLUMNS(design_columns)},
    [RECORD_RATE] = {"rate", {"point", "design", "subject"}, 3, COLUMNS(rate_columns)},
    [RECORD_REPLICATION] = {"replication",
                            {"point", "design", "subject", "replication"},
                            4,
                            COLUMNS(replication_columns)},
    [RECORD_LOCK] = {"lock_result", {"point", "design", "lock"}, 3, COLUMNS(lock_columns)},
};

/* One way for both directions, so that they cannot differ in order. */
struct walk {
    const struct record_stream *stream;
    struct arena *arena; /* for what is read; NULL: writing */
    const struct sweep *sweep;
    struct sweep_point *point;
};

static bool pass(const struct walk *w, int kind, const uint32_t *keys, void *record) {
    return w->stream->record(w->stream->self, &record_kinds[kind], keys, record);
}

static bool pass_values(const struct walk *w, struct sweep_design *design, const uint32_t *keys,
                        uint32_t n) {
    uint32_t s = keys[2];
    const double *old = design->values[s];
    double *values = w->arena != NULL ? arena_array(w->arena, n, sizeof(*values)) : NULL;
    for (uint32_t i = 0; i < n; i++) {
        double value = values == NULL ? old[i] : 0;
        if (!pass(w, RECORD_REPLICATION, (const uint32_t[]){keys[0], keys[1], s, i}, &value))
            return false;
        if (values != NULL)
            values[i] = value;
    }
    design->values[s] = values != NULL ? values : old;
    return true;
}

static bool pass_rate(const struct walk *w, struct sweep_design *design, const uint32_t *keys) {
    uint32_t s = keys[2];
    struct rate_record rate = {.rate = design->rates[s],
                               .values = design->values[s] != NULL ? design->replications : 0};
    if (!pass(w, RECORD_RATE, keys, &rate))
        return false;
    design->rates[s] = rate.rate;
    return rate.values == 0 || pass_values(w, design, keys, rate.values);
}

static bool pass_design(const struct walk *w, struct sweep_design *design, const uint32_t *keys) {
    if (!pass(w, RECORD_DESIGN, keys, design))
        return false;
    if (w->arena != NULL) {
        uint32_t n = w->sweep->nsubjects;
        design->rates = arena_array(w->arena, n, sizeof(*design->rates));
        design->values = arena_array(w->arena, n, sizeof(*design->values));
        design->locks = arena_array(w->arena, design->nlocks, sizeof(*design->locks));
    }
    for (uint32_t s = 0; s < w->sweep->nsubjects; s++)
        if (!pass_rate(w, design, (const uint32_t[]){keys[0], keys[1], s}))
            return false;
    for (uint32_t i = 0; i < design->nlocks; i++)
        if (!pass(w, RECORD_LOCK, (const uint32_t[]){keys[0], keys[1], i}, &design->locks[i]))
            return false;
    return true;
}

static bool pass_point(const struct walk *w, uint32_t index) {
    if (!pass(w, RECORD_POINT, &index, w->point))
        return false;
    for (uint32_t d = 0; d < w->sweep->ndesigns; d++)
        if (!pass_design(w, &w->point->designs[d], (const uint32_t[]){index, d}))
            return false;
    return true;
}

bool record_point_write(const struct record_stream *stream, struct sweep *sweep, uint32_t index) {
    const struct walk walk = {stream, NULL, sweep, &sweep->points[index]};
    return pass_point(&walk, index);
}

bool record_point_read(const struct record_stream *stream, struct arena *arena, struct sweep *sweep,
                       uint32_t index) {
    struct sweep_point *point = &sweep->points[index];
    const struct walk walk = {stream, arena, sweep, point};
    point->designs = arena_array(arena, sweep->ndesigns, sizeof(*point->designs));
    for (uint32_t d = 0; d < sweep->ndesigns; d++)
        point->designs[d].name = sweep->designs[d];
    return pass_point(&walk, index);
}
