/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/run_queue.h"

/* Above others in the tree, as by chance: multiples of the golden ratio. */
static inline uint32_t rank(const struct thread *thread) {
    return thread->id * 2654435769u;
}

/* What is below *link is divided by the thread, which takes its place. */
static void split(struct thread **link, struct thread *thread) {
    struct thread *rest = *link, **before = &thread->run_left, **after = &thread->run_right;
    *link = thread;
    while (rest != NULL) {
        if (rest->vruntime <= thread->vruntime) {
            *before = rest;
            before = &rest->run_right;
            rest = *before;
        } else {
            *after = rest;
            after = &rest->run_left;
            rest = *after;
        }
    }
    *before = *after = NULL;
}

void run_queue_add(struct cpu *cpu, struct thread *thread) {
    struct thread **link = &cpu->ready;
    while (*link != NULL && rank(*link) > rank(thread))
        link = (*link)->vruntime <= thread->vruntime ? &(*link)->run_right : &(*link)->run_left;
    split(link, thread);
}

/* What is below it closes the gap. */
static struct thread *take(struct thread **link) {
    struct thread *thread = *link, *before = thread->run_left, *after = thread->run_right;
    while (before != NULL && after != NULL) {
        struct thread **top = rank(before) > rank(after) ? &before : &after;
        *link = *top;
        link = top == &before ? &before->run_right : &after->run_left;
        *top = *link;
    }
    *link = before != NULL ? before : after;
    return thread;
}

struct thread *run_queue_take(struct cpu *cpu) {
    struct thread **link = &cpu->ready;
    while ((*link)->run_left != NULL)
        link = &(*link)->run_left;
    return take(link);
}

/* Its data is still in the cache of the CPU where it ran (task_hot()). */
static bool is_hot(const struct sim *sim, const struct thread *thread) {
    return sim->machine->migration_cost != 0 && thread->ran &&
           sim->now - thread->moved_at < sim->machine->migration_cost;
}

static struct thread **first_cold(const struct sim *sim, struct thread **link) {
    if (*link == NULL)
        return NULL;
    struct thread **found = first_cold(sim, &(*link)->run_left);
    if (found != NULL)
        return found;
    if (is_movable(*link) && !is_hot(sim, *link))
        return link;
    return first_cold(sim, &(*link)->run_right);
}

struct thread *run_queue_take_cold(const struct sim *sim, struct cpu *cpu) {
    struct thread **link = first_cold(sim, &cpu->ready);
    return link == NULL ? NULL : take(link);
}
