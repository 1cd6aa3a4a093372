/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_SWEEP_SCALING_H
#define REPORT_SWEEP_SCALING_H

#include "experiment/scaling.h"

#include <jansson.h>
#include <stdio.h>

/* What limits the curve where, and the law fitted to it: lines below those of its design. */
void scaling_text(struct arena *arena, const struct curves *curves, const struct curve *curve,
                  FILE *out);
/* The same as members of the curve's object. */
void scaling_json(struct arena *arena, const struct curves *curves, const struct curve *curve,
                  json_t *object);
/* "table_lock", "line of table_lock", ...: what a region is limited by. */
const char *limit_text(struct arena *arena, enum limit limit, const char *lock);

#endif
