/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "validation/table.h"

#include "base/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY, RATE, ANY };

const char *const column_names[COLUMNS] = {
#define COLUMN(id, name, need) [COL_##id] = (name),
#include "validation/columns.def"
#undef COLUMN
};

static const uint8_t needs[COLUMNS] = {
#define COLUMN(id, name, need) [COL_##id] = (need),
#include "validation/columns.def"
#undef COLUMN
};

/* Columns of words come after those of numbers. */
enum { WORD_KIND = COLUMNS, WORD_HOLD, WORD_THINK, WORD_TABLE, WORD_REASON, ALL_COLUMNS };

static const char *const word_names[ALL_COLUMNS - COLUMNS] = {"kind", "hold_dist", "think_dist",
                                                              "table", "reason"};
static const char *const form_names[] = {"const", "exp", "sleep"};

static const char *name_of(int column) {
    return column < COLUMNS ? column_names[column] : word_names[column - COLUMNS];
}

static bool is_needed(int column, enum table_use use) {
    if (column == WORD_TABLE || column == WORD_REASON)
        return use == TABLE_EXCLUDED;
    if (column == WORD_HOLD || column == WORD_THINK || column == COL_READ_PCT)
        return use == TABLE_EXCLUDED;
    return column >= COLUMNS || needs[column] == KEY ||
           (needs[column] == RATE && use == TABLE_MEASURED);
}

struct reader {
    struct arena *arena;
    struct diag *diag;
    uint16_t source;
    const char *file;
    const char *at, *end; /* what is left of the text */
    const char *line;     /* the current one */
    uint32_t number;      /* of the current line */
    enum table_use use;
    int *columns; /* which column each cell of a line is; -1: of no interest */
    size_t ncells;
};

struct cell {
    const char *text;
    size_t n;
};

static struct pos pos_of(const struct reader *r, const char *at) {
    size_t col = (size_t)(at - r->line) + 1;
    return (struct pos){.source = r->source,
                        .line = r->number,
                        .col = (uint16_t)(col < UINT16_MAX ? col : UINT16_MAX)};
}

/* ---- lines and cells ---- */

static size_t line_length(const struct reader *r) {
    const char *newline = memchr(r->at, '\n', (size_t)(r->end - r->at));
    size_t n = (size_t)((newline != NULL ? newline : r->end) - r->at);
    return n;
}

/* The cells of the next line; false at the end of the text. */
static bool next_line(struct reader *r, struct cell **cells, size_t *n) {
    if (r->at == r->end)
        return false;
    size_t length = line_length(r);
    r->line = r->at;
    r->number++;
    r->at += length + (r->at + length < r->end);
    if (length > 0 && r->line[length - 1] == '\r')
        length--;
    size_t commas = 0;
    for (size_t i = 0; i < length; i++)
        commas += r->line[i] == ',';
    *n = length == 0 ? 0 : commas + 1;
    *cells = arena_array(r->arena, commas + 1, sizeof(**cells));
    const char *text = r->line;
    for (size_t i = 0; i <= commas; i++) {
        const char *comma = memchr(text, ',', (size_t)(r->line + length - text));
        size_t size = (size_t)((comma != NULL ? comma : r->line + length) - text);
        (*cells)[i] = (struct cell){text, size};
        text += size + 1;
    }
    return true;
}

static char *cell_text(const struct reader *r, const struct cell *cell) {
    return arena_strndup(r->arena, cell->text, cell->n);
}

/* ---- the line of names ---- */

static int find_column(const struct cell *cell) {
    for (int i = 0; i < ALL_COLUMNS; i++)
        if (strlen(name_of(i)) == cell->n && memcmp(name_of(i), cell->text, cell->n) == 0)
            return i;
    return -1;
}

static void missing(const struct reader *r, int column, const struct cell *cells, size_t n) {
    const char **names = arena_array(r->arena, n, sizeof(*names));
    for (size_t i = 0; i < n; i++)
        names[i] = cell_text(r, &cells[i]);
    const char *near = nearest_name(name_of(column), names, n);
    diag_error(r->diag, pos_of(r, r->line), "there is no column '%s'%s%s%s", name_of(column),
               near != NULL ? "; did you mean it by '" : "", near != NULL ? near : "",
               near != NULL ? "'?" : "");
}

static bool read_names(struct reader *r) {
    struct cell *cells;
    int errors = diag_errors(r->diag);
    bool seen[ALL_COLUMNS] = {false};
    if (!next_line(r, &cells, &r->ncells) || r->ncells == 0) {
        r->line = r->at;
        r->number = 1;
        diag_error(r->diag, pos_of(r, r->line), "expected a line that names the columns");
        return false;
    }
    r->columns = arena_array(r->arena, r->ncells, sizeof(*r->columns));
    for (size_t i = 0; i < r->ncells; i++) {
        int column = r->columns[i] = find_column(&cells[i]);
        if (column >= 0 && seen[column])
            diag_error(r->diag, pos_of(r, cells[i].text), "a second column '%s'", name_of(column));
        else if (column >= 0)
            seen[column] = true;
    }
    for (int i = 0; i < ALL_COLUMNS; i++)
        if (!seen[i] && is_needed(i, r->use))
            missing(r, i, cells, r->ncells);
    return diag_errors(r->diag) == errors;
}

/* ---- the cells of a row ---- */

static bool whole(double x, double least, double most) {
    return x >= least && x <= most && x == floor(x);
}

/* Bounds keep what is simulated within what the program accepts. */
static const char *wrong_number(int column, double x) {
    if (column == COL_THREADS)
        return whole(x, 1, 1000) ? NULL : "a whole number from 1 to 1000";
    if (column == COL_PINNED)
        return whole(x, 0, 1) ? NULL : "0 or 1";
    if (column == COL_READ_PCT)
        return x >= 0 && x <= 100 ? NULL : "a percentage from 0 to 100";
    if (column == COL_THROUGHPUT)
        return x > 0 && x <= 1e12 ? NULL : "a rate above 0";
    if (column == COL_HOLD || column == COL_THINK)
        return x >= 0 && x <= 1e11 ? NULL : "nanoseconds from 0 to 100 s";
    return x >= 0 && x <= 1e18 ? NULL : "a number that is not negative";
}

static void read_number(struct reader *r, const struct cell *cell, int column, struct row *row) {
    char *text = cell_text(r, cell), *end;
    if (cell->n == 0 && needs[column] == ANY)
        return;
    double x = strtod(text, &end);
    bool number = cell->n > 0 && end == text + cell->n && isfinite(x);
    const char *expected = number ? wrong_number(column, x) : "a number";
    if (expected == NULL)
        row->value[column] = x;
    else
        diag_error(r->diag, pos_of(r, cell->text), "%s is '%.60s', expected %s",
                   column_names[column], text, expected);
}

static void read_form(struct reader *r, const struct cell *cell, int column, enum form *form) {
    char *text = cell_text(r, cell);
    int n = column == WORD_HOLD ? FORM_SLEEP + 1 : FORM_SLEEP; /* thinking is always busy */
    for (int i = 0; i < n; i++) {
        if (strcmp(text, form_names[i]) != 0)
            continue;
        *form = (enum form)i;
        return;
    }
    diag_error(r->diag, pos_of(r, cell->text), "%s is '%.60s', expected const%s", name_of(column),
               text, n > FORM_SLEEP ? ", exp or sleep" : " or exp");
}

static void read_table_word(struct reader *r, const struct cell *cell, struct row *row) {
    char *text = cell_text(r, cell);
    row->lockstat = strcmp(text, "lockstat") == 0;
    if (!row->lockstat && strcmp(text, "nols") != 0)
        diag_error(r->diag, pos_of(r, cell->text), "table is '%.60s', expected nols or lockstat",
                   text);
}

static void read_cell(struct reader *r, const struct cell *cell, int column, struct row *row) {
    if (column < 0)
        return;
    if (column < COLUMNS)
        read_number(r, cell, column, row);
    else if (column == WORD_KIND)
        row->kind = cell_text(r, cell);
    else if (column == WORD_HOLD)
        read_form(r, cell, column, &row->hold_form);
    else if (column == WORD_THINK)
        read_form(r, cell, column, &row->think_form);
    else if (column == WORD_TABLE)
        read_table_word(r, cell, row);
    else
        row->reason = cell_text(r, cell);
}

static void read_row(struct reader *r, const struct cell *cells, size_t n, struct row *row) {
    *row = (struct row){.file = r->file, .line = r->number, .kind = ""};
    for (int i = 0; i < COLUMNS; i++)
        row->value[i] = NAN;
    row->value[COL_READ_PCT] = 0;
    if (n != r->ncells) {
        diag_error(r->diag, pos_of(r, n > r->ncells ? cells[r->ncells].text : r->line),
                   "%zu cells, but %zu columns have names", n, r->ncells);
        return;
    }
    for (size_t i = 0; i < n; i++)
        read_cell(r, &cells[i], r->columns[i], row);
}

static struct row *add_row(struct arena *arena, struct table *table) {
    if ((table->nrows & (table->nrows - 1)) == 0) { /* full at powers of two */
        size_t room = table->nrows == 0 ? 1 : 2 * table->nrows;
        struct row *rows = arena_array(arena, room, sizeof(*rows));
        if (table->nrows > 0)
            memcpy(rows, table->rows, table->nrows * sizeof(*rows));
        table->rows = rows;
    }
    return &table->rows[table->nrows++];
}

bool table_read(struct arena *arena, struct diag *diag, const char *file, enum table_use use,
                struct table *table) {
    size_t length, first = table->nrows, n;
    char *text = read_whole(arena, file, &length);
    if (text == NULL)
        return false;
    struct reader r = {.arena = arena,
                       .diag = diag,
                       .file = file,
                       .at = text,
                       .end = text + length,
                       .use = use,
                       .source = diag_source(diag, file, text, length)};
    if (!read_names(&r))
        return true;
    struct cell *cells;
    bool lockstat = false;
    while (!diag_full(diag) && next_line(&r, &cells, &n)) {
        if (n == 0)
            continue;
        struct row *row = add_row(arena, table);
        read_row(&r, cells, n, row);
        lockstat |= !isnan(row->value[COL_LS_ACQUISITIONS]);
    }
    for (size_t i = first; use == TABLE_MEASURED && i < table->nrows; i++)
        table->rows[i].lockstat = lockstat;
    return true;
}

char *read_whole(struct arena *arena, const char *path, size_t *length) {
    enum { MOST = 1 << 24 };
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    size_t room = 1 << 16;
    char *text = arena_array(arena, room, 1);
    *length = 0;
    for (size_t n; (n = fread(text + *length, 1, room - *length, file)) > 0 && room < MOST;) {
        *length += n;
        if (*length < room)
            continue;
        char *more = arena_array(arena, 2 * room, 1);
        memcpy(more, text, room);
        text = more;
        room *= 2;
    }
    bool good = ferror(file) == 0;
    fclose(file);
    return good ? text : NULL;
}

const char *table_name(const struct row *row) {
    if (row->lockstat)
        return "lockstat";
    return row->table != NULL ? row->table : "nols";
}

const char *form_name(enum form form) {
    return form_names[form];
}

bool same_work(const struct row *a, const struct row *b) {
    static const enum column keys[] = {COL_THREADS, COL_PINNED, COL_HOLD, COL_THINK, COL_READ_PCT};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (a->value[keys[i]] != b->value[keys[i]])
            return false;
    return a->lockstat == b->lockstat && a->hold_form == b->hold_form &&
           a->think_form == b->think_form && strcmp(a->kind, b->kind) == 0;
}

static int is_value(const struct row *row, const char *column, const char *value) {
    const char *const words[][2] = {{"table", table_name(row)},
                                    {"kind", row->kind},
                                    {"hold_dist", form_names[row->hold_form]},
                                    {"think_dist", form_names[row->think_form]}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(column, words[i][0]) == 0)
            return strlen(words[i][1]) == strcspn(value, "|") &&
                   strncmp(words[i][1], value, strcspn(value, "|")) == 0;
    for (int i = 0; i < COLUMNS; i++)
        if (strcmp(column, column_names[i]) == 0)
            return row->value[i] == strtod(value, NULL);
    return -1;
}

int row_matches(const struct row *row, const char *column, const char *values) {
    int match = is_value(row, column, values);
    const char *next = strchr(values, '|');
    return match != 0 || next == NULL ? match : row_matches(row, column, next + 1);
}

char *row_text(char *buf, size_t size, const struct row *row) {
    const double *v = row->value;
    int n = snprintf(buf, size, "%-8s %-6s %.0f %-6s %.0f %s / %.0f %s", table_name(row), row->kind,
                     v[COL_THREADS], v[COL_PINNED] > 0 ? "pinned" : "free", v[COL_HOLD],
                     form_names[row->hold_form], v[COL_THINK], form_names[row->think_form]);
    if (v[COL_READ_PCT] > 0 && n > 0 && (size_t)n < size)
        snprintf(buf + n, size - (size_t)n, " %.0f%% read", v[COL_READ_PCT]);
    return buf;
}
