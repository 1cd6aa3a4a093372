/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Background load is a group of threads like any other, one pinned to each
 * CPU, which the machine adds: it sleeps and runs in turn, and is scheduled
 * among the others.
 */
#include "base/arena.h"
#include "scenario/loader.h"

#include <string.h>

static void fill_steps(struct loader *l, struct thread_group *group, struct quantity *burst,
                       double share) {
    struct dist *pause = arena_alloc(l->arena, sizeof(*pause));
    *pause = (struct dist){.kind = DIST_EXP, .a = dist_mean(burst->dist) * (1 - share) / share};
    struct quantity *sleep = arena_alloc(l->arena, sizeof(*sleep));
    *sleep = *burst;
    sleep->dist = pause;
    group->steps.steps = arena_array(l->arena, 2, sizeof(struct step));
    group->steps.n = 2;
    group->steps.steps[0] = (struct step){.kind = STEP_SLEEP, .pos = burst->pos, .cost = sleep};
    group->steps.steps[1] = (struct step){.kind = STEP_RUN, .pos = burst->pos, .cost = burst};
}

static void append_group(struct loader *l, struct thread_group group) {
    struct scenario *s = l->scenario;
    struct thread_group *groups = arena_array(l->arena, s->nthreads + (size_t)1, sizeof(*groups));
    if (s->nthreads > 0)
        memcpy(groups, s->threads, s->nthreads * sizeof(*groups));
    groups[s->nthreads++] = group;
    s->threads = groups;
}

void add_background(struct loader *l) {
    struct quantity *const *fields = l->scenario->machine.fields;
    struct quantity *burst = fields[MACHINE_BACKGROUND_BURST];
    double share = fields[MACHINE_BACKGROUND_SHARE]->dist->a;
    if (share == 0 || share >= 1 || dist_mean(burst->dist) == 0)
        return;
    struct thread_group group = {
        .name = {"background", burst->pos}, .count = fields[MACHINE_CPUS], .pin = PIN_CPU};
    fill_steps(l, &group, burst, share);
    append_group(l, group);
}
