/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/plain.h"

static bool waking_costs_nothing(const struct machine_costs *m) {
    return m->wake_call == NULL && m->wake_latency == NULL && m->deep_call == NULL &&
           m->deep_latency == NULL && m->wake_queued == NULL && m->context_switch == 0;
}

static bool work_is_all(const struct machine_costs *m) {
    return !m->disturbed && m->spin_notice == 0 && m->clock_read == 0 && m->clock_shared == 0;
}

static bool serves_in_line(const struct lock_class *class) {
    return lock_kinds[class->kind]->leaf != LEAF_NO && class->waiting == WAIT_SPIN &&
           class->acquire == 0 && class->release == 0;
}

static bool has_grace_periods(const struct program *program) {
    for (uint32_t i = 0; i < program->nops; i++)
        if (program->ops[i].code == OP_SYNCHRONIZE || program->ops[i].code == OP_CALL_RCU)
            return true;
    return false;
}

/* A CPU of its own for each, if there are as many. */
static bool keeps_its_cpus(const struct program *program, const struct program_group *group) {
    return group->arrivals == ARRIVAL_CLOSED && !group->outside && group->pin != PIN_POSTED &&
           (group->pin == PIN_NO || program->ngroups == 1);
}

bool plain_is(const struct sim *sim) {
    const struct program *program = sim->program;
    const struct machine_costs *m = sim->machine;
    if (!sim->free_lines || !work_is_all(m) || !waking_costs_nothing(m) ||
        program->nthreads > m->cpus || has_grace_periods(program))
        return false;
    for (uint32_t i = 0; i < program->nlocks; i++)
        if (!serves_in_line(&program->locks[i]))
            return false;
    for (uint32_t i = 0; i < program->ngroups; i++)
        if (!keeps_its_cpus(program, &program->groups[i]))
            return false;
    return true;
}

int64_t plain_spun(const struct sim *sim) {
    uint64_t spun = 0;
    for (uint32_t i = 0; i < sim->program->nlocks; i++) {
        const struct lock_account *account = &sim->accounts[i];
        uint64_t waiting = account->requests - account->grants;
        spun += account->grant_times - account->request_times + waiting * (uint64_t)sim->now;
    }
    return (int64_t)spun;
}

sim_time plain_user_work_ahead(const struct sim *sim, const struct thread *thread) {
    sim_time end = events_time(&sim->events, thread->id);
    if (end == sim->now || end == TIME_NEVER)
        return 0;
    return thread->at[-1].user ? end - sim->now : 0;
}
