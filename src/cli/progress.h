/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>

/* A line on standard error that says how far work has come; only on a terminal. */
struct progress {
    const char *what;
    bool on;
    double started, told; /* seconds */
};

/* Seconds of a clock that only goes forward. */
double clock_seconds(void);
struct progress progress_start(const char *what, bool quiet);
/* done: 0 to 1. Fits the callbacks of the experiments; self is the progress. */
void progress_tell(void *self, double done);
void progress_end(struct progress *progress);

#endif
