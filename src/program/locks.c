/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/compile.h"

#include <string.h>

uint32_t find_kind(struct compiler *c, struct name name) {
    struct name *names = arena_array(c->arena, c->nkinds, sizeof(*names));
    for (uint32_t i = 0; i < c->nkinds; i++)
        names[i].text = c->kinds[i]->name;
    struct names kinds = NAMES(names, c->nkinds, "lock kind");
    return resolve_name(c, name, kinds);
}

static void compile_lock(struct compiler *c, uint32_t index) {
    struct program *program = c->program;
    const struct lock_decl *decl = &c->design->locks[index];
    struct lock_class *class = &program->locks[index];
    c->locks[index].decl = decl;
    *class = (struct lock_class){
        .name = decl->name.text,
        .class_name = decl->class.text != NULL ? decl->class.text : decl->name.text,
        .per = NO_INDEX,
        .first = program->ninstances,
        .count = 1,
        .line = NO_INDEX,
    };
    if (decl->per.text != NULL)
        class->per = resolve_object(c, decl->per);
    if (class->per != NO_INDEX)
        class->count = program->object_counts[class->per];
    uint32_t kind = find_kind(c, decl->kind);
    if (kind != NO_INDEX) {
        class->kind = kind;
        class->info = c->kinds[kind];
        c->locks[index].kind = c->kinds[kind];
        compile_params(c, index);
        class->irq_off = decl->irq_off;
        if (decl->irq_off && !class->info->atomic_context)
            diag_error(c->diag, decl->irq_pos,
                       "lock '%s' is a %s, whose holder may sleep: interrupts must be on",
                       decl->name.text, class->info->name);
        compile_waiting(c, index);
    }
    place_lock(c, decl, class);
    if (class->count <= LIMIT_INSTANCES - program->ninstances)
        program->ninstances += class->count;
    else
        diag_error(c->diag, decl->name.pos,
                   "lock '%s' has %u instances: the limit of all locks together is %d",
                   decl->name.text, class->count, LIMIT_INSTANCES);
}

void compile_locks(struct compiler *c) {
    c->program->nlocks = c->design->nlocks;
    c->program->locks = arena_array(c->arena, c->design->nlocks, sizeof(*c->program->locks));
    c->locks = arena_array(c->arena, c->design->nlocks, sizeof(*c->locks));
    for (uint32_t i = 0; i < c->design->nlocks; i++)
        compile_lock(c, i);
}
