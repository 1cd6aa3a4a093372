/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/doubt.h"

#include "experiment/values.h"

#include <math.h>

/* Fitted to the coverage of ten replications of queues with known answers, see docs/validation.md.
 * A spread above the first is too much; up to the second it is well whatever the longest wait is;
 * between them no single episode may make up more than that share of all waiting. */
static const double SPREAD_MOST = 0.25, SPREAD_GOOD = 0.10, EPISODE_MOST = 0.005;
static const double USUAL_REPLICATIONS = 10;

/* What more replications do not make better, but longer ones do; of jobs, which are as long as
 * they are, it is the other way round. */
static double spread_of(const struct design_runs *runs, const struct estimate *mean) {
    double n = runs->replications;
    return estimate_error(mean, runs->replications) / mean->mean *
           sqrt(runs->program->finite ? USUAL_REPLICATIONS : n);
}

/* Who comes during the longest wait waits for what is left of it, half of it on average. What all
 * waits have in common is no episode. */
static double episode_of(const struct design_runs *runs, const struct lock_result *lock,
                         uint32_t index) {
    double total = 0, acquisitions = 0, time = 0;
    for (uint32_t i = 0; i < runs->replications; i++) {
        total += (double)runs->samples[i].locks[index].wait;
        acquisitions += (double)runs->samples[i].locks[index].acquisitions;
        time += (double)runs->samples[i].used.now;
    }
    double longest = fmax(0, (double)lock->longest - total / acquisitions);
    double behind = acquisitions / time / lock->instances * longest / 2;
    return longest * fmin(behind, runs->program->nthreads) / total;
}

struct doubt doubt_of_wait(const struct design_result *design, uint32_t lock) {
    const struct design_runs *runs = design->runs;
    const struct estimate *mean = &design->locks[lock].wait.mean;
    struct doubt doubt = {0};
    if (runs->replications < 2 || mean->mean == 0)
        return doubt;
    doubt.spread = spread_of(runs, mean);
    doubt.episode = episode_of(runs, &design->locks[lock], lock);
    doubt.uneven = doubt.spread > SPREAD_MOST;
    doubt.doubtful = doubt.uneven || (doubt.spread > SPREAD_GOOD && doubt.episode > EPISODE_MOST);
    doubt.more = pow(doubt.spread / SPREAD_GOOD, 2);
    return doubt;
}
