/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim calibrate: numbers of a scenario fitted to what was measured. */
#include "cli/load.h"
#include "cli/progress.h"
#include "cli/verbs.h"

#include "base/arena.h"
#include "report/file.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

/* ---- what is fitted to ---- */

static bool is_chosen(const struct options *options, const char *design) {
    for (size_t i = 0; i < options->ndesigns; i++)
        if (strcmp(options->designs[i], design) == 0)
            return true;
    return options->ndesigns == 0;
}

/* The measurements of the designs asked for, or else of the first that there are any of. */
static int choose_targets(const struct loaded *loaded, const struct options *options,
                          struct calibrate_plan *plan) {
    const struct scenario *scenario = loaded->scenario;
    struct measured *targets = arena_array(loaded->arena, scenario->nmeasured, sizeof(*targets));
    const char *first = NULL;
    for (uint32_t d = 0; d < scenario->ndesigns; d++) {
        const char *design = scenario->designs[d].name.text;
        for (uint32_t i = 0; i < scenario->nmeasured; i++) {
            bool of_it = strcmp(scenario->measured[i].design.text, design) == 0;
            bool wanted = options->ndesigns > 0 || first == NULL || strcmp(first, design) == 0;
            if (!of_it || !wanted || !is_chosen(options, design))
                continue;
            first = design;
            targets[plan->ntargets++] = scenario->measured[i];
        }
    }
    plan->targets = targets;
    plan->measurement = "the measurements of the scenario";
    if (plan->ntargets > 0)
        return EXIT_GOOD;
    fprintf(stderr, "sim: %s: nothing is measured of %s\n", scenario->file,
            scenario->nmeasured > 0 ? "this design" : "it");
    return EXIT_WRONG;
}

/* ---- what comes out ---- */

static const char *put_scenario(void *self, FILE *out) {
    const struct calibration *calibration = self;
    fwrite(calibration->text, 1, calibration->length, out);
    return NULL;
}

static int failed(const char *file, const char *error) {
    fprintf(stderr, "sim: %s: %s\n", file, error);
    return EXIT_USAGE;
}

/* A setting that the fit was made with is not in the file that is written. */
static void warn_of_settings(const struct options *options) {
    for (size_t i = 0; i < options->nsettings && !options->quiet; i++)
        if (strncmp(options->settings[i].path, "run.", 4) != 0)
            fprintf(stderr, "sim: %s does not say %s=%s, which it was fitted with\n",
                    options->output, options->settings[i].path, options->settings[i].value);
}

static int write_out(const struct loaded *loaded, const struct options *options,
                     struct calibration *calibration) {
    const char *error = NULL;
    if (options->output != NULL)
        error = file_write(loaded->arena, options->output, put_scenario, calibration);
    if (error != NULL)
        return failed(options->output, error);
    if (options->output != NULL)
        warn_of_settings(options);
    error = report_write_calibration(loaded->arena, calibration, options->format, NULL);
    return error != NULL ? failed("standard output", error) : EXIT_GOOD;
}

static int calibrate(const struct loaded *loaded, const struct options *options) {
    struct progress progress = progress_start("calibrating", options->quiet);
    struct calibrate_plan plan = {.file = loaded->scenario->file,
                                  .text = loaded->text,
                                  .length = loaded->length,
                                  .settings = options->settings,
                                  .nsettings = options->nsettings,
                                  .vary = options->vary,
                                  .nvary = (uint32_t)options->nvary,
                                  .errors = options->tolerances,
                                  .nerrors = options->ntolerances,
                                  .jobs = options_jobs(options),
                                  .progress = progress_tell,
                                  .self = &progress};
    int status = choose_targets(loaded, options, &plan);
    if (status != EXIT_GOOD)
        return status;
    struct diag *diag = diag_new();
    struct calibration *calibration = calibrate_run(loaded->arena, diag, &plan);
    progress_end(&progress);
    if (calibration == NULL || !options->quiet)
        diag_print(diag, stderr);
    diag_free(diag);
    if (calibration == NULL)
        return EXIT_WRONG;
    calibration->wall = clock_seconds() - progress.started;
    return write_out(loaded, options, calibration);
}

int verb_calibrate(const struct options *options) {
    struct loaded loaded;
    if (options->format->calibration == NULL)
        return usage_error("sim calibrate writes no %s", options->format->name);
    int status = load(&loaded, options);
    if (status == EXIT_GOOD)
        status = calibrate(&loaded, options);
    load_free(&loaded);
    return status;
}
