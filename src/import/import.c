/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "import/clean.h"
#include "import/readers.h"

#include <stdarg.h>
#include <string.h>

static const struct reader *const readers[] = {
    &perf_script_reader, &perf_csv_reader, &perf_table_reader,   &perf_report_reader,
    &klockstat_reader,   &mutrace_reader,  &thread_table_reader, &lock_stat_reader,
};

enum { READERS = sizeof(readers) / sizeof(readers[0]) };

void begin_table(struct reading *reading) {
    reading->tables += reading->table_used;
    reading->table_used = false;
}

struct import_class *add_class(struct reading *reading, const struct reader *reader,
                               const struct token *at) {
    if (reading->n == reading->room) {
        uint32_t room = reading->room > 0 ? 2 * reading->room : 64;
        struct import_class *more = arena_array(reading->arena, room, sizeof(*more));
        if (reading->n > 0)
            memcpy(more, reading->classes, reading->n * sizeof(*more));
        reading->classes = more;
        reading->room = room;
    }
    reading->table_used = true;
    struct import_class *c = &reading->classes[reading->n++];
    *c = (struct import_class){
        .name = "", .tool = reader->tool, .line = at->line, .table = reading->tables};
    return c;
}

void set_field(struct import_class *c, enum import_field field, double value) {
    c->fields |= 1u << field;
    c->value[field] = value;
}

char *token_text(struct reading *reading, const struct token *token) {
    return arena_strndup(reading->arena, token->text, token->n);
}

void set_type(struct reading *reading, struct import_class *c, const struct token *type) {
    struct token kind = *type;
    bool read = kind.n > 2 && memcmp(kind.text + kind.n - 2, ":R", 2) == 0;
    bool write = kind.n > 2 && memcmp(kind.text + kind.n - 2, ":W", 2) == 0;
    if (read || write) {
        c->mode = read ? 'R' : 'W';
        kind.n -= 2;
    }
    c->type = token_text(reading, &kind);
}

struct pos token_pos(const struct reading *reading, const struct token *at) {
    const char *from = at->text;
    while (from > reading->text && from[-1] != '\n')
        from--;
    size_t col = (size_t)(at->text - from) + 1;
    return (struct pos){.source = reading->source,
                        .line = at->line,
                        .col = (uint16_t)(col < UINT16_MAX ? col : UINT16_MAX)};
}

void unread_row(struct reading *reading, const struct token *at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char message[256];
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    diag_warn(reading->diag, token_pos(reading, at), "%s", message);
    reading->unread++;
}

/* ---- which reader for which part ---- */

static enum sign sign_of(const struct reader *reader, const char *tool, struct scan at) {
    if (tool != NULL && strcmp(tool, reader->tool) != 0)
        return SIGN_NONE;
    return reader->sniff(at);
}

/* The reader whose table begins in this line, or continues where no other one does. */
static const struct reader *reader_at(const char *tool, const struct scan *at,
                                      const struct reader *current) {
    const struct reader *row = NULL;
    for (int i = 0; i < READERS; i++) {
        enum sign sign = sign_of(readers[i], tool, *at);
        if (sign == SIGN_TABLE)
            return readers[i];
        if (sign == SIGN_ROW && row == NULL)
            row = readers[i];
    }
    return current != NULL ? current : row;
}

static bool is_empty(const struct scan *at) {
    const char *p = at->p;
    while (p < at->end && *p == ' ')
        p++;
    return p == at->end || *p == '\n';
}

/*
 * Returns one of the readers that found something to read, or NULL. The first
 * gets what is before its table, too: it may be rows that are damaged.
 */
static const struct reader *read_parts(struct reading *reading, const char *tool, size_t length) {
    struct scan at = {reading->text, reading->text + length, 1, true}, part = at;
    const struct reader *current = NULL;
    do {
        /* Nothing begins in an empty line, and to look for it would lead to the next that is not.
         */
        const struct reader *next = is_empty(&at) ? current : reader_at(tool, &at, current);
        if (next == current)
            continue;
        if (current != NULL) {
            part.end = at.p;
            current->read(reading, part);
            part = at;
            part.end = at.end;
        }
        current = next;
    } while (next_line(&at));
    if (current != NULL)
        current->read(reading, part);
    return current;
}

uint32_t import_tables(const struct import *import) {
    return import->nclasses > 0 ? import->classes[import->nclasses - 1].table + 1 : 0;
}

const char *const *import_tools(void) {
    static const char *const tools[] = {"lock_stat", "perf",     "klockstat",
                                        "mutrace",   "lockstat", NULL};
    return tools;
}

const struct import *import_read(struct arena *arena, struct diag *diag, const char *name,
                                 const char *text, size_t length, const char *tool) {
    struct reading reading = {.arena = arena, .diag = diag};
    reading.source = diag_source(diag, name, text, length);
    const struct pos nowhere = {.source = reading.source};
    reading.text = clean_text(arena, text, length);
    const struct reader *last = read_parts(&reading, tool, length);
    if (last == NULL) {
        diag_error(diag, nowhere, "this is no output of %s",
                   tool != NULL ? tool : "lock_stat, perf lock, klockstat or mutrace");
        return NULL;
    }
    if (reading.n == 0 && !reading.stopped) {
        diag_error(diag, nowhere, "this looks like output of %s, but %s", last->tool,
                   reading.unread > 0 ? "no row of it can be read" : "it has no row");
        return NULL;
    }
    struct import *import = arena_alloc(arena, sizeof(*import));
    *import = (struct import){reading.classes, reading.n, reading.unread, reading.stopped};
    return import;
}
