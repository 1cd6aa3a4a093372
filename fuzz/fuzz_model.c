/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever a reader has made of some bytes, a scenario from it is refused or
 * is one that loads; so it is after a step towards the figures.
 */
#include "base/arena.h"
#include "import/model.h"
#include "scenario/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MOST = 6, CANDIDATES = 80, LOADED = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_loads(const struct model *model) {
    const struct model_run run = {.duration = 1, .replications = 2, .source = "fuzz"};
    struct arena *arena = arena_new();
    struct diag *diag = diag_new();
    const char *text = model_text(arena, model, &run);
    if (scenario_load(arena, diag, "fuzz", text, strlen(text), NULL, 0) == NULL) {
        fputs(text, stderr);
        diag_print(diag, stderr);
        abort();
    }
    diag_free(diag);
    arena_free(arena);
}

/* What came out, as a fuzzer has it: half of what was wanted. */
static void adjust(struct model *model) {
    double seen[MODEL_MODES][MODEL_FIGURES];
    for (int m = 0; m < MODEL_MODES; m++)
        for (int i = 0; i < MODEL_FIGURES; i++)
            seen[m][i] = model->modes[m].figure[i] * (m == 0 ? 0.5 : 1.7);
    model_adjust(model, seen);
}

static void build(struct arena *arena, struct diag *diag, const struct model_question *question) {
    const struct model *model = model_new(arena, diag, question);
    if (model == NULL)
        return;
    struct model *out = arena_array(arena, CANDIDATES, sizeof(*out));
    uint32_t n = model_candidates(model, out, CANDIDATES);
    if (n == 0 || n > CANDIDATES)
        abort();
    for (uint32_t i = 0; i < n; i += 1 + n / LOADED) {
        expect_loads(&out[i]);
        adjust(&out[i]);
        expect_loads(&out[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    struct arena *arena = arena_new();
    struct diag *diag = diag_new();
    const struct import *import = import_read(arena, diag, "fuzz", text, size, NULL);
    for (uint32_t i = 0; import != NULL && i < import->nclasses && i < ROWS_MOST; i++) {
        const struct import_class *row = &import->classes[i], *next = row + 1;
        bool both = i + 1 < import->nclasses && row->mode == 'W' && next->mode == 'R';
        const struct model_question question = {.rows = {row, both ? next : NULL},
                                                .elapsed = i % 3 == 0 ? 10 : 0};
        build(arena, diag, &question);
    }
    diag_free(diag);
    arena_free(arena);
    free(text);
    return 0;
}
