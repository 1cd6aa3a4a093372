/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fewer CPUs than threads. A lock that is handed on in order of arrival may be
 * handed to a waiter that has lost its CPU. Nobody has the lock then until that
 * one's next slice, and all the others come to wait: for milliseconds, behind
 * holds of microseconds.
 */
#include "import/model_shapes.h"
#include "sim/lock/lock.h"

#include <math.h>

/* No slice of a scheduler is much shorter, in seconds. */
static const double SLICE = 1e-3;
/* More than there may be in a queue: its longest holds one after another are no such wait. */
static const double QUEUE = 128;
/* Beyond, next to nothing is known of the time in which the lock was not stuck. */
static const double STUCK_MOST = 0.9;

static bool is_handed_on(const char *kind) {
    const struct kind_info *info = lock_kind_info(kind);
    return info != NULL && info->fifo && info->waiting == WAIT_SPIN && may_sleep_for(info) &&
           !info->has_readers;
}

bool model_is_crowded(const struct model *model) {
    const struct model_mode *mode = &model->modes[0];
    return mode->row != NULL && model->modes[1].row == NULL && is_handed_on(model->kind) &&
           import_has(mode->row, IMPORT_HOLD_MAX) && mode->longest > SLICE &&
           mode->longest > QUEUE * mode->row->value[IMPORT_HOLD_MAX];
}

double model_stuck_share(const struct model *model, const double *figure) {
    double waiting = figure[FIGURE_CONTENTIONS] * figure[FIGURE_WAIT] / model->elapsed;
    return fmin(waiting / model->modes[0].loops, STUCK_MOST);
}

/* While it is not stuck, as many threads run as there are CPUs, and wait for each other's holds. */
static void try_crowd(const struct model *model, uint32_t cpus, uint32_t threads,
                      struct shape *best, uint32_t *n, uint32_t most) {
    struct model crowd = *model;
    crowd.modes[0].loops = threads;
    const struct shape_question q = model_question_of(&model->modes[0]);
    double stuck = model_stuck_share(&crowd, model->modes[0].figure);
    double rate = q.rate / (1 - stuck), busy = rate * q.hold * (cpus - 1) / cpus;
    struct shape s = {.instances = 1, .loops = threads, .cpus = cpus, .cv = 1};
    s.think = cpus / rate - q.hold * (1 + busy);
    s.misfit = fabs(log(busy / q.contended)) + 0.01 * log(threads);
    if (stuck < STUCK_MOST && s.think > 0)
        model_keep_shape(best, n, most, &s);
}

uint32_t model_find_crowds(const struct model *model, struct shape *best, uint32_t most) {
    static const uint32_t cpus[] = {2, 4, 6, 8, 12, 16, 24, 32, 48, 64};
    static const double crowds[] = {1.25, 1.5, 2, 3};
    uint32_t n = 0;
    for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++)
        for (size_t k = 0; k < sizeof(crowds) / sizeof(crowds[0]); k++)
            try_crowd(model, cpus[i], (uint32_t)ceil(cpus[i] * crowds[k]), best, &n, most);
    return n;
}
