/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Named cache lines: how many of them, and who touches them. */
#include "program/walk.h"

static struct names line_names(const struct compiler *c) {
    return NAMES(c->scenario->lines, c->scenario->nlines, "line");
}

/* One for each object, or a lone one, when per is NO_INDEX. */
static void add_class(struct compiler *c, struct name name, uint32_t per, uint32_t packed) {
    struct program *program = c->program;
    struct line_class class = {
        .name = name.text, .per = per, .first = program->nline_instances, .count = 1};
    uint64_t copies = (program->machine.cpus + 63) / 64; /* words that say who has one */
    class.packed = packed;
    if (per != NO_INDEX)
        class.count = (program->object_counts[per] + packed - 1) / packed;
    if (((uint64_t) class.first + class.count) * copies <= LIMIT_STATE)
        program->nline_instances += class.count;
    else
        diag_error(c->diag, name.pos,
                   "'%s' has %u lines on %u CPUs: the limit of lines times CPUs is %lld", name.text,
                   class.count, program->machine.cpus, 64LL * LIMIT_STATE);
    program->lines[program->nlines++] = class;
}

static void compile_line(struct compiler *c, const struct line_decl *decl) {
    uint32_t per = NO_INDEX, packed = 1;
    if (decl->packed != NULL)
        packed = (uint32_t)whole_number(c, decl->packed, 1, LIMIT_OBJECTS);
    if (decl->per.text != NULL)
        per = resolve_object(c, decl->per);
    else if (decl->packed != NULL)
        diag_error(c->diag, decl->packed->pos,
                   "objects share the lines of a class of objects: say `per`");
    add_class(c, decl->name, per, packed);
}

void compile_lines(struct compiler *c) {
    size_t n = (size_t)c->scenario->nlines + c->design->nlocks;
    c->program->lines = arena_array(c->arena, n, sizeof(*c->program->lines));
    for (uint32_t i = 0; i < c->scenario->nlines; i++)
        compile_line(c, &c->scenario->lines[i]);
}

/* A line of an object holds the locks of that object, or several objects' lines would be one. */
void place_lock(struct compiler *c, const struct lock_decl *decl, struct lock_class *class) {
    struct program *program = c->program;
    if (decl->line.text != NULL) {
        class->line = resolve_line(c, decl->line);
        uint32_t per = class->line == NO_INDEX ? NO_INDEX : program->lines[class->line].per;
        if (per != NO_INDEX && per != class->per)
            diag_error(c->diag, decl->line.pos,
                       "line '%s' is per %s, and so must be a lock that is on it", decl->line.text,
                       program->object_names[per]);
    } else if (class->info != NULL && class->info->word_is_read) {
        class->line = program->nlines;
        add_class(c, decl->name, class->per, 1);
    }
}

uint32_t resolve_line(struct compiler *c, struct name name) {
    return resolve_name(c, name, line_names(c));
}

struct touched resolve_lines(struct compiler *c, const struct name_list *list) {
    uint32_t *lines = arena_array(c->arena, list->n, sizeof(*lines));
    struct touched touched = {.lines = lines};
    for (uint32_t i = 0; i < list->n; i++) {
        uint32_t line = resolve_line(c, list->names[i]);
        if (line != NO_INDEX)
            lines[touched.n++] = line;
    }
    return touched;
}

static void emit_touch(struct walk *w, const struct step *step, uint32_t line,
                       enum lock_mode mode) {
    uint32_t per = w->c->program->lines[line].per;
    uint16_t reg = NO_REG;
    if (per != NO_INDEX) {
        uint32_t last = last_of_class(w, per);
        if (last == NO_INDEX) {
            const char *object = w->c->program->object_names[per];
            diag_error(w->c->diag, step->pos,
                       "line '%s' is per %s, and no %s has been picked on every way to here",
                       w->c->program->lines[line].name, object, object);
            return;
        }
        reg = w->regs[last].number;
    }
    emit(w, (struct op){.code = OP_TOUCH, .index = line, .reg = reg, .mode = (uint8_t)mode},
         step->pos);
}

void emit_touches(struct walk *w, const struct section_plan *plan, const struct step *step) {
    for (uint32_t i = 0; i < plan->reads.n; i++)
        emit_touch(w, step, plan->reads.lines[i], MODE_READ);
    for (uint32_t i = 0; i < plan->writes.n; i++)
        emit_touch(w, step, plan->writes.lines[i], MODE_WRITE);
}

void walk_touch(struct walk *w, const struct step *step) {
    uint32_t line = resolve_line(w->c, step->name);
    if (line != NO_INDEX)
        emit_touch(w, step, line, step->kind == STEP_READ ? MODE_READ : MODE_WRITE);
}
