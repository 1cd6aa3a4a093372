/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line per progress point and per lock of each design; docs/json.md lists the columns. */
#include "report/csv_cells.h"
#include "report/writers.h"

#include <math.h>

static const struct estimate UNKNOWN = {NAN, NAN, NAN};

static void put_key(FILE *out, const struct design_result *design, const char *record,
                    const char *name, const char *kind) {
    csv_text(out, design->name);
    fprintf(out, ",%s,", sim_outcome_name(design->outcome));
    fprintf(out, "%s,", record);
    csv_text(out, name);
    fputc(',', out);
    csv_text(out, kind);
}

static void put_header(FILE *out) {
    fputs("design,outcome,record,name,kind,instances,rate,rate_lo,rate_hi,"
          "elapsed,elapsed_lo,elapsed_hi,"
          "contended,contended_lo,contended_hi,utilization,utilization_lo,utilization_hi,"
          "wait_mean,wait_mean_lo,wait_mean_hi,wait_p50,wait_p90,wait_p99,wait_p999,wait_max,"
          "hold_mean,hold_mean_lo,hold_mean_hi,hold_p50,hold_p90,hold_p99,hold_p999,hold_max",
          out);
    for (int i = 0; i < LOCK_STAT_FIELDS; i++)
        fprintf(out, ",%s", lock_stat_fields[i].key);
    fputs(",perf_contended,perf_total_wait,perf_max_wait,failures,detail\n", out);
}

static void put_outcome(FILE *out, const struct design_result *design) {
    fprintf(out, ",%u,", design->failures);
    csv_text(out, design->detail != NULL ? design->detail : "");
    fputc('\n', out);
}

static void put_progress(FILE *out, const struct design_result *design, const char *name,
                         struct estimate rate) {
    enum { REST = 22 + LOCK_STAT_FIELDS + 3 };
    put_key(out, design, "progress", name, "");
    csv_number(out, NAN);
    csv_estimate(out, rate);
    csv_estimate(out, design->finite ? design->elapsed : UNKNOWN);
    for (int i = 0; i < REST; i++)
        csv_number(out, NAN);
    put_outcome(out, design);
}

static void put_lock(FILE *out, const struct design_result *design, const struct lock_result *lock,
                     uint32_t n) {
    struct lock_stat_row row = result_lock_stat(lock);
    struct span perf = {0};
    for (uint32_t i = 0; i < lock->pool->sites.n; i++)
        span_merge(&perf, &lock->pool->callers[i]);
    put_key(out, design, "lock", lock->name, lock->kind);
    csv_number(out, lock->instances);
    csv_estimate(out, lock->acquisitions);
    csv_estimate(out, UNKNOWN);
    csv_estimate(out, lock->contended);
    csv_estimate(out, lock->utilization);
    csv_times(out, &lock->wait);
    csv_times(out, &lock->hold);
    for (int i = 0; i < LOCK_STAT_FIELDS; i++)
        csv_number(out, lock_stat_field_average(&lock_stat_fields[i], &row, n));
    csv_number(out, (double)perf.count / n);
    csv_number(out, ticks_to_seconds((double)perf.total) / n);
    csv_number(out, ticks_to_seconds((double)perf.max));
    put_outcome(out, design);
}

void write_csv(struct arena *arena, const struct report *report, FILE *out) {
    (void)arena;
    const struct result *result = report->result;
    put_header(out);
    for (uint32_t d = 0; d < result->ndesigns; d++) {
        const struct design_result *design = &result->designs[d];
        for (uint32_t p = 0; p < result->nprogress; p++)
            put_progress(out, design, result->progress[p], design->rates[p]);
        for (uint32_t i = 0; i < design->nlocks; i++)
            put_lock(out, design, &design->locks[i], design->runs->replications);
    }
}
