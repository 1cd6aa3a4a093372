/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/provenance.h"

#include "base/arena.h"
#include "base/digest.h"
#include "experiment/programs.h"

#include <string.h>

static const char *digest_of(struct arena *arena, const char *text) {
    uint64_t digest = digest_bytes(DIGEST_BASIS, text, strlen(text));
    return arena_printf(arena, "%016llx", (unsigned long long)digest);
}

struct provenance provenance_of(struct arena *arena, const struct sweep_plan *plan, uint64_t seed) {
    struct provenance provenance = {.version = PACKAGE_VERSION,
                                    .engine = engine_digest,
                                    .file = plan->scenario->file,
                                    .seed = seed,
                                    .plan = *plan};
    provenance.canonical =
        scenario_canonical(arena, plan->text, plan->length, plan->settings, plan->nsettings);
    provenance.digest = digest_of(arena, provenance.canonical);
    return provenance;
}

const char *provenance_point_digest(struct arena *arena, const struct provenance *provenance,
                                    const char *const *values) {
    const struct sweep_plan *plan = &provenance->plan;
    size_t n = plan->nsettings;
    struct setting *settings = arena_array(arena, n + plan->naxes, sizeof(*settings));
    for (size_t i = 0; i < n; i++)
        settings[i] = plan->settings[i];
    for (uint32_t i = 0; i < plan->naxes; i++)
        settings[n + i] = (struct setting){plan->axes[i].path, values[i]};
    return digest_of(
        arena, scenario_canonical(arena, plan->text, plan->length, settings, n + plan->naxes));
}

bool provenance_load(struct arena *arena, struct diag *diag, struct provenance *provenance) {
    struct sweep_plan *plan = &provenance->plan;
    struct scenario *scenario = sweep_base(arena, diag, provenance->file, plan);
    if (scenario == NULL)
        return false;
    struct program **programs =
        programs_compile(arena, diag, scenario, plan->designs, plan->ndesigns);
    plan->scenario = scenario;
    plan->program = programs[0];
    return diag_errors(diag) == 0;
}

/* ---- differences ---- */

static const char *version_text(struct arena *arena, const struct provenance *o) {
    return arena_printf(arena, "%s, engine %s", o->version, o->engine);
}

static const char *seed_text(struct arena *arena, const struct provenance *o) {
    return arena_printf(arena, "%llu", (unsigned long long)o->seed);
}

static const char *designs_text(struct arena *arena, const struct provenance *o) {
    const char *text = "";
    for (uint32_t i = 0; i < o->plan.ndesigns; i++)
        text = arena_printf(arena, "%s%s%s", text, i > 0 ? ", " : "", o->plan.designs[i]);
    return text;
}

static const char *axes_text(struct arena *arena, const struct provenance *o) {
    const char *text = "";
    for (uint32_t i = 0; i < o->plan.naxes; i++) {
        const struct sweep_axis *axis = &o->plan.axes[i];
        text = arena_printf(arena, "%s%s%s=", text, i > 0 ? " " : "", axis->path);
        for (uint32_t v = 0; v < axis->n; v++)
            text = arena_printf(arena, "%s%s%s", text, v > 0 ? "," : "", axis->values[v]);
    }
    return text;
}

/* The first lines that differ. */
static const char *scenario_difference(struct arena *arena, const char *there, const char *here) {
    for (;;) {
        size_t n = strcspn(there, "\n"), m = strcspn(here, "\n");
        if (n != m || strncmp(there, here, n) != 0)
            return arena_printf(arena, "the scenario is another: there '%.*s', here '%.*s'", (int)n,
                                there, (int)m, here);
        if (*there == '\0')
            return NULL;
        there += n + 1;
        here += m + 1;
    }
}

static const struct {
    const char *what;
    const char *(*text)(struct arena *arena, const struct provenance *provenance);
} parts[] = {{"the version is another", version_text},
             {"the seed is another", seed_text},
             {"the designs are others", designs_text},
             {"what is swept is another", axes_text}};
enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

const char *provenance_difference(struct arena *arena, const struct provenance *stored,
                                  const struct provenance *ours) {
    for (size_t i = 0; i < PARTS; i++) {
        const char *there = parts[i].text(arena, stored), *here = parts[i].text(arena, ours);
        if (strcmp(there, here) != 0)
            return arena_printf(arena, "%s: there %s, here %s", parts[i].what, there, here);
    }
    return scenario_difference(arena, stored->canonical, ours->canonical);
}

uint64_t provenance_digest(struct arena *arena, const struct provenance *provenance) {
    uint64_t digest = DIGEST_BASIS;
    for (size_t i = 0; i < PARTS; i++) {
        const char *part = parts[i].text(arena, provenance);
        digest = digest_bytes(digest, part, strlen(part) + 1);
    }
    return digest_bytes(digest, provenance->canonical, strlen(provenance->canonical));
}
