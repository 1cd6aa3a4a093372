/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/result.h"

#include "base/arena.h"
#include "experiment/programs.h"
#include "experiment/values.h"

#include <math.h>
#include <string.h>

static double seconds(double ticks) {
    return ticks_to_seconds(ticks);
}

static const char *kind_of(const struct design *design, const char *lock) {
    for (uint32_t i = 0; design != NULL && i < design->nlocks; i++)
        if (strcmp(design->locks[i].name.text, lock) == 0)
            return design->locks[i].kind.text;
    return "";
}

static struct time_result time_result(struct estimate mean, const struct hist *hist) {
    return (struct time_result){.mean = mean,
                                .p50 = seconds(hist_quantile(hist, 0.5)),
                                .p90 = seconds(hist_quantile(hist, 0.9)),
                                .p99 = seconds(hist_quantile(hist, 0.99)),
                                .p999 = seconds(hist_quantile(hist, 0.999)),
                                .max = hist->count > 0 ? seconds((double)hist->max) : 0};
}

static struct estimate scaled(struct estimate e, double factor) {
    return (struct estimate){e.mean * factor, e.lo * factor, e.hi * factor};
}

static sim_time longest_wait(const struct design_runs *runs, uint32_t index,
                             const struct class_view *pool) {
    sim_time longest = pool->wait.count > 0 ? pool->wait.max : 0;
    for (uint32_t i = 0; i < runs->replications; i++)
        if (runs->samples[i].locks[index].unfinished > longest)
            longest = runs->samples[i].locks[index].unfinished;
    return longest;
}

static struct busy_shares busy_shares(const struct design_runs *runs, uint32_t index) {
    double all = 0;
    for (uint32_t i = 0; i < runs->replications; i++)
        all += (double)runs->samples[i].used.now;
    if (runs->pool->busy == NULL || all == 0)
        return (struct busy_shares){NAN, NAN, NAN};
    struct busy most = busy_most(runs->pool->busy, index);
    return (struct busy_shares){(double)most.held / all, (double)most.line / all,
                                (double)most.wakeup / all};
}

static struct cpu_result cpu_shares(const struct design_runs *runs) {
    double all = 0, run = 0, spin = 0, switching = 0, irq = 0;
    for (uint32_t i = 0; i < runs->replications; i++) {
        const struct sim_counters *used = &runs->samples[i].used;
        run += (double)used->run;
        spin += (double)used->spin;
        switching += (double)used->switching;
        irq += (double)used->irq;
        all += (double)used->now * runs->program->machine.cpus;
    }
    if (all == 0)
        return (struct cpu_result){0};
    return (struct cpu_result){.run = run / all,
                               .spin = spin / all,
                               .switching = switching / all,
                               .irq = irq / all,
                               .idle = (all - run - spin - switching - irq) / all};
}

static const struct estimate UNKNOWN = {NAN, NAN, NAN};

static void note_outcomes(const struct design_runs *runs, struct design_result *design) {
    for (uint32_t i = 0; i < runs->replications; i++) {
        const struct sample *sample = &runs->samples[i];
        design->cut_short |= sample->outcome != SIM_OK && sample->outcome != SIM_STARVATION;
        if (sample->outcome == SIM_OK || design->failures++ > 0)
            continue;
        design->outcome = sample->outcome;
        design->detail = sample->detail;
    }
}

static struct estimate whole_run(struct arena *arena, const struct design_result *design,
                                 sample_value *value, uint32_t index) {
    return design->cut_short ? UNKNOWN : values_mean(arena, design->runs, value, index);
}

static const struct op *group_counts(const struct program *program, uint32_t group,
                                     uint32_t point) {
    for (const struct op *op = &program->ops[program->groups[group].first_op]; op->code != OP_END;
         op++)
        if (op->code == OP_COUNT && (point == NO_INDEX || op->index == point))
            return op;
    return NULL;
}

static uint32_t own_point(const struct program *program, uint32_t group) {
    const struct op *op = group_counts(program, group, NO_INDEX);
    for (uint32_t i = 0; i < program->ngroups && op != NULL; i++)
        if (i != group && group_counts(program, i, op->index) != NULL)
            return NO_INDEX;
    return op != NULL ? op->index : NO_INDEX;
}

static double behind(const struct design_result *design, uint32_t group) {
    const struct design_runs *runs = design->runs;
    struct backlog mean = {0, 0};
    double arrivals = 0;
    for (uint32_t i = 0; i < runs->replications; i++) {
        const struct sample *sample = &runs->samples[i];
        mean.growth += sample->backlogs[group].growth / runs->replications;
        mean.steps += sample->backlogs[group].steps / runs->replications;
        arrivals += (double)sample->groups[group].arrivals / runs->replications;
    }
    return !design->cut_short && backlog_grows(&mean, arrivals) ? mean.growth : 0;
}

static void reduce_lock(struct arena *arena, const struct design_result *design,
                        const struct design *written, uint32_t index, struct lock_result *lock) {
    const struct design_runs *runs = design->runs;
    const struct lock_class *class = &runs->program->locks[index];
    const struct class_view *pool = &runs->pool->classes[index];
    lock->name = class->name;
    lock->class_name = class->class_name;
    lock->kind = kind_of(written, class->name);
    lock->instances = class->count;
    lock->pool = pool;
    lock->acquisitions = whole_run(arena, design, value_acquisitions, index);
    lock->contended = whole_run(arena, design, value_waited, index);
    lock->waiting = whole_run(arena, design, value_waiting, index);
    struct estimate held = whole_run(arena, design, value_held, index);
    lock->utilization = scaled(held, class->count > 0 ? 1.0 / class->count : 0);
    lock->wait = time_result(whole_run(arena, design, value_mean_wait, index), &pool->wait);
    lock->hold = time_result(whole_run(arena, design, value_mean_hold, index), &pool->hold);
    lock->longest = longest_wait(runs, index, pool);
    lock->wait.max = seconds((double)lock->longest);
    lock->busy = busy_shares(runs, index);
}

static void reduce_groups(struct arena *arena, struct design_result *design) {
    const struct program *program = design->runs->program;
    design->ngroups = program->ngroups;
    design->groups = arena_array(arena, program->ngroups, sizeof(*design->groups));
    for (uint32_t i = 0; i < program->ngroups; i++)
        design->groups[i] =
            (struct group_result){.name = program->groups[i].name,
                                  .finite = program->groups[i].iterations != 0,
                                  .open = program->groups[i].arrivals != ARRIVAL_CLOSED,
                                  .cpu = whole_run(arena, design, value_cpu, i),
                                  .user = whole_run(arena, design, value_user, i),
                                  .sys = whole_run(arena, design, value_sys, i),
                                  .run_delay = whole_run(arena, design, value_run_delay, i),
                                  .point = own_point(program, i),
                                  .behind = behind(design, i)};
}

static void reduce_design(struct arena *arena, const struct scenario *scenario,
                          const struct design_runs *runs, struct design_result *design) {
    const struct program *program = runs->program;
    const struct design *written = design_find(scenario, program->design);
    design->name = program->design;
    design->doc = written != NULL ? written->doc.text : NULL;
    design->finite = program->finite;
    design->runs = runs;
    note_outcomes(runs, design);
    design->elapsed = whole_run(arena, design, value_elapsed, 0);
    design->rates = arena_array(arena, program->nprogress, sizeof(*design->rates));
    for (uint32_t p = 0; p < program->nprogress; p++)
        design->rates[p] = whole_run(arena, design, value_rate, p);
    design->cpu = cpu_shares(runs);
    reduce_groups(arena, design);
    design->profile = profile_of(arena, runs);
    design->nlocks = program->nlocks;
    design->locks = arena_array(arena, program->nlocks, sizeof(*design->locks));
    for (uint32_t i = 0; i < program->nlocks; i++)
        reduce_lock(arena, design, written, i, &design->locks[i]);
}

struct versus { /* two designs, if both ended well */
    struct arena *arena;
    const struct design_runs *design, *baseline;
    bool fair;
};

static struct estimate gain(const struct versus *v, sample_value *value, uint32_t index) {
    return v->fair ? values_ratio(v->arena, v->design, v->baseline, value, index) : UNKNOWN;
}

static struct estimate saving(const struct versus *v, sample_value *value) {
    return v->fair ? values_ratio(v->arena, v->baseline, v->design, value, 0) : UNKNOWN;
}

/* Of a design that did not end well nothing is claimed: its ratios stay unknown. */
static void compare(struct arena *arena, const struct design_result *baseline,
                    const struct design_result *design, uint32_t nprogress, struct comparison *c) {
    const struct versus v = {arena, design->runs, baseline->runs,
                             baseline->outcome == SIM_OK && design->outcome == SIM_OK};
    c->design = design;
    c->speedup = arena_array(arena, nprogress, sizeof(*c->speedup));
    for (uint32_t p = 0; p < nprogress; p++)
        c->speedup[p] = gain(&v, value_rate, p);
    c->elapsed = design->finite ? saving(&v, value_elapsed) : UNKNOWN;
    c->wait_total = saving(&v, value_lock_stat_wait_rate);
    c->true_wait_total = saving(&v, value_true_wait_rate);
}

static void sum_up(struct result *result) {
    const struct runs *runs = result->runs;
    for (uint32_t d = 0; d < runs->ndesigns; d++) {
        struct design_result *design = &result->designs[d];
        for (uint32_t r = 0; r < runs->designs[d].replications; r++) {
            const struct sample *sample = &runs->designs[d].samples[r];
            design->simulated += seconds((double)sample->used.now);
            result->events += (double)sample->used.events;
            for (uint32_t i = 0; i < sample->nlocks; i++)
                result->acquisitions += (double)sample->locks[i].acquisitions;
        }
        result->simulated += design->simulated;
    }
}

struct result *result_new(struct arena *arena, const struct scenario *scenario, struct runs *runs) {
    const struct program *program = runs->designs[0].program;
    struct result *result = arena_alloc(arena, sizeof(*result));
    result->scenario = scenario;
    result->runs = runs;
    result->progress = program->progress;
    result->nprogress = program->nprogress;
    result->seed = program->seed;
    result->duration = seconds((double)program->duration);
    result->warmup = seconds((double)runs->warmup);
    result->ndesigns = runs->ndesigns;
    result->designs = arena_array(arena, runs->ndesigns, sizeof(*result->designs));
    result->compare = arena_array(arena, runs->ndesigns, sizeof(*result->compare));
    for (uint32_t d = 0; d < runs->ndesigns; d++)
        reduce_design(arena, scenario, &runs->designs[d], &result->designs[d]);
    for (uint32_t d = 1; d < runs->ndesigns; d++)
        compare(arena, &result->designs[0], &result->designs[d], result->nprogress,
                &result->compare[d - 1]);
    sum_up(result);
    return result;
}

const char *result_site(const struct design_result *design, const struct lock_result *lock,
                        uint32_t number) {
    uint32_t site = lock->pool->sites.names[number];
    return site != NO_INDEX ? design->runs->program->sites[site] : "(other)";
}

struct lock_stat_row result_lock_stat(const struct lock_result *lock) {
    struct lock_stat_row row = lock->pool->rows[MODE_WRITE];
    lock_stat_row_merge(&row, &lock->pool->rows[MODE_READ]);
    return row;
}

/* Every acquisition counts the same, in whatever replication it was. */
static struct estimate mean_wait(struct arena *arena, const struct design_runs *runs) {
    uint32_t n = runs->replications;
    return estimate_ratio(values_of(arena, runs, value_wait, 0), n,
                          values_of(arena, runs, value_taken, 0), n);
}

struct time_result design_wait(struct arena *arena, const struct design_result *design) {
    struct hist all;
    double longest = 0;
    hist_init(&all, arena);
    for (uint32_t i = 0; i < design->nlocks; i++) {
        hist_merge(&all, &design->locks[i].pool->wait);
        longest = fmax(longest, design->locks[i].wait.max);
    }
    struct time_result wait = {UNKNOWN, NAN, NAN, NAN, NAN, NAN};
    if (all.count > 0)
        wait = time_result(mean_wait(arena, design->runs), &all);
    if (all.count > 0 || longest > 0)
        wait.max = longest;
    return wait;
}
