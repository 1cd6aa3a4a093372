/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state that the general way would have left, between calls. */
#include "sim/lane.h"
#include "sim/lane_draws.h"
#include "sim/lane_legs.h"
#include "sim/lane_server.h"

/*
 * All have been on their CPUs from 0 on. Who neither has nor awaits a lock is
 * left as if at work since then: what it spun is taken off the sum of all.
 */
static void settle_outside(struct sim *sim) {
    struct lane *lane = sim->lane;
    for (uint32_t i = 0; i < lane->ninside; i++) {
        struct thread *thread = &sim->threads[lane->inside[i]];
        thread->wanted->lock = NULL;
        thread->state = T_RUN;
        thread->since = 0;
        thread->waits = false;
        thread->nowned = 0;
    }
    lane->ninside = 0;
}

static void settle_thread(struct sim *sim, const struct server *server, uint64_t n) {
    const struct block *block = server_block(server, n);
    uint32_t i = n % BLOCK;
    const struct op *op = block->leg[i]->lock;
    struct booked *pass = &sim->lane->booked;
    struct block_sums sums = {0};
    sim->lane->code->book(&sums, pass, block, i, i + 1, sim->events.bits);
    struct thread *thread = &sim->threads[*pass->thread];
    bool owned = n == server->head, contended = (*pass->flags & PASSAGE_CONTENDED) != 0;
    thread->state = owned ? T_RUN : T_SPIN;
    thread->since = owned ? *pass->acquired : *pass->requested;
    thread->waits = !owned;
    thread->nowned = owned;
    thread->wanted = &thread->holds[op->slot];
    thread->holds[op->slot] =
        (struct hold){.lock = server->lock,
                      .requested = *pass->requested,
                      .acquired = *pass->acquired,
                      .grants = (uint32_t)(contended ? server_holder(server, n) + 1 : n),
                      .site = op->site,
                      .flags = (uint16_t)*pass->flags,
                      .owned = owned};
    if (owned) {
        server->lock->holder = thread;
        block->leg[i]->sums->begun += sim->now - *pass->acquired;
    }
    server->lock->account->request_times += sums.requests;
    server->lock->account->grant_times += owned ? sums.grants : 0;
    sim->lane->inside[sim->lane->ninside++] = thread->id;
}

static void settle_server(struct sim *sim, const struct server *server) {
    struct lock_account *account = server->lock->account;
    const uint64_t end = server_end(server), head = server->head;
    bool held = head != end;
    server->lock->holder = NULL;
    server->lock->grants = head + held;
    account->requests += end;
    account->grants += head + held;
    account->releases += head;
    account->request_times += server->at_head.requests;
    account->grant_times += server->at_head.grants;
    account->release_times += server->at_head.releases;
    for (uint64_t n = head; n != end; n++)
        settle_thread(sim, server, n);
}

static void settle_leg(struct sim *sim, const struct leg *leg, struct group_time *times) {
    struct leg_sums *sums = leg->sums;
    for (uint32_t i = 0; i < leg->ncounts; i++)
        sim->progress[leg->counts[i]] += sums->passes;
    times->user += leg->user_hold ? sums->hold + sums->begun : 0;
    times->user += leg->user_think ? sums->think : 0;
    *sums = (struct leg_sums){.hold = -sums->begun};
}

static void settle_groups(struct sim *sim) {
    for (uint32_t g = 0; g < sim->program->ngroups; g++) {
        const struct leg *first = sim->lane->first[g], *leg = first;
        sim->group_times[g].cpu = 0;
        do
            settle_leg(sim, leg, &sim->group_times[g]);
        while ((leg = leg->next) != first);
    }
}

/* Who has been granted a lock has spun from his request to that; who spins now has not been. */
static void settle_times(struct sim *sim) {
    const struct lane *lane = sim->lane;
    uint64_t spun = 0;
    sim->counters.run = 0;
    for (uint32_t c = 0; c < sim->program->nlocks; c++)
        spun += sim->accounts[c].grant_times - sim->accounts[c].request_times;
    for (uint32_t i = 0; i < lane->ninside; i++) {
        const struct thread *thread = &sim->threads[lane->inside[i]];
        sim->counters.run += thread->since;
        times_of(sim, thread)->cpu += thread->since;
        spun += thread->state == T_SPIN ? (uint64_t)thread->since : 0;
    }
    sim->counters.spin = (int64_t)spun;
    sim->counters.run -= (int64_t)spun;
}

void lane_settle(struct sim *sim, uint64_t limit) {
    settle_outside(sim);
    for (uint32_t c = 0; c < sim->program->nlocks; c++)
        sim->accounts[c] = (struct lock_account){0};
    for (uint32_t i = 0; i < sim->program->ninstances; i++) {
        server_book(sim, &sim->lane->servers[i], limit);
        settle_server(sim, &sim->lane->servers[i]);
    }
    settle_groups(sim);
    settle_times(sim);
    lane_count_events(sim);
}

sim_time lane_user_work_ahead(const struct sim *sim, const struct thread *thread) {
    const struct leg *next = sim->lane->runners[thread->id].leg, *leg = next;
    while (leg->next != next)
        leg = leg->next;
    return leg->user_think && thread->nowned == 0 ? events_time(&sim->events, thread->id) - sim->now
                                                  : 0;
}
