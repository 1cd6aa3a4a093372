/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario/distributions.h"

#include "base/arena.h"
#include "scenario/dist_call.h"
#include "scenario/node.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NEST_LIMIT = 8, PARTS_MAX = 1000 };

/* Ten years in seconds (base/units.c) and the largest count are below this. */
static const double largest_mean = 1e16;
static const double largest_cv = 1e9;
/* An attosecond; far smaller values would overflow when they are divided by. */
static const double least_value = 1e-18;

void *dist_fail(struct reader *r, size_t at, const char *format, ...) {
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (!r->failed)
        *r->error = (struct dist_error){at, arena_strndup(r->arena, message, strlen(message))};
    r->failed = true;
    return NULL;
}

const struct dist *dist_make(struct reader *r, size_t at, struct dist dist) {
    if (!(dist_mean(&dist) <= largest_mean && dist_cv(&dist) <= largest_cv))
        return dist_fail(r, at, "the mean or the variance is too large");
    struct dist *copy = arena_alloc(r->arena, sizeof(*copy));
    *copy = dist;
    return copy;
}

bool dist_value(struct reader *r, size_t at, size_t length, value_parser parse, double *value) {
    const char *expected = parse(r->text + at, length, value);
    if (expected == NULL && *value != 0 && *value < least_value)
        expected = "0 or more than 1e-18";
    if (expected == NULL)
        return true;
    const char *text = clip(r->arena, arena_strndup(r->arena, r->text + at, length));
    if (length == 0)
        dist_fail(r, at, "expected %s", expected);
    else
        dist_fail(r, at, "expected %s, not '%s'", expected, text);
    return false;
}

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static void trim(const char *text, size_t *at, size_t *end) {
    while (*at < *end && strchr(" \t\n", text[*at]) != NULL)
        ++*at;
    while (*end > *at && strchr(" \t\n", text[*end - 1]) != NULL)
        --*end;
}

/* Splits off a leading `name=`, or `share:` as a mix has it. */
static void split_name(const struct reader *r, struct arg *arg) {
    const char *text = r->text + arg->at;
    size_t i = 0;
    while (i < arg->length && (is_name(text[i]) || text[i] == ' ' || text[i] == '%'))
        i++;
    if (i == arg->length || (text[i] != '=' && text[i] != ':'))
        return;
    size_t end = arg->at + arg->length, name_end = arg->at + i;
    arg->name_at = arg->at;
    arg->at += i + 1;
    trim(r->text, &arg->name_at, &name_end);
    trim(r->text, &arg->at, &end);
    arg->length = end - arg->at;
    arg->name = arena_strndup(r->arena, r->text + arg->name_at, name_end - arg->name_at);
}

/*
 * Splits what is between the parentheses of [open, end), text[open] being
 * '(', into arguments. Without room they are only counted.
 */
static bool split_args(struct reader *r, size_t open, size_t end, struct arg *args, uint32_t *n) {
    size_t depth = 0, start = open + 1, i = open;
    *n = 0;
    for (; i < end; i++) {
        char c = r->text[i];
        depth += c == '(';
        depth -= c == ')';
        if (depth > 1 || (depth == 1 && c != ','))
            continue;
        size_t from = start, to = i;
        trim(r->text, &from, &to);
        if (args != NULL) {
            args[*n] = (struct arg){.at = from, .length = to - from};
            split_name(r, &args[*n]);
        }
        ++*n;
        start = i + 1;
        if (depth == 0)
            break;
    }
    if (i == end)
        dist_fail(r, open, "this parenthesis is not closed");
    else if (i + 1 != end)
        dist_fail(r, i + 1, "unexpected text after the closing parenthesis");
    else if (*n > PARTS_MAX)
        dist_fail(r, open, "more than %d arguments", PARTS_MAX);
    return !r->failed;
}

static const struct dist *read_call(struct reader *r, size_t at, size_t open, size_t end) {
    struct call call = {.name = arena_strndup(r->arena, r->text + at, open - at), .at = at};
    if (r->depth == NEST_LIMIT)
        return dist_fail(r, at, "more than %d distributions within each other", NEST_LIMIT);
    if (!split_args(r, open, end, NULL, &call.n))
        return NULL;
    struct arg *args = arena_array(r->arena, call.n, sizeof(*args));
    split_args(r, open, end, args, &call.n);
    call.args = args;
    r->depth++;
    const struct dist *dist = dist_call(r, &call);
    r->depth--;
    return dist;
}

const struct dist *dist_read_at(struct reader *r, size_t at, size_t length) {
    size_t end = at + length, name_end = at;
    while (name_end < end && is_name(r->text[name_end]))
        name_end++;
    if (name_end > at && name_end < end && r->text[name_end] == '(')
        return read_call(r, at, name_end, end);
    double value;
    if (!dist_value(r, at, length, r->value, &value))
        return NULL;
    return dist_make(r, at, (struct dist){.kind = DIST_CONST, .a = value});
}

const struct dist *dist_read(struct arena *arena, const char *text, value_parser value, bool plain,
                             struct dist_error *error) {
    struct reader r = {.arena = arena, .text = text, .value = value, .error = error};
    size_t at = 0, end = strlen(text);
    trim(text, &at, &end);
    if (!plain)
        return dist_read_at(&r, at, end - at);
    double number;
    if (!dist_value(&r, at, end - at, value, &number))
        return NULL;
    return dist_make(&r, at, (struct dist){.kind = DIST_CONST, .a = number});
}
