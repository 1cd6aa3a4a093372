/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_PLACES_H
#define REPORT_PLACES_H

#include "experiment/curves.h"

/* The places of a sweep in words. */
const char *place_title(const struct curves *curves); /* "CPUs", or the path */
bool place_is_cpus(const struct curves *curves);
const char *place_unit(const struct curves *curves); /* "CPU", or "unit" */
const char *place_name(struct arena *arena, const struct curves *curves,
                       uint32_t place); /* "8 CPUs" or "threads.t.count=8" */
const char *place_text(struct arena *arena, const struct curves *curves,
                       uint32_t place); /* "at 8 CPUs" */
const char *point_name(struct arena *arena, const struct sweep *sweep, uint32_t point);

#endif
