/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each section costs in this design, and what guards it. */
#include "program/compile.h"

#include <string.h>

static struct names section_names(const struct compiler *c) {
    return NAMES(c->scenario->sections, c->scenario->nsections, "section");
}

static void plan_length(struct compiler *c, const struct section *section,
                        struct section_plan *plan) {
    if (section->cost == NULL && section->delay == NULL)
        return;
    plan->clock = section->cost == NULL;
    plan->cost = time_dist(c, plan->clock ? section->delay : section->cost);
}

static void plan_section(struct compiler *c, uint32_t index) {
    const struct section *section = &c->scenario->sections[index];
    struct section_plan *plan = &c->sections[index];
    const char *site = section->site.text != NULL ? section->site.text : section->name.text;
    plan->site = intern(c, &c->program->sites, &c->program->nsites, site);
    plan_length(c, section, plan);
    plan->reads = resolve_lines(c, &section->reads);
    plan->writes = resolve_lines(c, &section->writes);
}

static void override_section(struct compiler *c, const struct section *section) {
    uint32_t index = resolve_name(c, section->name, section_names(c));
    if (index == NO_INDEX)
        return;
    struct section_plan *plan = &c->sections[index];
    plan_length(c, section, plan);
    if (section->reads.names != NULL)
        plan->reads = resolve_lines(c, &section->reads);
    if (section->writes.names != NULL)
        plan->writes = resolve_lines(c, &section->writes);
    if (section->site.text != NULL)
        plan->site = intern(c, &c->program->sites, &c->program->nsites, section->site.text);
}

/* The guard's lock, if it may be used like that. */
static bool resolve_guard(struct compiler *c, const struct section_plan *plan,
                          const struct guard_lock *guard, struct guarded *out) {
    struct names locks = NAMES(c->design->locks, c->design->nlocks, "lock");
    uint32_t lock = resolve_name(c, guard->lock, locks);
    if (lock == NO_INDEX)
        return false;
    c->locks[lock].guards = true;
    for (uint32_t i = 0; i < plan->nlocks; i++)
        if (plan->locks[i].lock == lock) {
            diag_error(c->diag, guard->lock.pos, "lock '%s' guards this section twice",
                       guard->lock.text);
            return false;
        }
    const struct kind_info *kind = c->locks[lock].kind;
    if (guard->mode == MODE_READ && kind != NULL && !kind->has_readers) {
        diag_error(c->diag, guard->lock.pos, "lock '%s' is a %s, which has no readers",
                   guard->lock.text, kind->name);
        return false;
    }
    if (guard->interrupt && kind != NULL && may_sleep_for(kind)) {
        diag_error(c->diag, guard->lock.pos,
                   "lock '%s' is a %s, which may sleep, and is taken in an interrupt",
                   guard->lock.text, kind->name);
        return false;
    }
    *out = (struct guarded){.lock = lock, .mode = guard->mode, .source = guard};
    return true;
}

static void plan_guard(struct compiler *c, const struct guard *guard) {
    uint32_t index = resolve_name(c, guard->section, section_names(c));
    if (index == NO_INDEX)
        return;
    struct section_plan *plan = &c->sections[index];
    plan->guard = guard;
    plan->locks = arena_array(c->arena, guard->nlocks, sizeof(*plan->locks));
    plan->nlocks = 0;
    for (uint32_t i = 0; i < guard->nlocks; i++)
        if (resolve_guard(c, plan, &guard->locks[i], &plan->locks[plan->nlocks]))
            plan->nlocks++;
}

void compile_sections(struct compiler *c) {
    c->sections = arena_array(c->arena, c->scenario->nsections, sizeof(*c->sections));
    for (uint32_t i = 0; i < c->scenario->nsections; i++)
        plan_section(c, i);
    for (uint32_t i = 0; i < c->design->nsections; i++)
        override_section(c, &c->design->sections[i]);
    for (uint32_t i = 0; i < c->design->nguards; i++)
        plan_guard(c, &c->design->guards[i]);
}

static void warn_unused(struct compiler *c) {
    for (uint32_t i = 0; i < c->scenario->nsections; i++) {
        const struct section_plan *plan = &c->sections[i];
        if (plan->guard != NULL && !plan->entered)
            diag_warn(c->diag, plan->guard->section.pos, "no step enters section '%s'",
                      plan->guard->section.text);
    }
    for (uint32_t i = 0; i < c->program->nlocks; i++) {
        const struct lock_plan *lock = &c->locks[i];
        if (!lock->guards && !lock->taken)
            diag_warn(c->diag, lock->decl->name.pos, "lock '%s' guards nothing",
                      lock->decl->name.text);
    }
}

void check_guards(struct compiler *c) {
    bool any = false;
    if (diag_errors(c->diag) > 0) /* what seems unused may be used where the error is */
        return;
    for (uint32_t i = 0; i < c->program->nlocks; i++)
        any = any || c->locks[i].taken;
    if (!any)
        diag_error(c->diag, c->design->name.pos,
                   "design '%s' guards nothing that is entered; to show the work without locks use "
                   "a lock of kind none",
                   c->design->name.text);
    warn_unused(c);
}
