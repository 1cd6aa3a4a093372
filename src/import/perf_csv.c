/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * perf lock contention -x SEPARATOR (6.5 and later): times are whole
 * nanoseconds, the titles stand behind "# output:". A line is a row.
 */
#include "import/perf_columns.h"

#include <string.h>

enum { FIELDS_MOST = 16 };

struct csv_layout {
    enum perf_column columns[FIELDS_MOST]; /* PERF_COLUMNS: one that is not used here */
    int n;
    char separator;
};

static const struct csv_layout usual = {
    {PERF_COUNT, PERF_TOTAL, PERF_MAX, PERF_AVG, PERF_TYPE, PERF_CALLER}, 6, ','};

static bool rest_of_line(struct scan scan, struct token *line) {
    return scan_rest(&scan, line);
}

/* The next field, without blanks around it; the last has all that is left. */
static struct token take_field(struct token *line, char separator, bool last) {
    const char *stop = last ? NULL : memchr(line->text, separator, line->n);
    struct token field = *line;
    field.n = stop != NULL ? (size_t)(stop - line->text) : line->n;
    size_t used = field.n + (stop != NULL);
    line->text += used;
    line->n -= used;
    while (field.n > 0 && *field.text == ' ') {
        field.text++;
        field.n--;
    }
    while (field.n > 0 && field.text[field.n - 1] == ' ')
        field.n--;
    return field;
}

static enum perf_column find_column(const struct token *title) {
    int i = 0;
    while (i < PERF_COLUMNS && !token_is(title, perf_titles[i]))
        i++;
    return (enum perf_column)i;
}

/* "output: contended, total wait, ..." */
static bool read_header(struct token line, struct csv_layout *layout) {
    static const char title[] = "output: contended";
    size_t n = strlen(title);
    if (line.n <= n + 1 || memcmp(line.text, title, n) != 0)
        return false;
    *layout = (struct csv_layout){.separator = line.text[n]};
    line.text += strlen("output: ");
    line.n -= strlen("output: ");
    while (line.n > 0 && layout->n < FIELDS_MOST) {
        struct token field = take_field(&line, layout->separator, false);
        layout->columns[layout->n++] = find_column(&field);
    }
    return true;
}

static bool read_field(const struct token *field, enum perf_column column, struct perf_row *row) {
    if (column < PERF_NUMBERS) {
        struct scan scan = {field->text, field->text + field->n, field->line, false};
        return read_column(&scan, perf_number_column(column, true).kind, &row->number[column]) &&
               scan.p == scan.end;
    }
    if (column < PERF_COLUMNS)
        row->word[column] = *field;
    return column != PERF_TYPE || !token_numeric(field);
}

static bool is_separated(const struct token *line, const struct csv_layout *layout) {
    int n = 1;
    for (size_t i = 0; i < line->n; i++)
        n += line->text[i] == layout->separator;
    return n >= layout->n;
}

static bool read_row(struct token line, const struct csv_layout *layout, struct perf_row *row) {
    *row = (struct perf_row){.number = {0}};
    if (!is_separated(&line, layout))
        return false;
    for (int i = 0; i < layout->n; i++) {
        struct token field = take_field(&line, layout->separator, i + 1 == layout->n);
        if (!read_field(&field, layout->columns[i], row))
            return false;
    }
    return true;
}

/* Warns of a line of a table that was to be a row: half of its numbers are where they should be. */
static bool unread_line(struct reading *reading, const struct token *line,
                        const struct csv_layout *layout) {
    struct token left = *line, wrong = {0};
    struct perf_row row;
    int numbers = 0, found = 0, first = -1;
    for (int i = 0; i < layout->n; i++) {
        struct token field = take_field(&left, layout->separator, i + 1 == layout->n);
        bool number = layout->columns[i] < PERF_NUMBERS;
        bool fits = read_field(&field, layout->columns[i], &row);
        numbers += number;
        found += number && fits;
        if (!fits && first < 0) {
            wrong = field;
            first = i;
        }
    }
    if (2 * found < numbers)
        return false;
    if (first < 0 || !is_separated(line, layout))
        unread_row(reading, line, "a row that is left out: expected %d fields, with '%c' between",
                   layout->n, layout->separator);
    else if (layout->columns[first] == PERF_TYPE)
        unread_row(reading, &wrong, "a row that is left out: expected the type of a lock");
    else {
        struct column column = perf_number_column(layout->columns[first], true);
        unread_column(reading, &wrong, &column);
    }
    return true;
}

static void add_row(struct reading *reading, const struct csv_layout *csv,
                    const struct perf_row *row, const struct token *at) {
    struct perf_layout layout = {.n = 0};
    for (int i = 0; i < csv->n && layout.n < PERF_COLUMNS; i++)
        if (csv->columns[i] < PERF_COLUMNS)
            layout.columns[layout.n++] = csv->columns[i];
    add_perf_row(reading, &perf_csv_reader, &layout, row, at);
}

static void read_lines(struct reading *reading, struct scan scan) {
    struct csv_layout layout = usual;
    struct perf_row row;
    struct token line;
    bool inside = false;
    do {
        if (!rest_of_line(scan, &line))
            continue;
        if (read_header(line, &layout)) {
            begin_table(reading);
            inside = true;
        } else if (read_row(line, &layout, &row)) {
            add_row(reading, &layout, &row, &line);
            inside = true;
        } else
            inside =
                (inside || is_separated(&line, &layout)) && unread_line(reading, &line, &layout);
    } while (next_line(&scan));
}

static enum sign sniff(struct scan at) {
    struct csv_layout layout;
    struct perf_row row;
    struct token line;
    if (!rest_of_line(at, &line))
        return SIGN_NONE;
    if (read_header(line, &layout))
        return SIGN_TABLE;
    return read_row(line, &usual, &row) && row.word[PERF_CALLER].n > 0 ? SIGN_ROW : SIGN_NONE;
}

const struct reader perf_csv_reader = {"perf", sniff, read_lines};
