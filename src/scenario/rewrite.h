/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCENARIO_REWRITE_H
#define SCENARIO_REWRITE_H

#include "base/diag.h"

/*
 * Changes a scenario's text in a few places and leaves every other byte as it
 * is: comments, order, quotes, line ends. Places are given by paths as for
 * --set. All changes are made to the text as it was and come together in the
 * end.
 */
struct arena;
struct rewrite;

/* NULL after an error: the text is no YAML. It must live as long as the diag. */
struct rewrite *rewrite_begin(struct arena *arena, struct diag *diag, const char *file,
                              const char *text, size_t length);

/*
 * Gives a quantity another value, origin and source. A value without an origin
 * becomes a map; where an alias stands, its anchor changes. Of the machine it
 * may be a number that only its profile states. False after an error.
 */
bool rewrite_quantity(struct rewrite *rewrite, const char *path, const char *value,
                      const char *origin, const char *source);

/* Says `role: calibrated` in measurement i of the scenario. False after an error. */
bool rewrite_calibrated(struct rewrite *rewrite, uint32_t i);

/* Adds a measurement, a map in braces, behind those that there are. */
bool rewrite_add_measured(struct rewrite *rewrite, const char *entry);

/* The new text, which is checked to be YAML; NULL after an error. */
const char *rewrite_end(struct rewrite *rewrite, size_t *length);

/* A text in double quotes, as YAML reads it back. */
const char *rewrite_quoted(struct arena *arena, const char *text);

#endif
