/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order in which locks are taken, from the nesting in the ops: A before B
 * when some step takes B while A is held. A cycle is a deadlock that may
 * happen, whether or not a run shows it.
 */
#include "program/compile.h"

struct order {
    const struct program *program;
    struct arena *arena;
    bool *before;     /* nlocks x nlocks: [a][b] when a is held as b is taken */
    const char **out; /* NULL-terminated */
    uint32_t n;
};

static bool *edge(const struct order *o, uint32_t a, uint32_t b) {
    return &o->before[(size_t)a * o->program->nlocks + b];
}

static bool waits(const struct order *o, const struct op *op) {
    return !o->program->locks[op->index].info->never_waits;
}

/* Two instances that are taken in the order of their objects, whoever takes them. */
static bool are_ordered(const struct op *a, const struct op *b) {
    return a->index == b->index && a->target != 0 && a->target == b->target;
}

/* Along every path the same locks are held at an op, so the ops can be read one after another. */
static void read_group(struct order *o, const struct program_group *group) {
    const struct op *held[UINT8_MAX + 1] = {NULL};
    for (const struct op *op = &o->program->ops[group->first_op]; op->code != OP_END; op++) {
        if (op->code == OP_UNLOCK)
            held[op->slot] = NULL;
        if (op->code != OP_LOCK || !waits(o, op))
            continue;
        for (uint32_t slot = 0; slot < group->nslots; slot++)
            if (held[slot] != NULL && !are_ordered(held[slot], op))
                *edge(o, held[slot]->index, op->index) = true;
        if (!holds_nothing(o->program->locks[op->index].info, op->mode))
            held[op->slot] = op;
    }
}

static void add(struct order *o, const char *text) {
    o->out[o->n++] = text;
}

/* Fills next[] with the steps of a shortest way from each lock to the goal; NO_INDEX: none. */
static void ways_to(const struct order *o, uint32_t goal, uint32_t *next, uint32_t *queue) {
    uint32_t n = o->program->nlocks, head = 0, tail = 0;
    for (uint32_t i = 0; i < n; i++)
        next[i] = NO_INDEX;
    queue[tail++] = goal;
    while (head < tail) {
        uint32_t b = queue[head++];
        for (uint32_t a = 0; a < n; a++)
            if (a != b && next[a] == NO_INDEX && *edge(o, a, b)) {
                next[a] = b;
                if (a != goal)
                    queue[tail++] = a;
            }
    }
}

static void add_cycle(struct order *o, uint32_t start, const uint32_t *next, bool *seen) {
    const char *text = o->program->locks[start].name;
    uint32_t lock = start;
    do {
        seen[lock] = true;
        lock = next[lock];
        text = arena_printf(o->arena, "%s -> %s", text, o->program->locks[lock].name);
    } while (lock != start);
    add(o, text);
}

const char *const *program_lock_cycles(struct arena *arena, const struct program *program) {
    uint32_t n = program->nlocks;
    struct order order = {.program = program, .arena = arena}, *o = &order;
    o->before = arena_array(arena, (size_t)n * n, sizeof(*o->before));
    o->out = arena_array(arena, 2 * (size_t)n + 1, sizeof(*o->out));
    for (uint32_t i = 0; i < program->ngroups; i++)
        read_group(o, &program->groups[i]);
    bool *seen = arena_array(arena, n, sizeof(*seen));
    uint32_t *next = arena_array(arena, n, sizeof(*next));
    uint32_t *queue = arena_array(arena, n, sizeof(*queue));
    for (uint32_t i = 0; i < n; i++) {
        if (*edge(o, i, i))
            add(o, arena_printf(arena, "between instances of %s", program->locks[i].name));
        if (seen[i])
            continue;
        ways_to(o, i, next, queue);
        if (next[i] != NO_INDEX)
            add_cycle(o, i, next, seen);
    }
    return o->out;
}
