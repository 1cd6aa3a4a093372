/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rows say, and what has to be assumed where they say nothing. */
#include "import/model_shapes.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

/* Where contentions are known, but not of how many acquisitions: one of ten. */
static const double CONTENDED = 0.1;

/* An hour, in seconds: of what is assumed to have been measured, and of any single time. */
static const double LONGEST = 3600, MOST = 1e12;
static const double SHORTEST = 1e-9; /* tools print zero for less than a nanosecond or ten */

static const enum import_field fields[MODEL_FIGURES] = {[FIGURE_ACQUISITIONS] = IMPORT_ACQUISITIONS,
                                                        [FIGURE_CONTENTIONS] = IMPORT_CONTENTIONS,
                                                        [FIGURE_WAIT] = IMPORT_WAIT_AVG,
                                                        [FIGURE_HOLD] = IMPORT_HOLD_AVG};

/* ---- figures ---- */

static double average(const struct import_class *row, enum import_field total, double count) {
    return import_has(row, total) && count > 0 ? row->value[total] / count : NAN;
}

static void take_figure(struct model_mode *mode, enum model_figure figure) {
    const struct import_class *row = mode->row;
    double value = import_has(row, fields[figure]) ? row->value[fields[figure]] : NAN;
    if (isnan(value) && figure == FIGURE_WAIT)
        value = average(row, IMPORT_WAIT_TOTAL, mode->figure[FIGURE_CONTENTIONS]);
    if (isnan(value) && figure == FIGURE_HOLD)
        value = average(row, IMPORT_HOLD_TOTAL, mode->figure[FIGURE_ACQUISITIONS]);
    mode->given[figure] = !isnan(value);
    mode->figure[figure] = mode->given[figure] ? value : 0;
}

static void take_row(struct model *model, int m, const struct import_class *row) {
    struct model_mode *mode = &model->modes[m];
    mode->row = row;
    for (int i = 0; i < MODEL_FIGURES; i++)
        take_figure(mode, (enum model_figure)i);
    mode->longest = import_has(row, IMPORT_WAIT_MAX) ? row->value[IMPORT_WAIT_MAX] : 0;
}

/* klockstat, lockstat: the average wait is over all acquisitions, however short. */
static void undo_every_wait(struct model *model, struct model_mode *mode) {
    double n = mode->figure[FIGURE_ACQUISITIONS];
    double all = average(mode->row, IMPORT_WAIT_TOTAL, n);
    if (!model->every_wait || isnan(all))
        return;
    mode->given[FIGURE_CONTENTIONS] = mode->given[FIGURE_WAIT] = false;
    mode->figure[FIGURE_CONTENTIONS] = n * CONTENDED;
    mode->figure[FIGURE_WAIT] = all / CONTENDED;
}

/* perf: contentions and waits alone. An exponential hold that is waited for leaves itself. */
static void assume_figures(struct model_mode *mode) {
    double *figure = mode->figure;
    if (!mode->given[FIGURE_ACQUISITIONS])
        figure[FIGURE_ACQUISITIONS] = figure[FIGURE_CONTENTIONS] / CONTENDED;
    if (!mode->given[FIGURE_HOLD])
        figure[FIGURE_HOLD] = figure[FIGURE_WAIT] * (1 - CONTENDED);
    if (figure[FIGURE_WAIT] == 0 && figure[FIGURE_CONTENTIONS] > 0)
        figure[FIGURE_WAIT] = figure[FIGURE_HOLD];
}

/* ---- time ---- */

static double held_time(const struct model *model) {
    double sum = 0;
    for (int m = 0; m < MODEL_MODES; m++)
        sum += model->modes[m].figure[FIGURE_ACQUISITIONS] * model->modes[m].figure[FIGURE_HOLD];
    return sum;
}

static double contended_share(const struct model *model) {
    double contentions = 0, acquisitions = 0;
    for (int m = 0; m < MODEL_MODES; m++) {
        contentions += model->modes[m].figure[FIGURE_CONTENTIONS];
        acquisitions += model->modes[m].figure[FIGURE_ACQUISITIONS];
    }
    return acquisitions > 0 ? contentions / acquisitions : 0;
}

/* Who comes at random finds one lock busy as often as it is: contended share = time held by time.
 */
static void find_elapsed(struct model *model, double given) {
    double contended = contended_share(model);
    model->elapsed_given = given > 0;
    model->elapsed = given;
    if (given > 0)
        return;
    bool known = contended > 0 && !model->sleeps && !model->every_wait;
    model->elapsed = fmin(held_time(model) / (known ? contended : MODEL_BUSY), LONGEST);
}

double model_load(const struct model *model) {
    return held_time(model) / model->elapsed;
}

/* ---- all of it ---- */

static bool is_mutex(const char *kind) {
    return strcmp(kind, "mutex") == 0;
}

static bool fail(struct diag *diag, const struct model_question *question, const char *why) {
    const char *name = question->rows[0]->name;
    diag_error(diag, (struct pos){0}, "'%s': %s", name[0] != '\0' ? name : "a row without a name",
               why);
    return false;
}

static bool is_plausible(const struct model_mode *mode) {
    return mode->figure[FIGURE_ACQUISITIONS] < MOST && mode->figure[FIGURE_CONTENTIONS] < MOST &&
           mode->figure[FIGURE_WAIT] < LONGEST && mode->figure[FIGURE_HOLD] < LONGEST;
}

static bool take_rows(struct model *model, struct diag *diag,
                      const struct model_question *question) {
    for (int i = 0; i < MODEL_MODES; i++) {
        const struct import_class *row = question->rows[i];
        if (row == NULL)
            continue;
        take_row(model, row->mode == 'R', row);
        undo_every_wait(model, &model->modes[row->mode == 'R']);
        assume_figures(&model->modes[row->mode == 'R']);
        if (!(model->modes[row->mode == 'R'].figure[FIGURE_ACQUISITIONS] > 0))
            model->modes[row->mode == 'R'] = (struct model_mode){.row = NULL};
    }
    if (!(held_time(model) > 0))
        return fail(diag, question, "neither holds nor waits have taken any time");
    for (int m = 0; m < MODEL_MODES; m++)
        if (!is_plausible(&model->modes[m]))
            return fail(diag, question, "a wait or a hold of more than an hour, or too many");
    find_elapsed(model, question->elapsed);
    for (int m = 0; m < MODEL_MODES; m++) {
        struct model_mode *mode = &model->modes[m];
        mode->rate = mode->figure[FIGURE_ACQUISITIONS] / model->elapsed;
        mode->hold = fmax(mode->figure[FIGURE_HOLD], SHORTEST);
        mode->cv = 1;
    }
    return true;
}

struct model *model_new(struct arena *arena, struct diag *diag,
                        const struct model_question *question) {
    struct model *model = arena_alloc(arena, sizeof(*model));
    const struct import_class *row = question->rows[0];
    bool readers = row->mode == 'R' || question->rows[1] != NULL;
    model->tool = row->tool;
    model->every_wait = strcmp(row->tool, "klockstat") == 0 || strcmp(row->tool, "lockstat") == 0;
    model->perf = strcmp(row->tool, "perf") == 0;
    model->instances = 1;
    model_names(arena, model, row->name[0] != '\0' ? row->name : "lock");
    model_guess_kind(model, row->type, readers);
    if (question->kind != NULL) {
        model->kind = question->kind;
        model->kind_reason = NULL;
    }
    model->sleeps = is_mutex(model->kind) && !model->perf && !model->every_wait;
    model->parks = model_parks(model->kind);
    if (!take_rows(model, diag, question))
        return NULL;
    model_find_sites(arena, model);
    return model;
}
