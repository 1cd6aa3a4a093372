/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One step of a fixed point. Each figure has one number that it follows almost
 * alone: acquisitions the rate, hold times the hold, waits the variation of
 * what is waited for, contentions of a mutex the share of holds off the CPU.
 */
#include "import/model_shapes.h"

#include <math.h>

static double clamp(double x, double low, double high) {
    return fmin(fmax(x, low), high);
}

/* By how much a figure should change; nothing is asked of what is not known. */
static double wanted(const struct model_mode *mode, const double *seen, enum model_figure figure) {
    if (!mode->given[figure] || !(seen[figure] > 0) || !(mode->figure[figure] > 0))
        return 1;
    return clamp(mode->figure[figure] / seen[figure], 0.2, 5);
}

static void adjust_rate(struct model *model, struct model_mode *mode, const double *seen) {
    double factor = wanted(mode, seen, FIGURE_ACQUISITIONS);
    if (mode->loops == 0) {
        mode->rate *= factor;
        return;
    }
    double target = mode->figure[FIGURE_ACQUISITIONS] / model->elapsed;
    double cycle = mode->loops / target,
           now = cycle * factor; /* factor is above 1 if too few come */
    mode->think = clamp(mode->think + cycle - now, 0.2 * mode->think, 5 * mode->think + 1e-10);
}

static void widen(double *cv, double factor) {
    *cv = sqrt(clamp((1 + *cv * *cv) * factor - 1, 0.0025, 150));
}

static void adjust_plain(struct model_mode *mode, const double *seen) {
    mode->hold *= wanted(mode, seen, FIGURE_HOLD);
}

/* Readers wait for holds of writers, and writers mostly for readers where these are many. */
static void adjust_variation(struct model *model, double seen[MODEL_MODES][MODEL_FIGURES]) {
    struct model_mode *modes = model->modes;
    bool both = modes[0].row != NULL && modes[1].row != NULL;
    for (int m = 0; m < MODEL_MODES; m++)
        if (modes[m].row != NULL)
            widen(&modes[both ? 1 - m : m].cv, wanted(&modes[m], seen[m], FIGURE_WAIT));
}

static void adjust_off(struct model *model, const double *seen) {
    struct model_mode *mode = &model->modes[0];
    /* Much of what a few long waits are off by is chance: half of it is followed. */
    double longer = sqrt(wanted(mode, seen, FIGURE_WAIT)),
           more = wanted(mode, seen, FIGURE_CONTENTIONS);
    double before = model->off * model->off_share;
    model->off *= longer;
    model->off_share = clamp(model->off_share * more / longer, 1e-9, 1);
    double off_after = model->off * model->off_share;
    double busy = seen[FIGURE_HOLD] - before;
    double target = mode->figure[FIGURE_HOLD] - off_after;
    if (busy > 0.01 * mode->figure[FIGURE_HOLD])
        mode->hold *= clamp(target / busy, 0.2, 5);
}

/* The lock is kept busy for sleepers until they run: more requests find it so. */
static void adjust_wake(struct model *model, double seen[MODEL_MODES][MODEL_FIGURES]) {
    double measured = 0, simulated = 0;
    for (int m = 0; m < MODEL_MODES; m++) {
        measured += model->modes[m].figure[FIGURE_CONTENTIONS];
        simulated += seen[m][FIGURE_CONTENTIONS];
    }
    double more = simulated > 0 ? clamp(measured / simulated, 0.5, 2) : 1;
    model->wake *= more * more;
}

/* While the lock is not stuck, threads run on all CPUs: what one turn takes of them is known. */
static void adjust_crowded(struct model *model, const double *seen) {
    struct model_mode *mode = &model->modes[0];
    double wanted_turns =
        mode->figure[FIGURE_ACQUISITIONS] / (1 - model_stuck_share(model, mode->figure));
    double turns = seen[FIGURE_ACQUISITIONS] / (1 - model_stuck_share(model, seen));
    double time = model->elapsed * model->cpus;
    double think = mode->think + time / wanted_turns - time / fmax(turns, 1);
    mode->think = clamp(think, 0.5 * mode->think, 2 * mode->think);
    adjust_plain(mode, seen);
}

void model_adjust(struct model *model, double seen[MODEL_MODES][MODEL_FIGURES]) {
    if (model->cpus > 0) {
        adjust_crowded(model, seen[0]);
        return;
    }
    for (int m = 0; m < MODEL_MODES; m++)
        if (model->modes[m].row != NULL)
            adjust_rate(model, &model->modes[m], seen[m]);
    if (model->off_share > 0) {
        adjust_off(model, seen[0]);
        return;
    }
    for (int m = 0; m < MODEL_MODES; m++)
        if (model->modes[m].row != NULL)
            adjust_plain(&model->modes[m], seen[m]);
    adjust_variation(model, seen);
    adjust_wake(model, seen);
}
