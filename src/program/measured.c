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
    if (measured->nprofile > 0)
        return MEASURED_PROFILE;
    return measured->threads.text != NULL ? MEASURED_THREADS : MEASURED_LOCK;
}

static void check_speedup(struct compiler *c, const struct measured *measured,
                          const struct measured_field *field) {
    if (strcmp(field->name, "speedup") == 0 &&
        strcmp(measured->design.text, c->scenario->designs[0].name.text) == 0)
        diag_error(c->diag, field->pos, "'%s' is the baseline, which is not compared with itself",
                   measured->design.text);
}

static bool starts_with(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Rows of readers and of writers are lock_stat's, rows of a caller are perf's. */
static void check_row(struct compiler *c, const struct measured *measured) {
    for (uint32_t i = 0; i < measured->nfields; i++) {
        const struct measured_field *field = &measured->fields[i];
        bool perf = starts_with(field->name, "perf-");
        bool truth = starts_with(field->name, "wait-") || starts_with(field->name, "hold-");
        if (measured->mode != MEASURED_ANY_MODE && (perf || truth))
            diag_error(c->diag, field->pos, "'%s' is of both modes together: leave out 'mode'",
                       field->name);
        if (measured->caller.text != NULL && !perf)
            diag_error(c->diag, field->pos, "'%s' is not known of one caller: leave out 'caller'",
                       field->name);
    }
}

/* A lock has no rate, and a progress point nothing else. */
static void check_fields(struct compiler *c, const struct measured *measured) {
    static const char *const names[] = {[MEASURED_LOCK] = "a lock",
                                        [MEASURED_PROGRESS] = "a progress point",
                                        [MEASURED_THREADS] = "a group of threads",
                                        [MEASURED_PROFILE] = "a profile"};
    enum measured_subject subject = subject_of(measured);
    for (uint32_t i = 0; i < measured->nfields; i++) {
        const struct measured_field *field = &measured->fields[i];
        enum measured_subject of = measured_subject_of(field->name);
        if (of != subject)
            diag_error(c->diag, field->pos, "'%s' is measured of %s, and this is %s", field->name,
                       names[of], names[subject]);
        else
            check_speedup(c, measured, field);
    }
    const struct measured_site *site =
        measured->nwaiters > 0 ? measured->waiters : measured->holders;
    if (subject != MEASURED_LOCK && measured->nwaiters + measured->nholders > 0)
        diag_error(c->diag, site->site.pos, "sites are measured of a lock, not of %s",
                   names[subject]);
}

/* ---- the profile ---- */

static void add_name(struct compiler *c, struct name **names, uint32_t *n, const char *text) {
    if (text == NULL || find_name(NAMES(*names, *n, ""), text) != NO_INDEX)
        return;
    *names = make_room(c, *names, *n, sizeof(**names));
    (*names)[(*n)++] = (struct name){.text = text};
}

static void add_functions(struct compiler *c, struct name **names, uint32_t *n,
                          const struct kind_functions *functions, int mode) {
    add_name(c, names, n, functions->acquire[mode]);
    add_name(c, names, n, functions->release[mode]);
    add_name(c, names, n, functions->first[mode]);
    add_name(c, names, n, functions->queued);
}

/* What has a share: functions of sections and locks, and both by name. */
static void check_profile(struct compiler *c, const struct measured *measured) {
    const struct program *program = c->program;
    struct name *names = NULL;
    uint32_t n = 0;
    for (uint32_t i = FRAMES_FIRST; i < program->nframes && measured->nprofile > 0; i++) {
        const struct frame *frame = &program->frames[i];
        const struct kind_info *kind =
            frame->kind == FRAME_LOCK ? program->locks[frame->index].info : NULL;
        add_name(c, &names, &n, frame->function);
        add_name(c, &names, &n, frame->name);
        if (kind != NULL && kind->functions != NULL)
            add_functions(c, &names, &n, kind->functions, frame->mode);
    }
    for (uint32_t i = 0; i < measured->nprofile; i++)
        resolve_name(c, measured->profile[i].of,
                     NAMES(names, n, "function, section or lock of this design"));
}

void check_measured(struct compiler *c) {
    const struct scenario *scenario = c->scenario;
    for (uint32_t i = 0; i < scenario->nmeasured; i++) {
        const struct measured *measured = &scenario->measured[i];
        uint32_t design = resolve_name(c, measured->design,
                                       NAMES(scenario->designs, scenario->ndesigns, "design"));
        check_fields(c, measured);
        check_row(c, measured);
        c->program->profiled |= measured->nprofile > 0;
        if (measured->progress.text != NULL)
            check_progress(c, measured);
        if (measured->threads.text != NULL)
            resolve_name(c, measured->threads,
                         NAMES(scenario->threads, scenario->nthreads, "group of threads"));
        if (design == NO_INDEX || &scenario->designs[design] != c->design)
            continue;
        check_profile(c, measured);
        if (measured->lock.text != NULL)
            resolve_name(c, measured->lock, NAMES(c->design->locks, c->design->nlocks, "lock"));
    }
}
