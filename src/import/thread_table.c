/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lockstat of the linux-tracing-workshop (bcc), for locks of user space: threads, and below each
 * "mutex 0x7ffd ::: wait time 28487.80us ::: hold time 35239.98us ::: enter count 6842".
 */
#include "import/readers.h"

#include <string.h>

struct row {
    struct token address;
    double wait, hold, count;
};

static bool read_row(struct scan *scan, struct row *row) {
    struct scan ahead = *scan;
    struct token word;
    if (!scan_words(&ahead, "mutex") || !token_on_line(&ahead, &row->address))
        return false;
    while (!scan_words(&ahead, "::: wait time")) /* the file that it is mapped from */
        if (!token_on_line(&ahead, &word))
            return false;
    if (!scan_time(&ahead, &row->wait) || !scan_words(&ahead, "::: hold time") ||
        !scan_time(&ahead, &row->hold) || !scan_words(&ahead, "::: enter count") ||
        !token_next(&ahead, &word) || !token_count(&word, &row->count))
        return false;
    *scan = ahead;
    return true;
}

static void add_row(struct reading *reading, const struct row *row, const char *thread) {
    struct import_class *c = add_class(reading, &thread_table_reader, &row->address);
    c->name = token_text(reading, &row->address);
    c->type = "mutex";
    c->id = thread;
    set_field(c, IMPORT_ACQUISITIONS, row->count);
    set_field(c, IMPORT_WAIT_TOTAL, row->wait);
    set_field(c, IMPORT_HOLD_TOTAL, row->hold);
}

static bool is_separated(struct scan scan) {
    struct token word;
    token_next(&scan, &word);
    do
        if (token_is(&word, ":::"))
            return true;
    while (token_on_line(&scan, &word));
    return false;
}

static void read_rows(struct reading *reading, struct scan scan) {
    const char *thread = NULL;
    struct token word, rest;
    struct row row;
    begin_table(reading);
    for (struct scan ahead = scan; token_next(&ahead, &word); ahead = scan) {
        if (read_row(&scan, &row)) {
            add_row(reading, &row, thread);
            continue;
        }
        if (is_separated(scan))
            unread_row(reading, &word,
                       "a row that is left out: expected mutex, its address, ::: wait time, ::: "
                       "hold time, each with its unit, and ::: enter count");
        scan = ahead;
        if (token_is(&word, "thread") && token_on_line(&scan, &word))
            thread = token_text(reading, &word);
        scan_rest(&scan, &rest);
    }
}

static enum sign sniff(struct scan at) {
    struct row row;
    return read_row(&at, &row) ? SIGN_TABLE : SIGN_NONE;
}

const struct reader thread_table_reader = {"lockstat", sniff, read_rows};
