/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which instances of a lock a section takes, and from which registers. */
#include "program/walk.h"

/* The instance that was picked last; false after an error. */
static bool last_instance(struct walk *w, const struct step *step, uint32_t lock,
                          struct instance *instance) {
    const struct lock_class *class = &w->c->program->locks[lock];
    *instance = (struct instance){.reg = NO_REG, .source = NO_REG};
    if (class->per == NO_INDEX)
        return true;
    uint32_t last = last_of_class(w, class->per);
    if (last == NO_INDEX) {
        const char *object = w->c->program->object_names[class->per];
        diag_error(w->c->diag, step->pos,
                   "lock '%s' is per %s, and no %s has been picked on every way to here",
                   class->name, object, object);
        return false;
    }
    instance->reg = instance->source = w->regs[last].number;
    return true;
}

/* The instance of an object that the guard names; false after an error. */
static bool named_instance(struct walk *w, uint32_t lock, struct name name,
                           struct instance *instance) {
    const struct program *program = w->c->program;
    const struct lock_class *class = &program->locks[lock];
    uint32_t reg = use_register(w, name);
    if (reg == NO_INDEX)
        return false;
    if (w->regs[reg].class != class->per) {
        diag_error(w->c->diag, name.pos, "'%s' is a %s, and lock '%s' is %s%s", name.text,
                   program->object_names[w->regs[reg].class], class->name,
                   class->per == NO_INDEX ? "one for all" : "per ",
                   class->per == NO_INDEX ? "" : program->object_names[class->per]);
        return false;
    }
    *instance = (struct instance){.reg = w->regs[reg].number, .source = w->regs[reg].number};
    return true;
}

/* From here on the first is that of the smaller object. */
static void order_instances(struct walk *w, const struct step *step, struct instance *pair) {
    uint16_t low = order_registers(w, pair[0].reg, pair[1].reg);
    uint32_t order = emit(
        w, (struct op){.code = OP_ORDER, .reg = low, .other = pair[0].reg, .index = pair[1].reg},
        step->pos);
    for (uint16_t i = 0; i < 2; i++) {
        pair[i].source = low + i;
        pair[i].order = order;
    }
}

/* What the guard says, or else what was picked last: the instances, and how many they are. */
uint32_t choose_instances(struct walk *w, const struct step *step, const struct guarded *guarded,
                          struct instance *instances) {
    const struct guard_lock *source = guarded->source;
    if (source == NULL || source->of.n == 0)
        return last_instance(w, step, guarded->lock, instances) ? 1 : 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < source->of.n; i++)
        if (named_instance(w, guarded->lock, source->of.names[i], &instances[n]))
            n++;
    if (source->ordered && n == 2)
        order_instances(w, step, instances);
    return n;
}
