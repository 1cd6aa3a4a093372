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

static enum measured_subject subject_of(const struct measured *measured) {
    if (measured->progress.text != NULL)
        return MEASURED_PROGRESS;
    return measured->threads.text != NULL ? MEASURED_THREADS : MEASURED_LOCK;
}

/* A lock has no rate, and a progress point nothing else. */
static void check_fields(struct compiler *c, const struct measured *measured) {
    static const char *const names[] = {[MEASURED_LOCK] = "a lock",
                                        [MEASURED_PROGRESS] = "a progress point",
                                        [MEASURED_THREADS] = "a group of threads"};
    enum measured_subject subject = subject_of(measured);
    for (uint32_t i = 0; i < measured->nfields; i++) {
        const struct measured_field *field = &measured->fields[i];
        enum measured_subject of = measured_subject_of(field->name);
        if (of != subject)
            diag_error(c->diag, field->pos, "'%s' is measured of %s, and this is %s", field->name,
                       names[of], names[subject]);
    }
    const struct measured_site *site =
        measured->nwaiters > 0 ? measured->waiters : measured->holders;
    if (subject != MEASURED_LOCK && measured->nwaiters + measured->nholders > 0)
        diag_error(c->diag, site->site.pos, "sites are measured of a lock, not of %s",
                   names[subject]);
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
        if (measured->threads.text != NULL)
            resolve_name(c, measured->threads,
                         NAMES(scenario->threads, scenario->nthreads, "group of threads"));
        if (design == NO_INDEX || &scenario->designs[design] != c->design)
            continue;
        if (measured->lock.text != NULL)
            resolve_name(c, measured->lock, NAMES(c->design->locks, c->design->nlocks, "lock"));
    }
}
