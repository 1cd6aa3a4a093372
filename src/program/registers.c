/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/walk.h"

#include <string.h>

uint32_t find_register(const struct walk *w, const char *name) {
    for (uint32_t i = 0; i < w->nregs; i++)
        if (strcmp(w->regs[i].name, name) == 0)
            return i;
    return NO_INDEX;
}

uint32_t add_register(struct walk *w, const char *name, uint32_t class, struct pos pos) {
    uint32_t i = find_register(w, name);
    if (i == NO_INDEX) {
        if (w->nregs == LIMIT_REGISTERS) {
            diag_error(w->c->diag, pos, "register '%s': the limit is %d in a group", name,
                       LIMIT_REGISTERS);
            return NO_INDEX;
        }
        i = w->nregs++;
        w->regs[i] = (struct object_register){name, class, w->group->nregs++};
    }
    if (w->regs[i].class != class) {
        const struct program *program = w->c->program;
        diag_error(w->c->diag, pos, "register '%s' holds a %s elsewhere in this group, here a %s",
                   name, program->object_names[w->regs[i].class], program->object_names[class]);
        return NO_INDEX;
    }
    return i;
}

void fill_register(struct walk *w, uint32_t reg, struct pos pos) {
    uint16_t number = w->regs[reg].number;
    for (uint32_t i = 0; i < w->path.nheld; i++) {
        const struct held *held = &w->path.held[i];
        if (held->lock == NO_INDEX || held->reg != number)
            continue;
        diag_error(w->c->diag, pos,
                   "register '%s' changes while the lock '%s' that it chose is held (line %u); "
                   "use `as:` for another register",
                   w->regs[reg].name, w->c->program->locks[held->lock].name,
                   (unsigned)held->step->pos.line);
        break;
    }
    w->path.filled[reg] = ++w->fills;
}

/* Registers that this path has filled, for messages. */
static struct names filled_names(struct walk *w) {
    struct name *names = arena_array(w->c->arena, w->nregs, sizeof(*names));
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->nregs; i++)
        if (w->path.filled[i] != 0)
            names[n++].text = w->regs[i].name;
    return NAMES(names, n, "register filled");
}

uint32_t use_register(struct walk *w, struct name name) {
    uint32_t reg = find_register(w, name.text);
    if (reg != NO_INDEX && w->path.filled[reg] != 0)
        return reg;
    uint32_t class = find_name(
        NAMES(w->c->scenario->objects, w->c->scenario->nobjects, "object class"), name.text);
    if (reg != NO_INDEX || class != NO_INDEX)
        diag_error(w->c->diag, name.pos, "no '%s' has been picked on every way to here", name.text);
    else
        diag_error(w->c->diag, name.pos, "unknown register '%s'%s", name.text,
                   suggestion(w->c, name.text, filled_names(w)));
    return NO_INDEX;
}

uint32_t last_of_class(const struct walk *w, uint32_t class) {
    uint32_t last = NO_INDEX;
    for (uint32_t i = 0; i < w->nregs; i++)
        if (w->regs[i].class == class && w->path.filled[i] != 0 &&
            (last == NO_INDEX || w->path.filled[i] > w->path.filled[last]))
            last = i;
    return last;
}

uint16_t new_loop_register(struct walk *w, struct pos pos) {
    if (w->depth == LIMIT_LOOPS) {
        diag_error(w->c->diag, pos, "more than %d repeats in each other", LIMIT_LOOPS);
        return w->loops[LIMIT_LOOPS - 1];
    }
    if (w->depth == w->nloops)
        w->loops[w->nloops++] = w->group->nregs++;
    return w->loops[w->depth];
}

uint16_t order_registers(struct walk *w, uint16_t a, uint16_t b) {
    for (uint32_t i = 0; i < w->npairs; i++)
        if (w->pairs[i].of[0] == a && w->pairs[i].of[1] == b)
            return w->pairs[i].low;
    w->pairs = make_room(w->c, w->pairs, w->npairs, sizeof(*w->pairs));
    w->pairs[w->npairs] = (struct ordered_pair){{a, b}, w->group->nregs};
    w->group->nregs += 2;
    return w->pairs[w->npairs++].low;
}

const char **register_names(const struct walk *w) {
    static const char *const ends[] = {"min", "max"};
    const char **names = arena_array(w->c->arena, w->group->nregs, sizeof(*names));
    for (uint32_t i = 0; i < w->nregs; i++)
        names[w->regs[i].number] = w->regs[i].name;
    for (uint32_t i = 0; i < w->npairs; i++)
        for (uint32_t j = 0; j < 2; j++)
            names[w->pairs[i].low + j] =
                arena_printf(w->c->arena, "%s(%s, %s)", ends[j], names[w->pairs[i].of[0]],
                             names[w->pairs[i].of[1]]);
    return names;
}
