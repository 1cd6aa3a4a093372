/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCENARIO_SHIELD_H
#define SCENARIO_SHIELD_H

#include <stddef.h>

struct arena;

/*
 * YAML ends a plain text at a comma, and at a colon with a space after it, so
 * that `{cost: lognormal(mean=13us, cv=8)}` would be three keys. Within a call
 * such as name(...), in name[index] and in ${...}, these marks, brackets and
 * braces are replaced by private characters, one for one, before YAML sees
 * them; columns stay as they are. Returns the new text and its length.
 */
const char *shield(struct arena *arena, const char *text, size_t length, size_t *shielded);

/* Puts the marks back, in place; returns the new length. */
size_t unshield(char *text, size_t length);

/* The first private character that the text has of its own, or NULL. */
const char *shield_taken(const char *text, size_t length);

#endif
