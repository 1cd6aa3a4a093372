/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench/measure.h"

#include "bench/child.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NOT_THERE = 77, NO_PROGRAM = 127 };

void command_add(struct command *command, const char *argument) {
    if (command->n + 1 < MOST_ARGUMENTS)
        command->argv[command->n++] = argument;
}

_Noreturn static void end(const char *const *argv, const char *why) {
    fprintf(stderr, "bench: %s:", why);
    for (unsigned i = 0; argv[i] != NULL; i++)
        fprintf(stderr, " %s", argv[i]);
    fputc('\n', stderr);
    exit(1);
}

void sim_command(struct command *command, const struct place *place, const struct program *program,
                 const char *duration, const char *replications) {
    *command = (struct command){.n = 0};
    snprintf(command->path, sizeof(command->path), "%s/%s", place->source, program->file);
    const char *fixed[] = {place->sim,   "run",        "--jobs",     "1",      "--quiet",
                           "--format",   "json",       "--duration", duration, "--replications",
                           replications, command->path};
    for (unsigned i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        command_add(command, fixed[i]);
    for (unsigned i = 0; i < MOST_OPTIONS && program->options[i] != NULL; i++)
        command_add(command, program->options[i]);
}

json_t *sim_result(const struct command *command, struct run *run) {
    struct child child = child_run(command->argv, ERRORS_PASS);
    json_t *result = child.status == 0 ? json_loadf(child.output, 0, NULL) : NULL;
    if (result == NULL)
        end(command->argv, "failed");
    *run = (struct run){.done = true,
                        .cpu = child.cpu,
                        .elapsed = child.elapsed,
                        .peak_kib = child.peak_kib,
                        .acquisitions = result_acquisitions(result)};
    child_free(&child);
    return result;
}

static json_t *first_design(json_t *result) {
    return json_array_get(json_object_get(result, "designs"), 0);
}

json_t *result_rate(json_t *result) {
    json_t *progress = json_object_get(first_design(result), "progress");
    json_t *point = json_object_iter_value(json_object_iter(progress));
    return json_object_get(point, "rate");
}

json_t *result_wait(json_t *result) {
    json_t *lock = json_array_get(json_object_get(first_design(result), "locks"), 0);
    return json_object_get(json_object_get(lock, "wait"), "mean");
}

double result_acquisitions(json_t *result) {
    return json_number_value(json_object_get(json_object_get(result, "run"), "acquisitions"));
}

struct run sim_run(const struct place *place, const struct program *program, const char *duration) {
    struct command command;
    struct run run;
    sim_command(&command, place, program, duration, "1");
    json_t *result = sim_result(&command, &run);
    run.answer.rate = json_number_value(json_object_get(result_rate(result), "mean")) * 1e-6;
    run.answer.wait = json_number_value(json_object_get(result_wait(result), "mean")) * 1e6;
    json_decref(result);
    return run;
}

struct run plain_run(const struct command *command, double acquisitions) {
    struct child child = child_run(command->argv, ERRORS_DROPPED);
    struct run run = {.done = child.status != NOT_THERE && child.status != NO_PROGRAM,
                      .acquisitions = acquisitions,
                      .cpu = child.cpu,
                      .elapsed = child.elapsed,
                      .peak_kib = child.peak_kib};
    struct answer *answer = &run.answer;
    bool good =
        child.status == 0 && fscanf(child.output, "%lf %lf", &answer->rate, &answer->wait) == 2;
    if (run.done && !good)
        end(command->argv, "failed");
    child_free(&child);
    return run;
}

/* What valgrind counts, and with JSON the acquisitions. */
static double instructions(const struct command *command, double *acquisitions) {
    struct command counted = {.n = 0};
    command_add(&counted, "valgrind");
    command_add(&counted, "--tool=callgrind");
    command_add(&counted, "--callgrind-out-file=/dev/null");
    for (unsigned i = 0; i < command->n; i++)
        command_add(&counted, command->argv[i]);
    struct child child = child_run(counted.argv, ERRORS_KEPT);
    double count = NAN;
    char line[512];
    while (fgets(line, sizeof(line), child.output) != NULL) {
        const char *at = strstr(line, "Collected : ");
        if (at != NULL)
            count = strtod(at + strlen("Collected : "), NULL);
        at = strstr(line, "\"acquisitions\": ");
        if (at != NULL && acquisitions != NULL && *acquisitions == 0.0)
            *acquisitions = strtod(at + strlen("\"acquisitions\": "), NULL);
    }
    if (child.status != 0 && child.status != NO_PROGRAM)
        end(counted.argv, "failed");
    child_free(&child);
    return count;
}

/* The difference of two lengths: what comes before and after does not count. */
double sim_instructions(const struct place *place, const struct program *program) {
    double counts[2], acquisitions[2] = {0.0, 0.0};
    for (int i = 0; i < 2; i++) {
        struct command command;
        sim_command(&command, place, program, program->brief[i], "1");
        counts[i] = instructions(&command, &acquisitions[i]);
    }
    return (counts[1] - counts[0]) / (acquisitions[1] - acquisitions[0]);
}

double plain_instructions(const struct command shorter_longer[2], double more_acquisitions) {
    double less = instructions(&shorter_longer[0], NULL);
    return (instructions(&shorter_longer[1], NULL) - less) / more_acquisitions;
}
