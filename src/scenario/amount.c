/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "base/units.h"
#include "scenario/expression.h"

#include <math.h>
#include <string.h>

bool amount_read(const char *text, struct amount *amount) {
    static const struct {
        const char *(*parse)(const char *text, size_t n, double *value);
        int dimension;
    } forms[] = {{parse_number, 0}, {parse_share, 0}, {parse_time, 1}, {parse_rate, -1}};
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (forms[i].parse(text, strlen(text), &amount->value) == NULL) {
            amount->dimension = forms[i].dimension;
            return true;
        }
    return false;
}

/* Twelve digits hide the roundings of what was computed, the factors of units among them. */
static const char *digits(struct arena *arena, double value) {
    bool whole = value == floor(value) && value < 1e18;
    return arena_printf(arena, whole ? "%.0f" : "%.12g", value);
}

static const char *time_text(struct arena *arena, double seconds) {
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}};
    int i = 0;
    while (i < 3 && seconds < units[i].seconds)
        i++;
    const char *text = digits(arena, seconds / units[i].seconds);
    return seconds == 0 ? "0" : arena_printf(arena, "%s%s", text, units[i].name);
}

const char *amount_text(struct arena *arena, const struct amount *amount) {
    if (!(amount->value >= 0 && isfinite(amount->value)))
        return NULL;
    switch (amount->dimension) {
    case 0:
        return digits(arena, amount->value);
    case 1:
        return time_text(arena, amount->value);
    case -1:
        return arena_printf(arena, "%s/s", digits(arena, amount->value));
    default:
        return NULL;
    }
}
