/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/diag.h"

#include "base/arena.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Columns of a source line that are shown, and those kept left of the caret. */
enum { SOURCE_LIMIT = 64, MESSAGE_SIZE = 1024, SHOWN = 96, BEFORE = 60 };

struct source {
    const char *name, *text;
    size_t length;
};

struct entry {
    struct pos pos;
    bool warning;
    const char *message;
};

struct given {
    struct given *next;
    const char *name, *text;
};

struct diag {
    struct arena *arena;
    struct given *given;
    struct source sources[SOURCE_LIMIT];
    int nsources;
    struct entry entries[2 * DIAG_LIMIT];
    int nentries, nerrors, nwarnings;
};

struct diag *diag_new(void) {
    struct arena *arena = arena_new();
    struct diag *diag = arena_alloc(arena, sizeof(*diag));
    diag->arena = arena;
    return diag;
}

void diag_free(struct diag *diag) {
    if (diag != NULL)
        arena_free(diag->arena);
}

void diag_given(struct diag *diag, const char *name, const char *text) {
    struct given *given = arena_alloc(diag->arena, sizeof(*given));
    *given = (struct given){diag->given, arena_strndup(diag->arena, name, strlen(name)),
                            arena_strndup(diag->arena, text, strlen(text))};
    diag->given = given;
}

static const char *given_name(const struct diag *diag, const char *name, const char *text,
                              size_t length) {
    for (const struct given *given = diag->given; given != NULL; given = given->next)
        if (strlen(given->text) == length && memcmp(given->text, text, length) == 0)
            return given->name;
    return name;
}

uint16_t diag_source(struct diag *diag, const char *name, const char *text, size_t length) {
    int i = diag->nsources;
    if (i < SOURCE_LIMIT)
        diag->nsources++;
    else /* Only the last of very many command line values can then be shown. */
        i = SOURCE_LIMIT - 1;
    name = given_name(diag, name, text, length);
    diag->sources[i] =
        (struct source){arena_strndup(diag->arena, name, strlen(name)), text, length};
    return (uint16_t)i;
}

static bool known(const struct diag *diag, struct pos pos, const char *message) {
    for (int i = 0; i < diag->nentries; i++) {
        const struct entry *e = &diag->entries[i];
        if (e->pos.source == pos.source && e->pos.line == pos.line && e->pos.col == pos.col &&
            strcmp(e->message, message) == 0)
            return true;
    }
    return false;
}

static void add(struct diag *diag, struct pos pos, bool warning, const char *format, va_list args) {
    char message[MESSAGE_SIZE];
    int n = vsnprintf(message, sizeof(message), format, args);
    if (n >= MESSAGE_SIZE)
        memcpy(message + sizeof(message) - 4, "...", 4);
    if (known(diag, pos, message))
        return;
    int *count = warning ? &diag->nwarnings : &diag->nerrors;
    if (*count == DIAG_LIMIT)
        return;
    ++*count;
    diag->entries[diag->nentries++] =
        (struct entry){pos, warning, arena_strndup(diag->arena, message, strlen(message))};
}

void diag_error(struct diag *diag, struct pos pos, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add(diag, pos, false, format, args);
    va_end(args);
}

void diag_warn(struct diag *diag, struct pos pos, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add(diag, pos, true, format, args);
    va_end(args);
}

int diag_errors(const struct diag *diag) {
    return diag->nerrors;
}

bool diag_full(const struct diag *diag) {
    return diag->nerrors == DIAG_LIMIT;
}

/* What a terminal could take for a command, or cannot show, becomes a question mark. */
static void print_safe(FILE *out, const char *text, size_t n) {
    for (size_t i = 0; i < n;) {
        uint32_t code;
        size_t length = utf8_decode(text + i, n - i, &code);
        bool bidi = (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
                    (code >= 0x2060 && code <= 0x2069) || code == 0xfeff;
        if (code == '\t')
            fputc(' ', out);
        else if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xfffd || bidi)
            fputc('?', out);
        else
            fwrite(text + i, 1, length, out);
        i += length;
    }
}

/* Finds a line of the text; false when the text has fewer. */
static bool find_line(const struct source *source, uint32_t line, const char **start, size_t *n) {
    const char *p = source->text, *end = p + source->length;
    for (uint32_t i = 1; i < line; i++) {
        size_t skip = 0;
        while (p < end && (skip = utf8_break(p, (size_t)(end - p))) == 0)
            p++;
        if (p == end)
            return false;
        p += skip;
    }
    *start = p;
    while (p < end && utf8_break(p, (size_t)(end - p)) == 0)
        p++;
    *n = (size_t)(p - *start);
    return true;
}

static size_t skip_columns(const char *text, size_t n, size_t columns) {
    size_t i = 0;
    uint32_t code;
    for (; i < n && columns > 0; columns--)
        i += utf8_decode(text + i, n - i, &code);
    return i;
}

static void print_line(FILE *out, const struct source *source, struct pos pos) {
    const char *line;
    size_t n;
    if (pos.col == 0 || !find_line(source, pos.line, &line, &n) || n == 0)
        return;
    size_t column = pos.col - 1;
    size_t first = column > SHOWN ? column - BEFORE : 0;
    size_t from = skip_columns(line, n, first);
    size_t shown = skip_columns(line + from, n - from, SHOWN);
    fputs(first > 0 ? "  ..." : "  ", out);
    print_safe(out, line + from, shown);
    fputs(from + shown < n ? "...\n" : "\n", out);
    fprintf(out, "%*s^\n", (int)(column - first + (first > 0 ? 5 : 2)), "");
}

static void print_entry(const struct diag *diag, FILE *out, const struct entry *e) {
    const struct source *source =
        e->pos.source < diag->nsources ? &diag->sources[e->pos.source] : NULL;
    if (source != NULL) {
        print_safe(out, source->name, strlen(source->name));
        fputs(":", out);
        if (e->pos.line > 0)
            fprintf(out, "%u:%u:", (unsigned)e->pos.line, (unsigned)e->pos.col);
        fputs(" ", out);
    }
    fputs(e->warning ? "warning: " : "error: ", out);
    print_safe(out, e->message, strlen(e->message));
    fputs("\n", out);
    if (source != NULL && e->pos.line > 0)
        print_line(out, source, e->pos);
}

static int by_place(const void *a, const void *b) {
    const struct entry *x = *(const struct entry *const *)a, *y = *(const struct entry *const *)b;
    if (x->pos.source != y->pos.source)
        return x->pos.source < y->pos.source ? -1 : 1;
    if (x->pos.line != y->pos.line)
        return x->pos.line < y->pos.line ? -1 : 1;
    if (x->pos.col != y->pos.col)
        return x->pos.col < y->pos.col ? -1 : 1;
    return x < y ? -1 : 1;
}

void diag_print(const struct diag *diag, FILE *out) {
    const struct entry *sorted[2 * DIAG_LIMIT] = {0};
    for (int i = 0; i < diag->nentries; i++)
        sorted[i] = &diag->entries[i];
    qsort(sorted, (size_t)diag->nentries, sizeof(sorted[0]), by_place);
    for (int i = 0; i < diag->nentries; i++)
        print_entry(diag, out, sorted[i]);
    /* Whoever found the last stopped there, so nobody knows of others. */
    if (diag_full(diag))
        fputs("further errors not shown\n", out);
}
