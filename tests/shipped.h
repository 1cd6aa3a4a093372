/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_SHIPPED_H
#define TESTS_SHIPPED_H

#include "experiment/measured.h"

/* A scenario that comes with the program, all its designs simulated, beside what was measured. */
struct shipped {
    struct arena *arena;
    struct diag *diag;
    const struct scenario *scenario;
    struct result *result;
    struct measured_lines lines;
};

/*
 * file is relative to the top of the sources. A test asks for shorter runs with
 * settings. What does not load or compile, or fails the audit, fails the test.
 */
struct shipped *shipped_run(const char *file, const struct setting *settings, size_t nsettings);
/* The same of a scenario that is a text. */
struct shipped *shipped_text(const char *text);
void shipped_free(struct shipped *shipped);

/* The figure of what was measured; fails the test if there is none. NULL for any site. */
const struct measured_line *shipped_line(const struct shipped *shipped, const char *design,
                                         const char *subject, const char *field, const char *site);
const struct design_result *shipped_design(const struct shipped *shipped, const char *name);
const struct lock_result *shipped_lock(const struct shipped *shipped, const char *design,
                                       const char *lock);

#endif
