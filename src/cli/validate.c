/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim validate: predicted against measured. */
#include "cli/measurements.h"
#include "cli/simulate.h"
#include "cli/verbs.h"

#include "base/arena.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

static bool is_measured(const struct measurements *m, const char *design) {
    for (uint32_t i = 0; i < m->n; i++)
        if (strcmp(m->entries[i].design.text, design) == 0)
            return true;
    return false;
}

/* A speed-up is one against the baseline. */
static bool needs_baseline(const struct measurements *m) {
    for (uint32_t i = 0; i < m->n; i++)
        for (uint32_t k = 0; k < m->entries[i].nfields; k++)
            if (strcmp(m->entries[i].fields[k].name, "speedup") == 0)
                return true;
    return false;
}

/* Of the designs that were asked for, those that there is something to compare of. */
static void choose_designs(struct loaded *loaded, const struct measurements *m) {
    const char *baseline = loaded->scenario->designs[0].name.text;
    const struct program **chosen = arena_array(loaded->arena, loaded->nprograms, sizeof(*chosen));
    uint32_t n = 0;
    for (uint32_t i = 0; i < loaded->nprograms; i++) {
        const char *design = loaded->programs[i]->design;
        if (is_measured(m, design) || (strcmp(design, baseline) == 0 && needs_baseline(m)))
            chosen[n++] = loaded->programs[i];
    }
    loaded->programs = chosen;
    loaded->nprograms = n;
}

static int write_out(const struct loaded *loaded, const struct options *options,
                     const struct report *report) {
    const char *error = report_write(loaded->arena, report, options->format, options->output);
    if (error == NULL)
        return EXIT_GOOD;
    fprintf(stderr, "sim: %s: %s\n", options->output ? options->output : "standard output", error);
    return EXIT_USAGE;
}

static int compare(struct loaded *loaded, const struct options *options,
                   const struct measurements *m) {
    choose_designs(loaded, m);
    struct result *result = simulate(loaded, options);
    if (result == NULL)
        return EXIT_USAGE;
    struct report report = {.result = result,
                            .measured =
                                measured_compare_with(loaded->arena, result, m->entries, m->n)};
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
    if (status == EXIT_GOOD) {
        struct measurements measurements;
        status = measurements_read(&measurements, &loaded, options);
        if (status == EXIT_GOOD)
            status = compare(&loaded, options, &measurements);
        measurements_free(&measurements);
    }
    load_free(&loaded);
    return status;
}
