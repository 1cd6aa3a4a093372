/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/units.h"

#include <string.h>

enum { LONGEST = 64 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Edits (insert, delete, replace, swap of neighbours) that turn a into b. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb) {
    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            row[j] =
                least(above[j - 1] + (a[i - 1] != b[j - 1]), least(above[j] + 1, row[j - 1] + 1));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], above2[j - 2] + 1);
        }
    }
    return rows[na % 3][nb];
}

const char *nearest_name(const char *word, const char *const *names, size_t n) {
    size_t length = strlen(word);
    if (length > LONGEST)
        return NULL;
    /* About a third of the word may be wrong: fewer edits than that are a slip of the pen. */
    size_t best = length / 3 + 2;
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        size_t other = strlen(names[i]);
        size_t edits = other > LONGEST ? best : distance(word, length, names[i], other);
        if (edits < best && edits < (length > other ? length : other)) {
            best = edits;
            nearest = names[i];
        }
    }
    return nearest;
}
