/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/load.h"
#include "cli/progress.h"
#include "cli/simulate.h"
#include "cli/verbs.h"

#include "base/arena.h"
#include "report/report.h"

#include <stdio.h>

static const struct sensitivity *vary(const struct loaded *loaded, const struct options *options,
                                      const struct result *result) {
    struct progress progress = progress_start("varying assumptions", options->quiet);
    const struct sensitivity_plan plan = {.main = result,
                                          .file = loaded->scenario->file,
                                          .text = loaded->text,
                                          .length = loaded->length,
                                          .settings = options->settings,
                                          .nsettings = options->nsettings,
                                          .effort = 1,
                                          .jobs = options_jobs(options),
                                          .progress = progress_tell,
                                          .self = &progress};
    struct diag *diag = diag_new();
    const struct sensitivity *sensitivity = sensitivity_run(loaded->arena, diag, &plan);
    progress_end(&progress);
    if (sensitivity == NULL)
        diag_print(diag, stderr);
    diag_free(diag);
    return sensitivity;
}

static int write_out(const struct loaded *loaded, const struct options *options,
                     const struct report *report) {
    const char *error = report_write(loaded->arena, report, options->format, options->output);
    if (error == NULL)
        return EXIT_GOOD;
    fprintf(stderr, "sim: %s: %s\n", options->output ? options->output : "standard output", error);
    return EXIT_USAGE;
}

static int run(const struct loaded *loaded, const struct options *options) {
    struct result *result = simulate(loaded, options);
    if (result == NULL)
        return EXIT_USAGE;
    struct report report = {.result = result,
                            .measured = measured_compare(loaded->arena, result),
                            .designs_named = options->ndesigns > 0};
    if (options->sensitivity) {
        report.sensitivity = vary(loaded, options, result);
        if (report.sensitivity == NULL)
            return EXIT_WRONG;
    }
    return write_out(loaded, options, &report);
}

int verb_run(const struct options *options) {
    struct loaded loaded;
    if (options->format->write == NULL)
        return usage_error("sim run writes no %s", options->format->name);
    int status = load(&loaded, options);
    if (status == EXIT_GOOD)
        status = run(&loaded, options);
    load_free(&loaded);
    return status;
}
