/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What CPU time is spent for, as frames of a call chain: a group of threads,
 * sections within sections, and the locks that are taken there.
 */
#include "program/walk.h"

#include <string.h>

static const char *symbol_of(struct compiler *c, const char *site) {
    return arena_printf(c->arena, "%.*s", (int)strcspn(site, "+"), site);
}

static bool same_frame(const struct frame *a, const struct frame *b) {
    return a->kind == b->kind && a->index == b->index && a->mode == b->mode;
}

/* Of its caller, which has it in the list of those it calls. */
static uint32_t find_or_add(struct compiler *c, struct frame frame) {
    struct program *program = c->program;
    for (uint32_t i = program->frames[frame.parent].callee; i != 0; i = program->frames[i].next)
        if (same_frame(&program->frames[i], &frame))
            return i;
    uint32_t added = program->nframes;
    program->frames = make_room(c, program->frames, added, sizeof(*program->frames));
    frame.next = program->frames[frame.parent].callee;
    program->frames[frame.parent].callee = added;
    program->frames[added] = frame;
    return program->nframes++;
}

void start_frames(struct compiler *c) {
    static const char *const names[FRAMES_FIRST] = {
        [FRAME_OF_SWITCHES] = "(switching)", [FRAME_OF_INTERRUPTS] = "(interrupts)"};
    struct program *program = c->program;
    for (; program->nframes < FRAMES_FIRST; program->nframes++) {
        program->frames = make_room(c, program->frames, program->nframes, sizeof(*program->frames));
        program->frames[program->nframes] = (struct frame){.kind = FRAME_OTHER,
                                                           .parent = NO_INDEX,
                                                           .name = names[program->nframes],
                                                           .function = names[program->nframes]};
    }
}

uint32_t group_frame(struct compiler *c, const struct program_group *group) {
    struct program *program = c->program;
    program->frames = make_room(c, program->frames, program->nframes, sizeof(*program->frames));
    program->frames[program->nframes] = (struct frame){.kind = FRAME_GROUP,
                                                       .parent = NO_INDEX,
                                                       .index = (uint32_t)(group - program->groups),
                                                       .name = group->name,
                                                       .function = group->name};
    return program->nframes++;
}

uint32_t section_frame(struct compiler *c, uint32_t parent, uint32_t section) {
    const char *site = c->program->sites[c->sections[section].site];
    return find_or_add(c, (struct frame){.kind = FRAME_SECTION,
                                         .parent = parent,
                                         .index = section,
                                         .name = c->scenario->sections[section].name.text,
                                         .function = symbol_of(c, site)});
}

uint32_t lock_frame(struct compiler *c, uint32_t parent, const struct guarded *guarded) {
    const struct lock_class *class = &c->program->locks[guarded->lock];
    return find_or_add(c, (struct frame){.kind = FRAME_LOCK,
                                         .parent = parent,
                                         .index = guarded->lock,
                                         .mode = (uint8_t)guarded->mode,
                                         .name = class->name});
}
