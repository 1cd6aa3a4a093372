/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/text.h"

#include "base/arena.h"
#include "report/cells.h"

#include <math.h>

/* The views of each lock under each other, column by column: what was waited, what was held. */
enum { VIEW_WIDTH = 16 };

struct lines {
    FILE *out;
    double n; /* replications: counts and totals are those of the average one */
};

static void put_span(const struct lines *to, const struct span *span) {
    double known = span->count > 0 ? 1 : NAN;
    fprintf(to->out, " %9s %9s %9s %9s", cell_count((double)span->count / to->n).text,
            cell_time(ticks_to_seconds(span_mean(span)) * known).text,
            cell_time(ticks_to_seconds((double)span->max) * known).text,
            cell_time(ticks_to_seconds((double)span->total) / to->n * known).text);
}

static void put_view(const struct lines *to, const char *name, const struct span *wait,
                     const struct span *hold) {
    fputs("  ", to->out);
    put_padded(to->out, name, VIEW_WIDTH - 2);
    put_span(to, wait);
    if (hold != NULL)
        put_span(to, hold);
    fputc('\n', to->out);
}

static void put_true(const struct lines *to, const struct lock_result *lock) {
    const struct class_view *pool = lock->pool;
    const struct span wait = {
        .count = pool->waited, .total = pool->waited_time, .max = lock->longest};
    const struct span hold = {.count = pool->hold.count,
                              .total = pool->hold.sum,
                              .max = pool->hold.count > 0 ? pool->hold.max : 0};
    put_view(to, "true", &wait, &hold);
}

static void put_lock_stat(const struct lines *to, const struct class_view *pool) {
    const struct lock_stat_row *write = &pool->rows[MODE_WRITE], *read = &pool->rows[MODE_READ];
    if (read->hold.count == 0) {
        put_view(to, "lock_stat", &write->wait, &write->hold);
        return;
    }
    put_view(to, "lock_stat -W", &write->wait, &write->hold);
    put_view(to, "lock_stat -R", &read->wait, &read->hold);
}

static void put_perf(const struct lines *to, const struct class_view *pool) {
    struct span all = {0};
    for (uint32_t i = 0; i < pool->sites.n; i++)
        span_merge(&all, &pool->callers[i]);
    put_view(to, "perf", &all, NULL);
}

static void put_lock(struct arena *arena, const struct design_result *design,
                     const struct lock_result *lock, FILE *out) {
    const struct lines lines = {out, design->runs->replications}, *to = &lines;
    const char *many =
        lock->instances == 1 ? "" : arena_printf(arena, " x %u", (unsigned)lock->instances);
    put_wrapped(to->out,
                arena_printf(arena, "%s, %s (%s%s): held %s; wait p90 %s, p99 %s, p99.9 %s",
                             design->name, lock->name, lock->kind, many,
                             cell_share(lock->utilization.mean).text,
                             cell_time(lock->wait.p90).text, cell_time(lock->wait.p99).text,
                             cell_time(lock->wait.p999).text),
                2);
    if (lock->pool->hold.count == 0)
        return;
    put_true(to, lock);
    put_lock_stat(to, lock->pool);
    put_perf(to, lock->pool);
}

void text_locks(struct arena *arena, const struct result *result, FILE *out) {
    const char *span = result->designs[0].finite
                           ? "per run"
                           : arena_printf(arena, "per %s", cell_time(result->duration).text);
    fputc('\n', out);
    put_padded(out, span, VIEW_WIDTH);
    fprintf(out, " %9s %9s %9s %9s %9s %9s %9s %9s\n", "waits", "mean", "max", "total", "holds",
            "mean", "max", "total");
    for (uint32_t d = 0; d < result->ndesigns; d++)
        for (uint32_t i = 0; i < result->designs[d].nlocks && !result->designs[d].cut_short; i++)
            put_lock(arena, &result->designs[d], &result->designs[d].locks[i], out);
}
