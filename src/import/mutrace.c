/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mutrace, a preloaded library that counts the mutexes of a program; tot.Time is of holds. */
#include "import/readers.h"

#include "base/arena.h"

#include <string.h>

enum { COLUMNS_MOST = 12, IGNORED = -1 };

struct layout {
    int fields[COLUMNS_MOST]; /* enum import_field */
    int n;
};

static const struct {
    const char *title;
    int field;
} titles[] = {
    {"Locked", IMPORT_ACQUISITIONS},
    {"Changed", IMPORT_ACQ_BOUNCES}, /* by another thread than before */
    {"Cont.", IMPORT_CONTENTIONS},
    {"tot.Time[ms]", IMPORT_HOLD_TOTAL},
    {"avg.Time[ms]", IMPORT_HOLD_AVG},
    {"max.Time[ms]", IMPORT_HOLD_MAX},
    {"cont.Time[ms]", IMPORT_WAIT_TOTAL},
};

enum { TITLES = sizeof(titles) / sizeof(titles[0]) };

static bool read_title(struct scan *scan, struct layout *layout) {
    for (int i = 0; i < TITLES; i++)
        if (layout->n < COLUMNS_MOST && scan_words(scan, titles[i].title)) {
            layout->fields[layout->n++] = titles[i].field;
            return true;
        }
    return false;
}

/* "Mutex # Locked Changed ... Flags" anywhere in a line; condition variables have other titles. */
static bool read_header(struct scan *scan, struct layout *layout) {
    struct scan ahead = *scan;
    struct token word;
    *layout = (struct layout){.n = 0};
    while (!scan_words(&ahead, "Mutex #"))
        if (!token_on_line(&ahead, &word))
            return false;
    while (read_title(&ahead, layout))
        continue;
    if (layout->n < 3)
        return false;
    scan_rest(&ahead, &word);
    *scan = ahead;
    return true;
}

static bool read_row(struct scan *scan, const struct layout *layout, double *values) {
    struct scan ahead = *scan;
    struct token token;
    for (int i = 0; i < layout->n; i++) {
        bool time = lock_stat_fields[layout->fields[i]].kind != FIELD_COUNT;
        if (!token_next(&ahead, &token) ||
            !(time ? token_decimal : token_count)(&token, &values[i]))
            return false;
        values[i] *= time ? 1e-3 : 1;
    }
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

static void read_table(struct reading *reading, struct scan scan) {
    struct layout layout = {.n = 0}, header;
    double values[COLUMNS_MOST], number;
    struct token word, rest;
    for (struct scan ahead = scan; token_next(&ahead, &word); ahead = scan) {
        scan_to(&scan, &word);
        if (read_header(&scan, &header)) {
            layout = header;
            begin_table(reading);
            continue;
        }
        bool row = layout.n > 0 && token_count(&word, &number);
        if (row && read_row(&ahead, &layout, values)) {
            struct import_class *c = add_class(reading, &mutrace_reader, &word);
            c->name = arena_printf(reading->arena, "Mutex #%.*s", (int)word.n, word.text);
            c->type = "mutex";
            for (int i = 0; i < layout.n; i++)
                set_field(c, (enum import_field)layout.fields[i], values[i]);
        } else if (row)
            unread_row(reading, &word, "a row that does not have the columns of its table");
        if (is_cond_header(scan))
            layout.n = 0;
        scan = ahead;
        scan_rest(&scan, &rest);
    }
}

static enum sign sniff(struct scan at) {
    struct layout layout;
    return read_header(&at, &layout) ? SIGN_TABLE : SIGN_NONE;
}

const struct reader mutrace_reader = {"mutrace", sniff, read_table};
