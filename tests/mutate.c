/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mutate.h"

#include "base/arena.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text that grows. */
struct out {
    char *text;
    size_t n, room;
};

static void put(struct out *out, const char *text, size_t n) {
    while (out->n + n + 1 > out->room) {
        out->room = 2 * out->room + 1024;
        out->text = realloc(out->text, out->room);
    }
    memcpy(out->text + out->n, text, n);
    out->n += n;
}

static void puts_to(struct out *out, const char *text) {
    put(out, text, strlen(text));
}

static char *finish(struct arena *arena, struct out *out) {
    char *copy = arena_strndup(arena, out->text != NULL ? out->text : "", out->n);
    free(out->text);
    return copy;
}

typedef void line_change(struct out *out, const char *line, size_t n, unsigned number);

static char *by_line(struct arena *arena, const char *text, line_change *change) {
    struct out out = {0};
    for (unsigned number = 1; *text != '\0'; number++) {
        size_t n = strcspn(text, "\n");
        change(&out, text, n, number);
        text += n + (text[n] == '\n');
    }
    return finish(arena, &out);
}

#define LINE_CHANGE(name, change)                                                                  \
    static char *name(struct arena *arena, const char *text) {                                     \
        return by_line(arena, text, change);                                                       \
    }

/* ---- around lines ---- */

static void quote_line(struct out *out, const char *line, size_t n, unsigned number) {
    (void)number;
    puts_to(out, "> > ");
    put(out, line, n);
    puts_to(out, "\n");
}
LINE_CHANGE(quoted_twice, quote_line)

static void indent_line(struct out *out, const char *line, size_t n, unsigned number) {
    (void)number;
    puts_to(out, "     ");
    put(out, line, n);
    puts_to(out, "\n");
}
LINE_CHANGE(indented, indent_line)

static void comment_line(struct out *out, const char *line, size_t n, unsigned number) {
    (void)number;
    puts_to(out, "# ");
    put(out, line, n);
    puts_to(out, "\n");
}
LINE_CHANGE(commented, comment_line)

static void crlf_line(struct out *out, const char *line, size_t n, unsigned number) {
    (void)number;
    put(out, line, n);
    puts_to(out, "\r\n");
}
LINE_CHANGE(crlf, crlf_line)

static void spaced_line(struct out *out, const char *line, size_t n, unsigned number) {
    (void)number;
    put(out, line, n);
    puts_to(out, "  \n\n");
}
LINE_CHANGE(blank_lines_between, spaced_line)

static void numbered_line(struct out *out, const char *line, size_t n, unsigned number) {
    char label[16];
    snprintf(label, sizeof(label), "%4u  ", number);
    puts_to(out, label);
    put(out, line, n);
    puts_to(out, "\n");
}
LINE_CHANGE(numbered, numbered_line)

static void grepped_line(struct out *out, const char *line, size_t n, unsigned number) {
    char label[16];
    snprintf(label, sizeof(label), "%u:", number);
    puts_to(out, label);
    put(out, line, n);
    puts_to(out, "\n");
}
LINE_CHANGE(grepped_with_numbers, grepped_line)

/* ---- blanks ---- */

static void collapse_line(struct out *out, const char *line, size_t n, unsigned number) {
    (void)number;
    bool word = false;
    for (size_t i = 0; i < n; i++) {
        bool blank = line[i] == ' ' || line[i] == '\t';
        if (!blank)
            put(out, &line[i], 1);
        else if (word && i + 1 < n && line[i + 1] != ' ' && line[i + 1] != '\t')
            puts_to(out, " ");
        word = word || !blank;
    }
    puts_to(out, "\n");
}
LINE_CHANGE(blanks_collapsed, collapse_line)

/* Runs of blanks become tabs; a single one may be part of a name. */
static void tab_line(struct out *out, const char *line, size_t n, unsigned number) {
    (void)number;
    for (size_t i = 0; i < n;) {
        size_t blanks = strspn(line + i, " ");
        if (blanks > 1)
            puts_to(out, blanks > 8 ? "\t\t" : "\t");
        else
            put(out, line + i, 1);
        i += blanks > 1 ? blanks : 1;
    }
    puts_to(out, "\n");
}
LINE_CHANGE(tabs, tab_line)

static char *no_break_spaces(struct arena *arena, const char *text) {
    struct out out = {0};
    for (; *text != '\0'; text++)
        if (text[0] == ' ' && text[1] == ' ')
            puts_to(&out, "\u00a0");
        else
            put(&out, text, 1);
    return finish(arena, &out);
}

/* ---- encodings ---- */

static char *html(struct arena *arena, const char *text) {
    struct out out = {0};
    for (; *text != '\0'; text++)
        if (strchr("<>&\"", *text) != NULL)
            puts_to(&out, *text == '<'   ? "&lt;"
                          : *text == '>' ? "&gt;"
                          : *text == '&' ? "&amp;"
                                         : "&quot;");
        else
            put(&out, text, 1);
    return finish(arena, &out);
}

static void printable_line(struct out *out, const char *line, size_t n, unsigned number) {
    enum { WIDTH = 76 };
    size_t column = 0;
    (void)number;
    for (size_t i = 0; i < n; i++) {
        if (column + 4 > WIDTH) {
            puts_to(out, "=\n");
            column = 0;
        }
        if (line[i] == '=')
            puts_to(out, "=3D");
        else
            put(out, &line[i], 1);
        column += line[i] == '=' ? 3 : 1;
    }
    puts_to(out, "\n");
}
LINE_CHANGE(quoted_printable, printable_line)

/* ---- breaking lines ---- */

static size_t wrap_width;
static const char *wrap_prefix;

/* Between words, as mailers do: the blank stays at the end of the line. */
static void wrap_words_of(struct out *out, const char *line, size_t n, unsigned number) {
    size_t column = 0;
    (void)number;
    puts_to(out, wrap_prefix);
    for (size_t i = 0; i < n;) {
        size_t blanks = strspn(line + i, " \t");
        size_t word = i + blanks < n ? strcspn(line + i + blanks, " \t\n") : 0;
        if (column > 0 && column + blanks + word > wrap_width) {
            puts_to(out, "\n");
            puts_to(out, wrap_prefix);
            blanks = column = 0;
            i += strspn(line + i, " \t");
        }
        size_t left = n - i < blanks + word ? n - i : blanks + word;
        put(out, line + i, left);
        column += left;
        i += left > 0 ? left : 1;
    }
    puts_to(out, "\n");
}

/* Anywhere, as terminals do. */
static void break_line(struct out *out, const char *line, size_t n, unsigned number) {
    (void)number;
    for (size_t i = 0; i < n; i += wrap_width) {
        put(out, line + i, n - i < wrap_width ? n - i : wrap_width);
        puts_to(out, "\n");
    }
    if (n == 0)
        puts_to(out, "\n");
}

#define WRAP(name, change, width, prefix)                                                          \
    static char *name(struct arena *arena, const char *text) {                                     \
        wrap_width = width;                                                                        \
        wrap_prefix = prefix;                                                                      \
        return by_line(arena, text, change);                                                       \
    }

WRAP(wrapped_72, wrap_words_of, 72, "")
WRAP(wrapped_80, wrap_words_of, 80, "")
WRAP(wrapped_100, wrap_words_of, 100, "")
WRAP(wrapped_then_quoted, wrap_words_of, 74, "> ")
WRAP(broken_80, break_line, 80, "")
WRAP(broken_100, break_line, 100, "")
WRAP(broken_124, break_line, 124, "")

static char *quoted_then_wrapped(struct arena *arena, const char *text) {
    return wrapped_72(arena, quoted_twice(arena, text));
}

static char *collapsed_then_wrapped(struct arena *arena, const char *text) {
    return wrapped_72(arena, blanks_collapsed(arena, text));
}

static char *numbered_then_wrapped(struct arena *arena, const char *text) {
    return wrapped_80(arena, numbered(arena, text));
}

/* One paragraph: lines that follow each other are joined first. */
static char *filled(struct arena *arena, const char *text) {
    char *copy = blanks_collapsed(arena, text);
    for (char *c = copy; *c != '\0'; c++)
        if (*c == '\n')
            *c = ' ';
    return wrapped_72(arena, copy);
}

/* ---- what gets lost ---- */

static bool is_rule(const char *line, size_t n) {
    size_t i = strspn(line, " >");
    size_t rule = strspn(line + i, "-");
    rule = rule > 0 ? rule : strspn(line + i, ".");
    return rule >= 3 && i + rule + strspn(line + i + rule, " ") >= n;
}

static void without_rule(struct out *out, const char *line, size_t n, unsigned number) {
    (void)number;
    if (!is_rule(line, n)) {
        put(out, line, n);
        puts_to(out, "\n");
    }
}
LINE_CHANGE(rules_lost, without_rule)

static bool has(const char *line, size_t n, const char *word) {
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= n; i++)
        if (memcmp(line + i, word, length) == 0)
            return true;
    return false;
}

static void without_header(struct out *out, const char *line, size_t n, unsigned number) {
    (void)number;
    if (!has(line, n, "lock_stat version") && !has(line, n, "class name") &&
        !has(line, n, "time-m")) {
        put(out, line, n);
        puts_to(out, "\n");
    }
}
LINE_CHANGE(header_lost, without_header)

static void elide_line(struct out *out, const char *line, size_t n, unsigned number) {
    put(out, line, n);
    puts_to(out, "\n");
    if (is_rule(line, n) && number % 2 == 0)
        puts_to(out, "...\n[...]\n<snip>\nso much for that one, with 3 more below: see Test #1: "
                     "time = 5.4ms\n\n");
}
LINE_CHANGE(elided_with_prose, elide_line)

const struct mutation any_mutations[] = {{"quoted twice", quoted_twice, 0},
                                         {"indented", indented, 0},
                                         {"commented", commented, 0},
                                         {"CRLF", crlf, 0},
                                         {"blank lines between", blank_lines_between, 0},
                                         {"blanks collapsed", blanks_collapsed, 0},
                                         {"tabs", tabs, 0},
                                         {"no-break spaces", no_break_spaces, 0},
                                         {"HTML", html, 0},
                                         {"quoted-printable", quoted_printable, 0},
                                         {"wrapped at 72", wrapped_72, 0},
                                         {"wrapped at 80", wrapped_80, 0},
                                         {"wrapped at 100", wrapped_100, 0},
                                         {"wrapped, then quoted", wrapped_then_quoted, 0},
                                         {"quoted, then wrapped", quoted_then_wrapped, 0},
                                         {"collapsed, then wrapped", collapsed_then_wrapped, 0},
                                         {0}};

const struct mutation lock_stat_mutations[] = {
    {"numbered", numbered, UNNUMBERED},
    {"grep -n", grepped_with_numbers, UNNUMBERED},
    {"numbered, then wrapped", numbered_then_wrapped, UNNUMBERED},
    {"broken at 80", broken_80, 0},
    {"broken at 100", broken_100, 0},
    {"broken at 124", broken_124, 0},
    {"filled", filled, UNQUOTED},
    {"rules lost", rules_lost, 0},
    {"header lost", header_lost, ONE_HEADER},
    {"elided, with prose", elided_with_prose, 0},
    {0}};
