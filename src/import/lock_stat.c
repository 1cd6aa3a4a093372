/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * /proc/lock_stat, versions 0.1 to 0.4 (kernel/locking/lockdep_proc.c), as it
 * is pasted: a stream of words, in which rows and contention points are found
 * by their form. A record begins with its line, or behind another record.
 */
#include "import/lock_stat.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

/* A class has two rows when it was taken for reading too, and the points below are of both. */
enum { ROWS = 2, POINTS_ROOM = 16 };

struct table {
    struct reading *reading;
    struct layout layout;
    uint32_t rows[ROWS]; /* by index in reading->classes */
    int nrows;           /* 0: the points that follow belong to nobody */
    struct point points[POINTS_ROOM];
    uint32_t npoints, block;
};

/* ---- what they come to ---- */

static struct import_class *row_of(const struct table *t, int i) {
    return &t->reading->classes[t->rows[i]];
}

/* The points belong to the rows above them once no more can follow. */
static void end_points(struct table *t) {
    double contentions = 0;
    for (int i = 0; i < t->nrows; i++)
        contentions += row_of(t, i)->value[IMPORT_CONTENTIONS];
    for (int i = 0; i < t->nrows && t->npoints > 0; i++)
        share_points(t->reading, t->points, t->npoints, contentions, row_of(t, i));
    t->npoints = t->block = 0;
}

static void end_class(struct table *t) {
    end_points(t);
    t->nrows = 0;
}

/* Without blanks at its end; a line break in it is one blank, with those around it. */
static char *clean_name(struct table *t, const struct token *name) {
    char *text = token_text(t->reading, name), *to = text;
    for (const char *from = text; *from != '\0';) {
        size_t blanks = strspn(from, " \n");
        if (blanks == 0) {
            *to++ = *from++;
            continue;
        }
        size_t kept = memchr(from, '\n', blanks) != NULL ? 1 : blanks;
        memset(to, ' ', kept);
        to += kept;
        from += blanks;
    }
    while (to > text && to[-1] == ' ')
        to--;
    *to = '\0';
    return text;
}

static void take_mode(struct import_class *c, char *name) {
    size_t n = strlen(name);
    if (n > 2 && name[n - 2] == '-' && (name[n - 1] == 'R' || name[n - 1] == 'W')) {
        c->mode = name[n - 1];
        name[n - 2] = '\0';
    }
    c->name = name;
}

/*
 * Averages that are none: before 5.8 the kernel divided by a count cut to 31
 * bits and printed what came of it, be it "0.-32".
 */
static void repair_average(struct import_class *c, enum import_field average,
                           enum import_field total, enum import_field count) {
    if (!import_has(c, average) || !import_has(c, total) || !import_has(c, count))
        return;
    double right = c->value[count] > 0 ? c->value[total] / c->value[count] : 0;
    double off = fabs(c->value[average] - right);
    if (!(off <= 0.02e-6 + 0.01 * right))
        c->value[average] = right;
}

static void set_fields(struct import_class *c, const struct cells *cells) {
    for (int i = 0; i < cells->layout.n; i++) {
        enum import_field field = cells->layout.fields[i];
        bool time = lock_stat_fields[field].kind != FIELD_COUNT;
        set_field(c, field, cells->value[i] * (time ? 1e-6 : 1));
    }
    repair_average(c, IMPORT_WAIT_AVG, IMPORT_WAIT_TOTAL, IMPORT_CONTENTIONS);
    repair_average(c, IMPORT_HOLD_AVG, IMPORT_HOLD_TOTAL, IMPORT_ACQUISITIONS);
    c->fields &= ~((isnan(c->value[IMPORT_WAIT_AVG]) ? 1u << IMPORT_WAIT_AVG : 0) |
                   (isnan(c->value[IMPORT_HOLD_AVG]) ? 1u << IMPORT_HOLD_AVG : 0));
}

static void add_row(struct table *t, const struct record *r) {
    struct import_class *c = add_class(t->reading, &lock_stat_reader, &r->name);
    take_mode(c, clean_name(t, &r->name));
    set_fields(c, &r->cells);
    bool pair = t->nrows == 1 && t->npoints == 0 && c->mode != 0 && row_of(t, 0)->mode != 0 &&
                row_of(t, 0)->mode != c->mode && strcmp(row_of(t, 0)->name, c->name) == 0;
    if (!pair)
        end_class(t);
    t->rows[t->nrows++] = t->reading->n - 1;
}

static bool same_words(const char *a, const char *b) {
    for (;; a++, b++) {
        a += strspn(a, " ");
        b += strspn(b, " ");
        if (*a != *b || *a == '\0')
            return *a == *b;
    }
}

static void add_point(struct table *t, const struct record *r) {
    struct reading *reading = t->reading;
    const char *name = clean_name(t, &r->name);
    if (t->nrows == 0 || (name[0] != '\0' && !same_words(name, row_of(t, 0)->name))) {
        end_class(t);
        unread_row(reading, &r->name, "a contention point without the row of its lock");
        return;
    }
    if (t->npoints == POINTS_ROOM)
        return;
    t->points[t->npoints++] =
        (struct point){token_text(reading, &r->site), (uint64_t)r->count, t->block};
}

static void take_record(struct table *t, const struct record *r) {
    if (r->kind == RECORD_ROW)
        add_row(t, r);
    else if (r->kind == RECORD_POINT)
        add_point(t, r);
    else {
        end_class(t);
        unread_row(t->reading, &r->name, "a row with %d numbers that fit no version of lock_stat",
                   r->cells.numbers);
    }
}

/* What is in a table and no record; returns whether it was to be one. */
static bool take_line(struct table *t, struct scan line) {
    struct scan values;
    struct token at, word;
    const char *expected;
    enum record_kind kind = meant_record(line, &values);
    if (kind == RECORD_NONE || (t->layout.n == 0 && t->nrows == 0))
        return false;
    token_next(&line, &word);
    if (kind == RECORD_POINT)
        unread_row(t->reading, &word,
                   "a contention point that is left out: expected a lock, a count, [<ADDRESS>] and "
                   "a symbol");
    else {
        end_class(t);
        if (find_misfit(values, &t->layout, &at, &expected))
            unread_row(t->reading, &at, "a row that is left out: expected %s", expected);
        else
            unread_row(t->reading, &word,
                       "a row that is left out: expected its name, a colon and "
                       "numbers");
    }
    return true;
}

/* ---- the text ---- */

/*
 * What is left of a line behind a record may be the begin of a name, which goes
 * on in the next line, if the text was filled like a paragraph.
 */
static void read_record_behind(struct table *t, struct scan scan, struct record *r) {
    static const char *const remarks[] = {"<-", "<=", "#", "//", "\u2190"};
    struct token word;
    struct scan ahead = scan;
    read_record(t->reading->arena, &t->layout, scan, 1, r);
    if (r->kind != RECORD_NONE || !token_next(&ahead, &word) || word.first)
        return;
    for (size_t i = 0; i < sizeof(remarks) / sizeof(remarks[0]); i++)
        if (token_begins(&word, remarks[i]))
            return;
    read_record(t->reading->arena, &t->layout, scan, 2, r);
}

static bool read_title(struct table *t, struct scan *scan) {
    struct layout layout;
    struct scan ahead = *scan;
    struct token word;
    if (scan_words(&ahead, "lock_stat version")) {
        end_class(t);
        begin_table(t->reading);
        t->layout = (struct layout){.n = 0};
    } else if (scan_words(&ahead, "*WARNING* lock debugging disabled!!")) {
        token_next(scan, &word);
        diag_warn(t->reading->diag, token_pos(t->reading, &word),
                  "lockdep had turned itself off: these numbers stopped growing at some time "
                  "before, so that rates and the time that they cover are unknown");
        t->reading->stopped = true;
    } else if (read_layout(&ahead, &layout)) {
        end_class(t);
        begin_table(t->reading);
        t->layout = layout;
        token_next(scan, &word);
        if (layout.n == 0)
            unread_row(t->reading, &word, "a header with a column that is not known here");
        *scan = ahead;
        return true;
    } else
        return false;
    scan_rest(&ahead, &word);
    *scan = ahead;
    return true;
}

static void read_text(struct reading *reading, struct scan scan) {
    struct table t = {.reading = reading};
    struct record record;
    struct token word;
    for (struct scan ahead = scan; token_next(&ahead, &word); ahead = scan) {
        if (read_title(&t, &scan))
            continue;
        if (ends_record(&word)) {
            t.block += token_is_rule(&word, '-');
            scan = ahead;
            continue;
        }
        read_record_behind(&t, scan, &record);
        scan_to(&scan, &word);
        bool complete = record.kind == RECORD_BROKEN && record.cells.numbers == t.layout.n;
        bool warned = (record.kind == RECORD_NONE || complete) && word.first && take_line(&t, scan);
        if (record.kind != RECORD_NONE && !warned)
            take_record(&t, &record);
        if (record.kind == RECORD_ROW || record.kind == RECORD_POINT)
            scan = record.after;
        else {
            scan = ahead;
            scan_rest(&scan, &word);
        }
    }
    end_class(&t);
}

static enum sign sniff(struct scan at) {
    struct layout layout;
    struct scan ahead = at;
    struct token word;
    if (!token_on_line(&ahead, &word))
        return SIGN_NONE;
    struct scan header = at;
    if (scan_words(&at, "lock_stat version") || read_layout(&header, &layout))
        return SIGN_TABLE;
    struct record record;
    read_record(NULL, &(struct layout){.n = 0}, at, 1, &record);
    return record.kind == RECORD_ROW || record.kind == RECORD_POINT ? SIGN_ROW : SIGN_NONE;
}

const struct reader lock_stat_reader = {"lock_stat", sniff, read_text};
