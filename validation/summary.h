/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef VALIDATION_SUMMARY_H
#define VALIDATION_SUMMARY_H

#include "validation/score.h"

#include <stdio.h>

struct summary {
    struct arena *arena;
    const struct scored *rows;
    size_t n;
    FILE *out;
};

/* Errors per kind beside the bars, the worst rows, what is excluded, and the last line. */
void print_summary(const struct summary *summary);

/* Every row, measured against predicted: as text, or with all there is as CSV. */
void print_rows(const struct summary *summary);
void print_csv(const struct summary *summary);

#endif
