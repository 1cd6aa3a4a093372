/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/exact.h"

#include <math.h>
#include <stdlib.h>

/*
 * Mean value analysis of a closed network (Reiser, Lavenberg, J. ACM 27, 1980): a thread that
 * asks finds the queues as they are on average with one thread less. With one lock it is the
 * machine repairman. share[k]: of the operations that want lock k; length[k]: its queue.
 */
static double cycle(const struct model *model, unsigned threads, const double *share,
                    double *length) {
    double passing = 0.0;
    for (unsigned k = 0; k < model->locks; k++) {
        length[k] = share[k] * model->hold * (1.0 + length[k]);
        passing += length[k];
    }
    double rate = threads / (model->think + passing);
    for (unsigned k = 0; k < model->locks; k++)
        length[k] *= rate;
    return rate;
}

struct answer exact_answer(const struct model *model) {
    double *share = calloc(2 * (size_t)model->locks, sizeof(*share));
    if (share == NULL)
        abort();
    double *length = share + model->locks, sum = 0.0, rate = 0.0;
    for (unsigned k = 0; k < model->locks; k++)
        sum += share[k] = pow(k + 1.0, -model->skew);
    for (unsigned k = 0; k < model->locks; k++)
        share[k] /= sum;
    for (unsigned n = 1; n <= model->threads; n++)
        rate = cycle(model, n, share, length);
    free(share);
    return (struct answer){rate, model->threads / rate - model->think - model->hold};
}
