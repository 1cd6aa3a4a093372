/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads one code point of text (n > 0 bytes left) into *code and returns its
 * length in bytes. A byte that is not UTF-8 has length 1 and code 0xfffd.
 */
size_t utf8_decode(const char *text, size_t n, uint32_t *code);

/* Number of code points. */
size_t utf8_count(const char *text, size_t n);

/* Bytes taken by the line break at text, as YAML has them: \n \r \r\n NEL LS PS; else 0. */
size_t utf8_break(const char *text, size_t n);

#endif
