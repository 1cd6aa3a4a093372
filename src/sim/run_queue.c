/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/run_queue.h"

/* Above others in the tree, as by chance: multiples of the golden ratio. */
static inline uint32_t rank(uint32_t id) {
    return id * 2654435769u;
}

static inline bool is_before(const struct sim *sim, uint32_t id, const struct thread *thread) {
    return sim->threads[id].vruntime <= thread->vruntime;
}

/* What is below *link is divided by the thread, which takes its place. */
static void split(const struct sim *sim, uint32_t *link, struct thread *thread) {
    uint32_t rest = *link, *before = &thread->run_left, *after = &thread->run_right;
    *link = thread->id;
    while (rest != NO_INDEX) {
        if (is_before(sim, rest, thread)) {
            *before = rest;
            before = &sim->threads[rest].run_right;
            rest = *before;
        } else {
            *after = rest;
            after = &sim->threads[rest].run_left;
            rest = *after;
        }
    }
    *before = *after = NO_INDEX;
}

void run_queue_add(const struct sim *sim, struct cpu *cpu, struct thread *thread) {
    uint32_t *link = &cpu->ready;
    while (*link != NO_INDEX && rank(*link) > rank(thread->id)) {
        struct thread *above = &sim->threads[*link];
        link = is_before(sim, *link, thread) ? &above->run_right : &above->run_left;
    }
    split(sim, link, thread);
}

/* What is below it closes the gap. */
static struct thread *take(const struct sim *sim, uint32_t *link) {
    struct thread *thread = &sim->threads[*link];
    uint32_t before = thread->run_left, after = thread->run_right;
    while (before != NO_INDEX && after != NO_INDEX) {
        uint32_t *top = rank(before) > rank(after) ? &before : &after;
        struct thread *above = &sim->threads[*top];
        *link = *top;
        link = top == &before ? &above->run_right : &above->run_left;
        *top = *link;
    }
    *link = before != NO_INDEX ? before : after;
    return thread;
}

struct thread *run_queue_take(const struct sim *sim, struct cpu *cpu) {
    uint32_t *link = &cpu->ready;
    while (sim->threads[*link].run_left != NO_INDEX)
        link = &sim->threads[*link].run_left;
    return take(sim, link);
}

/* Its data is still in the cache of the CPU where it ran (task_hot()). */
static bool is_hot(const struct sim *sim, const struct thread *thread) {
    return sim->machine->migration_cost != 0 && thread->ran &&
           sim->now - thread->moved_at < sim->machine->migration_cost;
}

static uint32_t *first_cold(const struct sim *sim, uint32_t *link) {
    if (*link == NO_INDEX)
        return NULL;
    struct thread *thread = &sim->threads[*link];
    uint32_t *found = first_cold(sim, &thread->run_left);
    if (found != NULL)
        return found;
    return is_movable(thread) && !is_hot(sim, thread) ? link : first_cold(sim, &thread->run_right);
}

struct thread *run_queue_take_cold(const struct sim *sim, struct cpu *cpu) {
    uint32_t *link = first_cold(sim, &cpu->ready);
    return link == NULL ? NULL : take(sim, link);
}
