/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "validation/summary.h"

#include <math.h>

static const char *standing(const struct scored *row) {
    if (!is_scored(row))
        return row->excluded != NULL ? "excluded" : "unmodelled";
    return is_fitted(row->row) ? "fitted" : "predicted";
}

void print_rows(const struct summary *s) {
    fprintf(s->out, "%-63s%10s%10s%8s%10s%10s%8s\n", "every row", "per s", "predicted", "error",
            "wait ns", "predicted", "error");
    for (size_t i = 0; i < s->n; i++) {
        char text[160];
        const struct scored *row = &s->rows[i];
        struct pair_of rate = pair_of(row, Q_THROUGHPUT), wait = pair_of(row, Q_WAIT);
        fprintf(s->out, "%-63s%10.0f%10.0f%+7.1f%%%10.0f%10.0f%+7.1f%% %s\n",
                row_text(text, sizeof(text), row->row), rate.measured, rate.predicted,
                100 * (rate.predicted / rate.measured - 1), wait.measured, wait.predicted,
                100 * (wait.predicted / wait.measured - 1), standing(row));
    }
    fputc('\n', s->out);
}

static void print_cell(FILE *out, double x) {
    if (isnan(x))
        fputc(',', out);
    else
        fprintf(out, ",%.6g", x);
}

static void print_csv_row(const struct summary *s, const struct scored *row) {
    const double *v = row->row->value;
    fprintf(s->out, "%s,%s,%.0f,%.0f,%.0f,%s,%.0f,%s,%.0f,%s", table_name(row->row), row->row->kind,
            v[COL_THREADS], v[COL_PINNED], v[COL_HOLD], form_name(row->row->hold_form),
            v[COL_THINK], form_name(row->row->think_form), v[COL_READ_PCT], standing(row));
    for (int q = 0; q < QUANTITIES; q++) {
        struct pair_of pair = pair_of(row, (enum quantity_id)q);
        print_cell(s->out, pair.measured);
        print_cell(s->out, pair.predicted);
    }
    print_cell(s->out, row->prediction->throughput_pm);
    fprintf(s->out, ",%u,%s\n", (unsigned)row->prediction->replications,
            sim_outcome_name(row->prediction->outcome));
}

void print_csv(const struct summary *s) {
    fputs("table,kind,threads,pinned,hold_ns,hold_dist,think_ns,think_dist,read_pct,part", s->out);
    for (int q = 0; q < QUANTITIES; q++)
        fprintf(s->out, ",%s,sim_%s", quantity_names[q], quantity_names[q]);
    fputs(",sim_throughput_pm,replications,outcome\n", s->out);
    for (size_t i = 0; i < s->n; i++)
        print_csv_row(s, &s->rows[i]);
}
