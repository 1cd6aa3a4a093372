/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shipped.h"

#include "base/arena.h"
#include "sim/lock/lock.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_file(struct arena *arena, const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s cannot be read", path);
    enum { ROOM = 1 << 16 };
    char *text = arena_alloc(arena, ROOM);
    *length = fread(text, 1, ROOM, file);
    ck_assert_msg(*length < ROOM, "%s is too long", path);
    fclose(file);
    return text;
}

static void expect_clean(const struct diag *diag, bool good) {
    if (!good)
        diag_print(diag, stderr);
    ck_assert(good);
}

static struct shipped *start(void) {
    struct arena *arena = arena_new();
    struct shipped *s = arena_alloc(arena, sizeof(*s));
    s->arena = arena;
    s->diag = diag_new();
    return s;
}

static void simulate(struct shipped *s, const char *path, const char *text, size_t length,
                     const struct setting *settings, size_t nsettings) {
    struct arena *arena = s->arena;
    s->scenario = scenario_load(arena, s->diag, path, text, length, settings, nsettings);
    expect_clean(s->diag, s->scenario != NULL);
    uint32_t n = s->scenario->ndesigns;
    const struct program **programs = arena_alloc(arena, n * sizeof(const struct program *));
    for (uint32_t i = 0; i < n; i++) {
        programs[i] = program_compile(arena, s->diag, s->scenario, &s->scenario->designs[i],
                                      lock_kind_infos, lock_kind_count);
        expect_clean(s->diag, programs[i] != NULL);
    }
    const struct run_plan plan = {.programs = programs,
                                  .ndesigns = n,
                                  .replications = (uint32_t)s->scenario->run.replications->dist->a,
                                  .jobs = 2};
    s->result = result_new(arena, s->scenario, experiment_run(arena, &plan));
    ck_assert_msg(audit_passed(&s->result->runs->audit), "%s", s->result->runs->audit.message);
    s->lines = measured_compare(arena, s->result);
}

struct shipped *shipped_run(const char *file, const struct setting *settings, size_t nsettings) {
    struct shipped *s = start();
    const char *srcdir = getenv("top_srcdir");
    const char *path = arena_printf(s->arena, "%s/%s", srcdir != NULL ? srcdir : ".", file);
    size_t length;
    const char *text = read_file(s->arena, path, &length);
    simulate(s, path, text, length, settings, nsettings);
    return s;
}

struct shipped *shipped_text(const char *text) {
    struct shipped *s = start();
    simulate(s, "test.yaml", text, strlen(text), NULL, 0);
    return s;
}

void shipped_free(struct shipped *s) {
    diag_free(s->diag);
    arena_free(s->arena);
}

static bool same(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

const struct measured_line *shipped_line(const struct shipped *s, const char *design,
                                         const char *subject, const char *field, const char *site) {
    for (uint32_t i = 0; i < s->lines.n; i++) {
        const struct measured_line *line = &s->lines.lines[i];
        if (same(line->design, design) && same(line->subject, subject) &&
            same(line->field, field) &&
            (site == NULL || (line->site != NULL && strstr(line->site, site) == line->site)))
            return line;
    }
    ck_abort_msg("no line %s %s %s %s", design, subject != NULL ? subject : "", field,
                 site != NULL ? site : "");
}

const struct design_result *shipped_design(const struct shipped *s, const char *name) {
    for (uint32_t i = 0; i < s->result->ndesigns; i++)
        if (strcmp(s->result->designs[i].name, name) == 0)
            return &s->result->designs[i];
    ck_abort_msg("no design %s", name);
}

const struct lock_result *shipped_lock(const struct shipped *s, const char *design,
                                       const char *lock) {
    const struct design_result *d = shipped_design(s, design);
    for (uint32_t i = 0; i < d->nlocks; i++)
        if (strcmp(d->locks[i].name, lock) == 0)
            return &d->locks[i];
    ck_abort_msg("no lock %s in %s", lock, design);
}
