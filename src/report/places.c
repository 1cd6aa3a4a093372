/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/places.h"

#include "base/arena.h"

#include <string.h>

bool place_is_cpus(const struct curves *curves) {
    return curves->axis != NO_AXIS &&
           strcmp(curves->sweep->axes[curves->axis].path, "machine.cpus") == 0;
}

const char *place_title(const struct curves *curves) {
    if (curves->axis == NO_AXIS)
        return curves->sweep->naxes == 1 ? curves->sweep->axes[0].path : "";
    return place_is_cpus(curves) ? "CPUs" : curves->sweep->axes[curves->axis].path;
}

const char *place_unit(const struct curves *curves) {
    return place_is_cpus(curves) ? "CPU" : "unit";
}

const char *place_name(struct arena *arena, const struct curves *curves, uint32_t place) {
    const char *label = curves->labels[place];
    if (place_is_cpus(curves))
        return arena_printf(arena, "%s CPU%s", label, strcmp(label, "1") == 0 ? "" : "s");
    return arena_printf(arena, "%s=%s", place_title(curves), label);
}

const char *place_text(struct arena *arena, const struct curves *curves, uint32_t place) {
    return arena_printf(arena, "at %s", place_name(arena, curves, place));
}

const char *point_name(struct arena *arena, const struct sweep *sweep, uint32_t point) {
    const char *name = "";
    for (uint32_t i = 0; i < sweep->naxes; i++)
        name = arena_printf(arena, "%s%s%s=%s", name, i > 0 ? ", " : "", sweep->axes[i].path,
                            sweep->points[point].values[i]);
    return name;
}
