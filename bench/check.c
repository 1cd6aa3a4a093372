/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench/check.h"

#include "bench/child.h"
#include "bench/rounds.h"

#include <math.h>
#include <stdio.h>

static unsigned checks, failures;

static void expect(bool good, const char *program, const char *what, double exact, double mean,
                   double width) {
    checks++;
    if (good)
        return;
    failures++;
    printf("%s: %s: exact %.6g, simulated %.6g +- %.2g\n", program, what, exact, mean, width);
}

/*
 * One interval of 95 % in twenty misses; one in a thousand misses by its width again. A wide
 * one would prove nothing.
 */
static void compare(const struct program *program, const char *what, double exact, json_t *estimate,
                    double unit) {
    double mean = json_number_value(json_object_get(estimate, "mean")) * unit;
    double hi = json_number_value(json_object_get(estimate, "hi")) * unit;
    double width = hi - mean;
    expect(width > 0.0 && width < 0.1 * exact && fabs(mean - exact) <= 2 * width, program->name,
           what, exact, mean, width);
}

/* What takes long is only read. */
static void check_loads(const struct place *place, const struct program *program) {
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s", place->source, program->file);
    const char *const argv[] = {place->sim, "check", "--quiet", path, NULL};
    struct child child = child_run(argv, ERRORS_PASS);
    expect(child.status == 0, program->name, "exit status of sim check", 0, child.status, 0);
    child_free(&child);
}

static void check_program(const struct place *place, const struct program *program) {
    struct command command;
    struct run run;
    sim_command(&command, place, program, program->brief[1], "10");
    json_t *result = sim_result(&command, &run);
    expect(run.acquisitions > 0.0, program->name, "acquisitions", NAN, run.acquisitions, 0);
    if (program->model.threads > 0) {
        struct answer exact = exact_answer(&program->model);
        compare(program, "rate", exact.rate, result_rate(result), 1e-6);
        compare(program, "wait", exact.wait, result_wait(result), 1e6);
    }
    json_decref(result);
}

/* W2 by hand. The sum of n holds has a standard deviation of 1 / sqrt(n) of it. */
static void check_limit(const struct place *place, const struct other *limit) {
    const double n = 2e6, width = 4 / sqrt(n);
    struct answer exact = exact_answer(&w2_model);
    struct command command = {.n = 0};
    limit->command(&command, place, "2000000");
    struct run run = plain_run(&command, n);
    expect(run.done, limit->name, "it runs", 1, 0, 0);
    expect(fabs(run.answer.rate - exact.rate) < width, limit->name, "rate", exact.rate,
           run.answer.rate, width);
    expect(fabs(run.answer.wait - exact.wait) < width * w2_model.threads, limit->name, "wait",
           exact.wait, run.answer.wait, width * w2_model.threads);
}

bool check_all(const struct place *place) {
    for (unsigned i = 0; i < nprograms; i++)
        if (programs[i].once)
            check_loads(place, &programs[i]);
        else
            check_program(place, &programs[i]);
    for (unsigned i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        check_limit(place, &limits[i]);
    printf("Checks: %u, Failures: %u, Errors: 0\n", checks, failures);
    return failures == 0;
}
