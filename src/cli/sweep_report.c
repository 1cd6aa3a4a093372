/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sweep_report.h"

#include "cli/compute.h"
#include "report/plot.h"
#include "report/report.h"

#include <stdio.h>

int check_report(const struct options *options, const char *verb) {
    if (options->format->sweep == NULL)
        return usage_error("sim %s writes no %s", verb, options->format->name);
    const char *error = options->plot != NULL ? plot_check(options->plot) : NULL;
    return error == NULL ? EXIT_GOOD : usage_error("--plot %s: %s", options->plot, error);
}

static const char *failed_audit(const struct sweep *sweep) {
    for (uint32_t i = 0; i < sweep->npoints; i++)
        if (!audit_passed(&sweep->points[i].audit))
            return sweep->points[i].audit.message;
    return NULL;
}

int write_report(struct arena *arena, const struct options *options, const struct sweep *sweep,
                 double wall) {
    const char *failed = failed_audit(sweep);
    if (failed != NULL) {
        fprintf(stderr, "sim: internal error: %s\n", failed);
        return EXIT_USAGE;
    }
    const struct sweep_report report = {curves_new(arena, sweep, options->knee), wall};
    const char *file = options->output, *name = file != NULL ? file : "standard output";
    const char *error = report_write_sweep(arena, &report, options->format, file);
    if (error == NULL && options->plot != NULL) {
        name = options->plot;
        error = plot_write(arena, report.curves, options->plot);
    }
    return error == NULL ? EXIT_GOOD : file_error(name, error);
}
