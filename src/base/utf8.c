/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utf8.h"

#include <stdbool.h>

enum { REPLACEMENT = 0xfffd, NEXT_LINE = 0x85, LINE_SEPARATOR = 0x2028, PARAGRAPH_SEPARATOR };

static const struct {
    unsigned char mask, lead;
    uint32_t least; /* anything smaller is an overlong form */
} forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

static bool legal(uint32_t code, uint32_t least) {
    return code >= least && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

size_t utf8_decode(const char *text, size_t n, uint32_t *code) {
    unsigned char first = (unsigned char)text[0];
    for (size_t length = 1; length <= 4 && length <= n; length++) {
        if ((first & forms[length - 1].mask) != forms[length - 1].lead)
            continue;
        uint32_t value = first & (uint32_t)(unsigned char)~forms[length - 1].mask;
        size_t i = 1;
        for (; i < length && ((unsigned char)text[i] & 0xc0) == 0x80; i++)
            value = value << 6 | ((unsigned char)text[i] & 0x3f);
        if (i == length && legal(value, forms[length - 1].least)) {
            *code = value;
            return length;
        }
        break;
    }
    *code = REPLACEMENT;
    return 1;
}

size_t utf8_count(const char *text, size_t n) {
    size_t count = 0;
    uint32_t code;
    for (size_t i = 0; i < n; i += utf8_decode(text + i, n - i, &code))
        count++;
    return count;
}

size_t utf8_break(const char *text, size_t n) {
    if (text[0] == '\r')
        return n > 1 && text[1] == '\n' ? 2 : 1;
    if (text[0] == '\n')
        return 1;
    uint32_t code;
    size_t length = utf8_decode(text, n, &code);
    return code == NEXT_LINE || code == LINE_SEPARATOR || code == PARAGRAPH_SEPARATOR ? length : 0;
}
