/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario/expression.h"

#include "base/arena.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NEST_LIMIT = 32, ARGUMENTS_MAX = 16 };

struct parser {
    const struct arithmetic *arithmetic;
    const char *text;
    size_t n, i, at;
    int depth;
    bool failed;
};

/* Only the first error of an expression is told. */
__attribute__((format(printf, 3, 4))) static struct amount fail(struct parser *p, size_t i,
                                                                const char *format, ...) {
    char message[256];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (!p->failed)
        p->arithmetic->fail(p->arithmetic->self, p->at + i, message);
    p->failed = true;
    return (struct amount){0};
}

/* ---- words ---- */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Names have hyphens in them, so that a minus behind one needs a space. */
static size_t path_length(const char *text, size_t n) {
    size_t i = 0;
    while (i < n && (is_letter(text[i]) || is_digit(text[i]) || text[i] == '-' || text[i] == '.'))
        i++;
    return i;
}

/* A number with its unit, of which the µ is two bytes beyond ASCII. */
static size_t number_length(const char *text, size_t n) {
    size_t i = 0;
    while (i < n && (is_digit(text[i]) || text[i] == '.'))
        i++;
    if (i + 1 < n && (text[i] == 'e' || text[i] == 'E')) {
        size_t sign = text[i + 1] == '-' || text[i + 1] == '+';
        if (i + 1 + sign < n && is_digit(text[i + 1 + sign]))
            i += 1 + sign;
        while (i < n && is_digit(text[i]))
            i++;
    }
    while (i < n && (is_letter(text[i]) || text[i] == '%' || (text[i] & 0x80) != 0))
        i++;
    return i;
}

static void skip_space(struct parser *p) {
    while (p->i < p->n && strchr(" \t\n", p->text[p->i]) != NULL)
        p->i++;
}

static bool next_is(struct parser *p, char c) {
    skip_space(p);
    return p->i < p->n && p->text[p->i] == c;
}

/* ---- operators ---- */

static bool is_plain_zero(const struct amount *a) {
    return a->value == 0 && a->dimension == 0;
}

/* For what needs amounts of one kind: 0 is of every kind. False after an error. */
static bool align(struct parser *p, size_t i, struct amount *a, struct amount *b) {
    if (is_plain_zero(a))
        a->dimension = b->dimension;
    if (is_plain_zero(b))
        b->dimension = a->dimension;
    if (a->dimension == b->dimension)
        return true;
    static const char *const kinds[] = {"a rate", "a plain number", "a time"};
    int x = a->dimension + 1, y = b->dimension + 1;
    fail(p, i, "%s and %s do not go together", x < 0 || x > 2 ? "another power of time" : kinds[x],
         y < 0 || y > 2 ? "another power of time" : kinds[y]);
    return false;
}

static struct amount combine(struct parser *p, size_t i, char operator, struct amount a,
                             struct amount b) {
    if (p->failed)
        return a;
    if (operator== '/' && b.value == 0)
        return fail(p, i, "division by zero");
    if (operator== '*')
        return (struct amount){a.value * b.value, a.dimension + b.dimension};
    if (operator== '/')
        return (struct amount){a.value / b.value, a.dimension - b.dimension};
    if (!align(p, i, &a, &b))
        return a;
    return (struct amount){operator== '+' ? a.value + b.value : a.value - b.value, a.dimension};
}

/* ---- functions ---- */

static double least(double a, double b) {
    return a < b ? a : b;
}

static double most(double a, double b) {
    return a > b ? a : b;
}

static double to_nearest(double x) {
    return floor(x + 0.5);
}

static const struct function {
    const char *name;
    double (*two)(double, double);
    double (*whole)(double); /* of plain numbers */
} functions[] = {{"min", least, NULL},
                 {"max", most, NULL},
                 {"ceil", NULL, ceil},
                 {"floor", NULL, floor},
                 {"round", NULL, to_nearest}};

static const struct function *find_function(const char *name, size_t n) {
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
        if (strlen(functions[i].name) == n && memcmp(functions[i].name, name, n) == 0)
            return &functions[i];
    return NULL;
}

static struct amount sum(struct parser *p);

static struct amount apply(struct parser *p, const struct function *f, size_t i,
                           struct amount *args, size_t n) {
    if (f->whole != NULL && (n != 1 || args[0].dimension != 0))
        return fail(p, i, "%s() takes one plain number", f->name);
    if (f->whole != NULL)
        return (struct amount){f->whole(args[0].value), 0};
    for (size_t k = 1; k < n; k++)
        if (align(p, i, &args[0], &args[k]))
            args[0].value = f->two(args[0].value, args[k].value);
    return args[0];
}

/* At the parenthesis that opens. */
static struct amount call(struct parser *p, const char *name, size_t at) {
    struct amount args[ARGUMENTS_MAX];
    size_t n = 0, length = p->i - at;
    const struct function *f = find_function(name, length);
    if (f == NULL)
        return fail(p, at, "unknown function '%.*s'; there are min, max, ceil, floor, round",
                    (int)least((double)length, 40), name);
    do {
        p->i++;
        struct amount arg = sum(p);
        if (n == ARGUMENTS_MAX)
            return fail(p, at, "more than %d arguments", ARGUMENTS_MAX);
        args[n++] = arg;
    } while (!p->failed && next_is(p, ','));
    if (!next_is(p, ')'))
        return fail(p, p->i, "expected ')' or ','");
    p->i++;
    return p->failed ? args[0] : apply(p, f, at, args, n);
}

/* ---- grammar ---- */

static struct amount number(struct parser *p) {
    size_t n = number_length(p->text + p->i, p->n - p->i);
    const char *text = arena_strndup(p->arithmetic->arena, p->text + p->i, n);
    struct amount amount = {0};
    if (!amount_read(text, &amount))
        return fail(p, p->i, "expected a number such as 64, 8%% or 13us, not '%.40s'", text);
    p->i += n;
    return amount;
}

static struct amount word(struct parser *p) {
    const struct arithmetic *a = p->arithmetic;
    size_t at = p->i, n = path_length(p->text + at, p->n - at);
    p->i += n;
    if (next_is(p, '('))
        return call(p, p->text + at, at);
    struct amount amount = {0};
    if (!a->look_up(a->self, arena_strndup(a->arena, p->text + at, n), p->at + at, &amount))
        p->failed = true;
    return amount;
}

static struct amount parenthesis(struct parser *p) {
    size_t open = p->i++;
    struct amount amount = sum(p);
    if (!next_is(p, ')'))
        return fail(p, open, "this parenthesis is not closed");
    p->i++;
    return amount;
}

static struct amount primary(struct parser *p) {
    skip_space(p);
    char c = p->i < p->n ? p->text[p->i] : '\0';
    if (p->failed)
        return (struct amount){0};
    if (c == '(')
        return parenthesis(p);
    if (is_digit(c) || c == '.')
        return number(p);
    if (is_letter(c))
        return word(p);
    return fail(p, p->i, "expected a number, or a path such as machine.cpus");
}

static struct amount product(struct parser *p) {
    struct amount a = primary(p);
    while (!p->failed && (next_is(p, '*') || next_is(p, '/'))) {
        size_t i = p->i++;
        a = combine(p, i, p->text[i], a, primary(p));
    }
    return a;
}

static struct amount sum(struct parser *p) {
    if (++p->depth > NEST_LIMIT)
        return fail(p, p->i, "more than %d parentheses within each other", NEST_LIMIT);
    struct amount a = product(p);
    while (!p->failed && (next_is(p, '+') || next_is(p, '-'))) {
        size_t i = p->i++;
        a = combine(p, i, p->text[i], a, product(p));
    }
    p->depth--;
    return a;
}

bool expression_evaluate(const struct arithmetic *arithmetic, const char *text, size_t n, size_t at,
                         struct amount *amount) {
    struct parser p = {.arithmetic = arithmetic, .text = text, .n = n, .at = at};
    *amount = sum(&p);
    skip_space(&p);
    if (!p.failed && p.i < n)
        fail(&p, p.i, "expected an operator: + - * /");
    return !p.failed;
}

bool expression_is_path(struct arena *arena, const char *text, size_t n, const char **path,
                        size_t *at) {
    size_t i = 0, end = n;
    while (i < end && strchr(" \t\n", text[i]) != NULL)
        i++;
    while (end > i && strchr(" \t\n", text[end - 1]) != NULL)
        end--;
    *at = i;
    *path = arena_strndup(arena, text + i, end - i);
    return i < end && is_letter(text[i]) && path_length(text + i, end - i) == end - i;
}
