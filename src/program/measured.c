/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Measured figures must be of something that the design has. */
#include "program/compile.h"

#include <string.h>

static void check_progress(struct compiler *c, const struct measured *measured) {
    const struct program *program = c->program;
    struct name *names = arena_array(c->arena, program->nprogress, sizeof(*names));
    for (uint32_t i = 0; i < program->nprogress; i++)
        names[i].text = program->progress[i];
    resolve_name(c, measured->progress, NAMES(names, program->nprogress, "progress point"));
}

void check_measured(struct compiler *c) {
    const struct scenario *scenario = c->scenario;
    for (uint32_t i = 0; i < scenario->nmeasured; i++) {
        const struct measured *measured = &scenario->measured[i];
        uint32_t design = resolve_name(c, measured->design,
                                       NAMES(scenario->designs, scenario->ndesigns, "design"));
        if (measured->progress.text != NULL)
            check_progress(c, measured);
        if (design == NO_INDEX || &scenario->designs[design] != c->design)
            continue;
        if (measured->lock.text != NULL)
            resolve_name(c, measured->lock, NAMES(c->design->locks, c->design->nlocks, "lock"));
    }
}
