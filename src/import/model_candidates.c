/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Models to try, by what the rows are of. */
#include "import/model_shapes.h"

#include <math.h>

/* Threads of a site by its share, one at least; more sites than threads share them as they come. */
static void share_loops(struct model *model, int mode) {
    uint32_t left = model->modes[mode].loops, n = 0;
    struct model_site *widest = NULL;
    for (uint32_t i = 0; i < model->nsites; i++)
        n += model->sites[i].mode == mode;
    for (uint32_t i = 0; i < model->nsites; i++) {
        struct model_site *s = &model->sites[i];
        if (s->mode != mode)
            continue;
        double wanted = round(model->modes[mode].loops * s->share);
        uint32_t most = left > n - 1 ? left - (n - 1) : 1;
        s->loops = (uint32_t)fmin(fmax(wanted, 1), most);
        left -= s->loops < left ? s->loops : left;
        n--;
        if (widest == NULL || s->share > widest->share)
            widest = s;
    }
    if (widest != NULL)
        widest->loops += left;
}

static void set_loops(struct model *model, int mode, uint32_t loops, double think) {
    model->modes[mode].loops = loops;
    model->modes[mode].think = think;
    if (loops > 0)
        share_loops(model, mode);
}

/* The structures of one mode, without owners and sleepers that are slow. */
static void shape_models(const struct model *model, int m, const struct shape *shapes, uint32_t n,
                         struct model *out) {
    for (uint32_t i = 0; i < n; i++) {
        out[i] = *model;
        out[i].instances = shapes[i].instances;
        out[i].cpus = shapes[i].cpus;
        out[i].modes[m].cv = shapes[i].cv;
        set_loops(&out[i], m, shapes[i].loops, shapes[i].think);
        out[i].asleep = model->sleeps; /* as only those who sleep are counted */
        for (uint32_t k = 0; k < model->nsites; k++)
            out[i].sites[k].owner = false;
    }
}

/* Waits are as long as the rest of the hold that is waited for, spinning or asleep. */
static uint32_t plain_candidates(const struct model *model, int m, struct model *out,
                                 uint32_t most) {
    struct shape best[32];
    struct shape_question q = model_question_of(&model->modes[m]);
    uint32_t n = model_find_shapes(&q, best, most < 32 ? most : 32);
    shape_models(model, m, best, n, out);
    return n;
}

/* First of all where the table speaks for it, as nothing else makes such waits. */
static uint32_t crowded_candidates(const struct model *model, struct model *out) {
    struct shape best[8];
    if (!model_is_crowded(model))
        return 0;
    uint32_t n = model_find_crowds(model, best, sizeof(best) / sizeof(best[0]));
    shape_models(model, 0, best, n, out);
    return n;
}

/* So many that nobody is expected to wait. */
static struct model without_contention(const struct model *model) {
    struct model out = *model;
    double acquisitions = 0;
    for (int m = 0; m < MODEL_MODES; m++)
        acquisitions += model->modes[m].figure[FIGURE_ACQUISITIONS];
    double wanted =
        model->sleeps ? model_load(model) / MODEL_BUSY : 4 * model_load(model) * acquisitions;
    if (!model->member && model->sleeps)
        wanted = 1;
    out.instances = (uint32_t)fmin(fmax(ceil(wanted), 1), MODEL_INSTANCES_MOST);
    out.instances_assumed = true;
    return out;
}

/* ---- readers and writers ---- */

/* Expected contentions if requests come at random, but writers do not wait for themselves. */
static double expected(const struct model *model, double instances, uint32_t writers) {
    const struct model_mode *w = &model->modes[0], *r = &model->modes[1];
    double others = writers > 0 ? 1 - 1.0 / writers : 1;
    double write = w->rate * w->figure[FIGURE_HOLD] / instances;
    double read = r->rate * r->figure[FIGURE_HOLD] / instances;
    return r->figure[FIGURE_ACQUISITIONS] * fmin(1, write * (1 + fmin(read, 3))) +
           w->figure[FIGURE_ACQUISITIONS] * fmin(1, write * others + 1 - exp(-read));
}

static uint32_t fitting_instances(const struct model *model, uint32_t writers) {
    double wanted = 0;
    for (int m = 0; m < MODEL_MODES; m++)
        wanted += model->modes[m].figure[FIGURE_CONTENTIONS];
    double low = 1, high = MODEL_INSTANCES_MOST;
    while (high - low > 0.5) {
        double middle = sqrt(low * high);
        if (expected(model, middle, writers) > wanted)
            low = middle;
        else
            high = middle;
        if (high < 1.5)
            break;
    }
    return (uint32_t)fmax(round(low), 1);
}

static double first_think(const struct model_mode *mode, uint32_t loops) {
    struct shape_question q = model_question_of(mode);
    double cycle =
        model_quotient(loops, mode->rate) - mode->figure[FIGURE_HOLD] - q.contended * q.wait;
    return fmax(cycle, 0.05 * mode->figure[FIGURE_HOLD]);
}

/* What of a wait is neither the rest of a hold nor a queue, if it is that of sleepers. */
static double first_wake(const struct model *model) {
    double wait = 0, hold = 0;
    for (int m = 0; m < MODEL_MODES; m++) {
        wait = fmax(wait, model->modes[m].figure[FIGURE_WAIT]);
        hold = fmax(hold, model->modes[m].figure[FIGURE_HOLD]);
    }
    return fmax(wait - hold, 0.1 * wait) / 2;
}

/* The same structure, but with sleepers that are slow to wake up. */
static uint32_t add_waking(const struct model *model, struct model *out) {
    if (!model->parks)
        return 0;
    *out = *model;
    out->wake = first_wake(model);
    return 1;
}

/* No formula tells these apart: all of them are tried, those who just arrive first. */
static uint32_t shared_candidates(const struct model *model, struct model *out, uint32_t most) {
    static const uint32_t writers[] = {0, 1, 2, 4, 12}, readers[] = {0, 1, 2, 4, 12};
    uint32_t n = 0;
    for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]); i++)
        for (size_t k = 0; k < sizeof(readers) / sizeof(readers[0]) && n + 1 < most; k++) {
            struct model *c = &out[n++];
            *c = *model;
            c->instances = fitting_instances(model, writers[i]);
            set_loops(c, 0, writers[i], first_think(&model->modes[0], writers[i]));
            set_loops(c, 1, readers[k], first_think(&model->modes[1], readers[k]));
            n += add_waking(c, &out[n]);
        }
    return n;
}

uint32_t model_candidates(const struct model *model, struct model *out, uint32_t most) {
    double contentions = 0;
    int only = model->modes[0].row != NULL ? 0 : 1;
    for (int m = 0; m < MODEL_MODES; m++)
        contentions += model->modes[m].figure[FIGURE_CONTENTIONS];
    if (contentions == 0) {
        out[0] = without_contention(model);
        return 1;
    }
    if (model->modes[0].row != NULL && model->modes[1].row != NULL)
        return shared_candidates(model, out, most);
    if (model->sleeps) {
        uint32_t n = model_off_cpu(model, out, 3);
        return n + plain_candidates(model, 0, out + n, most - n);
    }
    uint32_t crowded = crowded_candidates(model, out), n = crowded;
    n += plain_candidates(model, only, out + n, model->parks ? 3 : most - n);
    uint32_t plain = n;
    for (uint32_t i = crowded; i < plain && n < most; i++)
        n += add_waking(&out[i], &out[n]);
    return n;
}
