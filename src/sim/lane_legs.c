/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which programs take the short way, and the way of their threads. */
#include "sim/lane_legs.h"

#include "base/arena.h"

static bool goes_on(const struct program_group *group) {
    return group->iterations == 0 && group->start == NULL;
}

static bool is_work(const struct op *op) {
    return op->code == OP_RUN && !op->clock && dist_mean(op->dist) >= 1;
}

bool leg_picks(const struct op *op) {
    return op->code == OP_PICK && op->mode != PICK_ROUND_ROBIN;
}

static void set_think(struct leg *leg, const struct op *op) {
    leg->think = op->dist;
    leg->think_stream = op->stream;
    leg->user_think = op->user;
}

/*
 * The ops from one release to the next request: points to count, objects to
 * pick, one piece of work, and no point behind that.
 */
static const struct op *read_gap(struct arena *arena, const struct op *op, const struct op *first,
                                 struct leg *leg) {
    enum { MOST = 64 };
    uint32_t *counts = arena_array(arena, MOST, sizeof(*counts));
    const struct op **picks = arena_array(arena, MOST, sizeof(*picks));
    for (uint32_t n = 0; n < MOST && op->code != OP_LOCK; n++) {
        if (op->code == OP_COUNT && leg->think == NULL)
            counts[leg->ncounts++] = op->index;
        else if (leg_picks(op))
            picks[leg->npicks++] = op;
        else if (is_work(op) && leg->think == NULL)
            set_think(leg, op);
        else if (op->code != OP_END)
            return NULL;
        op = op->code == OP_END ? first : op + 1;
    }
    leg->counts = counts;
    leg->picks = picks;
    return op->code == OP_LOCK && leg->think != NULL ? op : NULL;
}

static bool is_short(const struct sim *sim, const struct dist *dist) {
    return dist->kind == DIST_EXP && dist->a < 0x1p40 &&
           dist->a < (double)sim->events.horizon / 100;
}

/* The only leg of its threads. */
static void join_draws(const struct sim *sim, struct leg *leg) {
    leg->together = is_short(sim, leg->hold) && is_short(sim, leg->think) &&
                    leg->hold_stream != leg->think_stream;
    leg->means[0] = leg->hold->a;
    leg->means[1] = leg->think->a;
}

static struct leg *leg_at(struct leg *legs, uint32_t n, const struct op *lock) {
    for (uint32_t i = 0; i < n; i++)
        if (legs[i].lock == lock)
            return &legs[i];
    return NULL;
}

/* The first of the group's legs, if all is as it should be; else NULL. */
static const struct leg *read_group(struct sim *sim, const struct program_group *group) {
    const struct op *first = &sim->ops[group->first_op], *op;
    uint32_t n = 0;
    for (op = first; op->code != OP_END; op++)
        n += op->code == OP_LOCK;
    struct leg *legs = arena_array(sim->arena, n + 1, sizeof(*legs));
    n = 0;
    for (op = first; op->code != OP_END; op++) {
        if (op->code != OP_LOCK)
            continue;
        const struct lock_class *class = &sim->program->locks[op->index];
        if (!is_work(op + 1) || op[2].code != OP_UNLOCK)
            return NULL;
        legs[n++] = (struct leg){.lock = op,
                                 .site = op->site,
                                 .hold = op[1].dist,
                                 .hold_stream = op[1].stream,
                                 .user_hold = op[1].user,
                                 .traced = lock_kinds[class->kind]->leaf == LEAF_TRACED_IN_LINE,
                                 .sums = arena_alloc(sim->arena, sizeof(struct leg_sums))};
    }
    for (uint32_t i = 0; i < n; i++) {
        const struct op *next = read_gap(sim->arena, legs[i].lock + 3, first, &legs[i]);
        if (next == NULL)
            return NULL;
        legs[i].next = leg_at(legs, n, next);
        legs[i].turns = legs[i].npicks != 0 || legs[i].next != &legs[i];
    }
    if (n == 1)
        join_draws(sim, &legs[0]);
    return n == 0 ? NULL : &legs[0];
}

const struct leg **legs_of(struct sim *sim) {
    const struct program *program = sim->program;
    if (program->nthreads == 0)
        return NULL;
    const struct leg **first = arena_array(sim->arena, program->ngroups, sizeof(*first));
    for (uint32_t g = 0; g < program->ngroups; g++) {
        if (!goes_on(&program->groups[g]))
            return NULL;
        first[g] = read_group(sim, &program->groups[g]);
        if (first[g] == NULL)
            return NULL;
    }
    return first;
}
