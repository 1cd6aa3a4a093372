/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/compile.h"

#include <math.h>

/* Event sources: threads, CPUs, sources of arrivals, grace periods. */
static uint64_t count_sources(const struct program *program) {
    uint64_t n = (uint64_t)program->nthreads + program->machine.cpus + RCU_FLAVORS;
    for (uint32_t i = 0; i < program->ngroups; i++)
        n += program->groups[i].nsources;
    return n;
}

/* The engine packs a time and the number of an event source into 63 bits; what would be later it
 * has at the last such time, which no run may reach. */
static double longest_run(const struct program *program) {
    uint64_t n = count_sources(program);
    int bits = 0;
    while (((uint64_t)1 << bits) < n)
        bits++;
    return ldexp(1, 63 - bits) - 1;
}

static sim_time run_time(struct compiler *c, const struct quantity *q, double most) {
    double ticks = plain_number(q) * (double)TICKS_PER_SECOND;
    if (ticks < most)
        return (sim_time)llround(ticks);
    diag_error(c->diag, q->pos,
               "%s is %s: with so many threads, CPUs and sources of arrivals the limit is %.0f s",
               q->path, q->text, floor(ticks_to_seconds(most)));
    return 1;
}

static void check_precision(struct compiler *c) {
    const struct quantity *q = c->scenario->run.precision;
    if (q != NULL && !(plain_number(q) > 0 && plain_number(q) < 1))
        diag_error(c->diag, q->pos, "%s is %s: it must be above 0 and below 100%%", q->path,
                   q->text);
}

void compile_run(struct compiler *c) {
    const struct run_spec *run = &c->scenario->run;
    struct program *program = c->program;
    double most = longest_run(program);
    program->warmup_auto = run->warmup_auto;
    if (run->warmup_auto) /* it is found in a pilot at most as long as the run */
        most /= 2;
    else
        program->warmup = run_time(c, run->warmup, most);
    program->duration = run_time(c, run->duration, most - (double)program->warmup);
    if (program->duration == 0)
        diag_error(c->diag, run->duration->pos, "%s is %s: nothing would be simulated",
                   run->duration->path, run->duration->text);
    program->seed = whole_number(c, run->seed, 0, LIMIT_EXACT);
    program->budget = whole_number(c, run->budget, 1, LIMIT_EXACT);
    whole_number(c, run->replications, 1, LIMIT_REPLICATIONS);
    check_precision(c);
}
