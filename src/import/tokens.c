/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/tokens.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool token_next(struct scan *scan, struct token *token) {
    bool first = scan->first;
    for (; scan->p < scan->end && (*scan->p == ' ' || *scan->p == '\n'); scan->p++)
        if (*scan->p == '\n') {
            scan->line++;
            first = true;
        }
    scan->first = false;
    const char *from = scan->p;
    while (scan->p < scan->end && *scan->p != ' ' && *scan->p != '\n')
        scan->p++;
    *token = (struct token){from, (size_t)(scan->p - from), scan->line, first};
    return token->n > 0;
}

bool token_on_line(struct scan *scan, struct token *token) {
    const char *p = scan->p;
    while (p < scan->end && *p == ' ')
        p++;
    if (p < scan->end && *p != '\n')
        return token_next(scan, token);
    *token = (struct token){p, 0, scan->line, false};
    return false;
}

void scan_to(struct scan *scan, const struct token *token) {
    scan->p = token->text;
    scan->line = token->line;
    scan->first = token->first;
}

bool next_line(struct scan *scan) {
    const char *stop = memchr(scan->p, '\n', (size_t)(scan->end - scan->p));
    if (stop == NULL) {
        scan->p = scan->end;
        return false;
    }
    scan->p = stop + 1;
    scan->line++;
    scan->first = true;
    return scan->p < scan->end;
}

bool token_is(const struct token *token, const char *word) {
    return token->n == strlen(word) && memcmp(token->text, word, token->n) == 0;
}

bool token_begins(const struct token *token, const char *word) {
    return token->n >= strlen(word) && memcmp(token->text, word, strlen(word)) == 0;
}

bool token_is_rule(const struct token *token, char c) {
    for (size_t i = 0; i < token->n; i++)
        if (token->text[i] != c)
            return false;
    return token->n >= 3;
}

static size_t digits(const struct token *token, size_t i) {
    while (i < token->n && isdigit((unsigned char)token->text[i]))
        i++;
    return i;
}

bool token_count(const struct token *token, double *value) {
    enum { DIGITS_MOST = 18 };
    return token->n <= DIGITS_MOST && token_decimal(token, value) && digits(token, 0) == token->n;
}

bool token_decimal(const struct token *token, double *value) {
    char copy[32];
    size_t whole = digits(token, 0), n = whole;
    if (n < token->n && token->text[n] == '.')
        n = digits(token, n + 1);
    if (whole == 0 || n != token->n || n >= sizeof(copy) || token->text[n - 1] == '.')
        return false;
    memcpy(copy, token->text, n);
    copy[n] = '\0';
    *value = strtod(copy, NULL);
    return true;
}

bool token_numeric(const struct token *token) {
    bool any = false;
    for (size_t i = 0; i < token->n; i++) {
        bool digit = isdigit((unsigned char)token->text[i]) != 0;
        if (!digit && token->text[i] != '.' && token->text[i] != '-')
            return false;
        any = any || digit;
    }
    return any;
}

/* As perf and klockstat print them: m is minutes. */
static double unit_factor(const char *unit, size_t n) {
    static const struct {
        const char *name;
        double factor;
    } units[] = {{"ns", 1e-9}, {"us", 1e-6}, {"\u00b5s", 1e-6}, {"ms", 1e-3},
                 {"s", 1},     {"m", 60},    {"h", 3600}};
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        if (strlen(units[i].name) == n && memcmp(units[i].name, unit, n) == 0)
            return units[i].factor;
    return 0;
}

bool scan_time(struct scan *scan, double *seconds) {
    struct scan ahead = *scan;
    struct token number, unit;
    if (!token_next(&ahead, &number))
        return false;
    size_t n = digits(&number, 0);
    if (n < number.n && number.text[n] == '.')
        n = digits(&number, n + 1);
    unit = (struct token){number.text + n, number.n - n, number.line, false};
    if (unit.n == 0 && !token_next(&ahead, &unit))
        return false;
    number.n = n;
    double factor = unit_factor(unit.text, unit.n);
    if (factor == 0 || !token_decimal(&number, seconds))
        return false;
    *seconds *= factor;
    *scan = ahead;
    return true;
}

bool scan_words(struct scan *scan, const char *words) {
    struct scan ahead = *scan;
    struct token token;
    for (const char *p = words; *p != '\0'; p += p[token.n] == ' ' ? token.n + 1 : token.n)
        if (!token_next(&ahead, &token) || token.n > strlen(p) ||
            memcmp(p, token.text, token.n) != 0 || (p[token.n] != ' ' && p[token.n] != '\0'))
            return false;
    *scan = ahead;
    return true;
}

bool scan_rest(struct scan *scan, struct token *rest) {
    struct token token;
    if (!token_on_line(scan, rest))
        return false;
    while (token_on_line(scan, &token))
        rest->n = (size_t)(token.text + token.n - rest->text);
    return true;
}
