/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RCU: read sections, grace periods, and callbacks. A callback is a work item
 * that is there after a grace period; a thread of our own does all callbacks
 * of a step, or of a lock, as the kernel's rcuo threads do those of a CPU.
 */
#include "program/walk.h"

void walk_rcu_read(struct walk *w, const struct step *step) {
    uint32_t outside = w->path.nheld;
    enter_rcu(w, step);
    struct path before = w->path;
    walk_steps(w, &step->body);
    check_balance(w, &before, step->pos, "this RCU read section");
    release_to(w, outside, step->pos);
}

static void synchronize(struct walk *w, const struct step *step, enum rcu_flavor flavor,
                        const char *what) {
    check_may_sleep(w, step, what);
    w->passes_time = true;
    emit(w, (struct op){.code = OP_SYNCHRONIZE, .mode = (uint8_t)flavor}, step->pos);
}

void walk_synchronize(struct walk *w, const struct step *step) {
    synchronize(w, step, step->flavor, "synchronize_rcu");
}

static struct step_list steps_of(struct compiler *c, const struct step *steps, uint32_t n,
                                 struct pos pos) {
    struct step_list list = {arena_array(c->arena, n, sizeof(*steps)), n};
    for (uint32_t i = 0; i < n; i++) {
        list.steps[i] = steps[i];
        list.steps[i].pos = pos;
    }
    return list;
}

/* The group of one thread that waits for callbacks of that name, and does them. */
static void add_callbacks(struct walk *w, struct callbacks *callbacks, struct name name,
                          struct step_list work) {
    struct compiler *c = w->c;
    struct step body = {.kind = STEP_RCU_READ, .body = work};
    struct step steps[] = {
        {.kind = STEP_TAKE, .name = name, .batch = TAKE_ALL},
        {.kind = STEP_REPEAT, .per_item = true, .body = steps_of(c, &body, 1, name.pos)},
    };
    callbacks->groups = make_room(c, callbacks->groups, callbacks->n, sizeof(*callbacks->groups));
    callbacks->groups[callbacks->n++] = (struct thread_group){
        .name = name, .context = CONTEXT_KERNEL, .steps = steps_of(c, steps, 2, name.pos)};
}

static struct step_list run_for(struct compiler *c, struct quantity *cost, struct pos pos) {
    return steps_of(c, &(struct step){.kind = STEP_RUN, .cost = cost}, 1, pos);
}

static bool is_known(const struct callbacks *callbacks, const char *name) {
    return find_name(NAMES(callbacks->groups, callbacks->n, "callback"), name) != NO_INDEX;
}

void walk_call_rcu(struct walk *w, const struct step *step) {
    struct callbacks *callbacks = &w->c->callbacks[CALLED_BY_STEP];
    struct name name = {arena_printf(w->c->arena, "%s/call_rcu", w->group->name), step->pos};
    for (uint32_t n = 2; is_known(callbacks, name.text); n++)
        name.text = arena_printf(w->c->arena, "%s/call_rcu-%u", w->group->name, n);
    struct step_list work = step->body;
    if (step->cost != NULL)
        work = run_for(w->c, step->cost, step->pos);
    add_callbacks(w, callbacks, name, work);
    post_to(w, &(struct step){.kind = STEP_POST, .pos = name.pos, .name = name},
            (struct op){.code = OP_CALL_RCU});
}

/* The callbacks of all updates of a lock are alike. */
static void call_back(struct walk *w, const struct lock_class *class, struct pos pos) {
    struct callbacks *callbacks = &w->c->callbacks[CALLED_BY_LOCK];
    struct name name = {arena_printf(w->c->arena, "%s/callback", class->name), pos};
    if (!is_known(callbacks, name.text)) {
        struct dist *dist = arena_alloc(w->c->arena, sizeof(*dist));
        struct quantity *cost = arena_alloc(w->c->arena, sizeof(*cost));
        *dist = (struct dist){DIST_CONST, .a = ticks_to_seconds(class->params[RCU_CALLBACK])};
        *cost = (struct quantity){.dist = dist, .pos = pos};
        add_callbacks(w, callbacks, name, run_for(w->c, cost, pos));
    }
    post_to(w, &(struct step){.kind = STEP_POST, .pos = name.pos, .name = name},
            (struct op){.code = OP_CALL_RCU});
}

void end_update(struct walk *w, uint32_t lock, const struct step *step) {
    const struct lock_class *class = &w->c->program->locks[lock];
    if (class->params[RCU_SYNCHRONIZE] == 0)
        call_back(w, class, step->pos);
    else
        synchronize(
            w, step, class->params[RCU_EXPEDITE] != 0 ? RCU_EXPEDITED : RCU_NORMAL,
            arena_printf(w->c->arena, "an update of '%s' ends with synchronize_rcu", class->name));
}
