/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "program_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct kind_param no_params[] = {{0}};
static const struct kind_param rw_params[] = {
    {"patience", PARAM_TIME, 4e-3, "until a handoff"},
    {"readers", PARAM_COUNT, 256, "woken at once"},
    {"bias", PARAM_SHARE, 0.5, "for readers"},
    {"spin", PARAM_FLAG, 1, "on a running owner"},
    {0},
};

static const struct kind_info none = {
    .name = "none", .source = "-", .has_readers = true, .never_waits = true, .params = no_params};
static const struct kind_info mutex = {.name = "mutex", .source = "-", .params = no_params};
static const struct kind_info spin = {
    .name = "spin", .source = "-", .atomic_context = true, .params = no_params};
static const struct kind_info rw = {
    .name = "rw", .source = "-", .has_readers = true, .params = rw_params};

static const struct kind_info seq = {.name = "seq",
                                     .source = "-",
                                     .atomic_writer = true,
                                     .has_readers = true,
                                     .retries = true,
                                     .params = no_params};
static const struct kind_param rcu_params[] = {
    [RCU_SYNCHRONIZE] = {"synchronize", PARAM_FLAG, 1, "wait"},
    [RCU_EXPEDITE] = {"expedited", PARAM_FLAG, 0, "not for long"},
    [RCU_CALLBACK] = {"callback", PARAM_TIME, 0, "or later"},
    {0}};
static const struct kind_info rcu = {.name = "rcu",
                                     .source = "-",
                                     .has_readers = true,
                                     .rcu = true,
                                     .never_waits = true,
                                     .params = rcu_params};

const struct kind_info *const test_kinds[] = {&none, &mutex, &spin, &rw, &seq, &rcu};
const uint32_t test_kind_count = sizeof(test_kinds) / sizeof(test_kinds[0]);

static char *print_messages(const struct diag *diag) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    diag_print(diag, out);
    fclose(out);
    return text;
}

struct compiled compile_text(const char *text) {
    struct compiled c = {.arena = arena_new(), .diag = diag_new()};
    c.scenario = scenario_load(c.arena, c.diag, "test", text, strlen(text), NULL, 0);
    uint32_t n = c.scenario == NULL ? 0 : c.scenario->ndesigns;
    c.programs = arena_array(c.arena, n + 1, sizeof(struct program *));
    for (uint32_t i = 0; i < n; i++)
        c.programs[i] = program_compile(c.arena, c.diag, c.scenario, &c.scenario->designs[i],
                                        test_kinds, test_kind_count);
    c.messages = print_messages(c.diag);
    return c;
}

void compiled_free(struct compiled *c) {
    arena_free(c->arena);
    diag_free(c->diag);
    free(c->messages);
}

const struct program *good(const struct compiled *c) {
    ck_assert_str_eq(c->messages, "");
    ck_assert_ptr_nonnull(c->programs[0]);
    return c->programs[0];
}

void expect_message(const char *text, const char *words) {
    struct compiled c = compile_text(text);
    ck_assert_msg(strstr(c.messages, words) != NULL, "expected \"%s\", got:\n%s", words,
                  c.messages);
    compiled_free(&c);
}

const struct op *find_op(const struct program *program, enum op_code code, int nth) {
    for (uint32_t i = 0; i < program->nops; i++)
        if (program->ops[i].code == code && nth-- == 0)
            return &program->ops[i];
    ck_abort_msg("no op %d", code);
    return NULL;
}

/* What is so at an op on every way to it. */
struct facts {
    bool reached;
    const struct op *held[UINT8_MAX + 1]; /* by slot */
    uint32_t rcu;                         /* sections it is in */
    uint64_t filled;
};

#define TAKEN ((uint64_t)1 << 63)
#define SOME ((uint64_t)1 << 62) /* and not perhaps nothing */

struct flow {
    const struct program *program;
    const struct program_group *group;
    struct facts *facts; /* by op */
    uint32_t *work;
    uint32_t nwork;
};

static void go_to(struct flow *flow, uint32_t op, const struct facts *now) {
    ck_assert_uint_ge(op, flow->group->first_op);
    ck_assert_uint_lt(op, flow->program->nops);
    struct facts *there = &flow->facts[op];
    if (!there->reached) {
        *there = *now;
        flow->work[flow->nwork++] = op;
        return;
    }
    for (int slot = 0; slot <= UINT8_MAX; slot++) {
        const struct op *a = there->held[slot], *b = now->held[slot];
        ck_assert((a == NULL) == (b == NULL));
        ck_assert(a == NULL || (a->index == b->index && a->reg == b->reg));
    }
    ck_assert_uint_eq(there->rcu, now->rcu);
    if ((there->filled & ~now->filled) != 0) {
        there->filled &= now->filled;
        flow->work[flow->nwork++] = op;
    }
}

static bool is_atomic(const struct flow *flow, const struct facts *now) {
    for (int slot = 0; slot <= UINT8_MAX; slot++)
        if (now->held[slot] != NULL && atomic_in(flow->program->locks[now->held[slot]->index].info,
                                                 (enum lock_mode)now->held[slot]->mode))
            return true;
    return now->rcu > 0;
}

static void check_register(const struct flow *flow, const struct facts *now, uint16_t reg,
                           uint32_t per) {
    ck_assert((reg == NO_REG) == (per == NO_INDEX));
    if (reg == NO_REG)
        return;
    ck_assert_uint_lt(reg, flow->group->nregs);
    ck_assert((now->filled >> reg & 1) != 0);
}

static void check_lock(struct flow *flow, const struct op *op, struct facts *now) {
    const struct lock_class *class = &flow->program->locks[op->index];
    ck_assert_uint_lt(op->index, flow->program->nlocks);
    ck_assert_uint_lt(op->slot, flow->group->nslots);
    ck_assert_uint_lt(op->site, flow->program->nsites);
    check_register(flow, now, op->reg, class->per);
    ck_assert(op->mode == MODE_WRITE || class->info->has_readers);
    ck_assert_ptr_null(now->held[op->slot]);
    if (!class->info->never_waits) {
        ck_assert(atomic_in(class->info, MODE_WRITE) || !is_atomic(flow, now));
        for (int slot = 0; slot <= UINT8_MAX; slot++)
            ck_assert(now->held[slot] == NULL || now->held[slot]->index != op->index ||
                      now->held[slot]->reg != op->reg);
    }
    now->held[op->slot] = op;
}

static void check_unlock(const struct flow *flow, const struct op *op, struct facts *now) {
    const struct op *lock = now->held[op->slot];
    ck_assert_ptr_nonnull(lock);
    ck_assert_uint_eq(lock->index, op->index);
    ck_assert_uint_eq(lock->reg, op->reg);
    if (flow->program->locks[op->index].info->retries && lock->mode == MODE_READ)
        ck_assert_ptr_eq(&flow->program->ops[op->target], lock);
    now->held[op->slot] = NULL;
}

static void check_end(const struct flow *flow, const struct op *op, const struct facts *now) {
    for (int slot = 0; slot <= UINT8_MAX; slot++)
        ck_assert_ptr_null(now->held[slot]);
    ck_assert_uint_eq(now->rcu, 0);
    ck_assert_uint_eq(op->target, flow->group->first_op);
    ck_assert_ptr_eq(
        op + 1,
        &flow->program->ops[flow->group + 1 == flow->program->groups + flow->program->ngroups
                                ? flow->program->nops
                                : flow->group[1].first_op]);
}

static void check_take(const struct flow *flow, const struct op *op, struct facts *now) {
    const struct work_queue *queue = &flow->program->queues[op->index];
    ck_assert_uint_lt(op->index, flow->program->nqueues);
    bool waits = op->mode != TAKE_PENDING;
    ck_assert(!waits || !is_atomic(flow, now));
    ck_assert(waits || !op->any);
    ck_assert_uint_eq(op->mode, queue->batch);
    if (op->any)
        now->filled |= (uint64_t)1 << op->reg;
    check_register(flow, now, op->reg, queue->per);
    now->filled = (now->filled & ~SOME) | TAKEN | (waits ? SOME : 0);
}

/* The body of a repeat is not skipped. */
static bool is_certain(const struct op *op, const struct facts *now) {
    if (op->dist == NULL)
        return (now->filled & SOME) != 0;
    return op->dist->kind == DIST_CONST && op->dist->a >= 1;
}

/* One op, from what holds before it to what holds after; true when the next op follows. */
static bool check_op(struct flow *flow, const struct op *op, struct facts *now) {
    const struct program *program = flow->program;
    switch ((enum op_code)op->code) {
    case OP_LOCK:
        check_lock(flow, op, now);
        return true;
    case OP_UNLOCK:
        check_unlock(flow, op, now);
        return true;
    case OP_RCU_LOCK:
        now->rcu++;
        return true;
    case OP_RCU_UNLOCK:
        ck_assert_uint_gt(now->rcu, 0);
        now->rcu--;
        return true;
    case OP_SYNCHRONIZE:
    case OP_SLEEP:
        ck_assert(!is_atomic(flow, now));
        return true;
    case OP_PICK:
        ck_assert_uint_lt(op->index, program->nobjects);
        ck_assert(op->mode != PICK_ZIPF ||
                  program->picks[op->target].n == program->object_counts[op->index]);
        ck_assert(op->other == NO_REG || (now->filled >> op->other & 1) != 0);
        ck_assert(op->other == NO_REG || program->object_counts[op->index] > 1);
        now->filled |= (uint64_t)1 << op->reg;
        return true;
    case OP_ORDER:
        ck_assert_uint_lt(op->reg + 1, flow->group->nregs);
        ck_assert((now->filled >> op->other & now->filled >> op->index & 1) != 0);
        now->filled |= (uint64_t)3 << op->reg;
        return true;
    case OP_POST:
    case OP_CALL_RCU:
    case OP_COMPLETE:
        check_register(flow, now, op->reg, program->queues[op->index].per);
        return true;
    case OP_TAKE:
        check_take(flow, op, now);
        return true;
    case OP_WAIT_FOR:
        ck_assert(!is_atomic(flow, now));
        check_register(flow, now, op->reg, program->queues[op->index].per);
        return true;
    case OP_TOUCH:
        ck_assert_uint_lt(op->index, program->nlines);
        check_register(flow, now, op->reg, program->lines[op->index].per);
        return true;
    case OP_COUNT:
        ck_assert_uint_lt(op->index, program->nprogress);
        return true;
    case OP_CHOOSE:
        for (uint32_t i = 0; i < op->target; i++)
            go_to(flow, program->choices[op->index + i].target, now);
        return false;
    case OP_REPEAT:
        ck_assert(op->dist != NULL || (now->filled & TAKEN) != 0);
        if (!is_certain(op, now))
            go_to(flow, op->target, now);
        return true;
    case OP_NEXT:
        go_to(flow, op->target, now);
        return true;
    case OP_JUMP:
        go_to(flow, op->target, now);
        return false;
    case OP_END:
        check_end(flow, op, now);
        return false;
    case OP_RUN:
        return true;
    }
    ck_abort_msg("unknown op %d", op->code);
    return false;
}

static bool draws(const struct op *op) {
    bool drawn = op->drawn || (op->dist != NULL && op->dist->kind != DIST_CONST);
    return op->code == OP_CHOOSE || (op->code == OP_PICK && op->mode != PICK_ROUND_ROBIN) || drawn;
}

/* Every op that draws has a stream of its own, and no two streams one purpose. */
static void check_streams(const struct program *program, const struct program_group *group) {
    uint32_t next = 0;
    for (const struct op *op = &program->ops[group->first_op]; op->code != OP_END; op++)
        if (draws(op))
            ck_assert_uint_eq(op->stream, next++);
    ck_assert_uint_eq(group->nstreams, next);
    for (uint32_t i = 0; i < next; i++)
        for (uint32_t j = 0; j < i; j++)
            ck_assert(group->purposes[i] != group->purposes[j]);
}

static void check_group(const struct program *program, const struct program_group *group) {
    struct flow flow = {.program = program, .group = group};
    flow.facts = calloc(program->nops, sizeof(*flow.facts));
    flow.work = calloc((size_t)program->nops * 66, sizeof(*flow.work));
    struct facts start = {.reached = true, .filled = group->per != NO_INDEX};
    go_to(&flow, group->first_op, &start);
    while (flow.nwork > 0) {
        uint32_t i = flow.work[--flow.nwork];
        struct facts now = flow.facts[i];
        if (check_op(&flow, &program->ops[i], &now))
            go_to(&flow, i + 1, &now);
    }
    free(flow.facts);
    free(flow.work);
    check_streams(program, group);
}

static void check_cumulative(const double *p, size_t stride, uint32_t n) {
    double before = 0;
    for (uint32_t i = 0; i < n; i++, p += stride) {
        ck_assert(*p >= before && *p <= 1);
        before = *p;
    }
    ck_assert(before == 1);
}

void check_program(const struct program *program) {
    uint32_t threads = 0, instances = 0;
    for (uint32_t i = 0; i < program->ngroups; i++) {
        ck_assert_uint_eq(program->groups[i].first_thread, threads);
        threads += program->groups[i].nthreads;
        check_group(program, &program->groups[i]);
    }
    ck_assert_uint_eq(program->nthreads, threads);
    for (uint32_t i = 0; i < program->nlocks; i++) {
        ck_assert_uint_eq(program->locks[i].first, instances);
        instances += program->locks[i].count;
    }
    ck_assert_uint_eq(program->ninstances, instances);
    for (uint32_t i = 0; i < program->npicks; i++)
        check_cumulative(program->picks[i].p, 1, program->picks[i].n);
    for (uint32_t i = 0; i < program->nops; i++)
        if (program->ops[i].code == OP_CHOOSE)
            check_cumulative(&program->choices[program->ops[i].index].p,
                             sizeof(struct choice) / sizeof(double), program->ops[i].target);
}
