/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oracle_help.h"

#include "base/arena.h"

#include <check.h>
#include <math.h>
#include <stdio.h>

struct result *oracle_simulate(struct trial *trial, uint32_t replications) {
    const struct program *programs[] = {trial->program};
    struct run_plan plan = {
        .programs = programs, .ndesigns = 1, .replications = replications, .jobs = 2};
    struct runs *runs = experiment_run(trial->arena, &plan);
    struct result *result = result_new(trial->arena, trial->scenario, runs);
    ck_assert_int_eq(result->designs[0].outcome, SIM_OK);
    return result;
}

bool oracle_covers(const char *what, const struct estimate *estimate, double exact) {
    double width = (estimate->hi - estimate->lo) / estimate->mean;
    bool inside = estimate->lo <= exact && exact <= estimate->hi;
    printf("%-28s exact %-12.6g simulated %-12.6g [%.6g, %.6g]%s\n", what, exact, estimate->mean,
           estimate->lo, estimate->hi, inside ? "" : " misses");
    ck_assert_msg(width < 0.01, "%s: the interval is %.2g wide", what, width);
    ck_assert_msg(fabs(estimate->mean - exact) <= estimate->hi - estimate->lo,
                  "%s: simulated %.6g, exact %.6g", what, estimate->mean, exact);
    return inside;
}
