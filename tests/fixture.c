/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "base/arena.h"
#include "sim/lock/lock.h"

#include <check.h>
#include <string.h>

enum { PLAIN_OPS = 6, NESTED_OPS = 8 };

static uint32_t kind_named(const char *name) {
    for (uint32_t i = 0; i < lock_kind_count; i++)
        if (strcmp(lock_kind_infos[i]->name, name) == 0)
            return i;
    ck_abort_msg("no lock kind %s", name);
    return 0;
}

static void *copy(struct arena *arena, const void *from, size_t size) {
    return memcpy(arena_alloc(arena, size), from, size);
}

static struct program *bare_program(struct arena *arena, const char *design) {
    static const char *progress[] = {"op"};
    struct program *program = arena_alloc(arena, sizeof(*program));
    program->design = design;
    program->progress = progress;
    program->nprogress = 1;
    program->seed = 1;
    program->budget = 1000000000;
    program->duration = TICKS_PER_SECOND;
    program->machine.smt = 1;
    program->machine.sched_latency = 24000 * TICKS_PER_US;
    program->machine.sched_min = 3000 * TICKS_PER_US;
    program->machine.sched_wakeup = 4000 * TICKS_PER_US;
    return program;
}

static void add_groups(struct arena *arena, struct program *program, uint32_t n,
                       const struct program_group *group) {
    static const uint64_t purposes[] = {1, 2};
    program->groups = arena_array(arena, n, sizeof(*program->groups));
    program->ngroups = n;
    for (uint32_t i = 0; i < n; i++) {
        struct program_group *g = &program->groups[i];
        *g = *group;
        g->per = NO_INDEX;
        g->nstreams = 2;
        g->purposes = purposes;
        g->first_thread = program->nthreads;
        program->nthreads += g->nthreads;
    }
}

static void add_locks(struct arena *arena, struct program *program, const char *kind, uint32_t n) {
    static const struct lock_class names[] = {{.name = "l", .class_name = "l->lock"},
                                              {.name = "m", .class_name = "m->lock"}};
    program->locks = arena_array(arena, n, sizeof(*program->locks));
    program->nlocks = program->ninstances = n;
    for (uint32_t i = 0; i < n; i++) {
        program->locks[i] = names[i];
        program->locks[i].kind = kind_named(kind);
        program->locks[i].per = program->locks[i].line = NO_INDEX;
        program->locks[i].first = i;
        program->locks[i].count = 1;
    }
}

/* The plain loop, then the same within "m". */
static struct op *loop_ops(struct arena *arena, const struct dist *think, const struct dist *hold) {
    const struct op plain[] = {{.code = OP_RUN, .dist = think, .stream = 0, .user = true},
                               {.code = OP_LOCK, .reg = NO_REG},
                               {.code = OP_RUN, .dist = hold, .stream = 1},
                               {.code = OP_UNLOCK, .reg = NO_REG},
                               {.code = OP_COUNT},
                               {.code = OP_END}};
    const struct op nested[] = {{.code = OP_RUN, .dist = think, .stream = 0, .user = true},
                                {.code = OP_LOCK, .index = 1, .reg = NO_REG, .slot = 0, .site = 1},
                                {.code = OP_LOCK, .reg = NO_REG, .slot = 1, .site = 1},
                                {.code = OP_RUN, .dist = hold, .stream = 1},
                                {.code = OP_UNLOCK, .reg = NO_REG, .slot = 1},
                                {.code = OP_UNLOCK, .index = 1, .reg = NO_REG, .slot = 0},
                                {.code = OP_COUNT},
                                {.code = OP_END}};
    struct op *ops = arena_alloc(arena, sizeof(plain) + sizeof(nested));
    memcpy(ops, plain, sizeof(plain));
    memcpy(ops + PLAIN_OPS, nested, sizeof(nested));
    return ops;
}

static void finish_ops(struct program *program) {
    for (uint32_t g = 0; g < program->ngroups; g++) {
        const struct program_group *group = &program->groups[g];
        struct op *op = &program->ops[group->first_op];
        do
            op->visible = op_is_visible(group, (enum op_code)op->code);
        while ((op++)->code != OP_END);
        op[-1].target = group->first_op;
    }
}

struct program *fixture_loop(struct arena *arena, const struct fixture *fixture) {
    static const char *sites[] = {"cs+0x10/0x40", "outer"};
    struct program *program = bare_program(arena, fixture->design);
    const struct dist *think = copy(arena, &fixture->think, sizeof(*think));
    const struct dist *hold = copy(arena, &fixture->hold, sizeof(*hold));
    uint32_t parts = fixture->nested ? 2 : 1;
    program->ops = loop_ops(arena, think, hold);
    program->nops = fixture->nested ? PLAIN_OPS + NESTED_OPS : PLAIN_OPS;
    program->sites = sites;
    program->nsites = parts;
    program->machine.cpus = program->machine.cpus_per_node = fixture->cpus;
    program->finite = fixture->iterations > 0;
    program->duration = (sim_time)(fixture->seconds * (double)TICKS_PER_SECOND);
    const struct program_group group = {.name = "t",
                                        .nthreads = fixture->threads / parts,
                                        .nslots = (uint8_t)parts,
                                        .iterations = fixture->iterations};
    add_groups(arena, program, parts, &group);
    program->groups[parts - 1].first_op = fixture->nested ? PLAIN_OPS : 0;
    add_locks(arena, program, fixture->kind, parts);
    finish_ops(program);
    return program;
}

struct program *fixture_deadlock(struct arena *arena, const char *design) {
    static const char *sites[] = {"first", "second"};
    static const struct dist work = {.kind = DIST_EXP, .a = 10 * TICKS_PER_US};
    struct program *program = bare_program(arena, design);
    struct op *ops = arena_array(arena, 14, sizeof(*ops));
    for (uint32_t g = 0; g < 2; g++) {
        const struct op body[] = {
            {.code = OP_LOCK, .index = g, .reg = NO_REG, .slot = 0, .site = 0},
            {.code = OP_RUN, .dist = &work},
            {.code = OP_LOCK, .index = 1 - g, .reg = NO_REG, .slot = 1, .site = 1},
            {.code = OP_UNLOCK, .index = 1 - g, .reg = NO_REG, .slot = 1},
            {.code = OP_UNLOCK, .index = g, .reg = NO_REG, .slot = 0},
            {.code = OP_COUNT},
            {.code = OP_END}};
        memcpy(ops + g * 7, body, sizeof(body));
    }
    program->ops = ops;
    program->nops = 14;
    program->sites = sites;
    program->nsites = 2;
    program->machine.cpus = program->machine.cpus_per_node = 2;
    const struct program_group group = {.name = "t", .nthreads = 1, .nslots = 2};
    add_groups(arena, program, 2, &group);
    program->groups[1].first_op = 7;
    add_locks(arena, program, "mutex", 2);
    finish_ops(program);
    return program;
}

struct scenario *fixture_scenario(struct arena *arena, struct program **programs, uint32_t n) {
    struct scenario *scenario = arena_alloc(arena, sizeof(*scenario));
    scenario->file = "fixture.yaml";
    scenario->title = "A fixture";
    scenario->ndesigns = n;
    scenario->designs = arena_array(arena, n, sizeof(*scenario->designs));
    for (uint32_t i = 0; i < n; i++) {
        struct design *design = &scenario->designs[i];
        const struct program *program = programs[i];
        design->name.text = program->design;
        design->nlocks = program->nlocks;
        design->locks = arena_array(arena, program->nlocks, sizeof(*design->locks));
        for (uint32_t k = 0; k < program->nlocks; k++) {
            design->locks[k].name.text = program->locks[k].name;
            design->locks[k].kind.text = lock_kind_infos[program->locks[k].kind]->name;
        }
        programs[i]->scenario = scenario;
    }
    return scenario;
}
