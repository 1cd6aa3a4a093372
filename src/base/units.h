/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Numbers with units, as people write them. A parser takes the whole text
 * (length n, no terminator needed) and returns NULL when it is good, else what
 * was expected, in words fit for the end of an error message.
 */
const char *parse_time(const char *text, size_t n,
                       double *seconds); /* 13us, 0.2ms, 300s, 0; ns us ms s min h */
const char *parse_rate(const char *text, size_t n, double *per_second); /* 3.5k/s, 200/ms */
const char *parse_share(const char *text, size_t n, double *share);     /* 8%, 0.08 */
const char *parse_number(const char *text, size_t n, double *number);   /* 1.5, 10k, 2M */
const char *parse_count(const char *text, size_t n,
                        double *count); /* as parse_number, but whole and >= 0 */

/* Writes a time with three significant digits and a unit: "3.27 us". Returns buf. */
char *format_time(char *buf, size_t size, double seconds);
/* Writes a number with three significant digits and k, M, G: "36.9M". Returns buf. */
char *format_count(char *buf, size_t size, double number);

/* The member of names (n of them) that word was probably meant to be, or NULL. */
const char *nearest_name(const char *word, const char *const *names, size_t n);

#endif
