/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Replays tables of measured locks and says how far the predictions are off.
 * See docs/validation.md.
 */
#include "config.h"

#include "validation/fit.h"
#include "validation/replay.h"
#include "validation/summary.h"
#include "validation/table.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GOOD = 0, WRONG = 1, USAGE = 2, LIST_MAX = 64 };

struct options {
    const char *template, *excluded, *csv, *fit, *name;
    bool rows; /* print every row */
    struct setting settings[LIST_MAX];
    size_t nsettings;
    struct setting only[LIST_MAX]; /* column and value */
    size_t nonly;
    unsigned jobs, replications;
};

static const char usage[] =
    "Usage: validate [OPTION]... TABLE.csv...\n"
    "Replays measured locks and prints how far predictions are off.\n"
    "  --template FILE     the scenario that each row sets (validation/lkbench.yaml)\n"
    "  --excluded FILE     rows not to score, with reasons\n"
    "  --name NAME         what tables without lock_stat figures are called (nols)\n"
    "  --only COLUMN=VALUE rows with this value alone (kind=mutex, threads=2, table=nols)\n"
    "  --set PATH=VALUE    changes the scenario: --set machine.wake.call=10us\n"
    "  --rows              prints every row\n"
    "  --csv FILE          writes every row with all that is compared\n"
    "  --fit PROFILE.yaml  fits the numbers of a machine, and prints the profile\n"
    "  --replications N    instead of as many as a row needs\n"
    "  --jobs N            threads (as many as CPUs)\n";

static int fail(int status, const char *what, const char *why) {
    fprintf(stderr, "validate: %s: %s\n", what, why);
    return status;
}

/* Cuts the argument at its equals sign. */
static bool split(char *text, struct setting *list, size_t *n) {
    char *equals = strchr(text, '=');
    if (equals == NULL || equals == text || *n == LIST_MAX)
        return false;
    *equals = '\0';
    list[(*n)++] = (struct setting){text, equals + 1};
    return true;
}

static bool parse_whole(const char *text, unsigned *number) {
    char *end;
    errno = 0;
    unsigned long x = strtoul(text, &end, 10);
    if (errno != 0 || *text == '-' || *end != '\0' || end == text || x < 1 || x > 10000)
        return false;
    *number = (unsigned)x;
    return true;
}

static bool take_option(struct options *o, int option, char *value) {
    switch (option) {
    case 't':
        o->template = value;
        return true;
    case 'x':
        o->excluded = value;
        return true;
    case 'c':
        o->csv = value;
        return true;
    case 'f':
        o->fit = value;
        return true;
    case 'm':
        o->name = value;
        return true;
    case 'r':
        o->rows = true;
        return true;
    case 's':
        return split(value, o->settings, &o->nsettings);
    case 'o':
        return split(value, o->only, &o->nonly);
    case 'j':
        return parse_whole(value, &o->jobs);
    case 'n':
        return parse_whole(value, &o->replications);
    default:
        return false;
    }
}

/* Returns -1 to go on. */
static int parse_options(struct options *o, int argc, char **argv) {
    static const struct option known[] = {{"template", required_argument, NULL, 't'},
                                          {"excluded", required_argument, NULL, 'x'},
                                          {"csv", required_argument, NULL, 'c'},
                                          {"name", required_argument, NULL, 'm'},
                                          {"rows", no_argument, NULL, 'r'},
                                          {"set", required_argument, NULL, 's'},
                                          {"only", required_argument, NULL, 'o'},
                                          {"jobs", required_argument, NULL, 'j'},
                                          {"replications", required_argument, NULL, 'n'},
                                          {"fit", required_argument, NULL, 'f'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (c == 'h') {
            fputs(usage, stdout);
            return GOOD;
        }
        if (c == '?')
            return USAGE;
        if (!take_option(o, c, optarg))
            return fail(USAGE, "not understood", optarg);
    }
    if (optind == argc) {
        fputs(usage, stderr);
        return USAGE;
    }
    return -1;
}

/* ---- rows ---- */

static int select_rows(const struct options *o, struct table *table) {
    size_t kept = 0;
    for (size_t i = 0; i < table->nrows; i++) {
        table->rows[i].table = o->name;
        bool wanted = true;
        for (size_t j = 0; j < o->nonly; j++) {
            int match = row_matches(&table->rows[i], o->only[j].path, o->only[j].value);
            if (match < 0)
                return fail(USAGE, o->only[j].path, "is no column");
            wanted &= match > 0;
        }
        if (wanted)
            table->rows[kept++] = table->rows[i];
    }
    table->nrows = kept;
    return kept > 0 ? GOOD : fail(WRONG, "tables", "no row to validate");
}

static int read_tables(struct arena *arena, struct diag *diag, const struct options *o,
                       char **files, struct table *table, struct table *excluded) {
    for (; *files != NULL; files++)
        if (!table_read(arena, diag, *files, TABLE_MEASURED, table))
            return fail(USAGE, *files, strerror(errno));
    if (o->excluded != NULL && !table_read(arena, diag, o->excluded, TABLE_EXCLUDED, excluded))
        return fail(USAGE, o->excluded, strerror(errno));
    if (diag_errors(diag) == 0)
        return GOOD;
    diag_print(diag, stderr);
    return WRONG;
}

static const char *reason_for(const struct table *excluded, const struct row *row) {
    for (size_t i = 0; i < excluded->nrows; i++)
        if (same_work(&excluded->rows[i], row))
            return excluded->rows[i].reason;
    return NULL;
}

/* ---- the whole ---- */

static int check_template(struct arena *arena, struct replay *replay) {
    struct diag *diag = diag_new();
    bool good = replay_load(arena, diag, replay) != NULL;
    if (!good)
        diag_print(diag, stderr);
    diag_free(diag);
    return good ? GOOD : WRONG;
}

static struct scored *score(struct arena *arena, const struct replay *replay,
                            const struct table *table, const struct table *excluded) {
    size_t n = table->nrows;
    struct scored *scored = arena_array(arena, n, sizeof(*scored));
    struct prediction *predictions = arena_array(arena, n, sizeof(*predictions));
    const struct row **rows = arena_array(arena, n, sizeof(*rows));
    for (size_t i = 0; i < n; i++)
        rows[i] = &table->rows[i];
    replay_rows(arena, replay, rows, predictions, n);
    for (size_t i = 0; i < n; i++)
        scored[i] = (struct scored){rows[i], &predictions[i], reason_for(excluded, rows[i])};
    return scored;
}

static int flushed(void) {
    bool good = ferror(stdout) == 0 && fflush(stdout) == 0;
    return good ? GOOD : fail(USAGE, "standard output", "cannot be written");
}

static int write_csv(const struct options *o, struct summary summary) {
    summary.out = fopen(o->csv, "w");
    if (summary.out == NULL)
        return fail(USAGE, o->csv, strerror(errno));
    print_csv(&summary);
    bool good = ferror(summary.out) == 0;
    return fclose(summary.out) == 0 && good ? GOOD : fail(USAGE, o->csv, "cannot be written");
}

static int fit(struct arena *arena, const struct options *o, const struct replay *replay,
               const struct table *table, const struct table *excluded) {
    size_t length, n = 0;
    const char *text = read_whole(arena, o->fit, &length), *fitted = NULL;
    if (text == NULL)
        return fail(USAGE, o->fit, strerror(errno));
    const struct row **rows = arena_array(arena, table->nrows, sizeof(*rows));
    for (size_t i = 0; i < table->nrows; i++)
        if (reason_for(excluded, &table->rows[i]) == NULL)
            rows[n++] = &table->rows[i];
    const struct fit fit = {o->fit, rows, n, *replay, stderr};
    struct diag *diag = diag_new();
    fitted = fit_machine(arena, diag, &fit, text, length);
    diag_print(diag, stderr);
    diag_free(diag);
    if (fitted == NULL)
        return WRONG;
    fputs(fitted, stdout);
    return flushed();
}

static int validate(struct arena *arena, const struct options *o, char **files) {
    struct diag *diag = diag_new();
    struct table table = {0}, excluded = {0};
    struct replay replay = {.file = o->template,
                            .settings = o->settings,
                            .nsettings = o->nsettings,
                            .replications = o->replications,
                            .jobs = o->jobs};
    int status = read_tables(arena, diag, o, files, &table, &excluded);
    diag_free(diag);
    if (status == GOOD)
        status = select_rows(o, &table);
    if (status != GOOD)
        return status;
    replay.text = read_whole(arena, replay.file, &replay.length);
    if (replay.text == NULL)
        return fail(USAGE, replay.file, strerror(errno));
    if (check_template(arena, &replay) != GOOD)
        return WRONG;
    if (o->fit != NULL)
        return fit(arena, o, &replay, &table, &excluded);
    struct summary summary = {arena, score(arena, &replay, &table, &excluded), table.nrows, stdout};
    if (o->csv != NULL && write_csv(o, summary) != GOOD)
        return USAGE;
    if (o->rows)
        print_rows(&summary);
    print_summary(&summary);
    return flushed();
}

int main(int argc, char **argv) {
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    struct options o = {.template = "validation/lkbench.yaml",
                        .jobs = cpus > 0 ? (unsigned)cpus : 1};
    int status = parse_options(&o, argc, argv);
    if (status < 0) {
        struct arena *arena = arena_new();
        status = validate(arena, &o, argv + optind);
        arena_free(arena);
    }
    return status;
}
