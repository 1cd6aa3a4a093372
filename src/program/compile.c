/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/compile.h"

#include <stddef.h>

_Static_assert(offsetof(struct object_class, name) == 0 && offsetof(struct section, name) == 0 &&
                   offsetof(struct line_decl, name) == 0 &&
                   offsetof(struct thread_group, name) == 0 &&
                   offsetof(struct lock_decl, name) == 0 && offsetof(struct design, name) == 0,
               "find_name() takes records that begin with their name");

/* With more names than this the search for each of them would be felt. */
static bool check_sizes(struct compiler *c) {
    const struct scenario *scenario = c->scenario;
    const struct {
        uint32_t n;
        struct pos pos;
        const char *what;
    } sizes[] = {
        {scenario->nobjects, c->design->name.pos, "object classes"},
        {scenario->nlines, c->design->name.pos, "lines"},
        {scenario->nsections, c->design->name.pos, "sections"},
        {scenario->nthreads, c->design->name.pos, "thread groups"},
        {scenario->ndesigns, c->design->name.pos, "designs"},
        {scenario->nmeasured, c->design->name.pos, "measured entries"},
        {c->design->nlocks, c->design->name.pos, "locks"},
        {c->design->nguards, c->design->name.pos, "guards"},
    };
    bool good = true;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        if (sizes[i].n > LIMIT_NAMES) {
            diag_error(c->diag, sizes[i].pos, "%u %s: the limit is %d", sizes[i].n, sizes[i].what,
                       LIMIT_NAMES);
            good = false;
        }
    return good;
}

static void compile_objects(struct compiler *c) {
    struct program *program = c->program;
    uint32_t n = c->scenario->nobjects;
    program->nobjects = n;
    program->object_counts = arena_array(c->arena, n, sizeof(*program->object_counts));
    program->object_names = arena_array(c->arena, n, sizeof(*program->object_names));
    for (uint32_t i = 0; i < n; i++) {
        const struct object_class *class = &c->scenario->objects[i];
        program->object_names[i] = class->name.text;
        program->object_counts[i] = (uint32_t)whole_number(c, class->count, 1, LIMIT_OBJECTS);
    }
}

static void collect_progress(struct compiler *c, const struct step_list *list) {
    for (uint32_t i = 0; i < list->n; i++) {
        const struct step *step = &list->steps[i];
        if (step->kind == STEP_COUNT)
            intern(c, &c->program->progress, &c->program->nprogress, step->name.text);
        collect_progress(c, &step->body);
        for (uint32_t j = 0; j < step->nbranches; j++)
            collect_progress(c, &step->branches[j].body);
    }
}

/* The same list in every design, so also what only another design counts. */
static void collect_all_progress(struct compiler *c) {
    const struct scenario *scenario = c->scenario;
    for (uint32_t i = 0; i < scenario->nthreads; i++)
        collect_progress(c, &scenario->threads[i].steps);
    for (uint32_t d = 0; d < scenario->ndesigns; d++)
        for (uint32_t i = 0; i < scenario->designs[d].nthreads; i++)
            collect_progress(c, &scenario->designs[d].threads[i].steps);
}

struct program *program_compile(struct arena *arena, struct diag *diag,
                                const struct scenario *scenario, const struct design *design,
                                const struct kind_info *const *kinds, uint32_t nkinds) {
    struct program *program = arena_alloc(arena, sizeof(*program));
    struct compiler compiler = {.arena = arena,
                                .diag = diag,
                                .scenario = scenario,
                                .design = design,
                                .kinds = kinds,
                                .nkinds = nkinds,
                                .program = program};
    struct compiler *c = &compiler;
    program->scenario = scenario;
    program->design = design->name.text;
    if (!check_sizes(c))
        return NULL;
    compile_machine(c);
    compile_objects(c);
    compile_kinds(c);
    compile_lines(c);
    compile_locks(c);
    compile_sections(c);
    collect_all_progress(c);
    start_frames(c);
    compile_groups(c);
    check_guards(c);
    check_queues(c);
    compile_run(c);
    check_measured(c);
    return diag_errors(diag) == 0 ? program : NULL;
}
