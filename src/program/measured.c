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

/* A lock has no rate, and a progress point nothing else. */
static void check_fields(struct compiler *c, const struct measured *measured) {
    bool progress = measured->progress.text != NULL;
    for (uint32_t i = 0; i < measured->nfields; i++) {
        const struct measured_field *field = &measured->fields[i];
        bool of_progress = strcmp(field->name, "rate") == 0 || strcmp(field->name, "elapsed") == 0;
        if (of_progress != progress)
            diag_error(c->diag, field->pos, "'%s' is measured of a %s, and this is a %s",
                       field->name, of_progress ? "progress point" : "lock",
                       progress ? "progress point" : "lock");
    }
    const struct measured_site *site =
        measured->nwaiters > 0 ? measured->waiters : measured->holders;
    if (progress && measured->nwaiters + measured->nholders > 0)
        diag_error(c->diag, site->site.pos,
                   "sites are measured of a lock, not of a progress point");
}

void check_measured(struct compiler *c) {
    const struct scenario *scenario = c->scenario;
    for (uint32_t i = 0; i < scenario->nmeasured; i++) {
        const struct measured *measured = &scenario->measured[i];
        uint32_t design = resolve_name(c, measured->design,
                                       NAMES(scenario->designs, scenario->ndesigns, "design"));
        check_fields(c, measured);
        if (measured->progress.text != NULL)
            check_progress(c, measured);
        if (design == NO_INDEX || &scenario->designs[design] != c->design)
            continue;
        if (measured->lock.text != NULL)
            resolve_name(c, measured->lock, NAMES(c->design->locks, c->design->nlocks, "lock"));
    }
}
