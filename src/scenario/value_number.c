/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario/value_number.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Calls whose first argument is their size, when it has no name. */
static const char *const sized[] = {"exp", "const", "poisson", "periodic", "with_mean"};

/* An argument: its name, if it has one, and its value. */
struct argument {
    size_t name, name_length;
    size_t at, length;
};

static bool read_number(struct arena *arena, const char *text, size_t at, size_t length,
                        struct value_number *number) {
    *number = (struct value_number){.at = at, .length = length};
    return amount_read(arena_strndup(arena, text + at, length), &number->amount);
}

static void trim(const char *text, size_t *at, size_t *length) {
    while (*length > 0 && text[*at] == ' ') {
        ++*at;
        --*length;
    }
    while (*length > 0 && text[*at + *length - 1] == ' ')
        --*length;
}

/* The argument that begins at `at`; returns where the next one does, behind the comma or ')'. */
static size_t next_argument(const char *text, size_t at, size_t end, struct argument *argument) {
    size_t i = at, equals = 0;
    for (int depth = 0; i < end; i++) {
        depth += (text[i] == '(') - (text[i] == ')');
        if (depth < 0 || (depth == 0 && text[i] == ','))
            break;
        if (depth == 0 && equals == 0 && (text[i] == '=' || text[i] == ':'))
            equals = i;
    }
    size_t from = equals > 0 ? equals + 1 : at;
    *argument = (struct argument){at, equals > 0 ? equals - at : 0, from, i - from};
    trim(text, &argument->name, &argument->name_length);
    trim(text, &argument->at, &argument->length);
    return i + 1;
}

static bool is_named(const char *text, const struct argument *argument, const char *name) {
    return argument->name_length == strlen(name) &&
           strncmp(text + argument->name, name, argument->name_length) == 0;
}

static bool is_sized(const char *text, size_t name_length) {
    for (size_t i = 0; i < sizeof(sized) / sizeof(sized[0]); i++)
        if (strlen(sized[i]) == name_length && strncmp(sized[i], text, name_length) == 0)
            return true;
    return false;
}

static bool find_size(struct arena *arena, const char *text, size_t at, size_t end,
                      struct value_number *number) {
    size_t open = at + strcspn(text + at, "(");
    if (open >= end)
        return read_number(arena, text, at, end - at, number);
    struct argument argument;
    bool first = is_sized(text + at, open - at);
    for (size_t i = open + 1; i < end; first = false) {
        i = next_argument(text, i, end, &argument);
        bool size = is_named(text, &argument, "mean") || is_named(text, &argument, "value") ||
                    (first && argument.name_length == 0);
        if (size)
            return read_number(arena, text, argument.at, argument.length, number);
    }
    return false;
}

/* An argument of that name, here or in what stands within. */
static bool find_part(struct arena *arena, const char *text, size_t at, size_t end,
                      const char *part, struct value_number *number) {
    size_t open = at + strcspn(text + at, "(");
    struct argument argument;
    for (size_t i = open + 1; i < end;) {
        i = next_argument(text, i, end, &argument);
        if (is_named(text, &argument, part) &&
            read_number(arena, text, argument.at, argument.length, number))
            return true;
        if (find_part(arena, text, argument.at, argument.at + argument.length, part, number))
            return true;
    }
    return false;
}

bool value_number_find(struct arena *arena, const char *text, const char *part,
                       struct value_number *number) {
    if (part[0] == '\0')
        return find_size(arena, text, 0, strlen(text), number);
    return find_part(arena, text, 0, strlen(text), part, number);
}

enum { PARTS_MOST = 16 };

static size_t list_parts(struct arena *arena, const char *text, size_t at, size_t end,
                         const char **parts, size_t n) {
    struct argument argument;
    struct value_number number;
    for (size_t i = at + strcspn(text + at, "(") + 1; i < end && n < PARTS_MOST;) {
        i = next_argument(text, i, end, &argument);
        size_t stop = argument.at + argument.length;
        if (argument.name_length > 0 &&
            read_number(arena, text, argument.at, argument.length, &number))
            parts[n++] = arena_strndup(arena, text + argument.name, argument.name_length);
        else
            n = list_parts(arena, text, argument.at, stop, parts, n);
    }
    return n;
}

const char *const *value_number_parts(struct arena *arena, const char *text) {
    const char **parts = arena_array(arena, PARTS_MOST + 1, sizeof(*parts));
    parts[list_parts(arena, text, 0, strlen(text), parts, 0)] = NULL;
    return parts;
}

/* Four digits, without an exponent. */
static const char *digits(struct arena *arena, double x) {
    int whole = x >= 1 ? (int)floor(log10(x)) + 1 : 0;
    double unit = pow(10, whole - 4);
    if (whole >= 4)
        return arena_printf(arena, "%.0f", whole > 4 ? round(x / unit) * unit : x);
    return arena_printf(arena, "%.4g", x);
}

const char *value_number_put(struct arena *arena, const char *text,
                             const struct value_number *number, double value) {
    if (value == number->amount.value)
        return text;
    const char *old = arena_strndup(arena, text + number->at, number->length);
    char *suffix;
    double written = strtod(old, &suffix), scaled = value * written / number->amount.value;
    const char *fresh;
    if (scaled >= 0.01 && scaled < 1e6) {
        fresh = arena_printf(arena, "%s%s", digits(arena, scaled), suffix);
    } else {
        double unit = pow(10, floor(log10(value)) - 3);
        struct amount amount = {value > 0 ? round(value / unit) * unit : 0,
                                number->amount.dimension};
        fresh = amount_text(arena, &amount);
    }
    return arena_printf(arena, "%.*s%s%s", (int)number->at, text, fresh,
                        text + number->at + number->length);
}
