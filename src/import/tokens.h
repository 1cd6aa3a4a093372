/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef IMPORT_TOKENS_H
#define IMPORT_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Words between blanks, one after another across lines: columns have no fixed
 * width, and a row may stand on several lines. A scan is copied to look ahead.
 */
struct scan {
    const char *p, *end;
    unsigned line;
    bool first; /* nothing of the line is taken yet */
};

struct token {
    const char *text;
    size_t n;
    unsigned line;
    bool first; /* of its line */
};

/* False at the end. */
bool token_next(struct scan *scan, struct token *token);
/* The same, false at the end of the line too: the scan then stands before its break. */
bool token_on_line(struct scan *scan, struct token *token);
/* Stands before this token again. */
void scan_to(struct scan *scan, const struct token *token);
/* To the begin of the next line; false when there is none. */
bool next_line(struct scan *scan);

bool token_is(const struct token *token, const char *word);
bool token_begins(const struct token *token, const char *word);
/* Nothing but this character, at least three times. */
bool token_is_rule(const struct token *token, char c);

/* Digits alone, at most 18: more than any counter has. */
bool token_count(const struct token *token, double *value);
/* Digits, with decimals or without. */
bool token_decimal(const struct token *token, double *value);
/* Digits with points and signs somewhere: a number, half of one, or one gone wrong. */
bool token_numeric(const struct token *token);
/* "2.65 s", "2.65s", "220 ns", "12.50 m": takes one token or two; in seconds. */
bool scan_time(struct scan *scan, double *seconds);

/* These words, with one blank between them here: moves the scan if all are there. */
bool scan_words(struct scan *scan, const char *words);
/* The words up to the end of the line as one text; false if there are none. */
bool scan_rest(struct scan *scan, struct token *rest);

#endif
