/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/csv_cells.h"

#include <math.h>
#include <string.h>

void csv_text(FILE *out, const char *text) {
    bool quoted = strpbrk(text, ",\"\n\r") != NULL;
    fputs(quoted ? "\"" : "", out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', out);
        if (*text == '\n')
            fputs("; ", out);
        else
            fputc(*text, out);
    }
    fputs(quoted ? "\"" : "", out);
}

void csv_number(FILE *out, double value) {
    fputc(',', out);
    if (isfinite(value))
        fprintf(out, "%.12g", value);
}

void csv_estimate(FILE *out, struct estimate e) {
    csv_number(out, e.mean);
    csv_number(out, e.lo);
    csv_number(out, e.hi);
}

void csv_times(FILE *out, const struct time_result *time) {
    csv_estimate(out, time->mean);
    csv_number(out, time->p50);
    csv_number(out, time->p90);
    csv_number(out, time->p99);
    csv_number(out, time->p999);
    csv_number(out, time->max);
}
