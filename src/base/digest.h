/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* FNV-1a, 64 bits (Fowler, Noll, Vo): the same on every machine; against mistakes, not malice. */
static const uint64_t DIGEST_BASIS = 0xcbf29ce484222325ULL;

static inline uint64_t digest_bytes(uint64_t digest, const void *bytes, size_t n) {
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        digest = (digest ^ p[i]) * 0x100000001b3ULL;
    return digest;
}

#endif
