/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment_help.h"

#include "fixture.h"
#include "suite.h"

#include "base/arena.h"

struct arena *arena;

static void set_up(void) {
    arena = arena_new();
}

static void tear_down(void) {
    arena_free(arena);
}

const struct dist us1 = {.kind = DIST_CONST, .a = TICKS_PER_US};
const struct dist us10 = {.kind = DIST_CONST, .a = 10 * TICKS_PER_US};
const struct dist exp1 = {.kind = DIST_EXP, .a = TICKS_PER_US};
const struct dist exp10 = {.kind = DIST_EXP, .a = 10 * TICKS_PER_US};

struct runs *run_with(struct program **programs, uint32_t n, uint32_t replications,
                      double precision, unsigned jobs) {
    const struct program **const_programs = arena_array(arena, n, sizeof(*const_programs));
    for (uint32_t i = 0; i < n; i++)
        const_programs[i] = programs[i];
    const struct run_plan plan = {.programs = const_programs,
                                  .ndesigns = n,
                                  .replications = replications,
                                  .precision = precision,
                                  .jobs = jobs};
    return experiment_run(arena, &plan);
}

struct result *result_with(struct program **programs, uint32_t n, uint32_t replications) {
    struct scenario *scenario = fixture_scenario(arena, programs, n);
    return result_new(arena, scenario, run_with(programs, n, replications, 0, 1));
}

struct program *loop(const char *design, const char *kind, uint32_t threads, uint32_t cpus) {
    const struct fixture f = {design, kind, threads, cpus, exp10, exp1, 0, 0.02, false};
    return fixture_loop(arena, &f);
}

TCase *add_case(Suite *suite, const char *name) {
    return suite_case(suite, name, set_up, tear_down, 120);
}
