/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario/shield.h"

#include "base/arena.h"

#include <stdbool.h>
#include <string.h>

/* Mark i is hidden as code point U+E000 + i, which is LEAD and a third byte 0x80 + i in UTF-8. */
static const char marks[] = ",:[]{}";
static const char lead[] = {'\xee', '\x80'};
enum { HIDDEN_SIZE = 3 };

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

static bool opens_expression(const char *text, size_t n) {
    return n > 1 && text[0] == '$' && text[1] == '{';
}

/* The end of a ${...}; 0 if it has none in its line. */
static size_t expression_end(const char *text, size_t n) {
    size_t i = 2;
    while (i < n && strchr("\"'#{}\r\n", text[i]) == NULL)
        i++;
    return i < n && text[i] == '}' ? i + 1 : 0;
}

/* Of those that begin here, one behind the other. */
static size_t expressions_length(const char *text, size_t n) {
    size_t i = 0, length = 1;
    while (length > 0 && opens_expression(text + i, n - i)) {
        length = expression_end(text + i, n - i);
        i += length;
    }
    return i;
}

/*
 * The end of the stretch that opens at text[0]. Sets *ok if its parentheses
 * match and nothing in it belongs to the YAML around it.
 */
static size_t call_end(const char *text, size_t n, bool *ok) {
    size_t depth = 0, i = 0;
    for (; i < n; i++) {
        i += expressions_length(text + i, n - i);
        if (i == n || strchr("\"'#{}[]\r\n", text[i]) != NULL)
            break;
        if (text[i] == '(')
            depth++;
        if (text[i] == ')' && --depth == 0) {
            *ok = true;
            return i + 1;
        }
    }
    *ok = false;
    return i;
}

static size_t index_end(const char *text, size_t n, bool *ok) {
    size_t i = 1;
    while (i < n && is_name(text[i]))
        i++;
    *ok = i > 1 && i < n && text[i] == ']';
    return *ok ? i + 1 : i;
}

static char *hide(char *out, const char *text, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const char *mark = text[i] == '\0' ? NULL : strchr(marks, text[i]);
        if (mark == NULL) {
            *out++ = text[i];
            continue;
        }
        memcpy(out, lead, sizeof(lead));
        out[sizeof(lead)] = (char)(0x80 + (mark - marks));
        out += HIDDEN_SIZE;
    }
    return out;
}

/* The length of what begins at i and may be hidden, and whether it is; 0 if nothing begins. */
static size_t stretch(const char *text, size_t i, size_t length, bool *ok) {
    size_t n = 0;
    if (opens_expression(text + i, length - i))
        n = expression_end(text + i, length - i);
    *ok = n > 0;
    if (n > 0 || i == 0 || !is_name(text[i - 1]) || (text[i] != '(' && text[i] != '['))
        return n;
    return (text[i] == '(' ? call_end : index_end)(text + i, length - i, ok);
}

const char *shield(struct arena *arena, const char *text, size_t length, size_t *shielded) {
    char *start = arena_array(arena, length + 1, HIDDEN_SIZE), *out = start;
    for (size_t i = 0; i < length;) {
        bool ok = false;
        size_t n = stretch(text, i, length, &ok);
        if (n == 0) {
            *out++ = text[i++];
            continue;
        }
        if (ok) {
            out = hide(out, text + i, n);
        } else { /* Skipped whole: looking again from within would take quadratic time. */
            memcpy(out, text + i, n);
            out += n;
        }
        i += n;
    }
    *shielded = (size_t)(out - start);
    return start;
}

static bool is_hidden(const char *text, size_t n) {
    return n >= HIDDEN_SIZE && memcmp(text, lead, sizeof(lead)) == 0 &&
           (unsigned char)text[sizeof(lead)] - 0x80 < (int)strlen(marks) &&
           (unsigned char)text[sizeof(lead)] >= 0x80;
}

size_t unshield(char *text, size_t length) {
    size_t out = 0;
    for (size_t i = 0; i < length; out++) {
        bool hidden = is_hidden(text + i, length - i);
        text[out] = hidden ? marks[(unsigned char)text[i + sizeof(lead)] - 0x80] : text[i];
        i += hidden ? HIDDEN_SIZE : 1;
    }
    return out;
}

const char *shield_taken(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        if (is_hidden(text + i, length - i))
            return text + i;
    return NULL;
}
