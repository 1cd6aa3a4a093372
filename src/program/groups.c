/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Thread groups: how many threads, when they start and arrive, and their ops. */
#include "program/walk.h"

#include <string.h>

static struct pos place_of(const struct thread_group *source, const struct quantity *q) {
    return q != NULL ? q->pos : source->name.pos;
}

/* An open group's options make no sense for a closed one, and the other way round. */
static void refuse(struct compiler *c, const struct quantity *q, const char *why) {
    if (q != NULL && q->origin != ORIGIN_DEFAULT)
        diag_error(c->diag, q->pos, "%s has no effect: %s", q->path, why);
}

/* Mean ticks between two arrivals of one source. */
static double interarrival(struct compiler *c, const struct thread_group *source) {
    const struct quantity *rate = source->rate;
    double ticks, x = plain_number(rate);
    if (source->arrivals == ARRIVAL_PERIODIC)
        ticks = x * (double)TICKS_PER_SECOND;
    else
        ticks = x > 0 ? (double)TICKS_PER_SECOND / x : 0;
    if (ticks < 1 || ticks > 3600.0 * (double)TICKS_PER_SECOND) {
        diag_error(c->diag, rate->pos, "%s is %s: arrivals must be 0.1 ns to 1 h apart", rate->path,
                   rate->text);
        return 1;
    }
    return ticks;
}

static uint32_t limited(struct compiler *c, const struct thread_group *source,
                        const struct quantity *q, uint64_t n, const char *what) {
    if (n <= LIMIT_THREADS)
        return (uint32_t)n;
    diag_error(c->diag, place_of(source, q), "group '%s' makes %llu %s: the limit is %d",
               source->name.text, (unsigned long long)n, what, LIMIT_THREADS);
    return 0;
}

static void compile_population(struct compiler *c, struct program_group *group,
                               const struct thread_group *source) {
    uint64_t count = 1, objects = 1;
    if (source->count != NULL)
        count = whole_number(c, source->count, 0, LIMIT_THREADS);
    if (group->per != NO_INDEX)
        objects = c->program->object_counts[group->per];
    group->threads_per_object = (uint32_t)count;
    if (source->arrivals == ARRIVAL_CLOSED) {
        group->nthreads = limited(c, source, source->count, count * objects, "threads");
        refuse(c, source->limit, "it has no arrivals");
        return;
    }
    group->nsources = limited(c, source, source->count, count * objects, "sources of arrivals");
    group->interarrival = interarrival(c, source);
    group->nthreads = LIMIT_POOL;
    if (source->limit != NULL && source->limit->origin != ORIGIN_DEFAULT)
        group->nthreads = (uint32_t)whole_number(c, source->limit, 1, LIMIT_THREADS);
    refuse(c, source->iterations, "each arrival runs the steps once");
    refuse(c, source->start, "its arrivals start by themselves");
}

static void compile_times(struct compiler *c, struct program_group *group,
                          const struct thread_group *source) {
    if (source->iterations != NULL && source->iterations->origin != ORIGIN_DEFAULT)
        group->iterations = whole_number(c, source->iterations, 1, LIMIT_EXACT);
    if (source->start != NULL)
        group->start = time_dist(c, source->start);
    c->program->finite |= group->iterations != 0;
}

/* The steps that this group has in this design. */
static const struct step_list *find_steps(const struct compiler *c,
                                          const struct thread_group *source) {
    for (uint32_t i = 0; i < c->design->nthreads; i++)
        if (strcmp(c->design->threads[i].name.text, source->name.text) == 0)
            return &c->design->threads[i].steps;
    return &source->steps;
}

static bool takes(const struct program *program, const struct program_group *group) {
    for (uint32_t i = group->first_op; i < program->nops; i++)
        if (program->ops[i].code == OP_TAKE && program->ops[i].mode != TAKE_PENDING)
            return true;
    return false;
}

static void compile_steps(struct compiler *c, struct program_group *group,
                          const struct thread_group *source) {
    const struct step_list *steps = find_steps(c, source);
    struct walk *w = arena_alloc(c->arena, sizeof(*w));
    w->c = c;
    w->group = group;
    w->source = source;
    w->frame = group_frame(c, group);
    if (group->per != NO_INDEX) {
        uint32_t reg = add_register(w, source->per.text, group->per, source->per.pos);
        fill_register(w, reg, source->per.pos);
    }
    walk_steps(w, steps);
    check_all_released(w);
    emit(w, (struct op){.code = OP_END, .target = group->first_op}, source->name.pos);
    group->purposes = w->purposes;
    group->registers = register_names(w);
    if (source->pin == PIN_POSTED && !takes(c->program, group))
        diag_error(c->diag, source->name.pos,
                   "group '%s' is to be where its work is posted, but waits for no work",
                   source->name.text);
    if (steps->n == 0)
        diag_error(c->diag, source->name.pos, "group '%s' has no steps", source->name.text);
    else if (!w->passes_time && group->nsources == 0)
        diag_error(c->diag, source->name.pos,
                   "the steps of group '%s' take no time at all: it would run for ever at one "
                   "instant",
                   source->name.text);
}

/* What every thread has of its own is bounded by what all of them have together. */
static void count_state(struct compiler *c, const struct program_group *group,
                        const struct thread_group *source) {
    uint64_t words = group->nstreams;
    words = group->nregs > words ? group->nregs : words;
    words = group->nslots > words ? group->nslots : words;
    c->state += words * group->nthreads;
    if (c->state > LIMIT_STATE)
        diag_error(c->diag, place_of(source, source->count),
                   "group '%s' has %u threads with %llu random streams, registers or locks each: "
                   "the limit of all groups together is %d",
                   source->name.text, group->nthreads, (unsigned long long)words, LIMIT_STATE);
}

static void compile_group(struct compiler *c, const struct thread_group *source) {
    struct program *program = c->program;
    program->groups = make_room(c, program->groups, program->ngroups, sizeof(*program->groups));
    struct program_group *group = &program->groups[program->ngroups++];
    *group = (struct program_group){
        .name = source->name.text,
        .first_op = program->nops,
        .first_thread = program->nthreads,
        .per = NO_INDEX,
        .pin = source->pin,
        .outside = source->context == CONTEXT_OUTSIDE,
        .arrivals = source->arrivals,
    };
    if (source->per.text != NULL)
        group->per = resolve_object(c, source->per);
    if (group->outside && group->pin != PIN_NO)
        diag_error(c->diag, source->name.pos,
                   "group '%s' cannot be pinned to CPUs: its context is outside",
                   source->name.text);
    compile_population(c, group, source);
    compile_times(c, group, source);
    compile_steps(c, group, source);
    count_state(c, group, source);
    if (group->nthreads > LIMIT_THREADS - program->nthreads)
        diag_error(c->diag, place_of(source, source->count),
                   "%u threads up to group '%s' and %u in it: the limit is %d", program->nthreads,
                   source->name.text, group->nthreads, LIMIT_THREADS);
    else
        program->nthreads += group->nthreads;
}

/* Overrides of groups that do not exist. */
static void check_overrides(struct compiler *c) {
    const struct scenario *scenario = c->scenario;
    for (uint32_t i = 0; i < c->design->nthreads; i++)
        resolve_name(c, c->design->threads[i].name,
                     NAMES(scenario->threads, scenario->nthreads, "thread group"));
}

void compile_groups(struct compiler *c) {
    struct program *program = c->program;
    const struct scenario *scenario = c->scenario;
    check_overrides(c);
    for (uint32_t i = 0; i < scenario->nthreads; i++)
        compile_group(c, &scenario->threads[i]);
    for (int by = 0; by < CALLBACKS; by++)
        for (uint32_t i = 0; i < c->callbacks[by].n; i++)
            compile_group(c, &c->callbacks[by].groups[i]);
    if (diag_errors(c->diag) > 0)
        return;
    if (program->nthreads == 0)
        diag_error(c->diag, scenario->threads[0].name.pos, "no group has a thread");
    if (program->nprogress == 0)
        diag_warn(c->diag, scenario->threads[0].name.pos,
                  "no step counts anything: throughput is not measured");
}
