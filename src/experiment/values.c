/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/values.h"

#include "base/arena.h"

static double share_of(double part, double whole) {
    return whole > 0 ? part / whole : 0;
}

static double per_second(const struct sample *sample, double count) {
    return share_of(count, ticks_to_seconds((double)sample->used.now));
}

double value_rate(const struct sample *sample, uint32_t point) {
    return per_second(sample, (double)sample->progress[point]);
}

double value_elapsed(const struct sample *sample, uint32_t index) {
    (void)index;
    return ticks_to_seconds((double)sample->used.now);
}

double value_cpu(const struct sample *sample, uint32_t group) {
    return ticks_to_seconds((double)sample->groups[group].cpu);
}

double value_user(const struct sample *sample, uint32_t group) {
    return ticks_to_seconds((double)sample->groups[group].user);
}

double value_sys(const struct sample *sample, uint32_t group) {
    return value_cpu(sample, group) - value_user(sample, group);
}

double value_run_delay(const struct sample *sample, uint32_t group) {
    return ticks_to_seconds((double)sample->groups[group].run_delay);
}

double value_acquisitions(const struct sample *sample, uint32_t lock) {
    return per_second(sample, (double)sample->locks[lock].acquisitions);
}

double value_waited(const struct sample *sample, uint32_t lock) {
    return per_second(sample, (double)sample->locks[lock].waited);
}

double value_waiting(const struct sample *sample, uint32_t lock) {
    return share_of((double)sample->locks[lock].wait, (double)sample->used.now);
}

double value_held(const struct sample *sample, uint32_t lock) {
    return share_of((double)sample->locks[lock].held, (double)sample->used.now);
}

static double mean_seconds(int64_t total, uint64_t count) {
    return ticks_to_seconds(share_of((double)total, (double)count));
}

double value_mean_wait(const struct sample *sample, uint32_t lock) {
    return mean_seconds(sample->locks[lock].wait, sample->locks[lock].acquisitions);
}

double value_wait(const struct sample *sample, uint32_t index) {
    (void)index;
    int64_t total = 0;
    for (uint32_t i = 0; i < sample->nlocks; i++)
        total += sample->locks[i].wait;
    return ticks_to_seconds((double)total);
}

double value_taken(const struct sample *sample, uint32_t index) {
    (void)index;
    uint64_t count = 0;
    for (uint32_t i = 0; i < sample->nlocks; i++)
        count += sample->locks[i].acquisitions;
    return (double)count;
}

double value_mean_hold(const struct sample *sample, uint32_t lock) {
    return mean_seconds(sample->locks[lock].hold, sample->locks[lock].acquisitions);
}

static struct span contended(const struct lock_sample *lock) {
    struct span both = lock->rows[MODE_WRITE].wait;
    span_merge(&both, &lock->rows[MODE_READ].wait);
    return both;
}

double value_contentions(const struct sample *sample, uint32_t lock) {
    return per_second(sample, (double)contended(&sample->locks[lock]).count);
}

double value_contended_time(const struct sample *sample, uint32_t lock) {
    return share_of((double)contended(&sample->locks[lock]).total, (double)sample->used.now);
}

double value_true_wait_rate(const struct sample *sample, uint32_t index) {
    (void)index;
    int64_t total = 0;
    for (uint32_t i = 0; i < sample->nlocks; i++)
        total += sample->locks[i].waited_time;
    return share_of((double)total, (double)sample->used.now);
}

double value_lock_stat_wait_rate(const struct sample *sample, uint32_t index) {
    (void)index;
    int64_t total = 0;
    for (uint32_t i = 0; i < sample->nlocks; i++)
        total += contended(&sample->locks[i]).total;
    return share_of((double)total, (double)sample->used.now);
}

const double *values_of(struct arena *arena, const struct design_runs *design, sample_value *value,
                        uint32_t index) {
    double *x = arena_array(arena, design->replications, sizeof(*x));
    for (uint32_t i = 0; i < design->replications; i++)
        x[i] = value(&design->samples[i], index);
    return x;
}

struct estimate values_mean(struct arena *arena, const struct design_runs *design,
                            sample_value *value, uint32_t index) {
    return estimate_mean(values_of(arena, design, value, index), design->replications);
}

struct estimate values_ratio(struct arena *arena, const struct design_runs *above,
                             const struct design_runs *below, sample_value *value, uint32_t index) {
    return estimate_ratio(values_of(arena, above, value, index), above->replications,
                          values_of(arena, below, value, index), below->replications);
}
