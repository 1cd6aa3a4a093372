/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/precision.h"

#include "experiment/values.h"

#include <math.h>

/* Waiting is substantial above these shares of the threads' time and of all waiting. */
static const double SHARE_OF_THREADS = 1e-4, SHARE_OF_WAITING = 0.01;

struct question {
    struct arena *arena;
    const struct design_runs *design;
    uint32_t n;
    double wanted;
    struct precision answer;
};

static void ask(struct question *q, sample_value *value, uint32_t index) {
    const double *x = values_of(q->arena, q->design, q->n, value, index);
    struct estimate e = estimate_mean(x, q->n);
    q->answer.worst = fmax(q->answer.worst, estimate_precision(&e));
    q->answer.needed = fmax(q->answer.needed, estimate_needed(x, q->n, q->wanted));
}

static void ask_locks(struct question *q) {
    const struct program *program = q->design->program;
    double all = values_mean(q->arena, q->design, q->n, value_true_wait_rate, 0).mean;
    double least = fmax(SHARE_OF_WAITING * all, SHARE_OF_THREADS * program->nthreads);
    for (uint32_t i = 0; i < program->nlocks; i++)
        if (values_mean(q->arena, q->design, q->n, value_waiting, i).mean > least)
            ask(q, value_mean_wait, i);
}

static bool ended_well(const struct design_runs *design, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (design->samples[i].outcome != SIM_OK)
            return false;
    return true;
}

struct precision precision_of(struct arena *arena, const struct runs *runs, double wanted) {
    struct question q = {.arena = arena, .n = runs->replications, .wanted = wanted};
    if (q.n < 2)
        return (struct precision){INFINITY, 2};
    for (uint32_t d = 0; d < runs->ndesigns; d++) {
        q.design = &runs->designs[d];
        if (!ended_well(q.design, q.n))
            continue;
        if (q.design->program->finite)
            ask(&q, value_elapsed, 0);
        for (uint32_t p = 0; !q.design->program->finite && p < q.design->program->nprogress; p++)
            ask(&q, value_rate, p);
        ask_locks(&q);
    }
    return q.answer;
}
