/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever bytes a measurement has, one reader (FUZZ_READER, say
 * lock_stat_reader) gets through them, soon, and its rows keep their promises;
 * and so does import_read(), which chooses among all of them.
 */
#include "base/arena.h"
#include "import/clean.h"
#include "import/readers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifndef FUZZ_READER
#define FUZZ_READER lock_stat_reader
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_sites(const struct import_site *sites, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (sites[i].site == NULL || sites[i].site[0] == '\0')
            abort();
}

static void check(const struct import_class *classes, uint32_t n, size_t size) {
    if (n > size)
        abort();
    for (uint32_t i = 0; i < n; i++) {
        const struct import_class *c = &classes[i];
        if (c->name == NULL || c->tool == NULL || c->line == 0 || c->line > size + 1)
            abort();
        if (c->mode != 0 && c->mode != 'R' && c->mode != 'W')
            abort();
        for (int k = 0; k < LOCK_STAT_FIELDS; k++)
            if (import_has(c, (enum import_field)k) && !(isfinite(c->value[k]) && c->value[k] >= 0))
                abort();
        check_sites(c->waiters, c->nwaiters);
        check_sites(c->holders, c->nholders);
    }
}

static void read_alone(const char *text, size_t size) {
    struct arena *arena = arena_new();
    struct diag *diag = diag_new();
    struct reading reading = {.arena = arena, .diag = diag};
    reading.source = diag_source(diag, "fuzz", text, size);
    reading.text = clean_text(arena, text, size);
    struct scan scan = {reading.text, reading.text + size, 1, true};
    FUZZ_READER.read(&reading, scan);
    check(reading.classes, reading.n, size);
    diag_free(diag);
    arena_free(arena);
}

static void read_all(const char *text, size_t size) {
    static FILE *sink;
    if (sink == NULL)
        sink = fopen("/dev/null", "w");
    struct arena *arena = arena_new();
    struct diag *diag = diag_new();
    const struct import *import = import_read(arena, diag, "fuzz", text, size, NULL);
    if ((import == NULL) != (diag_errors(diag) > 0))
        abort();
    if (import != NULL)
        check(import->classes, import->nclasses, size);
    diag_print(diag, sink);
    diag_free(diag);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    read_alone(text, size);
    read_all(text, size);
    free(text);
    return 0;
}
