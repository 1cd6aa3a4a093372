/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "validation/fit.h"

#include "validation/fit_source.h"
#include "validation/score.h"

#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 2, REPLICATIONS = 3 };

/* One number of the profile. x is its place in its range, 0 to 1 on a logarithmic scale. */
struct number {
    struct fit_source source;
    size_t at, n; /* where it stands in the text, and for how long */
    double x;
};

struct state {
    const struct fit *fit;
    struct arena *arena; /* of everything; scratch is of one evaluation */
    struct arena *scratch;
    const char *text;
    size_t length;
    struct number *numbers; /* in the order of the text */
    size_t nnumbers;
    unsigned stage;
    struct term *terms; /* of the stage */
    size_t nterms;
    const struct row **rows; /* of the stage */
    size_t nrows;
};

/* An error that the stage makes small. */
struct term {
    size_t row;
    enum quantity_id quantity;
};

/* ---- the profile as text ---- */

static double bounded(double x) {
    return fmin(fmax(x, 0), 1);
}

static double value_of(const struct number *number) {
    const struct fit_source *s = &number->source;
    return s->low * pow(s->high / s->low, bounded(number->x));
}

/* The profile with the numbers as they are now: the very text that is written in the end. */
static const char *render(struct state *state, struct arena *arena) {
    const char *text = "";
    size_t from = 0;
    for (size_t i = 0; i < state->nnumbers; i++) {
        const struct number *number = &state->numbers[i];
        text = arena_printf(arena, "%s%.*s%.4g", text, (int)(number->at - from), state->text + from,
                            value_of(number));
        from = number->at + number->n;
    }
    return arena_printf(arena, "%s%.*s", text, (int)(state->length - from), state->text + from);
}

static size_t offset_of(const struct state *state, struct pos pos) {
    size_t at = 0;
    for (uint32_t line = 1; line < pos.line && at < state->length; at++)
        line += state->text[at] == '\n';
    return at + pos.col - 1;
}

/* ---- what is fitted to what ---- */

static bool wants(const struct fit_source *source, const struct row *row,
                  enum quantity_id quantity) {
    if ((source->quantities & 1U << quantity) == 0)
        return false;
    for (size_t i = 0; i < source->nfilters; i++)
        if (row_matches(row, source->filters[i].path, source->filters[i].value) != 1)
            return false;
    return true;
}

/* Rows that the number may be fitted to and says it is. */
static size_t count_rows(const struct fit *fit, const struct fit_source *source) {
    size_t n = 0;
    for (size_t i = 0; i < fit->nrows; i++)
        for (int q = 0; q < QUANTITIES; q++)
            n += is_fitted(fit->rows[i]) && wants(source, fit->rows[i], (enum quantity_id)q);
    return n;
}

/* ---- the error ---- */

/*
 * Two runs of the same point differ by so much (tests/data/README.md; of the
 * figures that are not there by our guess): errors are counted in these.
 */
static const double noise[QUANTITIES] = {
    [Q_THROUGHPUT] = 0.016,   [Q_WAIT] = 0.07,      [Q_HOLD] = 0.016,       [Q_CONTENTIONS] = 0.02,
    [Q_R_CONTENTIONS] = 0.02, [Q_STAT_HOLD] = 0.03, [Q_R_STAT_HOLD] = 0.03, [Q_SLEEPS] = 0.3,
};

/* Huber's: beyond three times the noise a row is probably no good, and counts linearly. */
static double badness(const struct scored *scored, enum quantity_id quantity) {
    const double bend = 3;
    struct pair_of pair = pair_of(scored, quantity);
    bool difference = quantity == Q_CONTENTIONS || quantity == Q_R_CONTENTIONS;
    double e = pair.predicted - pair.measured;
    if (quantity == Q_SLEEPS)
        e = log(fmax(pair.predicted, 1) / fmax(pair.measured, 1));
    else if (!difference)
        e /= fmax(pair.measured, 1);
    e = fabs(e) / noise[quantity];
    return e < bend ? e * e : bend * (2 * e - bend);
}

static double evaluate(struct state *state) {
    arena_reset(state->scratch);
    const struct fit *fit = state->fit;
    struct replay replay = fit->replay;
    struct setting *settings = arena_array(state->scratch, replay.nsettings + 1, sizeof(*settings));
    settings[0] = (struct setting){"machine", render(state, state->scratch)};
    if (replay.nsettings > 0)
        memcpy(settings + 1, replay.settings, replay.nsettings * sizeof(*settings));
    replay.quick = true;
    replay.settings = settings;
    replay.nsettings++;
    if (replay.replications == 0)
        replay.replications = REPLICATIONS;
    struct prediction *predictions =
        arena_array(state->scratch, state->nrows, sizeof(*predictions));
    replay_rows(state->scratch, &replay, state->rows, predictions, state->nrows);
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < state->nterms; i++) {
        const struct term *term = &state->terms[i];
        const struct scored scored = {state->rows[term->row], &predictions[term->row], NULL};
        double bad = is_scored(&scored) ? badness(&scored, term->quantity) : NAN;
        if (isnan(bad))
            continue;
        sum += bad;
        n++;
    }
    return n > 0 ? sum / (double)n : 0;
}

/* Outside the ranges the error grows, so that the simplex comes back. */
static double error_at(const gsl_vector *x, void *self) {
    struct state *state = self;
    double outside = 0;
    for (size_t i = 0, k = 0; i < state->nnumbers; i++) {
        struct number *number = &state->numbers[i];
        if (number->source.stage != state->stage)
            continue;
        number->x = gsl_vector_get(x, k++);
        outside += fabs(number->x - bounded(number->x));
    }
    return evaluate(state) * (1 + outside) + outside;
}

/* ---- one stage ---- */

static bool stage_wants(const struct state *state, const struct row *row,
                        enum quantity_id quantity) {
    for (size_t i = 0; i < state->nnumbers; i++)
        if (state->numbers[i].source.stage == state->stage &&
            wants(&state->numbers[i].source, row, quantity))
            return true;
    return false;
}

static void collect_terms(struct state *state) {
    const struct fit *fit = state->fit;
    state->nrows = state->nterms = 0;
    for (size_t i = 0; i < fit->nrows; i++) {
        size_t before = state->nterms;
        for (int q = 0; q < QUANTITIES; q++)
            if (is_fitted(fit->rows[i]) && stage_wants(state, fit->rows[i], (enum quantity_id)q))
                state->terms[state->nterms++] = (struct term){state->nrows, (enum quantity_id)q};
        if (state->nterms > before)
            state->rows[state->nrows++] = fit->rows[i];
    }
}

static void minimise(struct state *state, size_t n) {
    enum { STEPS = 30 }; /* for each number */
    const double spread = 0.15, near = 0.008;
    gsl_vector *x = gsl_vector_alloc(n), *step = gsl_vector_alloc(n);
    for (size_t i = 0, k = 0; i < state->nnumbers; i++)
        if (state->numbers[i].source.stage == state->stage)
            gsl_vector_set(x, k++, state->numbers[i].x);
    gsl_vector_set_all(step, spread);
    gsl_multimin_function function = {error_at, n, state};
    gsl_multimin_fminimizer *m =
        gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, n);
    gsl_multimin_fminimizer_set(m, &function, x, step);
    for (size_t i = 0; i < STEPS * n && gsl_multimin_fminimizer_size(m) > near; i++)
        if (gsl_multimin_fminimizer_iterate(m) != 0)
            break;
    error_at(gsl_multimin_fminimizer_x(m), state);
    if (state->fit->progress != NULL)
        fprintf(state->fit->progress, "fit %u: %zu rows, error %.3f\n", state->stage, state->nrows,
                gsl_multimin_fminimizer_minimum(m));
    gsl_multimin_fminimizer_free(m);
    gsl_vector_free(x);
    gsl_vector_free(step);
}

static void run_stage(struct state *state, unsigned stage) {
    size_t n = 0;
    for (size_t i = 0; i < state->nnumbers; i++)
        n += state->numbers[i].source.stage == stage;
    state->stage = stage;
    collect_terms(state);
    if (n > 0 && state->nterms > 0)
        minimise(state, n);
}

/* ---- the whole ---- */

static bool find_numbers(struct state *state, struct diag *diag) {
    const struct fit *fit = state->fit;
    struct replay replay = fit->replay;
    char *path = realpath(fit->file, NULL); /* the template may be elsewhere */
    const struct setting setting = {"machine.profile",
                                    arena_printf(state->arena, "%s", path != NULL ? path : "")};
    free(path);
    replay.settings = &setting;
    replay.nsettings = 1;
    const struct scenario *scenario = replay_load(state->arena, diag, &replay);
    if (scenario == NULL)
        return false;
    state->numbers = arena_array(state->arena, scenario->nquantities, sizeof(*state->numbers));
    for (uint32_t i = 0; i < scenario->nquantities; i++) {
        const struct quantity *q = scenario->quantities[i];
        struct number *number = &state->numbers[state->nnumbers];
        size_t skip;
        if (q->origin != ORIGIN_PROFILE)
            continue;
        if (!fit_source_read(state->arena, diag, q, &number->source, &skip, &number->n))
            continue;
        if (count_rows(fit, &number->source) == 0)
            diag_error(diag, q->pos, "%s: no row of these tables is to be fitted to", q->path);
        number->at = offset_of(state, q->pos) + skip;
        number->x = 0.5;
        state->nnumbers++;
    }
    return diag_errors(diag) == 0;
}

static void sort_numbers(struct state *state) {
    for (size_t i = 1; i < state->nnumbers; i++)
        for (size_t j = i; j > 0 && state->numbers[j].at < state->numbers[j - 1].at; j--) {
            struct number swap = state->numbers[j];
            state->numbers[j] = state->numbers[j - 1];
            state->numbers[j - 1] = swap;
        }
}

const char *fit_machine(struct arena *arena, struct diag *diag, const struct fit *fit,
                        const char *text, size_t length) {
    struct state state = {.fit = fit,
                          .arena = arena,
                          .scratch = arena_new(),
                          .text = text,
                          .length = length,
                          .rows = arena_array(arena, fit->nrows, sizeof(*state.rows)),
                          .terms =
                              arena_array(arena, fit->nrows * QUANTITIES, sizeof(struct term))};
    bool good = find_numbers(&state, diag);
    sort_numbers(&state);
    for (int round = 0; good && round < ROUNDS; round++)
        for (unsigned stage = 1; stage <= FIT_STAGES; stage++)
            run_stage(&state, stage);
    const char *fitted = good ? render(&state, arena) : NULL;
    arena_free(state.scratch);
    return fitted;
}
