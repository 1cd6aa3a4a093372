/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever bytes a scenario has, if it can be loaded, then so can what rewriting
 * makes of it, and there are the same numbers in it. The last byte of the input
 * says which quantity is rewritten.
 */
#include "base/arena.h"
#include "scenario/rewrite.h"
#include "scenario/scenario.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct scenario *load(struct arena *arena, struct diag *diag, const char *text,
                                   size_t length) {
    return scenario_load(arena, diag, "fuzz.yaml", text, length, NULL, 0);
}

static bool is_written(const struct quantity *q) {
    return q->origin != ORIGIN_DEFAULT && q->origin != ORIGIN_PROFILE && q->expression == NULL;
}

/* Other quantities may have got another origin and source, if they are aliases of this one. */
static void compare(const struct scenario *before, const struct scenario *after,
                    const struct quantity *changed) {
    bool found = false;
    if (before->nquantities != after->nquantities || after->nmeasured != before->nmeasured + 1)
        abort();
    for (uint32_t i = 0; i < before->nquantities; i++) {
        const struct quantity *a = before->quantities[i], *b = after->quantities[i];
        if (strcmp(a->path, b->path) != 0 || strcmp(a->text, b->text) != 0)
            abort();
        found |= a == changed && b->origin == ORIGIN_CALIBRATED && b->source != NULL &&
                 strcmp(b->source, "so \"it\" is") == 0;
    }
    if (!found)
        abort();
}

static void rewrite(struct arena *arena, const char *text, size_t length,
                    const struct scenario *scenario, const struct quantity *q) {
    struct diag *diag = diag_new(), *again = diag_new();
    struct rewrite *r = rewrite_begin(arena, diag, "fuzz.yaml", text, length);
    const char *entry =
        arena_printf(arena, "{design: %s, lock: l, window: 1s}", scenario->designs[0].name.text);
    size_t fresh;
    if (r == NULL)
        abort();
    if (rewrite_quantity(r, q->path, q->text, "calibrated", "so \"it\" is") &&
        rewrite_add_measured(r, entry)) {
        const char *out = rewrite_end(r, &fresh);
        const struct scenario *after = out != NULL ? load(arena, again, out, fresh) : NULL;
        if (after != NULL)
            compare(scenario, after, q);
    }
    diag_free(diag);
    diag_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    struct arena *arena = arena_new();
    struct diag *diag = diag_new();
    char *text = arena_strndup(arena, (const char *)data, size - 1);
    const struct scenario *scenario = load(arena, diag, text, size - 1);
    if (scenario != NULL) {
        const struct quantity *q = scenario->quantities[data[size - 1] % scenario->nquantities];
        if (is_written(q))
            rewrite(arena, text, size - 1, scenario, q);
    }
    diag_free(diag);
    arena_free(arena);
    return 0;
}
