/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench/report.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { HEADER = 1024 };

static const char about[] =
    "# How fast sim was, by `make bench-history`. First line of an entry: instructions per\n"
    "# acquisition. Second line: acquisitions per s of CPU time, as a share of those of the loop\n"
    "# by hand with two events per acquisition just before and after, median. -: not run.\n";

static void names(const struct rounds *rounds, char *header) {
    int n = snprintf(header, HEADER, "%-10s %-22s", "date", "version");
    for (unsigned i = 0; i < rounds->n; i++)
        if (i < 2 || rounds->rows[i].program != NULL)
            n += snprintf(header + n, (size_t)(HEADER - n), " %9s",
                          i < 2 ? (i == 0 ? "two-event" : "one-event") : rounds->rows[i].name);
    snprintf(header + n, (size_t)(HEADER - n), "\n");
}

/* The last line that names columns. */
static void last_header(FILE *file, char *header) {
    char line[HEADER];
    header[0] = '\0';
    while (fgets(line, sizeof(line), file) != NULL)
        if (strncmp(line, "date ", 5) == 0)
            memcpy(header, line, sizeof(line));
}

static void put(FILE *file, const char *format, double value) {
    if (isfinite(value))
        fprintf(file, format, value);
    else
        fprintf(file, " %9s", "-");
}

static void entry(FILE *file, const struct rounds *rounds, const char *label) {
    char date[16];
    time_t now = time(NULL);
    strftime(date, sizeof(date), "%Y-%m-%d", gmtime(&now));
    fprintf(file, "%-10s %-22s", date, label);
    for (unsigned i = 0; i < rounds->n; i++)
        if (i < 2 || rounds->rows[i].program != NULL)
            put(file, " %9.1f", rounds->rows[i].instructions);
    fprintf(file, "\n%-10s %-22s", "", "share of two-event");
    for (unsigned i = 0; i < rounds->n; i++)
        if (i < 2 || rounds->rows[i].program != NULL)
            put(file, " %9.3f", row_share(&rounds->rows[i], 0.5));
    fputc('\n', file);
}

bool report_history(const struct rounds *rounds, const char *path, const char *label) {
    char header[HEADER], last[HEADER];
    FILE *file = fopen(path, "a+");
    if (file == NULL) {
        fprintf(stderr, "bench: %s: %s\n", path, strerror(errno));
        return false;
    }
    names(rounds, header);
    rewind(file);
    last_header(file, last);
    if (last[0] == '\0')
        fputs(about, file);
    if (strcmp(header, last) != 0)
        fprintf(file, "\n%s", header);
    entry(file, rounds, label);
    return fclose(file) == 0;
}
