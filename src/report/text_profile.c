/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/text.h"

#include "base/arena.h"
#include "report/cells.h"

#include <string.h>

/*
 * Call chains, designs beside each other: of all CPU time, what a function and
 * all that it calls took, and the function itself. As in `perf report`, what
 * takes less than half a percent, here in every design, is left out.
 */
enum { DESIGNS = 4, SHARE = 7, COLUMN = 14, LABEL = TEXT_WIDTH - DESIGNS * COLUMN };
static const double LEAST = 0.005;

struct table {
    struct arena *arena;
    const struct design_result *designs;
    uint32_t n;
    FILE *out;
};

/* A function in each design, by its row there; NO_INDEX: it is not called. */
struct place {
    uint32_t rows[DESIGNS];
};

static const struct profile_row *row_of(const struct table *t, uint32_t design,
                                        const struct place *place) {
    return &t->designs[design].profile.rows[place->rows[design]];
}

static bool same_text(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_function(const struct profile_row *a, const struct profile_row *b) {
    return same_text(a->function, b->function) && same_text(a->name, b->name) &&
           same_text(a->part, b->part);
}

/* The callee of that name, or NO_INDEX. */
static uint32_t find_callee(const struct profile *profile, uint32_t caller,
                            const struct profile_row *callee) {
    for (uint32_t i = caller; caller != NO_INDEX && i < profile->n; i++)
        if (profile->rows[i].caller == caller && same_function(&profile->rows[i], callee))
            return i;
    return NO_INDEX;
}

/* As perf prints it, no wider than SHARE. */
static struct cell share_cell(double share) {
    struct cell cell;
    double percent = 100 * share;
    int decimals = percent < 9.995 ? 2 : percent < 99.95 ? 1 : 0;
    snprintf(cell.text, sizeof(cell.text), "%.*f%%", decimals, percent);
    return cell;
}

static void put_shares(const struct table *t, const struct place *place) {
    for (uint32_t d = 0; d < t->n; d++) {
        bool known = place->rows[d] != NO_INDEX;
        const struct profile_row *row = known ? row_of(t, d, place) : NULL;
        fprintf(t->out, "%*s%*s", SHARE, known ? share_cell(row->share.mean).text : "-",
                COLUMN - SHARE, known ? share_cell(row->self.mean).text : "-");
    }
    fputc('\n', t->out);
}

static double largest_share(const struct table *t, const struct place *place) {
    double largest = 0;
    for (uint32_t d = 0; d < t->n; d++)
        if (place->rows[d] != NO_INDEX && row_of(t, d, place)->share.mean > largest)
            largest = row_of(t, d, place)->share.mean;
    return largest;
}

/* What the function is in the scenario; how a spinner spins, as its lock has just been named. */
static void put_label(const struct table *t, const struct profile *profile,
                      const struct profile_row *row) {
    bool spins = row->part != NULL && same_text(profile->rows[row->caller].name, row->name);
    const char *what = spins ? row->part : row->name;
    const char *label =
        arena_printf(t->arena, "%*s%s", 2 * ((int)row->depth - 1), "", row->function);
    if (!same_text(what, row->function))
        label = arena_printf(t->arena, "%s (%s)", label, what);
    put_padded(t->out, label, LABEL);
}

static void put_callees(const struct table *t, const struct place *callers);

/* Row i of a design, unless a design before has it as well. */
static void put_callee(const struct table *t, const struct place *callers, uint32_t design,
                       uint32_t i) {
    const struct profile *profile = &t->designs[design].profile;
    struct place place;
    for (uint32_t d = 0; d < t->n; d++) {
        place.rows[d] = find_callee(&t->designs[d].profile, callers->rows[d], &profile->rows[i]);
        if (d < design && place.rows[d] != NO_INDEX)
            return;
    }
    if (largest_share(t, &place) < LEAST)
        return;
    put_label(t, profile, &profile->rows[i]);
    put_shares(t, &place);
    put_callees(t, &place);
}

static void put_callees(const struct table *t, const struct place *callers) {
    for (uint32_t d = 0; d < t->n; d++) {
        const struct profile *profile = &t->designs[d].profile;
        uint32_t caller = callers->rows[d];
        for (uint32_t i = caller; caller != NO_INDEX && i < profile->n; i++)
            if (profile->rows[i].caller == caller)
                put_callee(t, callers, d, i);
    }
}

static void put_table(const struct table *t) {
    fputc('\n', t->out);
    put_padded(t->out, "CPU time by function", LABEL);
    for (uint32_t d = 0; d < t->n; d++)
        fprintf(t->out, "%*.*s", COLUMN, COLUMN - 1, t->designs[d].name);
    fputc('\n', t->out);
    put_padded(t->out, "", LABEL);
    for (uint32_t d = 0; d < t->n; d++)
        fprintf(t->out, "%*s%*s", SHARE, "all", COLUMN - SHARE, "self");
    fputc('\n', t->out);
    put_callees(t, &(struct place){{0}});
    put_padded(t->out, "CPUs busy", LABEL);
    for (uint32_t d = 0; d < t->n; d++)
        fprintf(t->out, "%*s", COLUMN, cell_ratio(t->designs[d].profile.busy.mean).text);
    fputc('\n', t->out);
}

void text_profile(struct arena *arena, const struct result *result, FILE *out) {
    if (result->designs[0].profile.n == 0)
        return;
    for (uint32_t d = 0; d < result->ndesigns; d += DESIGNS) {
        uint32_t left = result->ndesigns - d;
        put_table(
            &(struct table){arena, &result->designs[d], left < DESIGNS ? left : DESIGNS, out});
    }
}
