/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "import/clean.h"

#include "base/arena.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct line {
    char *text;
    size_t n; /* without the line break */
};

static struct line line_at(char *text, const char *end) {
    char *stop = memchr(text, '\n', (size_t)(end - text));
    return (struct line){text, (size_t)((stop != NULL ? stop : end) - text)};
}

/* Controls and no-break spaces to blanks, line breaks of all systems to '\n'. */
static void plain_characters(char *text, size_t n) {
    for (size_t i = 0; i < n; i++) {
        bool crlf = text[i] == '\r' && i + 1 < n && text[i + 1] == '\n';
        if (text[i] == '\r')
            text[i] = crlf ? ' ' : '\n';
        else if ((unsigned char)text[i] < ' ' && text[i] != '\n')
            text[i] = ' ';
        else if (i + 1 < n && memcmp(text + i, "\u00a0", 2) == 0)
            memset(text + i, ' ', 2);
    }
}

/* ---- quoted-printable (RFC 2045) ---- */

/* A row of equal signs underlines a title. */
static bool is_soft_break(const struct line *line) {
    size_t n = line->n;
    while (n > 0 && line->text[n - 1] == ' ')
        n--;
    return n > 1 && line->text[n - 1] == '=' && line->text[n - 2] != '=';
}

/* What stands behind a soft break moves up to it; the lines that it leaves stay, empty. */
static bool join_soft_breaks(char *text, char *end) {
    char *out = text;
    size_t joined = 0;
    bool any = false;
    for (char *p = text; p < end;) {
        struct line line = line_at(p, end);
        p = line.text + line.n + 1;
        bool soft = p < end && is_soft_break(&line);
        size_t n = line.n;
        while (soft && line.text[--n] != '=')
            continue;
        memmove(out, line.text, n);
        out += n;
        joined += p <= end;
        any = any || soft;
        if (!soft) {
            memset(out, '\n', joined);
            out += joined;
            joined = 0;
        }
    }
    while (out < end)
        *out++ = ' ';
    return any;
}

static int hex(char c) {
    return isdigit((unsigned char)c) ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void close_gap(struct line *line, size_t at, size_t n) {
    memmove(line->text + at, line->text + at + n, line->n - at - n);
    memset(line->text + line->n - n, ' ', n);
}

static void decode_printable(struct line *line) {
    for (size_t i = 0; i + 2 < line->n; i++) {
        int high = line->text[i] == '=' ? hex(line->text[i + 1]) : -1;
        int low = high < 0 ? -1 : hex(line->text[i + 2]);
        if (low < 0)
            continue;
        line->text[i] = (char)(high * 16 + low >= ' ' ? high * 16 + low : ' ');
        close_gap(line, i + 1, 2);
    }
}

static void decode_entities(struct line *line) {
    static const struct {
        const char *name;
        char c;
    } entities[] = {{"&gt;", '>'},   {"&lt;", '<'},    {"&amp;", '&'}, {"&quot;", '"'},
                    {"&#39;", '\''}, {"&apos;", '\''}, {"&nbsp;", ' '}};
    for (size_t i = 0; i < line->n; i++)
        for (size_t k = 0; line->text[i] == '&' && k < sizeof(entities) / sizeof(*entities); k++) {
            size_t n = strlen(entities[k].name);
            if (i + n > line->n || memcmp(line->text + i, entities[k].name, n) != 0)
                continue;
            line->text[i] = entities[k].c;
            close_gap(line, i + 1, n - 1);
            break;
        }
}

/* ---- what stands before a line ---- */

static size_t blanks(const struct line *line, size_t i) {
    while (i < line->n && line->text[i] == ' ')
        i++;
    return i;
}

/* "> ", ">> ", "PM> ", "| ", "# ", "+ ", "- " */
static size_t mark_length(const struct line *line, size_t i) {
    const char *p = line->text + i, *end = line->text + line->n;
    size_t letters = 0;
    while (p < end && letters < 3 && isupper((unsigned char)*p)) {
        p++;
        letters++;
    }
    if (p < end && *p == '>')
        return letters + 1;
    bool alone = p + 1 == end || (p + 1 < end && p[1] == ' ');
    return letters == 0 && p < end && strchr("|#+-", *p) != NULL && alone ? 1 : 0;
}

static void strip_marks(char *text, const char *end) {
    for (struct line line; text < end; text = line.text + line.n + 1) {
        line = line_at(text, end);
        for (size_t i = blanks(&line, 0), n; i < line.n && (n = mark_length(&line, i)) > 0;
             i = blanks(&line, i))
            memset(line.text + i, ' ', n);
    }
}

/* ---- line numbers ---- */

enum { NUMBER_DIGITS = 6, NUMBERED_LEAST = 3, UNNUMBERED_MOST = 4 };

/* The number that a line begins with, and its length with the blanks before it; else 0. */
static size_t leading_number(const struct line *line, uint32_t *number) {
    size_t from = blanks(line, 0), i = from;
    *number = 0;
    for (; i < line->n && isdigit((unsigned char)line->text[i]) && i < from + NUMBER_DIGITS; i++)
        *number = *number * 10 + (uint32_t)(line->text[i] - '0');
    if (i == from ||
        (i < line->n && (line->text[i] == ',' || isalnum((unsigned char)line->text[i]))))
        return 0;
    bool decimal =
        i + 1 < line->n && line->text[i] == '.' && isdigit((unsigned char)line->text[i + 1]);
    bool colon = i < line->n && line->text[i] == ':';
    return decimal ? 0 : i + colon;
}

/*
 * Whether lines are numbered from here on: they count on, wrapped ones between,
 * and not all of them go on with a figure, as the rows of a table do.
 */
static bool begins_numbers(const struct line *first, const char *end) {
    struct line line = *first;
    uint32_t number, next;
    int counted = 0, missed = 0;
    bool words = false;
    for (; missed <= UNNUMBERED_MOST; line = line_at(line.text + line.n + 1, end)) {
        size_t n = leading_number(&line, &next);
        if (n > 0 && (counted == 0 || next == number + 1)) {
            size_t behind = blanks(&line, n);
            words = words || (behind < line.n && !isdigit((unsigned char)line.text[behind]));
            number = next;
            missed = 0;
            if (++counted == NUMBERED_LEAST)
                return words;
        } else
            missed += blanks(&line, 0) < line.n;
        if (line.text + line.n + 1 >= end)
            return false;
    }
    return false;
}

static void strip_numbers(char *text, const char *end) {
    uint32_t expected = UINT32_MAX, missed = 0;
    for (char *p = text; p < end;) {
        struct line line = line_at(p, end);
        char *next = line.text + line.n + 1;
        uint32_t number;
        size_t n = leading_number(&line, &number);
        bool goes_on = n > 0 && number == expected && missed <= UNNUMBERED_MOST;
        bool begins = n > 0 && !goes_on && begins_numbers(&line, end);
        if (goes_on || begins) {
            memset(line.text, ' ', n);
            expected = number + 1;
            missed = 0;
        } else
            missed += blanks(&line, 0) < line.n;
        p = next;
    }
}

char *clean_text(struct arena *arena, const char *text, size_t length) {
    char *copy = arena_array(arena, length + 1, 1);
    if (length > 0)
        memcpy(copy, text, length);
    char *end = copy + length;
    plain_characters(copy, length);
    bool printable = join_soft_breaks(copy, end);
    for (char *p = copy; p < end;) {
        struct line line = line_at(p, end);
        if (printable)
            decode_printable(&line);
        decode_entities(&line);
        p = line.text + line.n + 1;
    }
    for (int round = 0; round < 2; round++) { /* numbered, quoted, and so again */
        strip_marks(copy, end);
        strip_numbers(copy, end);
    }
    return copy;
}
