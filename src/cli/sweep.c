/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/load.h"
#include "cli/progress.h"
#include "cli/verbs.h"

#include "base/arena.h"
#include "report/plot.h"
#include "report/report.h"

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

static const char *failed_audit(const struct sweep *sweep) {
    for (uint32_t i = 0; i < sweep->npoints; i++)
        if (!audit_passed(&sweep->points[i].audit))
            return sweep->points[i].audit.message;
    return NULL;
}

static int write_out(struct arena *arena, const struct options *options,
                     const struct sweep_report *report) {
    const char *file = options->output, *name = file != NULL ? file : "standard output";
    const char *error = report_write_sweep(arena, report, options->format, file);
    if (error == NULL && options->plot != NULL) {
        name = options->plot;
        error = plot_write(arena, report->curves, options->plot);
    }
    if (error == NULL)
        return EXIT_GOOD;
    fprintf(stderr, "sim: %s: %s\n", name, error);
    return EXIT_USAGE;
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
    const struct sweep *result = sweep_run(arena, &plan);
    const struct sweep_report report = {curves_new(arena, result, options->knee),
                                        clock_seconds() - progress.started};
    progress_end(&progress);
    const char *failed = failed_audit(result);
    if (failed == NULL)
        return write_out(arena, options, &report);
    fprintf(stderr, "sim: internal error: %s\n", failed);
    return EXIT_USAGE;
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
    if (status == EXIT_GOOD && options->format->sweep == NULL)
        status = usage_error("sim sweep writes no %s", options->format->name);
    if (status == EXIT_GOOD && options->plot != NULL) {
        const char *error = plot_check(options->plot);
        if (error != NULL)
            status = usage_error("--plot %s: %s", options->plot, error);
    }
    if (status == EXIT_GOOD) {
        status = load(&loaded, &command.fixed);
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
