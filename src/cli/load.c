/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/load.h"
#include "cli/read_file.h"

#include "base/arena.h"
#include "base/units.h"
#include "experiment/programs.h"

#include <stdlib.h>
#include <string.h>

/* The loader refuses texts of this size, so there is no need to read on. */
enum { READ_MOST = 16 * 1024 * 1024 };

static int unknown_design(const struct loaded *loaded, const char *name) {
    const struct scenario *scenario = loaded->scenario;
    const char **names = arena_array(loaded->arena, scenario->ndesigns, sizeof(*names));
    const char *known = "";
    for (uint32_t i = 0; i < scenario->ndesigns; i++) {
        names[i] = scenario->designs[i].name.text;
        known = arena_printf(loaded->arena, "%s%s%s", known, i == 0 ? "" : ", ", names[i]);
    }
    const char *nearest = nearest_name(name, names, scenario->ndesigns);
    if (nearest != NULL)
        return usage_error("%s has no design '%s'; did you mean '%s'?", scenario->file, name,
                           nearest);
    return usage_error("%s has no design '%s'; it has %s", scenario->file, name, known);
}

/* The names of the designs to compile, in the scenario's order whatever that of the options. */
static int select_designs(struct loaded *loaded, const struct options *options) {
    const struct scenario *scenario = loaded->scenario;
    bool *selected = arena_array(loaded->arena, scenario->ndesigns, sizeof(*selected));
    loaded->designs = arena_array(loaded->arena, scenario->ndesigns, sizeof(*loaded->designs));
    for (size_t i = 0; i < options->ndesigns; i++) {
        const struct design *design = design_find(scenario, options->designs[i]);
        if (design == NULL)
            return unknown_design(loaded, options->designs[i]);
        selected[design - scenario->designs] = true;
    }
    for (uint32_t i = 0; i < scenario->ndesigns; i++)
        if (selected[i] || options->ndesigns == 0)
            loaded->designs[loaded->nprograms++] = scenario->designs[i].name.text;
    return EXIT_GOOD;
}

static int compile(struct loaded *loaded, const struct options *options) {
    int status = select_designs(loaded, options);
    if (status == EXIT_GOOD)
        loaded->programs = (const struct program *const *)programs_compile(
            loaded->arena, loaded->diag, loaded->scenario, loaded->designs, loaded->nprograms);
    return status;
}

static void name_short_forms(struct loaded *loaded, const struct options *options) {
    for (size_t i = 0; i < options->nshort_forms; i++) {
        const struct short_form *form = &options->short_forms[i];
        diag_given(loaded->diag, arena_printf(loaded->arena, "--%s", form->option),
                   arena_printf(loaded->arena, "%s=%s", form->setting.path, form->setting.value));
    }
}

int load_swept(struct loaded *loaded, const struct options *options, const struct sweep_axis *axes,
               uint32_t naxes) {
    *loaded = (struct loaded){.arena = arena_new(), .diag = diag_new()};
    if (options->nargs != 1)
        return usage_error("expected one scenario file, not %zu", options->nargs);
    if (!read_file(options->args[0], READ_MOST, &loaded->text, &loaded->length))
        return EXIT_USAGE;
    name_short_forms(loaded, options);
    const struct sweep_plan plan = {.text = loaded->text,
                                    .length = loaded->length,
                                    .settings = options->settings,
                                    .nsettings = options->nsettings,
                                    .axes = axes,
                                    .naxes = naxes};
    loaded->scenario = sweep_base(loaded->arena, loaded->diag, options->args[0], &plan);
    int status = EXIT_GOOD;
    if (loaded->scenario != NULL)
        status = compile(loaded, options);
    bool wrong = diag_errors(loaded->diag) > 0;
    if (wrong || !options->quiet)
        diag_print(loaded->diag, stderr);
    return wrong ? EXIT_WRONG : status;
}

int load(struct loaded *loaded, const struct options *options) {
    return load_swept(loaded, options, NULL, 0);
}

void load_free(struct loaded *loaded) {
    arena_free(loaded->arena);
    diag_free(loaded->diag);
    free(loaded->text);
}
