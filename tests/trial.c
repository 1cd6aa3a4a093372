/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trial.h"

#include "base/arena.h"
#include "sim/lock/lock.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void record(void *self, const struct passages *passages) {
    struct trial *trial = self;
    size_t n = passages->n;
    if (trial->n + n > trial->capacity) {
        trial->capacity = 2 * (trial->n + n);
        trial->passages = realloc(trial->passages, trial->capacity * sizeof(*trial->passages));
        ck_assert_ptr_nonnull(trial->passages);
    }
    for (size_t i = 0; i < n; i++)
        trial->passages[trial->n++] = passage_at(passages, i);
}

struct trial *trial_compile(const char *text, const char *design) {
    struct trial *trial = calloc(1, sizeof(*trial));
    ck_assert_ptr_nonnull(trial);
    trial->arena = arena_new();
    trial->diag = diag_new();
    trial->scenario =
        scenario_load(trial->arena, trial->diag, "trial.yaml", text, strlen(text), NULL, 0);
    if (trial->scenario != NULL) {
        const struct design *d = trial->scenario->designs;
        while (design != NULL && strcmp(d->name.text, design) != 0)
            d++;
        trial->program = program_compile(trial->arena, trial->diag, trial->scenario, d,
                                         lock_kind_infos, lock_kind_count);
    }
    diag_print(trial->diag, stderr);
    ck_assert_ptr_nonnull(trial->program);
    return trial;
}

void trial_begin(struct trial *trial, uint64_t seed) {
    struct observer observer = {trial, record};
    trial->sim = sim_new(trial->arena, trial->program, seed, 0, &observer);
}

struct trial *trial_new(const char *text, const char *design, uint64_t seed) {
    struct trial *trial = trial_compile(text, design);
    trial_begin(trial, seed);
    return trial;
}

enum sim_outcome trial_run(struct trial *trial, double seconds) {
    enum sim_outcome outcome =
        sim_run_until(trial->sim, (sim_time)(seconds * (double)TICKS_PER_SECOND));
    return outcome != SIM_OK ? outcome : sim_finish(trial->sim);
}

struct trial *trial_ok(const char *text, double seconds) {
    struct trial *trial = trial_new(text, NULL, 1);
    enum sim_outcome outcome = trial_run(trial, seconds);
    ck_assert_msg(outcome == SIM_OK, "%s: %s", sim_outcome_name(outcome), sim_detail(trial->sim));
    return trial;
}

void trial_free(struct trial *trial) {
    arena_free(trial->arena);
    diag_free(trial->diag);
    free(trial->passages);
    free(trial);
}

uint32_t trial_lock(const struct trial *trial, const char *name) {
    uint32_t i = 0;
    while (strcmp(trial->program->locks[i].name, name) != 0)
        i++;
    return i;
}

static double mean(const struct trial *trial, const char *name, bool wait) {
    uint32_t lock = trial_lock(trial, name);
    double sum = 0;
    uint64_t n = 0;
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        if (p->lock_class != lock)
            continue;
        sum += (double)(wait ? p->acquired - p->requested : p->released - p->acquired);
        n++;
    }
    return n == 0 ? 0 : sum / (double)n / TICKS_PER_US;
}

double trial_mean_wait(const struct trial *trial, const char *lock) {
    return mean(trial, lock, true);
}

double trial_mean_hold(const struct trial *trial, const char *lock) {
    return mean(trial, lock, false);
}

uint64_t trial_count(const struct trial *trial, const char *point) {
    for (uint32_t i = 0; i < trial->program->nprogress; i++)
        if (strcmp(trial->program->progress[i], point) == 0)
            return sim_progress(trial->sim, i);
    ck_abort_msg("no %s", point);
    return 0;
}

uint64_t trial_flagged(const struct trial *trial, uint32_t flags) {
    uint64_t n = 0;
    for (size_t i = 0; i < trial->n; i++)
        n += (trial->passages[i].flags & flags) == flags;
    return n;
}
