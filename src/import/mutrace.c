/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mutrace, a preloaded library that counts the mutexes of a program; tot.Time is of holds. */
#include "import/columns.h"

#include "base/arena.h"

#include <string.h>

enum { COLUMNS_MOST = 12 };

struct layout {
    enum import_field fields[COLUMNS_MOST];
    struct column columns[COLUMNS_MOST];
    int n; /* the first is the number of the mutex */
};

static const struct {
    struct column column;
    enum import_field field;
} titles[] = {
    {{"Locked", COLUMN_COUNT}, IMPORT_ACQUISITIONS},
    {{"Changed", COLUMN_COUNT}, IMPORT_ACQ_BOUNCES}, /* by another thread than before */
    {{"Cont.", COLUMN_COUNT}, IMPORT_CONTENTIONS},
    {{"tot.Time[ms]", COLUMN_MS}, IMPORT_HOLD_TOTAL},
    {{"avg.Time[ms]", COLUMN_MS}, IMPORT_HOLD_AVG},
    {{"max.Time[ms]", COLUMN_MS}, IMPORT_HOLD_MAX},
    {{"cont.Time[ms]", COLUMN_MS}, IMPORT_WAIT_TOTAL},
};

enum { TITLES = sizeof(titles) / sizeof(titles[0]) };

static bool read_title(struct scan *scan, struct layout *layout) {
    for (int i = 0; i < TITLES; i++)
        if (layout->n < COLUMNS_MOST && scan_words(scan, titles[i].column.title)) {
            layout->columns[layout->n] = titles[i].column;
            layout->fields[layout->n++] = titles[i].field;
            return true;
        }
    return false;
}

/* "Mutex # Locked Changed ... Flags" anywhere in a line; condition variables have other titles. */
static bool read_header(struct scan *scan, struct layout *layout) {
    struct scan ahead = *scan;
    struct token word;
    *layout = (struct layout){.columns = {{"Mutex #", COLUMN_COUNT}}, .n = 1};
    while (!scan_words(&ahead, "Mutex #"))
        if (!token_on_line(&ahead, &word))
            return false;
    while (read_title(&ahead, layout))
        continue;
    if (layout->n < 4)
        return false;
    scan_rest(&ahead, &word);
    *scan = ahead;
    return true;
}

static bool is_cond_header(struct scan scan) {
    struct token word;
    while (!scan_words(&scan, "Cond #"))
        if (!token_on_line(&scan, &word))
            return false;
    return true;
}

static void add_row(struct reading *reading, const struct token *number,
                    const struct layout *layout, const double *values) {
    struct import_class *c = add_class(reading, &mutrace_reader, number);
    c->name = arena_printf(reading->arena, "Mutex #%.*s", (int)number->n, number->text);
    c->type = "mutex";
    for (int i = 1; i < layout->n; i++)
        set_field(c, layout->fields[i], values[i]);
}

static void read_table(struct reading *reading, struct scan scan) {
    struct layout layout = {.n = 0}, header;
    double values[COLUMNS_MOST];
    struct token word, rest;
    bool inside = false;
    for (struct scan ahead = scan; token_next(&ahead, &word); ahead = scan) {
        scan_to(&scan, &word);
        if (read_header(&scan, &header)) {
            layout = header;
            inside = true;
            begin_table(reading);
            continue;
        }
        struct scan line = scan;
        if (layout.n > 0 && read_columns(&scan, layout.columns, layout.n, values)) {
            add_row(reading, &word, &layout, values);
            inside = true;
        } else
            inside =
                inside && unread_columns(reading, scan, layout.columns, layout.n, "", PLACE_INSIDE);
        if (is_cond_header(line))
            layout.n = 0;
        scan_rest(&scan, &rest);
    }
}

static enum sign sniff(struct scan at) {
    struct layout layout;
    return read_header(&at, &layout) ? SIGN_TABLE : SIGN_NONE;
}

const struct reader mutrace_reader = {"mutrace", sniff, read_table};
