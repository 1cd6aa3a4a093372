/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/compute.h"
#include "cli/load.h"
#include "cli/progress.h"
#include "cli/sweep_report.h"
#include "cli/verbs.h"

#include "base/arena.h"

#include <stdio.h>
#include <string.h>

/* What is swept, and what is the same everywhere. */
struct command {
    struct arena *arena;
    struct options fixed; /* the options, without the swept settings */
    struct sweep_axis *axes;
    uint32_t naxes;
};

static int divide(struct command *command, const struct options *options) {
    size_t n = options->nsettings;
    command->fixed = *options;
    command->fixed.settings = arena_array(command->arena, n, sizeof(struct setting));
    command->fixed.nsettings = 0;
    command->axes = arena_array(command->arena, n, sizeof(*command->axes));
    for (size_t i = 0; i < n; i++) {
        const struct setting *setting = &options->settings[i];
        struct sweep_axis axis = {.path = setting->path};
        const char *error = sweep_values(command->arena, setting->value, &axis);
        if (error != NULL)
            return usage_error("--set %s=%s: %s", setting->path, setting->value, error);
        if (axis.n > 1)
            command->axes[command->naxes++] = axis;
        else
            command->fixed.settings[command->fixed.nsettings++] = *setting;
    }
    return EXIT_GOOD;
}

static bool is_fixed(const struct command *command, const char *path) {
    for (size_t i = 0; i < command->fixed.nsettings; i++)
        if (strcmp(command->fixed.settings[i].path, path) == 0)
            return true;
    return false;
}

/* What the scenario sweeps, when the command line sweeps nothing. */
static void take_axes_of(struct command *command, const struct scenario *scenario) {
    if (command->naxes > 0)
        return;
    command->axes = arena_array(command->arena, scenario->nsweep, sizeof(*command->axes));
    for (uint32_t i = 0; i < scenario->nsweep; i++)
        if (!is_fixed(command, scenario->sweep[i].path))
            command->axes[command->naxes++] = scenario->sweep[i];
}

static int check_points(struct arena *arena, const struct sweep_plan *plan) {
    struct diag *diag = diag_new();
    const char *where = sweep_check(arena, diag, plan);
    if (where != NULL) {
        fprintf(stderr, "sim: at %s:\n", where);
        diag_print(diag, stderr);
    }
    diag_free(diag);
    return where != NULL ? EXIT_WRONG : EXIT_GOOD;
}

static int sweep(struct command *command, const struct loaded *loaded) {
    const struct options *options = &command->fixed;
    struct arena *arena = loaded->arena;
    struct sweep_plan plan = {.scenario = loaded->scenario,
                              .program = loaded->programs[0],
                              .text = loaded->text,
                              .length = loaded->length,
                              .settings = options->settings,
                              .nsettings = options->nsettings,
                              .axes = command->axes,
                              .naxes = command->naxes,
                              .designs = loaded->designs,
                              .ndesigns = loaded->nprograms,
                              .jobs = options_jobs(options),
                              .progress = progress_tell};
    int status = check_points(arena, &plan);
    if (status != EXIT_GOOD)
        return status;
    struct progress progress = progress_start("sweeping", options->quiet);
    plan.self = &progress;
    struct sweep *result;
    status = compute(arena, options, &plan, &result);
    progress_end(&progress);
    if (status != EXIT_GOOD || result == NULL)
        return status;
    if (options->part.of > 1) {
        printf("%s: %u of %u points\n", options->store, count_points(result), result->npoints);
        return EXIT_GOOD;
    }
    return write_report(arena, options, result, clock_seconds() - progress.started);
}

static int check_command(const struct command *command, const char *file) {
    const struct sweep_plan plan = {.axes = command->axes, .naxes = command->naxes};
    if (command->naxes == 0)
        return usage_error("%s sweeps nothing of its own; say what, as in "
                           "--set machine.cpus=1..128",
                           file);
    if (sweep_size(&plan) == 0)
        return usage_error("more than %d points", SWEEP_POINTS_MAX);
    return EXIT_GOOD;
}

int verb_sweep(const struct options *options) {
    struct command command = {.arena = arena_new()};
    struct loaded loaded = {0};
    int status = divide(&command, options);
    if (status == EXIT_GOOD && options->part.of > 1 && options->store == NULL)
        status = usage_error("--part needs a --store to put its points into");
    if (status == EXIT_GOOD)
        status = check_report(options, "sweep");
    if (status == EXIT_GOOD) {
        status = load_swept(&loaded, &command.fixed, command.axes, command.naxes);
        if (status == EXIT_GOOD)
            take_axes_of(&command, loaded.scenario);
        if (status == EXIT_GOOD)
            status = check_command(&command, loaded.scenario->file);
        if (status == EXIT_GOOD)
            status = sweep(&command, &loaded);
        load_free(&loaded);
    }
    arena_free(command.arena);
    return status;
}
