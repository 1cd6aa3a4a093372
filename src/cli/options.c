/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/options.h"

#include "base/units.h"
#include "report/report.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONG_ONLY = 256, MAX_JOBS = 1024 };

enum {
    O_DESIGN = LONG_ONLY,
    O_SET,
    O_SEED,
    O_REPLICATIONS,
    O_PRECISION,
    O_DURATION,
    O_JOBS,
    O_FORMAT,
    O_SENSITIVITY,
    O_PROFILE,
    O_GENERAL,
    O_PLOT,
    O_KNEE,
    O_STORE,
    O_PART,
    O_WHERE,
    O_COMPARE,
    O_LIST,
    O_KIND,
    O_ELAPSED,
    O_CLASS,
    O_TOOL,
    O_LOCK_STAT,
    O_PERF,
    O_TABLE,
    O_TOLERANCE,
    O_VARY,
    O_VERSION
};

/* arg NULL: the option takes none. path: it is a setting of this number of the scenario. */
static const struct {
    const char *name;
    int code;
    const char *arg, *path;
    unsigned only; /* enum option_set: verbs without it refuse the option */
    const char *help;
} table[] = {
    {"design", O_DESIGN, "NAME", NULL, 0, "only this design (repeatable)"},
    {"set", O_SET, "PATH=VALUE", NULL, 0, "change a number of the scenario (repeatable)"},
    {"seed", O_SEED, "N", "run.seed", 0, "seed of all random streams"},
    {"replications", O_REPLICATIONS, "N", "run.replications", 0, "independent runs of each design"},
    {"precision", O_PRECISION, "SHARE", "run.precision", 0, "how narrow intervals must be: 1%"},
    {"duration", O_DURATION, "TIME", "run.duration", 0, "simulated time: 300s"},
    {"jobs", O_JOBS, "N", NULL, OPT_JOBS, "parallel runs; results do not depend on it"},
    {"format", O_FORMAT, "FORMAT", NULL, OPT_FORMAT, "text, json, csv, lock_stat or markdown"},
    {"output", 'o', "FILE", NULL, OPT_OUTPUT, "write there (also -o FILE)"},
    {"sensitivity", O_SENSITIVITY, NULL, NULL, OPT_SENSITIVITY,
     "vary assumptions over their ranges"},
    {"profile", O_PROFILE, NULL, NULL, OPT_PROFILE, "CPU time by function, as perf report shows"},
    {"general", O_GENERAL, NULL, NULL, OPT_PROFILE,
     "no short way through simple programs; the same results"},
    {"plot", O_PLOT, "FILE", NULL, OPT_CURVES,
     "draw the curves: FILE.svg, FILE.png, or - for here"},
    {"knee", O_KNEE, "SHARE", NULL, OPT_CURVES, "the knee is where a CPU adds less than this: 50%"},
    {"store", O_STORE, "FILE", NULL, OPT_STORE, "keep each point there; what it has is not redone"},
    {"part", O_PART, "K/N", NULL, OPT_SWEEP, "the Kth of N parts of the points, into a store"},
    {"where", O_WHERE, "PATH=VALUE", NULL, OPT_RESULTS, "only points with 4, 1,2,4 or 1..8 there"},
    {"compare", O_COMPARE, "FILE", NULL, OPT_RESULTS, "what has moved in this other store"},
    {"list", O_LIST, NULL, NULL, OPT_LIST, "the rows of the files, or the points of the store"},
    {"elapsed", O_ELAPSED, "TIME", NULL, OPT_ROWS, "how long the files were measured: 300s"},
    {"class", O_CLASS, "NAME", NULL, OPT_ROWS, "this lock alone, by the name that the tool has"},
    {"tool", O_TOOL, "TOOL", NULL, OPT_IMPORT,
     "auto, lock_stat, perf, klockstat, mutrace, lockstat"},
    {"kind", O_KIND, "KIND", NULL, OPT_IMPORT, "of the lock, where its name does not say it"},
    {"lock-stat", O_LOCK_STAT, "FILE", NULL, OPT_MEASURED, "compare with this /proc/lock_stat"},
    {"perf", O_PERF, "FILE", NULL, OPT_MEASURED, "compare with this perf lock contention"},
    {"table", O_TABLE, "N", NULL, OPT_ROWS, "the Nth table of that file, as of two"},
    {"tolerance", O_TOLERANCE, "FIELD=SHARE", NULL, OPT_MEASURED,
     "how far off it may be: rate=5% (repeatable)"},
    {"vary", O_VARY, "PATH=A..B", NULL, OPT_VARY, "fit this number, in this range (repeatable)"},
    {"quiet", 'q', NULL, NULL, 0, "no progress, no warnings (also -q)"},
    {"help", 'h', NULL, NULL, 0, "this text"},
    {"version", O_VERSION, NULL, NULL, 0, "the version"},
};

enum { NTABLE = sizeof(table) / sizeof(table[0]) };

int usage_error(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("sim: ", stderr);
    vfprintf(stderr, format, args);
    fputs("\nTry 'sim --help'.\n", stderr);
    va_end(args);
    return EXIT_USAGE;
}

void print_usage(FILE *out) {
    fputs("Usage: sim VERB [OPTION]... ARGUMENT...\n"
          "       sim [OPTION]... FILE          the same as sim run\n\n"
          "Predicts lock contention: what each locking design of a scenario would do.\n\n"
          "Verbs:\n",
          out);
    for (const struct verb *verb = verbs; verb->name != NULL; verb++)
        fprintf(out, "  %-9s %-11s %s\n", verb->name, verb->args, verb->help);
    fputs("\nOptions:\n", out);
    for (size_t i = 0; i < NTABLE; i++)
        fprintf(out, "  --%-12s %-11s %s\n", table[i].name,
                table[i].arg == NULL ? "" : table[i].arg, table[i].help);
    fputs("\nExit status: 0 good; 1 the scenario or the data is wrong; 2 usage or I/O;\n"
          "3 a prediction is outside its tolerance.\n",
          out);
}

static void add_setting(struct options *options, const char *path, const char *value) {
    options->settings[options->nsettings++] = (struct setting){.path = path, .value = value};
}

/* PATH=VALUE is split in place. */
static int parse_set(struct options *options, char *text) {
    char *equals = strchr(text, '=');
    if (equals == NULL || equals == text)
        return usage_error("--set %s: expected PATH=VALUE, as in machine.cpus=64", text);
    *equals = '\0';
    add_setting(options, text, equals + 1);
    return -1;
}

/* The same of --where. */
static int parse_where(struct options *options, char *text) {
    char *equals = strchr(text, '=');
    if (equals == NULL || equals == text)
        return usage_error("--where %s: expected PATH=VALUE, as in machine.cpus=1..8", text);
    *equals = '\0';
    options->where[options->nwhere++] = (struct setting){text, equals + 1};
    return -1;
}

static int parse_part(struct options *options, const char *text) {
    const char *slash = strchr(text, '/');
    double number = 0, of = 0;
    if (slash == NULL || parse_count(text, (size_t)(slash - text), &number) != NULL ||
        parse_count(slash + 1, strlen(slash + 1), &of) != NULL || number < 1 || number > of ||
        of > UINT32_MAX)
        return usage_error("--part %s: expected K/N, such as 1/16 to 16/16", text);
    options->part = (struct part){(uint32_t)number - 1, (uint32_t)of};
    return -1;
}

static int parse_table(struct options *options, const char *text) {
    double number = 0;
    const char *expected = parse_count(text, strlen(text), &number);
    if (expected != NULL || number < 1 || number > UINT32_MAX)
        return usage_error("--table %s: expected a number from 1", text);
    options->table = (uint32_t)number - 1;
    options->table_given = true;
    return -1;
}

/* The names of fields that tolerances are about; returns how many. */
static size_t field_names(const char **names) {
    static const char *const others[] = {"waiters", "holders", "profile", "wait-total-ratio"};
    size_t n = 0;
    for (const char *const *name = measured_field_names(); *name != NULL; name++)
        names[n++] = *name;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        names[n++] = others[i];
    return n;
}

enum { MAX_FIELDS = 64 };

static int check_field(const char *field) {
    const char *names[MAX_FIELDS];
    size_t n = field_names(names);
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], field) == 0)
            return -1;
    const char *nearest = nearest_name(field, names, n);
    if (nearest != NULL)
        return usage_error("--tolerance %s: no such field, did you mean %s?", field, nearest);
    return usage_error("--tolerance %s: no such field, such as contentions or rate", field);
}

/* A share, but more than 1 makes sense: 10%, 0.1, 300%. */
static bool parse_tolerated(const char *text, double *share) {
    size_t n = strlen(text), percent = n > 0 && text[n - 1] == '%';
    if (parse_number(text, n - percent, share) != NULL)
        return false;
    *share /= percent ? 100 : 1;
    return *share > 0;
}

/* FIELD=SHARE is split in place; without a field it is for all of them. */
static int parse_tolerance(struct options *options, char *text) {
    struct tolerance *tolerance = &options->tolerances[options->ntolerances];
    char *equals = strchr(text, '=');
    if (!parse_tolerated(equals != NULL ? equals + 1 : text, &tolerance->share))
        return usage_error("--tolerance %s: expected FIELD=SHARE, as in rate=5%%", text);
    if (equals != NULL)
        *equals = '\0';
    tolerance->field = equals != NULL ? text : NULL;
    options->ntolerances++;
    return equals != NULL ? check_field(text) : -1;
}

/* PATH=RANGE is split in place; without a range it is that of the scenario. */
static int parse_vary(struct options *options, char *text) {
    char *equals = strchr(text, '=');
    if (equals != NULL)
        *equals = '\0';
    options->vary[options->nvary++] =
        (struct calibrate_vary){text, equals != NULL ? equals + 1 : NULL};
    return -1;
}

static int parse_jobs(struct options *options, const char *text) {
    double jobs = 0;
    const char *expected = parse_count(text, strlen(text), &jobs);
    if (expected != NULL || jobs < 1 || jobs > MAX_JOBS)
        return usage_error("--jobs %s: expected a number from 1 to %d", text, MAX_JOBS);
    options->jobs = (unsigned)jobs;
    return -1;
}

static int parse_knee(struct options *options, const char *text) {
    const char *expected = parse_share(text, strlen(text), &options->knee);
    if (expected != NULL)
        return usage_error("--knee %s: expected %s", text, expected);
    return -1;
}

static int parse_elapsed(struct options *options, const char *text) {
    const char *expected = parse_time(text, strlen(text), &options->elapsed);
    if (expected != NULL)
        return usage_error("--elapsed %s: expected %s", text, expected);
    if (options->elapsed <= 0)
        return usage_error("--elapsed %s: expected a time above 0", text);
    return -1;
}

enum { MAX_FORMATS = 16 };

int unknown_choice(const char *option, const char *text, const char *const *names, size_t n) {
    char known[512] = "";
    for (size_t i = 0; i < n; i++) {
        size_t used = strlen(known);
        snprintf(known + used, sizeof(known) - used, "%s%s", i == 0 ? "" : ", ", names[i]);
    }
    const char *nearest = nearest_name(text, names, n);
    if (nearest != NULL)
        return usage_error("%s %s: did you mean %s? There are %s", option, text, nearest, known);
    return usage_error("%s %s: there are %s", option, text, known);
}

static int parse_format(struct options *options, const char *text) {
    for (const struct writer *writer = writers; writer->name != NULL; writer++)
        if (strcmp(text, writer->name) == 0) {
            options->format = writer;
            return -1;
        }
    const char *names[MAX_FORMATS];
    size_t n = 0;
    for (; n < MAX_FORMATS && writers[n].name != NULL; n++)
        names[n] = writers[n].name;
    return unknown_choice("--format", text, names, n);
}

static int parse_one(struct options *options, int code, char *value) {
    switch (code) {
    case O_DESIGN:
        options->designs[options->ndesigns++] = value;
        return -1;
    case O_SET:
        return parse_set(options, value);
    case O_JOBS:
        return parse_jobs(options, value);
    case O_FORMAT:
        return parse_format(options, value);
    case 'o':
        options->output = value;
        return -1;
    case O_SENSITIVITY:
        options->sensitivity = true;
        return -1;
    case O_PROFILE:
        options->profile = true;
        return -1;
    case O_GENERAL:
        options->general = true;
        return -1;
    case O_PLOT:
        options->plot = value;
        return -1;
    case O_KNEE:
        return parse_knee(options, value);
    case O_STORE:
        options->store = value;
        return -1;
    case O_PART:
        return parse_part(options, value);
    case O_WHERE:
        return parse_where(options, value);
    case O_COMPARE:
        options->compare = value;
        return -1;
    case O_KIND:
        options->kind = value;
        return -1;
    case O_LIST:
        options->list = true;
        return -1;
    case O_ELAPSED:
        return parse_elapsed(options, value);
    case O_CLASS:
        options->class_name = value;
        return -1;
    case O_TOOL:
        options->tool = strcmp(value, "auto") == 0 ? NULL : value;
        return -1;
    case O_LOCK_STAT:
        options->lock_stat = value;
        return -1;
    case O_PERF:
        options->perf = value;
        return -1;
    case O_TABLE:
        return parse_table(options, value);
    case O_TOLERANCE:
        return parse_tolerance(options, value);
    case O_VARY:
        return parse_vary(options, value);
    case 'q':
        options->quiet = true;
        return -1;
    case 'h':
        print_usage(stdout);
        return EXIT_GOOD;
    case O_VERSION:
        puts("sim (" PACKAGE_NAME ") " PACKAGE_VERSION);
        return EXIT_GOOD;
    default:
        return -1;
    }
}

static int take_option(struct options *options, const struct verb *verb, int code, char *value) {
    for (size_t i = 0; i < NTABLE; i++) {
        if (table[i].code != code)
            continue;
        if ((table[i].only & ~verb->options) != 0)
            return usage_error("sim %s has no option --%s", verb->name, table[i].name);
        if (table[i].path != NULL) {
            options->short_forms[options->nshort_forms++] =
                (struct short_form){table[i].name, {table[i].path, value}};
            add_setting(options, table[i].path, value);
            return -1;
        }
    }
    return parse_one(options, code, value);
}

static int bad_option(const char *word, int code) {
    if (code == ':')
        return usage_error("%s needs a value", word);
    const char *names[NTABLE];
    for (size_t i = 0; i < NTABLE; i++)
        names[i] = table[i].name;
    const char *name = word + strspn(word, "-");
    const char *nearest = nearest_name(name, names, NTABLE);
    if (nearest != NULL)
        return usage_error("unknown option %s; did you mean --%s?", word, nearest);
    return usage_error("unknown option %s", word);
}

static void *array(size_t n, size_t size) {
    void *p = calloc(n + 1, size);
    if (p == NULL) {
        fputs("sim: out of memory\n", stderr);
        exit(EXIT_USAGE);
    }
    return p;
}

int options_parse(struct options *options, const struct verb *verb, int argc, char **argv) {
    struct option longs[NTABLE + 1] = {{0}};
    for (size_t i = 0; i < NTABLE; i++)
        longs[i] = (struct option){
            .name = table[i].name,
            .has_arg = table[i].arg == NULL ? no_argument : required_argument,
            .val = table[i].code,
        };
    size_t most = (size_t)argc;
    *options = (struct options){.args = array(most, sizeof(*options->args)),
                                .settings = array(most, sizeof(*options->settings)),
                                .short_forms = array(most, sizeof(*options->short_forms)),
                                .designs = array(most, sizeof(*options->designs)),
                                .tolerances = array(most, sizeof(*options->tolerances)),
                                .vary = array(most, sizeof(*options->vary)),
                                .where = array(most, sizeof(*options->where)),
                                .part = {.of = 1},
                                .format = writers,
                                .knee = 0.5};
    opterr = 0;
    for (int code; (code = getopt_long(argc, argv, ":o:qh", longs, NULL)) != -1;) {
        int status = code == '?' || code == ':' ? bad_option(argv[optind - 1], code)
                                                : take_option(options, verb, code, optarg);
        if (status >= 0)
            return status;
    }
    while (optind < argc)
        options->args[options->nargs++] = argv[optind++];
    return -1;
}

void options_free(struct options *options) {
    free(options->args);
    free(options->settings);
    free(options->short_forms);
    free(options->designs);
    free(options->tolerances);
    free(options->vary);
    free(options->where);
}

/* Are these two names of one ordinary file? */
static bool is_same_file(const char *a, const char *b) {
    struct stat x, y;
    return a != NULL && b != NULL && stat(a, &x) == 0 && stat(b, &y) == 0 && S_ISREG(x.st_mode) &&
           x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int check_output(const struct options *options, const char *name, const char *file) {
    const char *const inputs[] = {options->lock_stat, options->perf, options->compare,
                                  options->store};
    const char *same = NULL;
    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++)
        same = is_same_file(file, inputs[i]) ? inputs[i] : same;
    for (size_t i = 0; i < options->nargs; i++)
        same = is_same_file(file, options->args[i]) ? options->args[i] : same;
    if (same == NULL)
        return -1;
    return usage_error("%s %s: that would overwrite what is read, %s", name, file, same);
}

int options_check_outputs(const struct options *options) {
    int status = check_output(options, "-o", options->output);
    return status >= 0 ? status : check_output(options, "--plot", options->plot);
}

unsigned options_jobs(const struct options *options) {
    if (options->jobs > 0)
        return options->jobs;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    return cpus > 0 ? (unsigned)cpus : 1;
}
