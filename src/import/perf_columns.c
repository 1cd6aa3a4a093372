/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/perf_columns.h"

#include "base/arena.h"

#include <string.h>

const char *const perf_titles[PERF_COLUMNS] = {
    [PERF_COUNT] = "contended", [PERF_ACQUIRED] = "acquired", [PERF_TOTAL] = "total wait",
    [PERF_MAX] = "max wait",    [PERF_MIN] = "min wait",      [PERF_AVG] = "avg wait",
    [PERF_NAME] = "Name",       [PERF_TYPE] = "type",         [PERF_CALLER] = "caller",
    [PERF_ADDRESS] = "address", [PERF_SYMBOL] = "symbol",     [PERF_PID] = "pid",
    [PERF_COMM] = "comm",       [PERF_OWNER] = "owner",       [PERF_CGROUP] = "cgroup"};

static const enum import_field fields[PERF_NUMBERS] = {
    [PERF_COUNT] = IMPORT_CONTENTIONS, [PERF_ACQUIRED] = IMPORT_ACQUISITIONS,
    [PERF_TOTAL] = IMPORT_WAIT_TOTAL,  [PERF_MAX] = IMPORT_WAIT_MAX,
    [PERF_MIN] = IMPORT_WAIT_MIN,      [PERF_AVG] = IMPORT_WAIT_AVG};

static bool read_title(struct scan *scan, struct perf_layout *layout) {
    for (int i = 0; i < PERF_COLUMNS; i++)
        if (layout->n < PERF_COLUMNS && scan_words(scan, perf_titles[i])) {
            layout->columns[layout->n++] = (enum perf_column)i;
            layout->nanoseconds = scan_words(scan, "(ns)") || layout->nanoseconds;
            return true;
        }
    return false;
}

bool read_perf_titles(struct scan *scan, struct perf_layout *layout) {
    *layout = (struct perf_layout){.n = 0};
    while (read_title(scan, layout))
        continue;
    return layout->n > 0;
}

struct column perf_number_column(enum perf_column column, bool nanoseconds) {
    bool count = column == PERF_COUNT || column == PERF_ACQUIRED;
    return (struct column){perf_titles[column], count         ? COLUMN_COUNT
                                                : nanoseconds ? COLUMN_NS
                                                              : COLUMN_TIME};
}

bool read_perf_numbers(struct scan *scan, const struct perf_layout *layout, struct perf_row *row) {
    struct scan ahead = *scan;
    for (int i = 0; i < layout->n; i++) {
        enum perf_column column = layout->columns[i];
        if (column < PERF_NUMBERS &&
            !read_column(&ahead, perf_number_column(column, layout->nanoseconds).kind,
                         &row->number[column]))
            return false;
    }
    *scan = ahead;
    return true;
}

bool unread_perf_row(struct reading *reading, struct scan scan, const struct perf_layout *layout,
                     enum place place) {
    struct column columns[PERF_COLUMNS];
    const char *rest = "";
    int n = 0;
    for (int i = 0; i < layout->n; i++) {
        enum perf_column column = layout->columns[i];
        if (column < PERF_NUMBERS)
            columns[n++] = perf_number_column(column, layout->nanoseconds);
        else if (column != PERF_NAME)
            rest = arena_printf(reading->arena, "%s%s%s", rest, *rest != '\0' ? " and " : "",
                                perf_titles[column]);
    }
    return unread_columns(reading, scan, columns, n, rest, place);
}

/* "pack_mutex (mutex)"; a lock without a name has its type alone. */
static void split_symbol(struct reading *reading, struct import_class *c, struct token *symbol) {
    size_t n = symbol->n;
    if (n < 2 || symbol->text[n - 1] != ')')
        return;
    size_t open = n - 1;
    while (open > 0 && symbol->text[open] != '(')
        open--;
    struct token type = {symbol->text + open + 1, n - open - 2, symbol->line, false};
    if (symbol->text[open] != '(' || memchr(type.text, ' ', type.n) != NULL)
        return;
    set_type(reading, c, &type);
    while (open > 0 && strchr(" \n", symbol->text[open - 1]) != NULL)
        open--;
    symbol->n = open;
}

static void one_waiter(struct reading *reading, struct import_class *c) {
    struct import_site *site = arena_alloc(reading->arena, sizeof(*site));
    *site = (struct import_site){c->name, (uint64_t)c->value[IMPORT_CONTENTIONS]};
    c->waiters = site;
    c->nwaiters = 1;
}

void add_perf_row(struct reading *reading, const struct reader *reader,
                  const struct perf_layout *layout, const struct perf_row *row,
                  const struct token *at) {
    struct import_class *c = add_class(reading, reader, at);
    for (int i = 0; i < layout->n; i++) {
        enum perf_column column = layout->columns[i];
        struct token word = row->word[column];
        if (column < PERF_NUMBERS) {
            set_field(c, fields[column], row->number[column]);
            continue;
        }
        if (column == PERF_SYMBOL)
            split_symbol(reading, c, &word);
        if (column == PERF_TYPE)
            set_type(reading, c, &word);
        else if (column == PERF_ADDRESS || column == PERF_PID)
            c->id = token_text(reading, &word);
        else
            c->name = token_text(reading, &word);
        if (column == PERF_CALLER && c->name[0] != '\0')
            one_waiter(reading, c);
    }
    if (c->name[0] == '\0' && c->id != NULL)
        c->name = c->id;
}
