/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim validate: predicted against measured. */
#include "cli/load.h"
#include "cli/simulate.h"
#include "cli/verbs.h"

#include "base/arena.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

static bool is_measured(const struct scenario *scenario, const char *design) {
    for (uint32_t i = 0; i < scenario->nmeasured; i++)
        if (strcmp(scenario->measured[i].design.text, design) == 0)
            return true;
    return false;
}

/* The baseline is needed where others are compared with it, if it may be run at all. */
static bool needs_baseline(const struct scenario *scenario) {
    for (uint32_t i = 0; i < scenario->nmeasured; i++)
        for (uint32_t k = 0; k < scenario->measured[i].nfields; k++)
            if (strcmp(scenario->measured[i].fields[k].name, "speedup") == 0)
                return true;
    return false;
}

/* Of the designs that were asked for, those that there is something to compare of. */
static int choose_designs(struct loaded *loaded) {
    const struct scenario *scenario = loaded->scenario;
    const char *baseline = scenario->designs[0].name.text;
    uint32_t n = 0, measured = 0;
    const struct program **chosen = arena_array(loaded->arena, loaded->nprograms, sizeof(*chosen));
    for (uint32_t i = 0; i < loaded->nprograms; i++) {
        const struct program *program = loaded->programs[i];
        bool wanted = is_measured(scenario, program->design);
        measured += wanted;
        if (wanted || (strcmp(program->design, baseline) == 0 && needs_baseline(scenario)))
            chosen[n++] = program;
    }
    loaded->programs = chosen;
    loaded->nprograms = n;
    if (measured > 0)
        return EXIT_GOOD;
    fprintf(stderr, "sim: %s: nothing is measured of %s\n", scenario->file,
            scenario->nmeasured > 0 ? "this design" : "it");
    return EXIT_WRONG;
}

static int write_out(const struct loaded *loaded, const struct options *options,
                     const struct report *report) {
    const char *error = report_write(loaded->arena, report, options->format, options->output);
    if (error == NULL)
        return EXIT_GOOD;
    fprintf(stderr, "sim: %s: %s\n", options->output ? options->output : "standard output", error);
    return EXIT_USAGE;
}

static int compare(struct loaded *loaded, const struct options *options) {
    struct result *result = simulate(loaded, options);
    if (result == NULL)
        return EXIT_USAGE;
    struct report report = {.result = result, .measured = measured_compare(loaded->arena, result)};
    const struct validation *validation = validate(loaded->arena, result, &report.measured,
                                                   options->tolerances, options->ntolerances);
    report.validation = validation;
    int status = write_out(loaded, options, &report);
    bool outside = validation->counts[VERDICT_OUTSIDE] + validation->failed > 0;
    return status == EXIT_GOOD && outside ? EXIT_OUTSIDE : status;
}

int verb_validate(const struct options *options) {
    struct loaded loaded;
    if (options->format->validation == NULL)
        return usage_error("sim validate writes no %s", options->format->name);
    int status = load(&loaded, options);
    if (status == EXIT_GOOD)
        status = choose_designs(&loaded);
    if (status == EXIT_GOOD)
        status = compare(&loaded, options);
    load_free(&loaded);
    return status;
}
