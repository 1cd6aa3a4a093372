/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work queues and completions are declared by their use: every post and take
 * adds to what is known of one.
 */
#include "program/walk.h"

#include <string.h>

static const char *const batch_names[] = {
    [TAKE_ONCE] = "once", [TAKE_ONE] = "one", [TAKE_ALL] = "all", [TAKE_PENDING] = "pending"};

static uint32_t find_queue(struct compiler *c, const char *name) {
    struct program *program = c->program;
    for (uint32_t i = 0; i < program->nqueues; i++)
        if (strcmp(program->queues[i].name, name) == 0)
            return i;
    return NO_INDEX;
}

static bool is_completion(const struct step *step) {
    return step->kind == STEP_COMPLETE || step->kind == STEP_WAIT_FOR;
}

static const char *what_it_is(bool completion) {
    return completion ? "completion" : "work";
}

static uint32_t add_queue(struct compiler *c, const struct step *step, uint32_t class) {
    struct program *program = c->program;
    uint32_t i = program->nqueues;
    program->queues = make_room(c, program->queues, i, sizeof(*program->queues));
    c->queues = make_room(c, c->queues, i, sizeof(*c->queues));
    program->queues[i] = (struct work_queue){.name = step->name.text, .per = class};
    c->queues[i] = (struct queue_plan){.completion = is_completion(step)};
    return program->nqueues++;
}

static const char *per_what(struct compiler *c, uint32_t class) {
    return class == NO_INDEX ? "without an object"
                             : arena_printf(c->arena, "per %s", c->program->object_names[class]);
}

/* The queue that the step names; class is that of its register, or NO_INDEX. */
static uint32_t use_queue(struct walk *w, const struct step *step, uint32_t class) {
    struct compiler *c = w->c;
    uint32_t queue = find_queue(c, step->name.text);
    if (queue == NO_INDEX)
        return add_queue(c, step, class);
    uint32_t per = c->program->queues[queue].per;
    struct queue_plan *plan = &c->queues[queue];
    if (per == class && plan->completion == is_completion(step))
        return queue;
    struct pos other = plan->posted.line != 0 ? plan->posted : plan->taken;
    if (plan->completion != is_completion(step))
        diag_error(c->diag, step->pos, "'%s' is a %s here, but %s at line %u", step->name.text,
                   is_completion(step) ? "completion" : "work queue",
                   plan->completion ? "a completion" : "a work queue", (unsigned)other.line);
    else
        diag_error(c->diag, step->pos, "%s '%s' is %s here, but %s at line %u",
                   what_it_is(plan->completion), step->name.text, per_what(c, class),
                   per_what(c, per), (unsigned)other.line);
    /* Whatever this step was meant to be, the queue does not lack it. */
    plan->posted = plan->taken = other;
    return NO_INDEX;
}

/* The op on the queue of the object picked; NULL after an error. */
static struct queue_plan *picked_queue(struct walk *w, const struct step *step, struct op *op) {
    uint32_t class = NO_INDEX;
    op->reg = NO_REG;
    if (step->index.text != NULL) {
        uint32_t reg = use_register(w, step->index);
        if (reg == NO_INDEX)
            return NULL;
        class = w->regs[reg].class;
        op->reg = w->regs[reg].number;
    }
    op->index = use_queue(w, step, class);
    return op->index == NO_INDEX ? NULL : &w->c->queues[op->index];
}

void post_to(struct walk *w, const struct step *step, struct op op) {
    struct queue_plan *plan = picked_queue(w, step, &op);
    if (plan == NULL)
        return;
    if (plan->posted.line == 0)
        plan->posted = step->pos;
    emit(w, op, step->pos);
}

void walk_post(struct walk *w, const struct step *step) {
    post_to(w, step, (struct op){.code = OP_POST});
}

void walk_complete(struct walk *w, const struct step *step) {
    post_to(w, step, (struct op){.code = OP_COMPLETE, .all = step->all});
}

void walk_wait_for(struct walk *w, const struct step *step) {
    struct op op = {.code = OP_WAIT_FOR};
    w->passes_time = true;
    check_may_sleep(w, step, "wait_for");
    struct queue_plan *plan = picked_queue(w, step, &op);
    if (plan == NULL)
        return;
    if (plan->taken.line == 0)
        plan->taken = step->pos;
    emit(w, op, step->pos);
}

/* All takes of a queue must be alike: the queue keeps its account by them. */
static void agree(struct walk *w, const struct step *step, uint32_t queue, bool any) {
    struct queue_plan *plan = &w->c->queues[queue];
    struct work_queue *work = &w->c->program->queues[queue];
    if (plan->taken.line == 0) {
        plan->taken = step->pos;
        plan->any = any;
        work->batch = step->batch;
        return;
    }
    if (step->batch != work->batch)
        diag_error(w->c->diag, step->pos, "take: %s is by batch %s here, but by %s at line %u",
                   work->name, batch_names[step->batch], batch_names[work->batch],
                   (unsigned)plan->taken.line);
    if (any != plan->any)
        diag_error(w->c->diag, step->pos,
                   "take: %s is of %s here, but of %s at line %u: all must be alike", work->name,
                   any ? "any object" : "a picked object", any ? "a picked one" : "any",
                   (unsigned)plan->taken.line);
}

/*
 * The register that a take names chooses the instance. When it is a class of
 * which nothing is picked, any pending instance is taken and fills it.
 */
static uint32_t take_register(struct walk *w, const struct step *step, bool *any) {
    const struct scenario *scenario = w->c->scenario;
    uint32_t reg = find_register(w, step->index.text);
    *any = false;
    if (reg != NO_INDEX && w->path.filled[reg] != 0)
        return reg;
    uint32_t class =
        find_name(NAMES(scenario->objects, scenario->nobjects, "object class"), step->index.text);
    if (class == NO_INDEX)
        return use_register(w, step->index);
    *any = true;
    return add_register(w, step->index.text, class, step->pos);
}

void walk_take(struct walk *w, const struct step *step) {
    uint32_t class = NO_INDEX, reg = NO_INDEX;
    struct op op = {.code = OP_TAKE, .reg = NO_REG, .mode = (uint8_t)step->batch};
    bool waits = step->batch != TAKE_PENDING;
    w->passes_time |= waits;
    w->path.taken = true;
    w->path.some = waits;
    if (waits)
        check_may_sleep(w, step, "take");
    if (step->index.text != NULL) {
        reg = take_register(w, step, &op.any);
        if (reg == NO_INDEX)
            return;
        class = w->regs[reg].class;
        op.reg = w->regs[reg].number;
    }
    if (op.any && !waits)
        diag_error(w->c->diag, step->pos,
                   "take: %s without waiting (batch: pending) needs a %s that is picked before",
                   step->name.text, step->index.text);
    if (op.any)
        fill_register(w, reg, step->pos);
    op.index = use_queue(w, step, class);
    if (op.index == NO_INDEX)
        return;
    agree(w, step, op.index, op.any);
    emit(w, op, step->pos);
}

/* One without the other would wait for ever, or for nothing. */
static void check_partners(struct compiler *c, const char *name, const struct queue_plan *plan) {
    static const char *const words[][2] = {{"posted", "taken"}, {"completed", "waited for"}};
    const char *const *word = words[plan->completion];
    const char *what = what_it_is(plan->completion);
    if (plan->taken.line == 0)
        diag_error(c->diag, plan->posted, "%s '%s' is %s but never %s", what, name, word[0],
                   word[1]);
    else if (plan->posted.line == 0)
        diag_error(c->diag, plan->taken, "%s '%s' is %s but never %s", what, name, word[1],
                   word[0]);
}

void check_queues(struct compiler *c) {
    struct program *program = c->program;
    for (uint32_t i = 0; i < program->nqueues; i++) {
        const struct queue_plan *plan = &c->queues[i];
        struct work_queue *queue = &program->queues[i];
        check_partners(c, queue->name, plan);
        queue->first = program->nqueue_instances;
        queue->count = queue->per == NO_INDEX ? 1 : program->object_counts[queue->per];
        if (queue->count > LIMIT_INSTANCES - program->nqueue_instances) {
            diag_error(c->diag, plan->posted,
                       "%s '%s' has %u queues: the limit of all together is %d",
                       what_it_is(plan->completion), queue->name, queue->count, LIMIT_INSTANCES);
            return;
        }
        program->nqueue_instances += queue->count;
    }
}
