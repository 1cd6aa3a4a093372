/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/precision.h"

#include "experiment/values.h"

#include <math.h>

/* Waiting is substantial above these shares of the threads' time and of all waiting. */
static const double SHARE_OF_THREADS = 1e-4, SHARE_OF_WAITING = 0.01;

struct question {
    struct arena *arena;
    const struct design_runs *design;
    double wanted;
    struct precision answer;
};

static void ask(struct question *q, sample_value *value, uint32_t index) {
    uint32_t n = q->design->replications;
    const double *x = values_of(q->arena, q->design, value, index);
    struct estimate e = estimate_mean(x, n);
    q->answer.worst = fmax(q->answer.worst, estimate_precision(&e));
    q->answer.needed = fmax(q->answer.needed, estimate_needed(x, n, q->wanted));
}

static void ask_locks(struct question *q) {
    const struct program *program = q->design->program;
    double all = values_mean(q->arena, q->design, value_true_wait_rate, 0).mean;
    double least = fmax(SHARE_OF_WAITING * all, SHARE_OF_THREADS * program->nthreads);
    for (uint32_t i = 0; i < program->nlocks; i++)
        if (values_mean(q->arena, q->design, value_waiting, i).mean > least)
            ask(q, value_mean_wait, i);
}

/* Of what came in no replication, no interval knows: all that arrives must have come so often. */
static const double ARRIVALS = 10;

static void ask_arrivals(struct question *q) {
    const struct program *program = q->design->program;
    double ticks = 0;
    for (uint32_t i = 0; i < q->design->replications; i++)
        ticks += (double)q->design->samples[i].used.now;
    for (uint32_t i = 0; i < program->ngroups; i++) {
        const struct program_group *group = &program->groups[i];
        bool open = group->arrivals != ARRIVAL_CLOSED;
        double expected = open ? ticks * group->nsources / group->interarrival : 0;
        if (expected == 0 || expected >= ARRIVALS)
            continue;
        q->answer.worst = INFINITY;
        q->answer.needed = fmax(q->answer.needed, q->design->replications * ARRIVALS / expected);
    }
}

static bool ended_well(const struct design_runs *design) {
    for (uint32_t i = 0; i < design->replications; i++)
        if (design->samples[i].outcome != SIM_OK)
            return false;
    return true;
}

struct precision precision_of(struct arena *arena, const struct design_runs *design,
                              double wanted) {
    struct question q = {.arena = arena, .design = design, .wanted = wanted};
    if (!ended_well(design))
        return q.answer;
    if (design->replications < 2)
        return (struct precision){INFINITY, 2};
    if (design->program->finite)
        ask(&q, value_elapsed, 0);
    for (uint32_t p = 0; !design->program->finite && p < design->program->nprogress; p++)
        ask(&q, value_rate, p);
    ask_locks(&q);
    ask_arrivals(&q);
    return q.answer;
}
