/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/read_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READ_FIRST = 64 * 1024 };

static bool read_all(FILE *file, size_t most, char **text, size_t *length) {
    size_t size = READ_FIRST;
    char *buf = malloc(size);
    *length = 0;
    while (buf != NULL) {
        *length += fread(buf + *length, 1, size - *length, file);
        if (*length < size || size >= most)
            break;
        size *= 2;
        char *more = realloc(buf, size);
        if (more == NULL)
            free(buf);
        buf = more;
    }
    *text = buf;
    return buf != NULL && ferror(file) == 0;
}

/* What editors of other systems begin a text with. */
static void drop_byte_order_mark(char *text, size_t *length) {
    static const char mark[] = {'\xef', '\xbb', '\xbf'};
    if (*length < sizeof(mark) || memcmp(text, mark, sizeof(mark)) != 0)
        return;
    *length -= sizeof(mark);
    memmove(text, text + sizeof(mark), *length);
}

bool read_file(const char *path, size_t most, char **text, size_t *length) {
    FILE *file = fopen(path, "rb");
    bool good = file != NULL && read_all(file, most, text, length);
    if (good)
        drop_byte_order_mark(*text, length);
    else
        fprintf(stderr, "sim: %s: %s\n", path, strerror(errno));
    if (file != NULL)
        fclose(file);
    return good;
}
