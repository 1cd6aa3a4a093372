/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "validation/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- which rows ---- */

enum threads { ANY_THREADS, TWO_THREADS, MORE_THREADS };
enum part { PART_ALL, PART_FITTED, PART_PREDICTED };

struct pick {
    const char *table, *kind; /* NULL: any */
    enum threads threads;
    enum part part;
    bool contended;       /* think at most 10 x hold */
    bool kernel_sleepers; /* kinds whose waiters sleep */
    bool kernel;          /* no tables of other names */
    bool fifo;            /* user-space kinds in order of arrival */
};

static bool is_picked(const struct pick *pick, const struct row *row) {
    double n = row->value[COL_THREADS];
    if (pick->table != NULL && strcmp(pick->table, table_name(row)) != 0)
        return false;
    if (pick->kind != NULL && strcmp(pick->kind, row->kind) != 0)
        return false;
    if (pick->threads != ANY_THREADS && (pick->threads == TWO_THREADS ? n != 2 : n <= 2))
        return false;
    if (pick->part != PART_ALL && (pick->part == PART_FITTED) != is_fitted(row))
        return false;
    if (pick->contended && row->value[COL_THINK] > 10 * row->value[COL_HOLD])
        return false;
    if (pick->kernel && row->table != NULL)
        return false;
    if (pick->fifo && strcmp(row->kind, "ticket") != 0 && strcmp(row->kind, "mcs") != 0)
        return false;
    return !pick->kernel_sleepers || strcmp(row->kind, "mutex") == 0 ||
           strcmp(row->kind, "rwsem") == 0;
}

static struct errors collect(const struct summary *s, const struct pick *pick,
                             enum quantity_id quantity) {
    struct errors errors = {.values = arena_array(s->arena, s->n + 1, sizeof(double))};
    for (size_t i = 0; i < s->n; i++)
        if (is_scored(&s->rows[i]) && is_picked(pick, s->rows[i].row))
            errors_add(&errors, error_of(&s->rows[i], quantity));
    return errors;
}

/* ---- tables of errors ---- */

static void print_number(FILE *out, double x, int width) {
    if (isnan(x))
        fprintf(out, "%*s", width, "-");
    else
        fprintf(out, "%*.1f", width, x);
}

/* Number of rows, median and 90th percentile in percent. */
static size_t print_errors(const struct summary *s, const struct pick *pick,
                           enum quantity_id quantity) {
    struct errors errors = collect(s, pick, quantity);
    fprintf(s->out, "%6zu", errors.n);
    print_number(s->out, 100 * errors_quantile(&errors, 0.5), 8);
    print_number(s->out, 100 * errors_quantile(&errors, 0.9), 8);
    return errors.n;
}

static bool any(const struct summary *s, const struct pick *pick, enum quantity_id quantity) {
    return collect(s, pick, quantity).n > 0;
}

static const char *const tables[] = {"nols", "lockstat", "host"};
static const char *const kinds[] = {NULL,    "mutex", "spin",     "raw",    "rwlock",
                                    "rwsem", "none",  "adaptive", "ticket", "mcs"};

enum { TABLES = sizeof(tables) / sizeof(tables[0]), KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* What is asked of the figures, in percent; NULL: nothing. */
struct bar {
    const char *table, *kind, *median, *p90;
};

static const struct bar throughput_bars[] = {
    {"nols", NULL, "2", "7"},        {"nols", "mutex", "", "6"},  {"nols", "spin", "", "6"},
    {"nols", "rwlock", "", "7"},     {"nols", "rwsem", "", "12"}, {"lockstat", NULL, "3", "15"},
    {"lockstat", "rwsem", "", "18"}, {"host", "mutex", "10", ""}, {"host", "adaptive", "10", ""},
};

static const struct bar *find_bar(const char *table, const char *kind) {
    for (size_t i = 0; i < sizeof(throughput_bars) / sizeof(throughput_bars[0]); i++) {
        const struct bar *bar = &throughput_bars[i];
        if (strcmp(bar->table, table) == 0 &&
            (kind == NULL ? bar->kind == NULL : bar->kind != NULL && strcmp(bar->kind, kind) == 0))
            return bar;
    }
    return NULL;
}

static void print_throughput(const struct summary *s) {
    fprintf(s->out,
            "throughput: errors in %%\n"
            "%-18s%22s%12s%22s%22s\n"
            "%-18s%6s%8s%8s%6s%6s%6s%8s%8s%6s%8s%8s\n",
            "", "all", "asked", "fitted", "predicted", "", "rows", "median", "p90", "med", "p90",
            "rows", "median", "p90", "rows", "median", "p90");
    for (int t = 0; t < TABLES; t++) {
        for (int k = 0; k < KINDS; k++) {
            struct pick pick = {.table = tables[t], .kind = kinds[k]};
            if (!any(s, &pick, Q_THROUGHPUT))
                continue;
            const struct bar *bar = find_bar(tables[t], kinds[k]);
            fprintf(s->out, "%-9s%-9s", tables[t], kinds[k] != NULL ? kinds[k] : "all");
            print_errors(s, &pick, Q_THROUGHPUT);
            fprintf(s->out, "%6s%6s", bar != NULL ? bar->median : "", bar != NULL ? bar->p90 : "");
            for (pick.part = PART_FITTED; pick.part <= PART_PREDICTED; pick.part++)
                print_errors(s, &pick, Q_THROUGHPUT);
            fputc('\n', s->out);
        }
    }
}

/* One quantity, at 2 threads and at more, for each kind of each table. */
static void print_by_threads(const struct summary *s, const char *title,
                             enum quantity_id quantity) {
    struct pick whole = {0};
    if (!any(s, &whole, quantity))
        return;
    fprintf(s->out, "\n%s\n%-18s%22s%22s%22s\n%-18s", title, "", "2 threads", "more",
            "2 threads, predicted", "");
    for (int i = 0; i < 3; i++)
        fprintf(s->out, "%6s%8s%8s", "rows", "median", "p90");
    fputc('\n', s->out);
    for (int t = 0; t < TABLES; t++) {
        for (int k = 0; k < KINDS; k++) {
            struct pick pick = {.table = tables[t], .kind = kinds[k]};
            if (!any(s, &pick, quantity))
                continue;
            fprintf(s->out, "%-9s%-9s", tables[t], kinds[k] != NULL ? kinds[k] : "all");
            for (pick.threads = TWO_THREADS; pick.threads <= MORE_THREADS; pick.threads++)
                print_errors(s, &pick, quantity);
            pick.threads = TWO_THREADS;
            pick.part = PART_PREDICTED;
            print_errors(s, &pick, quantity);
            fputc('\n', s->out);
        }
    }
}

/* ---- figures with a bar that are no column of a table ---- */

struct figure {
    const char *text;
    struct pick pick;
    enum quantity_id quantity;
    double asked; /* median, percent */
};

static const struct figure figures[] = {
    {"true wait above 2 us, 2 threads", {.threads = TWO_THREADS}, Q_WAIT, 12},
    {"true wait, mutex, more threads, think <= 10 hold",
     {.kind = "mutex", .threads = MORE_THREADS, .contended = true},
     Q_WAIT,
     20},
    {"contentions per acquisition, mutex", {.kind = "mutex"}, Q_CONTENTIONS, 5},
    {"contentions per acquisition, spin", {.kind = "spin"}, Q_CONTENTIONS, 5},
    {"contentions per acquisition, rwlock write", {.kind = "rwlock"}, Q_CONTENTIONS, 5},
    {"contentions per acquisition, rwsem write", {.kind = "rwsem"}, Q_CONTENTIONS, 5},
    {"contentions per acquisition, rwlock read", {.kind = "rwlock"}, Q_R_CONTENTIONS, NAN},
    {"contentions per acquisition, rwsem read", {.kind = "rwsem"}, Q_R_CONTENTIONS, NAN},
    {"lock_stat hold, 2 threads", {.threads = TWO_THREADS}, Q_STAT_HOLD, 5},
    {"lock_stat hold, more threads", {.threads = MORE_THREADS}, Q_STAT_HOLD, 8},
    {"lock_stat hold of readers, 2 threads", {.threads = TWO_THREADS}, Q_R_STAT_HOLD, NAN},
    {"lock_stat hold of readers, more threads", {.threads = MORE_THREADS}, Q_R_STAT_HOLD, NAN},
};

static void print_sleeps(const struct summary *s, const char *kind) {
    struct pick pick = {.kind = kind, .kernel = true, .kernel_sleepers = true};
    struct errors ratios = collect(s, &pick, Q_SLEEPS);
    size_t within = 0;
    for (size_t i = 0; i < ratios.n; i++)
        within += ratios.values[i] >= 0.5 && ratios.values[i] <= 2;
    if (ratios.n > 0)
        fprintf(s->out, "%-7s%6zu rows with at least %d sleeps, %5.1f %% within a factor 2%s\n",
                kind != NULL ? kind : "both", ratios.n, SLEEPS_LEAST,
                100.0 * (double)within / (double)ratios.n, kind == NULL ? " (asked: 70)" : "");
}

static void print_figures(const struct summary *s) {
    struct pick kernel = {.kernel = true};
    if (!any(s, &kernel, Q_THROUGHPUT))
        return;
    fprintf(s->out, "\n%-50s%6s%8s%8s%8s\n", "other figures: errors in %, contentions in points",
            "rows", "median", "p90", "asked");
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
        const struct figure *f = &figures[i];
        struct pick pick = f->pick;
        pick.kernel = true;
        if (!any(s, &pick, f->quantity))
            continue;
        fprintf(s->out, "%-50s", f->text);
        print_errors(s, &pick, f->quantity);
        print_number(s->out, f->asked, 8);
        fputc('\n', s->out);
    }
    fputs("\nsleeps\n", s->out);
    print_sleeps(s, NULL);
    print_sleeps(s, "mutex");
    print_sleeps(s, "rwsem");
}

/* ---- rows ---- */

struct ranked {
    const struct scored *row;
    double error;
};

static int by_error(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    if (x->error != y->error)
        return x->error < y->error ? 1 : -1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static void print_worst(const struct summary *s, enum quantity_id quantity, const char *title) {
    enum { WORST = 10 };
    struct ranked *ranked = arena_array(s->arena, s->n + 1, sizeof(*ranked));
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        double error = error_of(&s->rows[i], quantity);
        if (is_scored(&s->rows[i]) && !isnan(error))
            ranked[n++] = (struct ranked){&s->rows[i], fabs(error)};
    }
    qsort(ranked, n, sizeof(*ranked), by_error);
    fprintf(s->out, "\n%-63s%10s%12s%11s\n", title, "measured", "predicted", "error");
    for (size_t i = 0; i < n && i < WORST; i++) {
        char text[160];
        struct pair_of pair = pair_of(ranked[i].row, quantity);
        fprintf(s->out, "%-63s%10.0f%12.0f%+9.1f %%%s\n",
                row_text(text, sizeof(text), ranked[i].row->row), pair.measured, pair.predicted,
                100 * error_of(ranked[i].row, quantity),
                is_fitted(ranked[i].row->row) ? " fitted" : "");
    }
}

static void print_excluded(const struct summary *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->rows[i].excluded != NULL;
    if (n > 0)
        fprintf(s->out, "\nexcluded: %zu of %zu rows (%.1f %%)\n", n, s->n,
                100.0 * (double)n / (double)s->n);
    for (size_t i = 0; i < s->n; i++) {
        char text[160];
        if (s->rows[i].excluded != NULL)
            fprintf(s->out, "%s\n    %s\n", row_text(text, sizeof(text), s->rows[i].row),
                    s->rows[i].excluded);
    }
}

/* Whether both are not simulated for the same reason. */
static bool same_failure(const struct scored *a, const struct scored *b) {
    return a->row->lockstat == b->row->lockstat && b->prediction->failure != NULL &&
           strcmp(a->row->kind, b->row->kind) == 0 &&
           strcmp(a->prediction->failure, b->prediction->failure) == 0;
}

static void print_unmodelled(const struct summary *s) {
    for (size_t i = 0; i < s->n; i++) {
        const struct scored *row = &s->rows[i];
        size_t before = 0, n = 0;
        if (row->prediction->failure == NULL)
            continue;
        for (size_t j = 0; j < s->n; j++) {
            bool same = same_failure(row, &s->rows[j]);
            n += same;
            before += same && j < i;
        }
        if (before == 0)
            fprintf(s->out, "\nnot modelled: %zu rows of %zu: %s %s: %s\n", n, s->n,
                    table_name(row->row), row->row->kind, row->prediction->failure);
    }
}

static void print_outcomes(const struct summary *s) {
    for (size_t i = 0; i < s->n; i++) {
        char text[160];
        const struct prediction *p = s->rows[i].prediction;
        if (is_scored(&s->rows[i]) && p->outcome != SIM_OK)
            fprintf(s->out, "%-63s  outcome: %s\n", row_text(text, sizeof(text), s->rows[i].row),
                    sim_outcome_name(p->outcome));
    }
}

/* "nan" where nothing was compared, never "-nan". */
static double percent(struct errors *errors, double q) {
    double x = errors_quantile(errors, q);
    return isnan(x) ? NAN : 100 * x;
}

static void print_line(const struct summary *s, const char *name, enum part part) {
    struct pick pick = {.part = part}, two = {.part = part, .threads = TWO_THREADS};
    struct errors rates = collect(s, &pick, Q_THROUGHPUT), waits = collect(s, &two, Q_WAIT);
    fprintf(s->out, "%s: rows %zu throughput median %.2f %% p90 %.2f %% wait median %.2f %%\n",
            name, rates.n, percent(&rates, 0.5), percent(&rates, 0.9), percent(&waits, 0.5));
}

/* Locks in order of arrival collapse when threads outnumber CPUs: by orders of magnitude. */
static void print_collapse(const struct summary *s) {
    struct pick pick = {.threads = MORE_THREADS, .fifo = true};
    struct errors errors = {.values = arena_array(s->arena, s->n + 1, sizeof(double))};
    size_t within = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct pair_of pair = pair_of(&s->rows[i], Q_THROUGHPUT);
        if (!is_scored(&s->rows[i]) || !is_picked(&pick, s->rows[i].row))
            continue;
        double factor = pair.predicted / pair.measured;
        factor = factor < 1 ? 1 / factor : factor;
        within += factor <= 3;
        errors_add(&errors, factor);
    }
    if (errors.n > 0)
        fprintf(s->out,
                "\nticket and mcs, more than 2 threads: %zu rows, throughput off by a factor %.2f "
                "(median), %.2f (p90), %zu within 3\n",
                errors.n, errors_quantile(&errors, 0.5), errors_quantile(&errors, 0.9), within);
}

void print_summary(const struct summary *s) {
    print_throughput(s);
    print_by_threads(s, "true mean wait, where above 2 us: errors in %", Q_WAIT);
    print_figures(s);
    print_collapse(s);
    print_worst(s, Q_THROUGHPUT, "worst throughput, acquisitions per second");
    print_worst(s, Q_WAIT, "worst mean wait, ns");
    print_excluded(s);
    print_unmodelled(s);
    print_outcomes(s);
    fputc('\n', s->out);
    print_line(s, "fitted", PART_FITTED);
    print_line(s, "predicted", PART_PREDICTED);
    print_line(s, "all", PART_ALL);
}
