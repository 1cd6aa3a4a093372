/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Columns of lock_stat: the header, and the numbers of a row. */
#include "import/lock_stat.h"

#include <math.h>
#include <string.h>

/* Versions 0.4, 0.3 and 0.2, 0.1 (Linux 2.6.23). */
static const struct layout known[] = {
    {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 12, true},
    {{0, 1, 2, 3, 4, 6, 7, 8, 9, 10}, 10, true},
    {{1, 2, 3, 4, 7, 8, 9, 10}, 8, true},
};

enum { KNOWN = sizeof(known) / sizeof(known[0]) };

/* ---- the header ---- */

/* A name in which a line may break anywhere; a word ends behind it. */
static bool read_name(struct scan *scan, const char *name) {
    struct scan ahead = *scan;
    for (; *name != '\0'; name++) {
        while (ahead.p < ahead.end && (*ahead.p == ' ' || *ahead.p == '\n'))
            ahead.line += *ahead.p++ == '\n';
        if (ahead.p == ahead.end || *ahead.p != *name)
            return false;
        ahead.p++;
    }
    if (ahead.p < ahead.end && *ahead.p != ' ' && *ahead.p != '\n')
        return false;
    ahead.first = false;
    *scan = ahead;
    return true;
}

static bool read_column(struct scan *scan, struct layout *layout) {
    for (int i = 0; i < LOCK_STAT_FIELDS; i++)
        if (layout->n < LOCK_STAT_FIELDS && read_name(scan, lock_stat_fields[i].name)) {
            layout->fields[layout->n++] = (uint8_t)i;
            return true;
        }
    return false;
}

bool read_layout(struct scan *scan, struct layout *layout) {
    enum { LEAST = 3 }; /* fewer are words of a sentence */
    struct scan ahead = *scan;
    *layout = (struct layout){.named = scan_words(&ahead, "class name")};
    while (read_column(&ahead, layout))
        continue;
    if (layout->n < LEAST)
        return false;
    struct scan behind = ahead;
    struct token word;
    if (token_on_line(&behind, &word) && !token_is_rule(&word, '-') && !token_is_rule(&word, '.'))
        layout->n = 0; /* a column that nobody knows here */
    *scan = ahead;
    return true;
}

/* ---- the numbers ---- */

enum { RUN_MOST = 3 * LOCK_STAT_FIELDS };

struct run {
    struct token tokens[RUN_MOST];
    struct scan after[RUN_MOST]; /* each of them */
    int n;
};

static void gather(struct scan scan, struct run *run) {
    for (run->n = 0; run->n < RUN_MOST; run->n++) {
        struct token *t = &run->tokens[run->n];
        if (!token_next(&scan, t) || !token_numeric(t))
            return;
        run->after[run->n] = scan;
    }
}

struct fitting {
    const struct run *run;
    struct cells *cells;
    bool joins; /* some number was broken in two: then every one must be well formed */
    bool rest;  /* numbers of a line of their own may follow */
};

static bool read_cell(const struct fitting *f, const struct token *token, int column,
                      enum field_kind kind) {
    double *value = &f->cells->value[column];
    if (kind == FIELD_COUNT)
        return token_count(token, value);
    if (token_decimal(token, value))
        return !f->joins || (token->n > 3 && token->text[token->n - 3] == '.');
    *value = NAN;
    return kind == FIELD_AVG && !f->joins;
}

/* The tokens from `at` on as the columns from `column` on: how many it takes, or 0. */
static int fit(struct fitting *f, int at, int column) {
    const struct layout *layout = &f->cells->layout;
    const struct run *run = f->run;
    if (column == layout->n)
        return at == run->n || (f->rest && run->tokens[at].first) ? at : 0;
    if (at == run->n)
        return 0;
    enum field_kind kind = lock_stat_fields[layout->fields[column]].kind;
    int taken = 0;
    if (read_cell(f, &run->tokens[at], column, kind))
        taken = fit(f, at + 1, column + 1);
    if (taken > 0 || !f->joins || at + 1 == run->n || !run->tokens[at + 1].first)
        return taken;
    const struct token *a = &run->tokens[at], *b = &run->tokens[at + 1];
    char text[64];
    if (a->n + b->n > sizeof(text))
        return 0;
    memcpy(text, a->text, a->n);
    memcpy(text + a->n, b->text, b->n);
    const struct token both = {text, a->n + b->n, a->line, a->first};
    return read_cell(f, &both, column, kind) ? fit(f, at + 2, column + 1) : 0;
}

static int fit_layout(const struct run *run, const struct layout *layout, struct cells *cells) {
    static const struct fitting ways[] = {{.rest = false}, {.joins = true}, {.rest = true}};
    int taken = 0;
    cells->layout = *layout;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]) && taken == 0 && layout->n > 0; i++) {
        struct fitting f = ways[i];
        f.run = run;
        f.cells = cells;
        taken = fit(&f, 0, 0);
    }
    return taken;
}

bool find_misfit(struct scan scan, const struct layout *header, struct token *at,
                 const char **expected) {
    struct cells cells = {.layout = header->n > 0 ? *header : known[0]};
    const struct fitting whole = {.cells = &cells};
    for (int i = 0; i < cells.layout.n && token_on_line(&scan, at); i++) {
        const struct lock_stat_field *field = &lock_stat_fields[cells.layout.fields[i]];
        if (read_cell(&whole, at, i, field->kind) && token_numeric(at))
            continue;
        *expected = field->kind == FIELD_COUNT ? "a count, of at most 18 digits" : "a time in us";
        return true;
    }
    return false;
}

bool read_cells(struct scan *scan, const struct layout *header, struct cells *cells) {
    struct run run;
    gather(*scan, &run);
    int taken = fit_layout(&run, header, cells);
    for (int i = 0; taken == 0 && i < KNOWN; i++)
        taken = fit_layout(&run, &known[i], cells);
    cells->numbers = run.n;
    if (taken == 0)
        return false;
    *scan = run.after[taken - 1];
    return true;
}
