/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/simulate.h"

#include "cli/progress.h"

#include <stdio.h>

struct result *simulate(const struct loaded *loaded, const struct options *options) {
    const struct run_spec *spec = &loaded->scenario->run;
    struct progress progress = progress_start("simulating", options->quiet);
    const struct run_plan plan = {.programs = loaded->programs,
                                  .ndesigns = loaded->nprograms,
                                  .replications = (uint32_t)spec->replications->dist->a,
                                  .precision = spec->precision ? spec->precision->dist->a : 0,
                                  .profile = options->profile,
                                  .general = options->general,
                                  .jobs = options_jobs(options),
                                  .progress = progress_tell,
                                  .self = &progress};
    struct runs *runs = experiment_run(loaded->arena, &plan);
    struct result *result = result_new(loaded->arena, loaded->scenario, runs);
    result->wall = clock_seconds() - progress.started;
    progress_end(&progress);
    const struct audit *audit = &runs->audit;
    if (audit_passed(audit))
        return result;
    fprintf(stderr, "sim: internal error: %s\n", audit->message);
    return NULL;
}
