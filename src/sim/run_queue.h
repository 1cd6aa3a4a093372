/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_RUN_QUEUE_H
#define SIM_RUN_QUEUE_H

#include "sim/core.h"

/*
 * The threads that are ready on a CPU, in order of virtual run time, equals in
 * order of their coming: a treap (Aragon & Seidel, Randomized Search Trees,
 * 1989), as there may be a hundred thousand. cpu.ready is its root.
 */
void run_queue_add(const struct sim *sim, struct cpu *cpu, struct thread *thread);
/* Without the first of all; there is one. */
struct thread *run_queue_take(const struct sim *sim, struct cpu *cpu);
/* Without the first of those that may go to another CPU and whose data is in no cache; or NULL. */
struct thread *run_queue_take_cold(const struct sim *sim, struct cpu *cpu);

static inline bool is_movable(const struct thread *thread) {
    return thread->group->pin == PIN_NO;
}

#endif
