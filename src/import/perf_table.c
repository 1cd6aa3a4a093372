/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * perf lock contention (tools/perf/builtin-lock.c, 6.1 to 6.15): one row for
 * each caller, thread (-t), lock (-l), owner (-o) or cgroup (-g); with -v the
 * stack below. And perf lock report, which has the name first.
 */
#include "import/perf_columns.h"

#include <string.h>

/* What the table shows unless it is asked for something else. */
static const struct perf_layout usual = {
    {PERF_COUNT, PERF_TOTAL, PERF_MAX, PERF_AVG, PERF_TYPE, PERF_CALLER}, 6, false};

static bool is_type(const struct token *token) {
    static const char *const types[] = {"spinlock",  "rwlock:R",     "rwlock:W",   "rwsem:R",
                                        "rwsem:W",   "mutex",        "rt-mutex",   "rt_mutex",
                                        "rwlock-rt", "percpu-rwsem", "pcpu-sem:R", "pcpu-sem:W"};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (token_is(token, types[i]))
            return true;
    return false;
}

/* The rest of the line; or of the next, if that is no row: a line broken before its last word. */
static bool read_last(struct scan *scan, struct token *word) {
    struct token first;
    double count;
    struct scan ahead = *scan;
    if (scan_rest(scan, word))
        return true;
    if (!token_next(&ahead, &first) || token_count(&first, &count))
        return false;
    scan_to(scan, &first);
    return scan_rest(scan, word);
}

/* The type of a lock, "(mutex)", may have got a line of its own. */
static void read_type_below(struct scan *scan, struct token *symbol) {
    struct token type, next;
    struct scan ahead = *scan;
    if (!token_next(&ahead, &type) || !type.first || type.text[0] != '(' ||
        type.text[type.n - 1] != ')' || symbol->text[symbol->n - 1] == ')')
        return;
    struct scan behind = ahead;
    if (token_on_line(&behind, &next))
        return;
    symbol->n = (size_t)(type.text + type.n - symbol->text);
    *scan = ahead;
}

/* The words behind the numbers; only the symbol of a lock may be missing. */
static bool read_words(struct scan *scan, const struct perf_layout *layout, struct perf_row *row) {
    for (int i = 0; i < layout->n; i++) {
        enum perf_column column = layout->columns[i];
        struct token *word = &row->word[column];
        if (column < PERF_NUMBERS)
            continue;
        bool whole_line = i + 1 == layout->n && column != PERF_CALLER;
        if (whole_line ? !read_last(scan, word) : !token_next(scan, word))
            return column == PERF_SYMBOL;
        bool in_words = column == PERF_TYPE || column == PERF_CALLER;
        if (in_words && token_numeric(word)) /* another number, or the row below */
            return false;
        if (column == PERF_SYMBOL)
            read_type_below(scan, word);
    }
    return true;
}

static bool read_row(struct scan *scan, const struct perf_layout *layout, struct perf_row *row) {
    struct scan ahead = *scan;
    *row = (struct perf_row){.number = {0}};
    if (!read_perf_numbers(&ahead, layout, row) || !read_words(&ahead, layout, row))
        return false;
    *scan = ahead;
    return true;
}

static bool read_header(struct scan *scan, struct perf_layout *layout) {
    struct scan ahead = *scan;
    if (!read_perf_titles(&ahead, layout) || layout->columns[0] == PERF_NAME || layout->n < 3)
        return false;
    *scan = ahead;
    return true;
}

/* "0xffffffff9a23f4b5  _raw_read_lock_irqsave+0x45", of the stack below a row */
static bool is_frame(const struct token *word) {
    return token_begins(word, "0x");
}

static void read_table(struct reading *reading, struct scan scan) {
    struct perf_layout layout = usual, header;
    struct perf_row row;
    struct token word, rest;
    bool inside = false;
    for (struct scan ahead = scan; token_next(&ahead, &word); ahead = scan) {
        if (read_header(&scan, &header)) {
            layout = header;
            inside = true;
            begin_table(reading);
        } else if (read_row(&scan, &layout, &row)) {
            inside = true;
            add_perf_row(reading, &perf_table_reader, &layout, &row, &word);
        } else {
            scan_to(&scan, &word);
            if (!is_frame(&word))
                inside =
                    unread_perf_row(reading, scan, &layout, inside ? PLACE_INSIDE : PLACE_OUTSIDE);
            scan = ahead;
            scan_rest(&scan, &rest);
        }
    }
}

static enum sign sniff_table(struct scan at) {
    struct perf_layout layout;
    struct perf_row row;
    struct scan header = at;
    if (read_header(&header, &layout) && layout.columns[0] == PERF_COUNT)
        return SIGN_TABLE;
    return read_row(&at, &usual, &row) && is_type(&row.word[PERF_TYPE]) ? SIGN_ROW : SIGN_NONE;
}

const struct reader perf_table_reader = {"perf", sniff_table, read_table};

/* ---- perf lock report ---- */

static bool read_report_header(struct scan *scan, struct perf_layout *layout) {
    struct scan ahead = *scan;
    if (!read_perf_titles(&ahead, layout) || layout->columns[0] != PERF_NAME || layout->n < 3)
        return false;
    *scan = ahead;
    return true;
}

/* The name is what stands before the numbers. */
static bool read_report_row(struct scan *scan, const struct perf_layout *layout,
                            struct perf_row *row) {
    struct scan ahead = *scan;
    struct token word, *name = &row->word[PERF_NAME];
    *row = (struct perf_row){.number = {0}};
    while (token_on_line(&ahead, &word)) {
        if (name->n == 0)
            *name = word;
        name->n = (size_t)(word.text + word.n - name->text);
        struct scan numbers = ahead;
        if (!read_perf_numbers(&numbers, layout, row))
            continue;
        *scan = numbers;
        return true;
    }
    return false;
}

static void read_report(struct reading *reading, struct scan scan) {
    struct perf_layout layout = {.n = 0}, header;
    struct perf_row row;
    struct token word, rest;
    bool inside = false;
    for (struct scan ahead = scan; token_next(&ahead, &word); ahead = scan) {
        if (read_report_header(&scan, &header)) {
            layout = header;
            inside = true;
            begin_table(reading);
            continue;
        }
        scan_to(&scan, &word);
        if (read_report_row(&scan, &layout, &row))
            add_perf_row(reading, &perf_report_reader, &layout, &row, &word);
        else {
            inside = inside && unread_perf_row(reading, ahead, &layout, PLACE_NAMED);
            scan = ahead;
            scan_rest(&scan, &rest);
        }
    }
}

static enum sign sniff_report(struct scan at) {
    struct perf_layout layout;
    return read_report_header(&at, &layout) ? SIGN_TABLE : SIGN_NONE;
}

const struct reader perf_report_reader = {"perf", sniff_report, read_report};
