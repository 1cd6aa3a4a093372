/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Locks along a path: what is taken, by which register, and that it is released. */
#include "program/walk.h"

#include <string.h>

static const char *lock_name(const struct walk *w, uint32_t lock) {
    return w->c->program->locks[lock].name;
}

static const struct kind_info *kind_of(const struct walk *w, uint32_t lock) {
    return lock == NO_INDEX ? NULL : w->c->locks[lock].kind;
}

static bool must_not_sleep(const struct walk *w, const struct held *held) {
    const struct kind_info *kind = kind_of(w, held->lock);
    if (held->interrupt)
        return true;
    if (kind == NULL)
        return held->rcu;
    if (held->mode == MODE_READ && (kind->rcu || kind->read_holds_nothing))
        return kind->rcu;
    return atomic_in(kind, held->mode);
}

/* The innermost section held that must not sleep, or NULL. */
static const struct held *find_atomic(const struct walk *w) {
    for (uint32_t i = w->path.nheld; i-- > 0;)
        if (must_not_sleep(w, &w->path.held[i]))
            return &w->path.held[i];
    return NULL;
}

void check_may_sleep(struct walk *w, const struct step *step, const char *what) {
    const struct held *atomic = find_atomic(w);
    if (atomic == NULL)
        return;
    const struct kind_info *kind = kind_of(w, atomic->lock);
    if (atomic->interrupt || kind == NULL || kind->rcu)
        diag_error(w->c->diag, step->pos, "%s in an %s (line %u), which must not sleep", what,
                   atomic->interrupt ? "interrupt" : "RCU read section",
                   (unsigned)atomic->step->pos.line);
    else
        diag_error(w->c->diag, step->pos,
                   "%s while '%s' is held (taken at line %u): the holder of a %s must not sleep",
                   what, lock_name(w, atomic->lock), (unsigned)atomic->step->pos.line, kind->name);
}

bool is_user_work(const struct walk *w, bool unless_kernel) {
    bool user = unless_kernel;
    for (uint32_t i = 0; i < w->path.nheld; i++) {
        const struct held *held = &w->path.held[i];
        const struct kind_info *kind = kind_of(w, held->lock);
        if (held->interrupt || held->rcu || (kind != NULL && kind->side == SIDE_KERNEL))
            return false;
        user |= kind != NULL && kind->side == SIDE_USER;
    }
    return user && w->source->context == CONTEXT_USER;
}

/* The section around the i-th held that may be run again, or NULL. */
static const struct held *find_retried(const struct walk *w, uint32_t i) {
    for (; i < w->path.nheld; i++)
        if (w->path.held[i].retries)
            return &w->path.held[i];
    return NULL;
}

static void refuse_repeat(struct walk *w, const struct step *step, const char *what,
                          const struct held *retried) {
    diag_error(w->c->diag, step->pos,
               "%s in a section that lock '%s' (line %u) may have done again: only work can be "
               "done twice",
               what, lock_name(w, retried->lock), (unsigned)retried->step->pos.line);
}

void check_may_repeat(struct walk *w, const struct step *step, const char *what) {
    const struct held *retried = find_retried(w, 0);
    if (retried != NULL)
        refuse_repeat(w, step, what, retried);
}

static const struct held *find_same(const struct walk *w, uint32_t lock, uint16_t reg) {
    for (uint32_t i = w->path.nheld; i-- > 0;)
        if (w->path.held[i].lock == lock && w->path.held[i].reg == reg &&
            !holds_nothing(kind_of(w, lock), w->path.held[i].mode))
            return &w->path.held[i];
    return NULL;
}

/* Who shares a lock, be it as a reader, is not sure to wait for itself. */
static const char *why_not_again(const struct kind_info *kind, enum lock_mode held,
                                 enum lock_mode mode) {
    bool shares = !kind->has_readers || (held == MODE_READ && mode == MODE_READ);
    return shares && kind->nested != NULL ? kind->nested : "would wait for itself";
}

static void check_take(struct walk *w, const struct step *step, const struct guarded *guarded,
                       uint16_t reg) {
    uint32_t lock = guarded->lock;
    const struct kind_info *kind = kind_of(w, lock);
    check_may_repeat(w, step, arena_printf(w->c->arena, "lock '%s' is taken", lock_name(w, lock)));
    if (kind == NULL || kind->never_waits)
        return;
    const struct held *same = find_same(w, lock, reg);
    if (same != NULL)
        diag_error(w->c->diag, step->pos,
                   "'%s' takes lock '%s', which the thread holds already (taken at line %u): it %s",
                   step->name.text, lock_name(w, lock), (unsigned)same->step->pos.line,
                   why_not_again(kind, same->mode, guarded->mode));
    if (may_sleep_for(kind))
        check_may_sleep(w, step,
                        arena_printf(w->c->arena,
                                     "lock '%s' is a %s, which may sleep, and is taken",
                                     lock_name(w, lock), kind->name));
}

static bool slot_in_use(const struct walk *w, uint8_t slot) {
    for (uint32_t i = 0; i < w->path.nheld; i++)
        if (w->path.held[i].lock != NO_INDEX && w->path.held[i].slot == slot)
            return true;
    return false;
}

/*
 * Slots are given to locks once and for all, not by what is free at the
 * moment: after branches that release and take again in another order, every
 * lock is still where it was.
 */
static uint8_t find_slot(struct walk *w, uint32_t lock, uint16_t reg, struct pos pos) {
    for (uint8_t i = 0; i < w->group->nslots; i++)
        if (w->slots[i].lock == lock && w->slots[i].reg == reg && !slot_in_use(w, i))
            return i;
    if (w->group->nslots == SLOTS) {
        diag_error(w->c->diag, pos, "the group takes more than %d different locks", SLOTS);
        return 0;
    }
    w->slots[w->group->nslots] = (struct slot_key){.lock = lock, .reg = reg};
    return w->group->nslots++;
}

static void push_held(struct walk *w, struct held held) {
    if (w->path.nheld == LIMIT_HELD) {
        diag_error(w->c->diag, held.step->pos, "more than %d sections and locks within each other",
                   LIMIT_HELD);
        return;
    }
    w->path.held[w->path.nheld++] = held;
}

void enter_rcu(struct walk *w, const struct step *step) {
    emit(w, (struct op){.code = OP_RCU_LOCK}, step->pos);
    push_held(w,
              (struct held){
                  .step = step, .label = "rcu_read", .lock = NO_INDEX, .reg = NO_REG, .rcu = true});
}

static void take_instance(struct walk *w, const struct step *step, const struct guarded *guarded,
                          uint32_t site, const struct instance *instance) {
    const struct kind_info *kind = kind_of(w, guarded->lock);
    bool interrupt = guarded->source != NULL && guarded->source->interrupt;
    check_take(w, step, guarded, instance->reg);
    uint8_t slot = find_slot(w, guarded->lock, instance->reg, step->pos);
    bool retries = kind != NULL && kind->retries && guarded->mode == MODE_READ;
    w->group->retries |= retries;
    uint32_t caller = w->frame, frame = lock_frame(w->c, caller, guarded);
    w->frame = frame;
    uint32_t begin = emit(w,
                          (struct op){.code = OP_LOCK,
                                      .index = guarded->lock,
                                      .reg = instance->source,
                                      .mode = (uint8_t)guarded->mode,
                                      .interrupt = interrupt,
                                      .site = site,
                                      .slot = slot,
                                      .target = instance->order},
                          step->pos);
    w->frame = caller;
    push_held(w, (struct held){.step = step,
                               .label = step->name.text,
                               .lock = guarded->lock,
                               .frame = frame,
                               .reg = instance->reg,
                               .source = instance->source,
                               .slot = slot,
                               .mode = (uint8_t)guarded->mode,
                               .interrupt = interrupt,
                               .retries = retries,
                               .begin = retries ? begin : 0});
}

static void take(struct walk *w, const struct step *step, const struct guarded *guarded,
                 uint32_t site) {
    struct lock_plan *plan = &w->c->locks[guarded->lock];
    struct instance instances[2];
    plan->taken = true;
    w->passes_time |= plan->kind != NULL && !plan->kind->never_waits;
    uint32_t n = choose_instances(w, step, guarded, instances);
    for (uint32_t i = 0; i < n; i++)
        take_instance(w, step, guarded, site, &instances[i]);
}

void take_section(struct walk *w, const struct step *step, uint32_t section) {
    struct section_plan *plan = &w->c->sections[section];
    plan->entered = true;
    for (uint32_t i = 0; i < plan->nlocks; i++)
        take(w, step, &plan->locks[i], plan->site);
    if (plan->nlocks == 0)
        push_held(w, (struct held){
                         .step = step, .label = step->name.text, .lock = NO_INDEX, .reg = NO_REG});
}

static struct names sections_of(const struct walk *w) {
    return NAMES(w->c->scenario->sections, w->c->scenario->nsections, "section");
}

static struct names locks_of(const struct walk *w) {
    return NAMES(w->c->design->locks, w->c->design->nlocks, "lock");
}

/* Sections and this design's locks, as candidates for what an unknown name was meant to be. */
static void unknown_section_or_lock(struct walk *w, struct name name) {
    uint32_t nsections = w->c->scenario->nsections, nlocks = w->c->design->nlocks;
    struct name *names = arena_array(w->c->arena, (size_t)nsections + nlocks, sizeof(*names));
    for (uint32_t i = 0; i < nsections; i++)
        names[i] = w->c->scenario->sections[i].name;
    for (uint32_t i = 0; i < nlocks; i++)
        names[nsections + i] = w->c->design->locks[i].name;
    resolve_name(w->c, name, NAMES(names, nsections + nlocks, "section or lock"));
}

void take_lock(struct walk *w, const struct step *step) {
    uint32_t section = find_name(sections_of(w), step->name.text);
    if (section != NO_INDEX) {
        uint32_t caller = w->frame;
        w->frame = section_frame(w->c, caller, section);
        take_section(w, step, section);
        emit_cost(w, &w->c->sections[section], step);
        w->frame = caller;
        return;
    }
    uint32_t lock = find_name(locks_of(w), step->name.text);
    if (lock == NO_INDEX) {
        unknown_section_or_lock(w, step->name);
        return;
    }
    struct program *program = w->c->program;
    uint32_t site = intern(w->c, &program->sites, &program->nsites, w->group->name);
    take(w, step, &(struct guarded){.lock = lock, .mode = MODE_WRITE}, site);
}

static void emit_unlock(struct walk *w, const struct held *held, struct pos pos) {
    if (held->rcu)
        emit(w, (struct op){.code = OP_RCU_UNLOCK}, pos);
    if (held->lock == NO_INDEX)
        return;
    uint32_t caller = w->frame;
    w->frame = held->frame;
    emit(w,
         (struct op){.code = OP_UNLOCK,
                     .index = held->lock,
                     .reg = held->source,
                     .slot = held->slot,
                     .target = held->begin},
         pos);
    w->frame = caller;
    const struct kind_info *kind = kind_of(w, held->lock);
    if (kind != NULL && kind->rcu && held->mode == MODE_WRITE)
        end_update(w, held->lock, held->step);
}

void release_to(struct walk *w, uint32_t nheld, struct pos pos) {
    while (w->path.nheld > nheld)
        emit_unlock(w, &w->path.held[--w->path.nheld], pos);
}

/* Releases what the innermost step of that name took, and no more. */
void release_step(struct walk *w, const struct step *step) {
    const char *name = step->name.text;
    const struct step *taker = NULL;
    for (uint32_t i = w->path.nheld; i-- > 0;) {
        struct held held = w->path.held[i];
        if (strcmp(held.label, name) != 0 || (taker != NULL && held.step != taker))
            continue;
        taker = held.step;
        const struct held *retried = find_retried(w, i + 1);
        if (retried != NULL)
            refuse_repeat(w, step, arena_printf(w->c->arena, "'%s' is released", name), retried);
        emit_unlock(w, &held, step->pos);
        w->path.nheld--;
        memmove(&w->path.held[i], &w->path.held[i + 1],
                (w->path.nheld - i) * sizeof(w->path.held[0]));
    }
    if (taker != NULL)
        return;
    if (find_name(sections_of(w), name) != NO_INDEX || find_name(locks_of(w), name) != NO_INDEX)
        diag_error(w->c->diag, step->pos, "'%s' is released here, but it was not taken", name);
    else
        unknown_section_or_lock(w, step->name);
}

/* The first of `these` that has no partner among `those`, or NULL. */
static const struct held *unmatched(const struct path *these, const struct path *those) {
    bool used[LIMIT_HELD] = {false};
    for (uint32_t i = 0; i < these->nheld; i++) {
        const struct held *a = &these->held[i];
        uint32_t j = 0;
        for (; j < those->nheld; j++) {
            const struct held *b = &those->held[j];
            if (!used[j] && a->lock == b->lock && a->reg == b->reg && a->begin == b->begin &&
                strcmp(a->label, b->label) == 0)
                break;
        }
        if (j == those->nheld)
            return a;
        used[j] = true;
    }
    return NULL;
}

void check_balance(struct walk *w, const struct path *before, struct pos pos, const char *what) {
    const struct held *lost = unmatched(before, &w->path), *left = unmatched(&w->path, before);
    if (lost != NULL)
        diag_error(w->c->diag, pos, "'%s', taken at line %u, is released in %s and not taken again",
                   lost->label, (unsigned)lost->step->pos.line, what);
    if (left != NULL)
        diag_error(w->c->diag, left->step->pos,
                   "'%s' is taken here and still held at the end of %s (line %u)", left->label,
                   what, (unsigned)pos.line);
    memcpy(w->path.held, before->held, sizeof(before->held));
    w->path.nheld = before->nheld;
}

void check_all_released(struct walk *w) {
    for (uint32_t i = 0; i < w->path.nheld; i++)
        diag_error(w->c->diag, w->path.held[i].step->pos,
                   "'%s' is taken here and still held at the end of the steps",
                   w->path.held[i].label);
}
