/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/model_writer.h"

#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_put(struct text *t, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t n = (size_t)vsnprintf(NULL, 0, format, args);
    if (t->n + n + 1 > t->room) {
        t->room = 2 * (t->n + n + 1) + 4096;
        char *more = arena_array(t->arena, t->room, 1);
        if (t->n > 0)
            memcpy(more, t->out, t->n);
        t->out = more;
    }
    vsnprintf(t->out + t->n, n + 1, format, again);
    t->n += n;
    va_end(again);
    va_end(args);
}

const char *text_quoted(struct text *t, const char *text) {
    char *out = arena_alloc(t->arena, 4 * strlen(text) + 3), *to = out;
    *to++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            *to++ = '\\';
        if ((unsigned char)*text < ' ' || (unsigned char)*text >= 0x7f)
            to += sprintf(to, "\\x%02x", (unsigned char)*text);
        else
            *to++ = *text;
    }
    *to++ = '"';
    *to = '\0';
    return out;
}

const char *text_time(struct text *t, double seconds, int digits) {
    static const struct {
        const char *name;
        double size;
    } units[] = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};
    int i = 0;
    while (i < 3 && seconds >= 1000 * units[i].size)
        i++;
    return arena_printf(t->arena, "%.*g%s", digits, seconds / units[i].size, units[i].name);
}

const char *text_parameter(struct text *t, const char *name, int mode) {
    return arena_printf(t->arena, "parameters.%s%s", name, mode == 1 ? "_read" : "");
}
