/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "experiment/calibrate.h"
#include "experiment/validate.h"

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses of every verb. */
enum { EXIT_GOOD = 0, EXIT_WRONG = 1, EXIT_USAGE = 2, EXIT_OUTSIDE = 3 };

struct writer;

/* --seed 7 is the setting run.seed=7. */
struct short_form {
    const char *option;
    struct setting setting;
};

/* Every of-th point, from number on. */
struct part {
    uint32_t number, of;
};

/*
 * What the command line says. --seed, --replications, --precision and
 * --duration are settings of run.seed and so on: the scenario loader checks
 * them as it checks the file, and no verb needs to know them.
 */
struct options {
    const char **args; /* what is not an option, the verb not counted */
    size_t nargs;
    struct setting *settings; /* in the order given */
    size_t nsettings;
    struct short_form *short_forms; /* those of the settings that had an option of their own */
    size_t nshort_forms;
    const char **designs; /* names given with --design; none: all designs */
    size_t ndesigns;
    unsigned jobs; /* 0: not given */
    const struct writer *format;
    const char *output; /* NULL: standard output */
    bool quiet;
    bool sensitivity;
    bool profile;
    bool general;
    bool list;
    const char *tool; /* NULL: found out */
    const char *kind; /* of lock; NULL: not given */
    const char *class_name;
    double elapsed;    /* seconds; 0: not given */
    const char *plot;  /* NULL: no picture */
    double knee;       /* share */
    const char *store; /* file; NULL: not kept */
    struct part part;
    const char *compare;   /* the other store, or NULL */
    struct setting *where; /* in the order given */
    size_t nwhere;
    const char *lock_stat, *perf; /* files, or NULL */
    uint32_t table;               /* of the file, from 0 */
    bool table_given;             /* else the first; where all can be shown, all */
    struct tolerance *tolerances; /* in the order given */
    size_t ntolerances;
    struct calibrate_vary *vary;
    size_t nvary;
};

/* The options that only some verbs have; the others are common to all. */
enum option_set {
    OPT_JOBS = 1,
    OPT_FORMAT = 2,
    OPT_OUTPUT = 4,
    OPT_SENSITIVITY = 8,
    OPT_PROFILE = 16,
    OPT_SWEEP = 32,
    OPT_IMPORT = 64,
    OPT_MEASURED = 128,
    OPT_VARY = 256,
    OPT_ROWS = 512,
    OPT_LIST = 1024,
    OPT_CURVES = 2048,
    OPT_STORE = 4096,
    OPT_RESULTS = 8192
};

struct verb {
    const char *name;
    int (*run)(const struct options *options); /* returns the exit status */
    unsigned options;                          /* enum option_set */
    const char *args;                          /* for the usage line: "FILE" */
    const char *help;                          /* one line */
};

/* Ends the list with a NULL name. */
extern const struct verb verbs[];

/*
 * Reads the command line of a verb, argv[0] being the word before its options.
 * Returns -1 to go on, else the exit status: the message is printed already.
 */
int options_parse(struct options *options, const struct verb *verb, int argc, char **argv);
void options_free(struct options *options);
/* Refuses to write to a file that is read; returns as options_parse() does. */
int options_check_outputs(const struct options *options);
/* How many runs at the same time: as said, or else one for each CPU. */
unsigned options_jobs(const struct options *options);

void print_usage(FILE *out);
/* "sim: ..." on standard error, with a hint at --help; returns EXIT_USAGE. */
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for a value that is none of these names: the nearest, and all of them. */
int unknown_choice(const char *option, const char *text, const char *const *names, size_t n);

#endif
