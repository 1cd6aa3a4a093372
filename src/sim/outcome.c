/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can go wrong in a run: found here, named by thread, lock and site. */
#include "sim/core.h"

#include "base/arena.h"
#include "base/units.h"

/* A wait is starvation when it lasts this share of the run ... */
#define STARVED_SHARE 0.5
/* ... and the lock has gone to others so many times since. */
enum { STARVED_GRANTS = 100 };

const char *sim_outcome_name(enum sim_outcome outcome) {
    static const char *const names[] = {
        [SIM_OK] = "ok",           [SIM_DEADLOCK] = "deadlock", [SIM_STARVATION] = "starvation",
        [SIM_STALLED] = "stalled", [SIM_BUDGET] = "budget",     [SIM_OVERLOAD] = "overload",
    };
    return names[outcome];
}

void outcome_set(struct sim *sim, enum sim_outcome outcome, const char *detail) {
    if (sim->outcome != SIM_OK)
        return;
    sim->outcome = outcome;
    sim_stop(sim);
    sim->detail = detail;
}

static const char *thread_name(struct sim *sim, const struct thread *thread) {
    return arena_printf(sim->arena, "%s/%u", thread->group->name,
                        thread->id - thread->group->first_thread);
}

static const char *lock_name(struct sim *sim, const struct lock *lock) {
    const struct lock_class *class = &sim->program->locks[lock->lock_class];
    if (class->per == NO_INDEX)
        return class->name;
    return arena_printf(sim->arena, "%s[%u]", class->name, lock->instance);
}

/* The lock that the thread waits for, or does again and again what it must; NULL: none. */
static const struct lock *wanted(const struct thread *thread) {
    if (thread->waits || thread->group->nslots == 0)
        return waits_for(thread);
    const struct hold *hold = thread->wanted;
    return hold->flags & PASSAGE_RETRIED ? hold->lock : NULL;
}

static const char *describe_wait(struct sim *sim, const struct thread *thread) {
    const struct lock *lock = wanted(thread);
    uint32_t site = thread->wanted->site;
    const char *holder = lock->holder == NULL ? "nobody" : thread_name(sim, lock->holder);
    return arena_printf(sim->arena, "%s waits for %s at %s, held by %s", thread_name(sim, thread),
                        lock_name(sim, lock), sim->program->sites[site], holder);
}

static const struct thread *waits_on(const struct thread *thread) {
    return thread->waits ? thread->wanted->lock->holder : NULL;
}

static void report_cycle(struct sim *sim, const struct thread *first) {
    const char *text = describe_wait(sim, first);
    for (const struct thread *t = waits_on(first); t != first; t = waits_on(t))
        text = arena_printf(sim->arena, "%s\n%s", text, describe_wait(sim, t));
    outcome_set(sim, SIM_DEADLOCK, text);
}

void outcome_check_cycle(struct sim *sim, struct thread *thread) {
    const struct thread *t = thread;
    for (uint32_t n = 0; n < sim->program->nthreads; n++) {
        t = waits_on(t);
        if (t == NULL)
            return;
        if (t == thread) {
            report_cycle(sim, thread);
            return;
        }
    }
}

void outcome_no_events(struct sim *sim) {
    enum { SHOWN = 8 };
    const char *text = "nothing can happen any more";
    enum sim_outcome outcome = SIM_STALLED;
    uint32_t shown = 0;
    for (uint32_t i = 0; i < sim->program->nthreads; i++) {
        const struct thread *thread = &sim->threads[i];
        if (!thread->waits)
            continue;
        outcome = SIM_DEADLOCK;
        if (shown++ < SHOWN)
            text = arena_printf(sim->arena, "%s\n%s", text, describe_wait(sim, thread));
    }
    outcome_set(sim, outcome, text);
}

void outcome_overload(struct sim *sim, const struct program_group *group) {
    outcome_set(sim, SIM_OVERLOAD,
                arena_printf(sim->arena,
                             "%s: more than %u arrivals at once: they come faster than they leave",
                             group->name, group->nthreads));
}

static sim_time waited_by_now(const struct sim *sim, const struct thread *thread) {
    return sim->now - thread->wanted->requested;
}

sim_time sim_longest_wait(const struct sim *sim, uint32_t lock_class) {
    sim_time longest = 0;
    for (uint32_t i = 0; i < sim->program->nthreads; i++) {
        const struct thread *thread = &sim->threads[i];
        const struct lock *lock = wanted(thread);
        if (lock != NULL && lock->lock_class == lock_class && waited_by_now(sim, thread) > longest)
            longest = waited_by_now(sim, thread);
    }
    return longest;
}

/* How often the lock that the thread waits for went to others since. */
static uint64_t passed_over(const struct thread *thread) {
    return (uint32_t)wanted(thread)->grants - thread->wanted->grants;
}

static bool starves(const struct sim *sim, const struct thread *thread) {
    return wanted(thread) != NULL &&
           waited_by_now(sim, thread) > (sim_time)(STARVED_SHARE * (double)sim->now) &&
           passed_over(thread) >= STARVED_GRANTS;
}

static void report_starvation(struct sim *sim, const struct thread *worst, uint32_t others) {
    char time[32];
    format_time(time, sizeof(time), ticks_to_seconds((double)waited_by_now(sim, worst)));
    const char *text =
        arena_printf(sim->arena, "%s: for %s, while it went to others %llu times",
                     describe_wait(sim, worst), time, (unsigned long long)passed_over(worst));
    if (others > 0)
        text = arena_printf(sim->arena, "%s; %u more thread%s starve%s", text, others,
                            others == 1 ? "" : "s", others == 1 ? "s" : "");
    outcome_set(sim, SIM_STARVATION, text);
}

enum sim_outcome sim_finish(struct sim *sim) {
    const struct thread *worst = NULL;
    uint32_t n = 0;
    for (uint32_t i = 0; i < sim->program->nthreads; i++) {
        const struct thread *thread = &sim->threads[i];
        if (!starves(sim, thread))
            continue;
        n++;
        if (worst == NULL || waited_by_now(sim, thread) > waited_by_now(sim, worst))
            worst = thread;
    }
    if (worst != NULL)
        report_starvation(sim, worst, n - 1);
    return sim->outcome;
}
