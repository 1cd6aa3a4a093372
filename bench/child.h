/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BENCH_CHILD_H
#define BENCH_CHILD_H

#include <stdio.h>

/* A program that was run to its end. */
struct child {
    FILE *output; /* what it printed: standard output, and errors if asked for */
    int status;   /* of its exit; -1: it was killed */
    double cpu;   /* s, user and system: others share the cores */
    double elapsed;
    double peak_kib; /* resident */
};

enum child_errors { ERRORS_PASS, ERRORS_KEPT, ERRORS_DROPPED };

struct child child_run(const char *const *argv, enum child_errors errors);
void child_free(struct child *child);

#endif
