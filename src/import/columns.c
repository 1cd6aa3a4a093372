/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/columns.h"

#include <ctype.h>
#include <string.h>

static bool read_decimal(struct scan *scan, double *value) {
    struct token token;
    return token_next(scan, &token) && token_decimal(&token, value);
}

static bool read_whole(struct scan *scan, double *value) {
    struct token token;
    return token_next(scan, &token) && token_count(&token, value);
}

static bool read_time_or_ns(struct scan *scan, double *value) {
    if (scan_time(scan, value))
        return true;
    bool read = read_whole(scan, value);
    *value *= 1e-9;
    return read;
}

static const struct {
    const char *what;
    bool (*read)(struct scan *scan, double *value);
    double factor;
} kinds[] = {[COLUMN_COUNT] = {"a count, of at most 18 digits", read_whole, 1},
             [COLUMN_TIME] = {"a time with a unit (ns, us, ms, s, m or h)", scan_time, 1},
             [COLUMN_NS] = {"a whole number of ns", read_whole, 1e-9},
             [COLUMN_TIME_OR_NS] = {"a time, in ns or with a unit", read_time_or_ns, 1},
             [COLUMN_MS] = {"a number of ms", read_decimal, 1e-3}};

bool read_column(struct scan *scan, enum column_kind kind, double *value) {
    struct scan ahead = *scan;
    if (!kinds[kind].read(&ahead, value))
        return false;
    *value *= kinds[kind].factor;
    *scan = ahead;
    return true;
}

bool read_columns(struct scan *scan, const struct column *columns, int n, double *values) {
    struct scan ahead = *scan;
    for (int i = 0; i < n; i++)
        if (!read_column(&ahead, columns[i].kind, &values[i]))
            return false;
    *scan = ahead;
    return true;
}

/* ---- rows that cannot be read ---- */

static bool is_figure(const struct token *token) {
    size_t sign = token->n > 0 && (token->text[0] == '-' || token->text[0] == '+');
    return token->n > sign && isdigit((unsigned char)token->text[sign]);
}

/* What stands in place of a number: a word, and if there should be a unit, another. */
static void pass_over(struct scan *scan, enum column_kind kind) {
    struct token token, unit;
    if (!token_on_line(scan, &token) || kind != COLUMN_TIME)
        return;
    struct scan ahead = *scan;
    if (token_on_line(&ahead, &unit) && !is_figure(&unit))
        *scan = ahead;
}

void unread_column(struct reading *reading, const struct token *at, const struct column *column) {
    unread_row(reading, at, "a row that is left out: expected %s, for '%s'",
               kinds[column->kind].what, column->title);
}

static bool is_row(enum place place, int n, int found, int first, bool figure) {
    if (place == PLACE_OUTSIDE)
        return first < 0 || first >= 2;
    return place == PLACE_INSIDE ? figure || 2 * found >= n : 2 * found > n;
}

bool unread_columns(struct reading *reading, struct scan scan, const struct column *columns, int n,
                    const char *rest, enum place place) {
    const char *stop = memchr(scan.p, '\n', (size_t)(scan.end - scan.p));
    scan.end = stop != NULL ? stop : scan.end;
    struct scan begin = scan;
    int found = 0, first = -1;
    struct token at;
    bool figure = token_on_line(&begin, &at) && is_figure(&at);
    for (int i = 0; i < n; i++) {
        double value;
        if (read_column(&scan, columns[i].kind, &value)) {
            found++;
            continue;
        }
        struct scan ahead = scan;
        if (first < 0)
            token_on_line(&ahead, &at);
        first = first < 0 ? i : first;
        pass_over(&scan, columns[i].kind);
    }
    if (first < 0)
        token_on_line(&scan, &at);
    if (n == 0 || !is_row(place, n, found, first, figure))
        return false;
    if (first >= 0)
        unread_column(reading, &at, &columns[first]);
    else
        unread_row(reading, &at, "a row that is left out: expected %s", rest);
    return true;
}
