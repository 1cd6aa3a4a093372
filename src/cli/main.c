/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/units.h"
#include "cli/verbs.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const struct verb verbs[] = {
    {"run", verb_run, OPT_JOBS | OPT_FORMAT | OPT_OUTPUT | OPT_SENSITIVITY | OPT_PROFILE, "FILE",
     "simulate every design, compare them, print a report"},
    {"check", verb_check, 0, "FILE", "print the resolved scenario, find what is wrong with it"},
    {"sweep", verb_sweep, OPT_JOBS | OPT_FORMAT | OPT_OUTPUT | OPT_CURVES | OPT_STORE | OPT_SWEEP,
     "FILE", "the same for several values of settings: where it stops scaling"},
    {"results", verb_results,
     OPT_FORMAT | OPT_OUTPUT | OPT_CURVES | OPT_STORE | OPT_LIST | OPT_RESULTS, "STORE...",
     "what stores of sweeps hold: report, list, compare, merge"},
    {"import", verb_import, OPT_JOBS | OPT_FORMAT | OPT_OUTPUT | OPT_IMPORT | OPT_LIST | OPT_ROWS,
     "FILE...", "a scenario from what lock_stat, perf lock, ... measured"},
    {"calibrate", verb_calibrate,
     OPT_JOBS | OPT_FORMAT | OPT_OUTPUT | OPT_MEASURED | OPT_VARY | OPT_ROWS, "FILE",
     "fit numbers of the scenario to what was measured"},
    {"validate", verb_validate, OPT_JOBS | OPT_FORMAT | OPT_OUTPUT | OPT_MEASURED | OPT_ROWS,
     "FILE", "predicted against measured, field by field"},
    {0},
};

static const struct verb *find_verb(const char *name) {
    for (const struct verb *verb = verbs; verb->name != NULL; verb++)
        if (strcmp(verb->name, name) == 0)
            return verb;
    return NULL;
}

static int run_verb(const struct verb *verb, int argc, char **argv) {
    struct options options;
    int status = options_parse(&options, verb, argc, argv);
    if (status < 0)
        status = options_check_outputs(&options);
    if (status < 0)
        status = verb->run(&options);
    options_free(&options);
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return status;
    if (status != EXIT_USAGE) /* else it was said where it happened */
        perror("sim: standard output");
    return EXIT_USAGE;
}

/* No verb and no file: a verb that was misspelt, unless it looks like the name of a file. */
static bool is_meant_as_verb(const char *word) {
    return word[0] != '-' && strpbrk(word, "./") == NULL && access(word, F_OK) != 0;
}

static int unknown_verb(const char *word) {
    enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) - 1 };
    const char *names[VERBS];
    for (size_t i = 0; i < VERBS; i++)
        names[i] = verbs[i].name;
    return unknown_choice("no verb and no file", word, names, VERBS);
}

/* The first word is a verb, or else the verb is run, the first in the table. */
int main(int argc, char **argv) {
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like a full disk */
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    const struct verb *verb = find_verb(argv[1]);
    if (verb == NULL && is_meant_as_verb(argv[1]))
        return unknown_verb(argv[1]);
    if (verb == NULL)
        return run_verb(&verbs[0], argc, argv);
    return run_verb(verb, argc - 1, argv + 1);
}
