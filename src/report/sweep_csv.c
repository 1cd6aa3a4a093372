/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line per progress point and per lock of each design at each point; docs/json.md. */
#include "report/csv_cells.h"
#include "report/writers.h"

#include <math.h>

static const struct estimate UNKNOWN = {NAN, NAN, NAN};
static const struct time_result NO_TIMES = {{NAN, NAN, NAN}, NAN, NAN, NAN, NAN, NAN};

static void put_header(const struct sweep *sweep, FILE *out) {
    for (uint32_t i = 0; i < sweep->naxes; i++) {
        csv_text(out, sweep->axes[i].path);
        fputc(',', out);
    }
    fputs("design,outcome,replications,precision,precise,record,name,kind,instances,"
          "rate,rate_lo,rate_hi,"
          "elapsed,elapsed_lo,elapsed_hi,contended,contended_lo,contended_hi,"
          "utilization,utilization_lo,utilization_hi,"
          "wait_mean,wait_mean_lo,wait_mean_hi,wait_p50,wait_p90,wait_p99,wait_p999,wait_max,"
          "hold_mean,hold_mean_lo,hold_mean_hi,hold_p50,hold_p90,hold_p99,hold_p999,hold_max,"
          "cpu_run,cpu_spin,cpu_switch,cpu_irq,cpu_idle,busy_held,busy_line,busy_wakeup\n",
          out);
}

static void put_key(const struct sweep *sweep, const struct sweep_point *point,
                    const struct sweep_design *design, const char *record, FILE *out) {
    for (uint32_t i = 0; i < sweep->naxes; i++) {
        csv_text(out, point->values[i]);
        fputc(',', out);
    }
    csv_text(out, design->name);
    fprintf(out, ",%s,%u", sim_outcome_name(design->outcome), design->replications);
    csv_number(out, design->precision > 0 ? design->precision : NAN);
    fprintf(out, ",%d,%s,", design->precise, record);
}

/* The waits are those of all locks together. */
static void put_subject(const struct sweep *sweep, const struct sweep_point *point,
                        const struct sweep_design *design, uint32_t subject, FILE *out) {
    const char *name = sweep->subjects[subject].name;
    const struct cpu_result *cpu = &design->cpu;
    put_key(sweep, point, design, name != NULL ? "progress" : "job", out);
    csv_text(out, name != NULL ? name : "");
    fputc(',', out);
    csv_number(out, NAN);
    csv_estimate(out, design->rates[subject]);
    csv_estimate(out, sweep->finite ? design->elapsed : UNKNOWN);
    csv_estimate(out, UNKNOWN);
    csv_estimate(out, UNKNOWN);
    csv_times(out, &design->wait);
    csv_times(out, &NO_TIMES);
    csv_number(out, cpu->run);
    csv_number(out, cpu->spin);
    csv_number(out, cpu->switching);
    csv_number(out, cpu->irq);
    csv_number(out, cpu->idle);
    fputs(",,,\n", out);
}

static void put_lock(const struct sweep *sweep, const struct sweep_point *point,
                     const struct sweep_design *design, const struct sweep_lock *lock, FILE *out) {
    put_key(sweep, point, design, "lock", out);
    csv_text(out, lock->name);
    fputc(',', out);
    csv_text(out, lock->kind);
    csv_number(out, lock->instances);
    csv_estimate(out, lock->acquisitions);
    csv_estimate(out, UNKNOWN);
    csv_estimate(out, lock->contended);
    csv_estimate(out, lock->utilization);
    csv_times(out, &lock->wait);
    csv_times(out, &lock->hold);
    fputs(",,,,,", out);
    csv_number(out, lock->busy.held);
    csv_number(out, lock->busy.line);
    csv_number(out, lock->busy.wakeup);
    fputc('\n', out);
}

void sweep_csv(struct arena *arena, const struct sweep_report *report, FILE *out) {
    (void)arena;
    const struct sweep *sweep = report->curves->sweep;
    put_header(sweep, out);
    for (uint32_t i = 0; i < sweep->npoints; i++)
        for (uint32_t d = 0; sweep_has(&sweep->points[i]) && d < sweep->ndesigns; d++) {
            const struct sweep_point *point = &sweep->points[i];
            const struct sweep_design *design = &point->designs[d];
            for (uint32_t s = 0; s < sweep->nsubjects; s++)
                put_subject(sweep, point, design, s, out);
            for (uint32_t l = 0; l < design->nlocks; l++)
                put_lock(sweep, point, design, &design->locks[l], out);
        }
}
