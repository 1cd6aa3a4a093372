/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * klockstat of bcc (times in ns) and of libbpf-tools (times with units): a table
 * of waits and one of holds, by caller, again and again with an interval. A
 * wait is every acquisition's, however short, so contentions = acquisitions.
 */
#include "import/columns.h"

#include "base/arena.h"

#include <string.h>

enum side { WAITS, HOLDS };

struct table {
    struct reading *reading;
    enum side side;
    uint32_t begin, middle; /* its waits and then its holds, in reading->classes */
};

/* "Caller Avg Spin Count Max spin Total spin" */
static bool read_header(struct scan *scan, enum side *side) {
    static const struct {
        const char *caller, *rest;
        enum side side;
    } titles[] = {
        {"Caller Avg", "Spin Count Max spin Total spin", WAITS},
        {"Caller Average", "Spin Count Max spin Total spin", WAITS},
        {"Caller Avg", "Wait Count Max Wait Total Wait", WAITS},
        {"Caller Avg", "Hold Count Max hold Total hold", HOLDS},
        {"Caller Average", "Hold Count Max hold Total hold", HOLDS},
        {"Caller Avg", "Hold Count Max Hold Total Hold", HOLDS},
    };
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
        struct scan ahead = *scan;
        if (!scan_words(&ahead, titles[i].caller) || !scan_words(&ahead, titles[i].rest))
            continue;
        *scan = ahead;
        *side = titles[i].side;
        return true;
    }
    return false;
}

enum { AVG, COUNT, MAX, TOTAL, NUMBERS };

static const struct column columns[NUMBERS] = {[AVG] = {"Avg", COLUMN_TIME_OR_NS},
                                               [COUNT] = {"Count", COLUMN_COUNT},
                                               [MAX] = {"Max", COLUMN_TIME_OR_NS},
                                               [TOTAL] = {"Total", COLUMN_TIME_OR_NS}};

/* What Python prints of bytes: b'caller' */
static char *caller_name(struct reading *reading, struct token caller) {
    if (caller.n > 3 && token_begins(&caller, "b'") && caller.text[caller.n - 1] == '\'') {
        caller.text += 2;
        caller.n -= 3;
    }
    return token_text(reading, &caller);
}

/* A caller has a row for each stack: that with the same count, or else the first without holds. */
static struct import_class *find_waits(const struct table *t, const char *name, double count) {
    enum { JOINED_MOST = 4096 }; /* rows of waits that are looked at, so that this ends soon */
    struct import_class *first = NULL;
    for (uint32_t i = t->begin; i < t->middle && i < t->begin + JOINED_MOST; i++) {
        struct import_class *c = &t->reading->classes[i];
        if (strcmp(c->name, name) != 0 || import_has(c, IMPORT_HOLD_TOTAL))
            continue;
        if (c->value[IMPORT_CONTENTIONS] == count)
            return c;
        first = first != NULL ? first : c;
    }
    return first;
}

static void add_row(struct table *t, const struct token *caller, const double *number) {
    const char *name = caller_name(t->reading, *caller);
    struct import_class *c = t->side == HOLDS ? find_waits(t, name, number[COUNT]) : NULL;
    if (c == NULL)
        c = add_class(t->reading, &klockstat_reader, caller);
    if (t->side == WAITS)
        t->middle = t->reading->n;
    c->name = name;
    bool waits = t->side == WAITS;
    if (waits)
        set_field(c, IMPORT_CONTENTIONS, number[COUNT]);
    set_field(c, IMPORT_ACQUISITIONS, number[COUNT]);
    set_field(c, waits ? IMPORT_WAIT_MAX : IMPORT_HOLD_MAX, number[MAX]);
    set_field(c, waits ? IMPORT_WAIT_TOTAL : IMPORT_HOLD_TOTAL, number[TOTAL]);
    set_field(c, waits ? IMPORT_WAIT_AVG : IMPORT_HOLD_AVG, number[AVG]);
}

/* "Max PID 39643, COMM cadvisor, Lock kernfs_rwsem (0xffffffff89f87e00)", below a row */
static void take_lock(struct reading *reading, struct scan scan) {
    enum { WORDS_MOST = 12 };
    struct token word, address;
    int words = 0;
    while (words < WORDS_MOST && token_next(&scan, &word) && !token_is(&word, "Lock"))
        words++;
    if (reading->n == 0 || words == WORDS_MOST || !token_next(&scan, &word) ||
        !token_next(&scan, &address))
        return;
    if (token_is(&word, "no-ksym") && address.n > 2)
        word = (struct token){address.text + 1, address.n - 2, address.line, false};
    reading->classes[reading->n - 1].id = token_text(reading, &word);
}

static void read_tables(struct reading *reading, struct scan scan) {
    struct table t = {.reading = reading, .begin = reading->n, .middle = reading->n};
    struct token word, rest;
    bool inside = false;
    for (struct scan ahead = scan; token_next(&ahead, &word); ahead = scan) {
        double numbers[NUMBERS];
        enum side side;
        if (read_header(&scan, &side)) {
            if (side == WAITS || t.side == HOLDS) {
                begin_table(reading);
                t.begin = t.middle = reading->n;
            }
            t.side = side;
            inside = true;
        } else if (read_columns(&ahead, columns, NUMBERS, numbers)) {
            add_row(&t, &word, numbers);
            scan = ahead;
        } else {
            if (token_is(&word, "Max"))
                take_lock(reading, ahead);
            else if (inside)
                unread_columns(reading, ahead, columns, NUMBERS, "", PLACE_NAMED);
            scan = ahead;
            scan_rest(&scan, &rest);
        }
    }
}

static enum sign sniff(struct scan at) {
    enum side side;
    return read_header(&at, &side) ? SIGN_TABLE : SIGN_NONE;
}

const struct reader klockstat_reader = {"klockstat", sniff, read_tables};
