/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/walk.h"

bool op_is_visible(const struct program_group *group, enum op_code code) {
    switch (code) {
    case OP_SLEEP:
    case OP_LOCK:
    case OP_UNLOCK:
    case OP_POST:
    case OP_TAKE:
    case OP_COMPLETE:
    case OP_WAIT_FOR:
    case OP_RCU_LOCK:
    case OP_RCU_UNLOCK:
    case OP_SYNCHRONIZE:
    case OP_CALL_RCU:
    case OP_TOUCH:
        return true;
    case OP_END:
        return group->iterations != 0 || group->arrivals != ARRIVAL_CLOSED;
    default:
        return false;
    }
}

uint32_t emit(struct walk *w, struct op op, struct pos pos) {
    struct compiler *c = w->c;
    struct program *program = c->program;
    if (program->nops == LIMIT_OPS) {
        if (!c->full)
            diag_error(c->diag, pos, "the steps of all groups make more than %d operations",
                       LIMIT_OPS);
        c->full = true;
        return 0;
    }
    program->ops = make_room(c, program->ops, program->nops, sizeof(*program->ops));
    op.visible = op_is_visible(w->group, (enum op_code)op.code);
    program->ops[program->nops] = op;
    program->op_frames =
        make_room(c, program->op_frames, program->nops, sizeof(*program->op_frames));
    program->op_frames[program->nops] = w->frame;
    return program->nops++;
}

uint16_t new_stream(struct walk *w, bool draws) {
    if (!draws)
        return 0;
    w->purposes = make_room(w->c, w->purposes, w->group->nstreams, sizeof(*w->purposes));
    w->purposes[w->group->nstreams] = w->purpose;
    return w->group->nstreams++;
}

/* CPU work, or a wait for the clock. */
static void emit_run(struct walk *w, const struct dist *cost, const struct step *step, bool clock,
                     bool user) {
    if (cost == NULL)
        return;
    w->passes_time = true;
    bool drawn = w->group->arrivals == ARRIVAL_CLOSED;
    emit(w,
         (struct op){.code = OP_RUN,
                     .dist = cost,
                     .stream = new_stream(w, drawn || is_drawn(cost)),
                     .drawn = drawn,
                     .clock = clock,
                     .user = user},
         step->pos);
}

void emit_cost(struct walk *w, const struct section_plan *plan, const struct step *step) {
    emit_touches(w, plan, step);
    emit_run(w, plan->cost, step, plan->clock, is_user_work(w, false));
}

static void walk_run(struct walk *w, const struct step *step) {
    bool clock = step->kind == STEP_DELAY;
    emit_run(w, time_dist(w->c, step->cost), step, clock, is_user_work(w, true));
}

static void walk_sleep(struct walk *w, const struct step *step) {
    const struct dist *time = time_dist(w->c, step->cost);
    check_may_sleep(w, step, "sleep");
    if (time == NULL)
        return;
    w->passes_time = true;
    uint16_t stream = new_stream(w, is_drawn(time));
    emit(w, (struct op){.code = OP_SLEEP, .dist = time, .stream = stream}, step->pos);
}

static void walk_in(struct walk *w, const struct step *step) {
    const struct scenario *scenario = w->c->scenario;
    uint32_t section =
        resolve_name(w->c, step->name, NAMES(scenario->sections, scenario->nsections, "section"));
    if (section == NO_INDEX) {
        walk_steps(w, &step->body);
        return;
    }
    uint32_t outside = w->path.nheld, caller = w->frame;
    w->frame = section_frame(w->c, caller, section);
    take_section(w, step, section);
    emit_cost(w, &w->c->sections[section], step);
    struct path before = w->path;
    walk_steps(w, &step->body);
    check_balance(w, &before, step->pos, "this section");
    release_to(w, outside, step->pos);
    w->frame = caller;
}

/* The register whose object the pick must not draw again, or NO_REG. */
static uint16_t other_register(struct walk *w, const struct step *step, uint32_t class) {
    const struct program *program = w->c->program;
    struct name name = step->other_than;
    uint32_t reg = name.text == NULL ? NO_INDEX : use_register(w, name);
    if (reg == NO_INDEX)
        return NO_REG;
    if (w->regs[reg].class != class)
        diag_error(w->c->diag, name.pos, "every %s is other than '%s', which is a %s",
                   program->object_names[class], name.text,
                   program->object_names[w->regs[reg].class]);
    else if (program->object_counts[class] == 1)
        diag_error(w->c->diag, name.pos, "there is only one %s: none is other than '%s'",
                   program->object_names[class], name.text);
    return w->regs[reg].number;
}

static void walk_pick(struct walk *w, const struct step *step) {
    uint32_t class = resolve_object(w->c, step->name);
    if (class == NO_INDEX)
        return;
    uint16_t other = other_register(w, step, class);
    const char *name = step->as.text != NULL ? step->as.text : step->name.text;
    uint32_t reg = add_register(w, name, class, step->pos);
    if (reg == NO_INDEX)
        return;
    fill_register(w, reg, step->pos);
    uint32_t table = step->by == PICK_ZIPF ? pick_table(w->c, step, class) : 0;
    uint16_t stream = new_stream(w, step->by != PICK_ROUND_ROBIN);
    emit(w,
         (struct op){.code = OP_PICK,
                     .index = class,
                     .reg = w->regs[reg].number,
                     .other = other,
                     .mode = (uint8_t)step->by,
                     .target = table,
                     .stream = stream},
         step->pos);
}

static void walk_count(struct walk *w, const struct step *step) {
    struct program *program = w->c->program;
    uint32_t point = intern(w->c, &program->progress, &program->nprogress, step->name.text);
    emit(w, (struct op){.code = OP_COUNT, .index = point}, step->pos);
}

/*
 * How to walk each kind of step, what to call it if it cannot be done again as
 * work can, and what to call it if it takes a CPU.
 */
static const struct {
    void (*walk)(struct walk *, const struct step *);
    const char *effect, *on_cpu;
} walkers[] = {
    [STEP_RUN] = {walk_run, NULL, "run"},
    [STEP_DELAY] = {walk_run, NULL, "delay"},
    [STEP_SLEEP] = {walk_sleep, "sleep", NULL},
    [STEP_IN] = {walk_in, NULL, "in"},
    [STEP_PICK] = {walk_pick, "pick", NULL},
    [STEP_POST] = {walk_post, "post", NULL},
    [STEP_TAKE] = {walk_take, "take", NULL},
    [STEP_COMPLETE] = {walk_complete, "complete", NULL},
    [STEP_WAIT_FOR] = {walk_wait_for, "wait_for", NULL},
    [STEP_RCU_READ] = {walk_rcu_read, "rcu_read", "rcu_read"},
    [STEP_SYNCHRONIZE] = {walk_synchronize, "synchronize_rcu", "synchronize_rcu"},
    [STEP_CALL_RCU] = {walk_call_rcu, "call_rcu", "call_rcu"},
    [STEP_COUNT] = {walk_count, "count", NULL},
    [STEP_READ] = {walk_touch, NULL, "read"},
    [STEP_WRITE] = {walk_touch, "write", "write"},
    [STEP_CHOOSE] = {walk_choose, NULL, NULL},
    [STEP_REPEAT] = {walk_repeat, NULL, NULL},
    [STEP_LOCK] = {take_lock, NULL, "lock"},
    [STEP_UNLOCK] = {release_step, NULL, "unlock"},
};

static void check_has_cpu(struct walk *w, const struct step *step) {
    const char *what = walkers[step->kind].on_cpu;
    if (w->source->context == CONTEXT_OUTSIDE && what != NULL)
        diag_error(w->c->diag, step->pos,
                   "%s takes a CPU, and group '%s' has none: its context is outside", what,
                   w->group->name);
}

void walk_steps(struct walk *w, const struct step_list *list) {
    for (uint32_t i = 0; i < list->n; i++) {
        const struct step *step = &list->steps[i];
        if (w->c->full || diag_full(w->c->diag))
            return;
        w->purpose = next_purpose(w->c->arena, &w->tally, w->group->name, step);
        if (walkers[step->kind].effect != NULL)
            check_may_repeat(w, step, walkers[step->kind].effect);
        check_has_cpu(w, step);
        walkers[step->kind].walk(w, step);
    }
}
