/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const double INTERVAL = 0.2;  /* seconds between lines */
static const double PATIENCE = 0.05; /* share of the work before the rest is estimated */

double clock_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct progress progress_start(const char *what, bool quiet) {
    double now = clock_seconds();
    return (struct progress){what, !quiet && isatty(STDERR_FILENO), now, now};
}

void progress_tell(void *self, double done) {
    struct progress *progress = self;
    double now = clock_seconds(), spent = now - progress->started;
    if (!progress->on || now - progress->told < INTERVAL)
        return;
    progress->told = now;
    fprintf(stderr, "\r\033[Ksim: %s %.0f%%", progress->what, 100 * done);
    if (done > PATIENCE)
        fprintf(stderr, ", %.0f s to go", spent / done - spent);
    fflush(stderr);
}

void progress_end(struct progress *progress) {
    if (progress->on)
        fputs("\r\033[K", stderr);
    progress->on = false;
}
