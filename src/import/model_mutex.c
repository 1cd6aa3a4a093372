/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What lock_stat does to a mutex, undone: only those who slept are counted, and
 * spinning is in the holds. Who spins does so until the owner releases; who
 * sleeps has found it off its CPU.
 */
#include "import/model_shapes.h"

#include <math.h>

/* The longest of n waits by their average says how they vary, if they are lognormal. */
static double variation(double n, double longest, double average) {
    if (!(n > 20) || !(longest > 1.5 * average))
        return 1;
    /* the (1 - 1/n) quantile of a normal distribution, Abramowitz and Stegun 26.2.23 */
    double t = sqrt(2 * log(n));
    double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                       (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    double rest = z * z - 2 * log(longest / average);
    double sigma = rest > 0 ? z - sqrt(rest) : z;
    return fmin(fmax(sqrt(exp(sigma * sigma) - 1), 0.3), 3);
}

/* Of those who come as an owner may be off its CPU. */
static double waiting_rate(const struct model *model) {
    double share = 0;
    for (uint32_t i = 0; i < model->nsites; i++)
        share += model->sites[i].owner ? 0 : model->sites[i].share;
    return model->modes[0].rate * share;
}

static double owning_rate(const struct model *model) {
    double share = 0;
    for (uint32_t i = 0; i < model->nsites; i++)
        share += model->sites[i].owner ? model->sites[i].share : 0;
    return share > 0 ? model->modes[0].rate * share : model->modes[0].rate;
}

/*
 * The owner is off its CPU for a share of each instance's time, which is that of
 * the arrivals that slept. Whoever comes then waits for the rest of it.
 */
static bool off_cpu(const struct model *model, uint32_t instances, struct model *out) {
    const struct model_mode *mode = &model->modes[0];
    double asleep = mode->figure[FIGURE_CONTENTIONS] / model->elapsed / waiting_rate(model);
    double off_each = asleep * instances / owning_rate(model); /* of each hold, on average */
    double load = model_load(model) / instances;
    *out = *model;
    out->instances = instances;
    out->instances_assumed = true;
    out->off_cv =
        variation(mode->figure[FIGURE_CONTENTIONS], mode->longest, mode->figure[FIGURE_WAIT]);
    out->off = 2 * mode->figure[FIGURE_WAIT] / (1 + out->off_cv * out->off_cv);
    if (out->off < off_each) {
        out->off = off_each;
        out->off_cv = sqrt(fmax(2 * mode->figure[FIGURE_WAIT] / off_each - 1, 0.05));
    }
    out->off_share = off_each / out->off;
    double busy = mode->figure[FIGURE_HOLD] - off_each * owning_rate(model) / mode->rate;
    out->modes[0].hold = fmax(busy / (1 + load), 0.02 * mode->figure[FIGURE_HOLD]);
    return busy > 0;
}

/* The rest of a lognormal time has the moments m (1 + c^2) / 2 and m^2 (1 + c^2)^3 / 3. */
double model_chance(const struct model *model, double contentions) {
    double variance = 4 * (1 + model->off_cv * model->off_cv) / 3 - 1;
    return model->off_share > 0 && contentions > 0 ? sqrt(variance / contentions) : 0;
}

uint32_t model_off_cpu(const struct model *model, struct model *out, uint32_t most) {
    const struct shape_question q = model_question_of(&model->modes[0]);
    double load = model_load(model), apparent = load / q.contended;
    double wanted = model->member ? ceil(load / MODEL_BUSY) : 1;
    uint32_t n = 0;
    if (q.contended >= 0.5)
        return 0;
    for (double k = fmax(1, fmin(wanted, floor(0.9 * apparent))); n < most; k /= 2) {
        n += off_cpu(model, (uint32_t)fmin(fmax(k, 1), MODEL_INSTANCES_MOST), &out[n]);
        if (k <= 1)
            break;
    }
    return n;
}
