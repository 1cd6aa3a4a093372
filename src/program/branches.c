/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps with several ways through them: choose and repeat. */
#include "program/walk.h"

/* Sets the cumulative probabilities; false when the weights are no good. */
static bool weigh(struct walk *w, const struct step *step, struct choice *choices) {
    double total = 0, sum = 0;
    for (uint32_t i = 0; i < step->nbranches; i++)
        total += plain_number(step->branches[i].weight);
    if (total == 0) {
        diag_error(w->c->diag, step->pos, "the weights add up to 0: nothing can be chosen");
        return false;
    }
    for (uint32_t i = 0; i < step->nbranches; i++) {
        sum += step->branches[i].weight->dist->a;
        choices[i].p = i + 1 < step->nbranches ? sum / total : 1;
    }
    return true;
}

/* What is certain after either of two paths. */
static void join(struct path *path, const struct path *other) {
    path->taken = path->taken && other->taken;
    path->some = path->some && other->some;
    for (uint32_t i = 0; i < LIMIT_REGISTERS; i++)
        if (path->filled[i] == 0 || other->filled[i] == 0)
            path->filled[i] = 0;
        else if (other->filled[i] > path->filled[i])
            path->filled[i] = other->filled[i];
}

static uint32_t reserve_choices(struct walk *w, uint32_t n) {
    struct program *program = w->c->program;
    uint32_t first = program->nchoices;
    for (uint32_t i = 0; i < n; i++, program->nchoices++)
        program->choices =
            make_room(w->c, program->choices, program->nchoices, sizeof(*program->choices));
    return first;
}

void walk_choose(struct walk *w, const struct step *step) {
    struct program *program = w->c->program;
    uint32_t n = step->nbranches, first = reserve_choices(w, n);
    if (!weigh(w, step, &program->choices[first]))
        return;
    uint16_t stream = new_stream(w, true);
    emit(w, (struct op){.code = OP_CHOOSE, .index = first, .target = n, .stream = stream},
         step->pos);
    uint32_t *jumps = arena_array(w->c->arena, n, sizeof(*jumps));
    struct path before = w->path, after = before;
    for (uint32_t i = 0; i < n; i++) {
        program->choices[first + i].target = program->nops;
        w->path = before;
        walk_steps(w, &step->branches[i].body);
        check_balance(w, &before, step->pos, "one of these branches");
        if (i == 0)
            after = w->path;
        else
            join(&after, &w->path);
        if (i + 1 < n)
            jumps[i] = emit(w, (struct op){.code = OP_JUMP}, step->pos);
    }
    for (uint32_t i = 0; i + 1 < n; i++)
        program->ops[jumps[i]].target = program->nops;
    w->path = after;
}

/* How often, as a distribution; NULL for as often as items were taken. */
static const struct dist *repeat_count(struct walk *w, const struct step *step) {
    if (step->per_item) {
        if (!w->path.taken)
            diag_error(w->c->diag, step->pos, "repeat: batch needs a take on every way to here");
        return NULL;
    }
    if (!check_mean(w->c, step->cost, UINT32_MAX, "4294967295"))
        return NULL;
    return dist_scaled(w->c->arena, step->cost->dist, 1);
}

void walk_repeat(struct walk *w, const struct step *step) {
    struct program *program = w->c->program;
    const struct dist *count = repeat_count(w, step);
    bool certain =
        step->per_item ? w->path.some : (!is_drawn(count) && count != NULL && count->a >= 0.5);
    uint16_t reg = new_loop_register(w, step->pos);
    uint16_t stream = new_stream(w, is_drawn(count));
    uint32_t head = emit(
        w, (struct op){.code = OP_REPEAT, .reg = reg, .dist = count, .stream = stream}, step->pos);
    struct path before = w->path;
    w->depth++;
    walk_steps(w, &step->body);
    w->depth--;
    check_balance(w, &before, step->pos, "this repeat");
    emit(w, (struct op){.code = OP_NEXT, .reg = reg, .target = head + 1}, step->pos);
    program->ops[head].target = program->nops;
    if (!certain)
        join(&w->path, &before);
}
