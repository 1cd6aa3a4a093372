/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim calibrate: numbers of a scenario fitted to what was measured. */
#include "cli/measurements.h"
#include "cli/progress.h"
#include "cli/verbs.h"

#include "base/arena.h"
#include "report/file.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

/* Of the designs that were asked for, or else of the first that there is something of. */
static void choose_targets(const struct loaded *loaded, const struct options *options,
                           const struct measurements *m, struct calibrate_plan *plan) {
    const struct scenario *scenario = loaded->scenario;
    struct measured *targets = arena_array(loaded->arena, m->n, sizeof(*targets));
    for (uint32_t d = 0; d < scenario->ndesigns; d++)
        for (uint32_t i = 0; i < m->n; i++) {
            const char *design = m->entries[i].design.text;
            bool other = plan->ntargets > 0 && strcmp(targets[0].design.text, design) != 0;
            if (strcmp(design, scenario->designs[d].name.text) == 0 &&
                (options->ndesigns > 0 || !other))
                targets[plan->ntargets++] = m->entries[i];
        }
    plan->targets = targets;
    plan->measurement = m->name;
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

static int calibrate(const struct loaded *loaded, const struct options *options,
                     const struct measurements *m) {
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
    choose_targets(loaded, options, m, &plan);
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
    if (status == EXIT_GOOD) {
        struct measurements measurements;
        status = measurements_read(&measurements, &loaded, options);
        if (status == EXIT_GOOD)
            status = calibrate(&loaded, options, &measurements);
        measurements_free(&measurements);
    }
    load_free(&loaded);
    return status;
}
