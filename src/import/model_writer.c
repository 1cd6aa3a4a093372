/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/model_writer.h"

#include "base/arena.h"
#include "base/utf8.h"

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

/* What a scenario may not have in its text is a question mark here. */
const char *text_quoted(struct text *t, const char *text) {
    char *out = arena_alloc(t->arena, 3 * strlen(text) + 3), *to = out;
    *to++ = '"';
    for (size_t left = strlen(text), n; left > 0; text += n, left -= n) {
        uint32_t code;
        n = utf8_decode(text, left, &code);
        if (code == '"' || code == '\\')
            *to++ = '\\';
        if (code >= 0xa0 && code < 0xd800)
            to += sprintf(to, "\\u%04x", (unsigned)code);
        else
            *to++ = code >= ' ' && code < 0x7f ? (char)code : '?';
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
