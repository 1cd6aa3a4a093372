/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows and contention points of lock_stat, found among words by their form. */
#include "base/arena.h"
#include "import/lock_stat.h"

#include <ctype.h>
#include <string.h>

enum { NAME_MOST = 200, JOINED_MOST = 256 };

static bool is_bracket(const struct token *t, const char *begin) {
    return token_begins(t, begin) && t->text[t->n - 1] == ']';
}

bool ends_record(const struct token *t) {
    return token_is_rule(t, '-') || token_is_rule(t, '.') || token_is_rule(t, '=') ||
           token_begins(t, "<snip") || token_is(t, "\u2026") || token_is(t, "[...]");
}

static size_t hex_digits(const struct token *t, size_t i) {
    while (i < t->n && isxdigit((unsigned char)t->text[i]))
        i++;
    return i;
}

/* Some digits with a line of their own: what is before may look whole without them. */
static bool is_tail(const struct token *t, struct scan behind) {
    struct token next;
    return hex_digits(t, 0) == t->n && !token_on_line(&behind, &next);
}

/* A word that was broken at the end of a line, if both halves make what is looked for. */
static bool join(struct arena *arena, struct scan *scan, struct token *word,
                 bool (*whole)(const struct token *)) {
    struct scan ahead = *scan;
    struct token next;
    if (!token_next(&ahead, &next) || !next.first || word->n + next.n > JOINED_MOST ||
        (whole(word) && !is_tail(&next, ahead)))
        return false;
    char both[JOINED_MOST];
    memcpy(both, word->text, word->n);
    memcpy(both + word->n, next.text, next.n);
    const struct token joined = {both, word->n + next.n, word->line, word->first};
    if (!whole(&joined))
        return false;
    if (arena != NULL)
        word->text = arena_strndup(arena, joined.text, joined.n);
    word->n = joined.n;
    *scan = ahead;
    return true;
}

/* "[<ffffffff81099224>]" */
static bool is_address(const struct token *t) {
    return is_bracket(t, "[<") && t->text[t->n - 2] == '>';
}

/* "free_one_page+0x3f/0x530" */
static bool is_symbol(const struct token *t) {
    size_t i = 0;
    while (i < t->n && t->text[i] != '+')
        i++;
    for (int part = 0; part < 2; part++) {
        const struct token left = {t->text + i, t->n - i, 0, false};
        size_t from = i + 3;
        if (i == 0 || !token_begins(&left, part == 0 ? "+0x" : "/0x"))
            return false;
        i = hex_digits(t, from);
        if (i == from)
            return false;
    }
    return i == t->n;
}

/* count [<address>] symbol+0x1/0x2 [module] */
static bool read_point(struct arena *arena, struct scan scan, const struct token *count,
                       struct record *r) {
    struct token address, site, module;
    if (!token_count(count, &r->count) || !token_next(&scan, &address) ||
        !token_begins(&address, "["))
        return false;
    if (!join(arena, &scan, &address, is_address) &&
        (!is_bracket(&address, "[") || is_bracket(&address, "[.")))
        return false;
    r->after = scan;
    r->site = address;
    if (!token_next(&scan, &site))
        return true;
    bool joined = join(arena, &scan, &site, is_symbol);
    bool symbol = joined || !site.first || memchr(site.text, '+', site.n) != NULL;
    if (!symbol || is_bracket(&site, "["))
        return true;
    r->after = scan;
    r->site = site;
    if (token_next(&scan, &module) && is_bracket(&module, "[") && !is_bracket(&module, "[<"))
        r->after = scan;
    return true;
}

/* Where the name ends in its last word: at the colon, behind which numbers may begin at once. */
static bool ends_name(const struct token *word, size_t *colon) {
    size_t n = word->n;
    while (n > 0 && isdigit((unsigned char)word->text[n - 1]))
        n--;
    *colon = n - 1;
    return n > 0 && word->text[n - 1] == ':';
}

static bool read_row(const struct layout *header, const struct scan *at, const struct token *word,
                     const struct scan *behind, struct record *r) {
    size_t colon;
    bool ends = ends_name(word, &colon);
    bool nameless = header->n > 0 && !header->named && r->name.n == 0 && word->first;
    bool colonless = header->n > 0 && header->named && r->name.n > 0;
    struct scan numbers = *at;
    if (ends) {
        numbers = *behind;
        if (colon + 1 < word->n) {
            numbers.p = word->text + colon + 1;
            numbers.line = word->line;
        }
        r->name.n = (size_t)(word->text + colon - r->name.text);
    } else if (!token_numeric(word) || (!nameless && !colonless))
        return false;
    struct cells cells;
    bool good = read_cells(&numbers, header, &cells) && (r->name.n > 0 || nameless);
    if (good || (ends && cells.numbers > r->cells.numbers))
        r->cells = cells;
    r->after = good ? numbers : r->after;
    return good;
}

enum record_kind meant_record(struct scan line, struct scan *values) {
    enum { LEAST = 5 };
    int words = 0, numbers = 0;
    bool named = false;
    struct token word;
    for (*values = line; token_on_line(&line, &word); words++) {
        size_t colon;
        if (token_begins(&word, "[<"))
            return RECORD_POINT;
        numbers += token_numeric(&word);
        if ((words == 0 && !token_numeric(&word)) || (ends_name(&word, &colon) && numbers == 0)) {
            *values = line;
            named = true;
        }
    }
    return named && numbers >= LEAST && 2 * numbers >= words ? RECORD_ROW : RECORD_NONE;
}

/* As a row that lost some of its numbers: a sentence has fewer. */
static bool is_broken(const struct layout *header, const struct record *r) {
    enum { LEAST = 5, LEAST_IN_TABLE = 3 };
    return r->cells.numbers >= (header->n > 0 ? LEAST_IN_TABLE : LEAST);
}

void read_record(struct arena *arena, const struct layout *header, struct scan scan, unsigned lines,
                 struct record *r) {
    *r = (struct record){.kind = RECORD_NONE};
    struct token word;
    struct scan at = scan;
    for (bool begun = false; token_next(&scan, &word); at = scan, begun = true) {
        if (!begun)
            r->name = (struct token){word.text, 0, word.line, word.first};
        lines -= begun && word.first;
        if (lines == 0 || ends_record(&word) || r->name.n > NAME_MOST)
            break;
        struct record found = *r;
        if (read_point(arena, scan, &word, &found))
            found.kind = RECORD_POINT;
        else if (read_row(header, &at, &word, &scan, &found))
            found.kind = RECORD_ROW;
        if (found.kind != RECORD_NONE) {
            *r = found;
            return;
        }
        r->cells.numbers = found.cells.numbers;
        r->name.n = (size_t)(word.text + word.n - r->name.text);
    }
    if (is_broken(header, r))
        r->kind = RECORD_BROKEN;
}
