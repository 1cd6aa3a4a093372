/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef IMPORT_READERS_H
#define IMPORT_READERS_H

#include "import/measurement.h"
#include "import/tokens.h"

/* What has been read so far. */
struct reading {
    struct arena *arena;
    struct diag *diag;
    uint16_t source;
    const char *text; /* clean: where columns are counted from */
    struct import_class *classes;
    uint32_t n, room;
    uint32_t tables; /* begun, without those that had no row */
    bool table_used; /* the last of them has one */
    uint32_t unread;
    bool stopped;
};

/* What a line is to a reader. */
enum sign {
    SIGN_NONE,
    SIGN_ROW,  /* as a row of its tables looks: enough where no header is */
    SIGN_TABLE /* a table of its begins */
};

/*
 * One form of output. A text is cut where a table of another form begins;
 * each part is read by one reader, which passes over what is no row.
 */
struct reader {
    const char *tool; /* several forms may be of one */
    enum sign (*sniff)(struct scan at);
    void (*read)(struct reading *reading, struct scan part);
};

extern const struct reader lock_stat_reader;
extern const struct reader perf_table_reader;
extern const struct reader perf_csv_reader;
extern const struct reader perf_report_reader;
extern const struct reader perf_script_reader;
extern const struct reader klockstat_reader;
extern const struct reader mutrace_reader;
extern const struct reader thread_table_reader;

/* A header was seen: the next row is of another table than those before. */
void begin_table(struct reading *reading);
/* Adds a row at the place of this token; valid until the next is added. */
struct import_class *add_class(struct reading *reading, const struct reader *reader,
                               const struct token *at);
void set_field(struct import_class *c, enum import_field field, double value);
/* "rwlock:R": the kind without the mode, and the mode. */
void set_type(struct reading *reading, struct import_class *c, const struct token *type);
char *token_text(struct reading *reading, const struct token *token);

/* A row that cannot be used. */
void unread_row(struct reading *reading, const struct token *at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
struct pos token_pos(const struct reading *reading, const struct token *at);

#endif
