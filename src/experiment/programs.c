/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/programs.h"

#include "base/arena.h"
#include "sim/lock/lock.h"

#include <string.h>

const struct design *design_find(const struct scenario *scenario, const char *name) {
    for (uint32_t i = 0; i < scenario->ndesigns; i++)
        if (strcmp(scenario->designs[i].name.text, name) == 0)
            return &scenario->designs[i];
    return NULL;
}

struct program **programs_compile(struct arena *arena, struct diag *diag,
                                  const struct scenario *scenario, const char *const *names,
                                  uint32_t n) {
    struct program **programs = arena_array(arena, n, sizeof(struct program *));
    for (uint32_t i = 0; i < n && !diag_full(diag); i++)
        programs[i] = program_compile(arena, diag, scenario, design_find(scenario, names[i]),
                                      lock_kind_infos, lock_kind_count);
    return programs;
}
