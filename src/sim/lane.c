/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lane.h"

#include "base/arena.h"
#include "sim/lane_legs.h"

#include <string.h>

/* What the next event of a thread needs, in one cache line. */
struct runner {
    const struct leg *leg; /* of the next request */
    struct server *server;
    struct stream *streams; /* own, if there are no more */
    struct stream own[2];
    sim_time gap;         /* before the next request; it is then an event of its own */
    sim_time hold, think; /* of the next leg, drawn ahead: nothing waits for random numbers */
};

/* Of a request, what its passage does not tell. */
struct pass {
    uint64_t release; /* twice the key */
    sim_time think;   /* from the release to the next request */
    const struct leg *leg;
};

/*
 * Who has asked for a lock: pass n is number n & mask in both rings. Those from
 * head on are not reported yet. A pass stays there after that for as long as
 * somebody may ask who held the lock as he came: at most a quarter of a ring is
 * of such as have not released the lock.
 */
struct server {
    struct passage *passages;
    struct pass *passes;
    uint32_t mask, head, tail;
    uint32_t last;    /* the thread of the last pass */
    uint64_t release; /* of the last pass: nobody has the lock after it */
    sim_time free_at;
    uint32_t lock_class, instance;
    bool asks_holder;       /* who held the lock as somebody came makes a difference */
    uint64_t booked;        /* passes */
    struct lock_account at; /* sums of times of these, modulo 2^64 as in all accounts */
    struct lock *lock;
};

struct lane {
    struct runner *runners;   /* by thread */
    struct server *servers;   /* by lock instance */
    const struct leg **first; /* by group: the leg of the first request */
    uint32_t *inside;         /* threads that had or awaited a lock at the last settling */
    uint32_t ninside;
};

/* ---- beginning ---- */

/* Is a class taken at several sites, or does the lock tell who comes behind a waiter? */
static bool asks_holder(const struct program *program, uint32_t class) {
    uint32_t site = NO_INDEX;
    for (const struct op *op = program->ops; op < program->ops + program->nops; op++) {
        if (op->code != OP_LOCK || op->index != class)
            continue;
        if (site != NO_INDEX && site != op->site)
            return true;
        site = op->site;
    }
    return lock_kinds[program->locks[class].kind]->leaf == LEAF_TRACED_IN_LINE;
}

static struct server *make_servers(struct sim *sim) {
    enum { AT_FIRST = 32 };
    const struct program *program = sim->program;
    struct server *servers = arena_array(sim->arena, program->ninstances, sizeof(*servers));
    for (uint32_t c = 0; c < program->nlocks; c++) {
        const struct lock_class *class = &program->locks[c];
        bool asks = asks_holder(program, c);
        for (uint32_t i = class->first; i < class->first + class->count; i++)
            servers[i] = (struct server){
                .passages = arena_array(sim->arena, AT_FIRST, sizeof(struct passage)),
                .passes = arena_array(sim->arena, AT_FIRST, sizeof(struct pass)),
                .lock_class = c,
                .instance = i - class->first,
                .mask = AT_FIRST - 1,
                .last = NO_INDEX,
                .asks_holder = asks,
                .lock = sim->locks[i],
            };
    }
    return servers;
}

struct lane *lane_new(struct sim *sim) {
    const struct leg **first = legs_of(sim);
    if (first == NULL)
        return NULL;
    uint32_t n = sim->program->nthreads;
    struct lane *lane = arena_alloc(sim->arena, sizeof(*lane));
    lane->first = first;
    lane->runners = arena_array(sim->arena, n, sizeof(*lane->runners));
    lane->servers = make_servers(sim);
    lane->inside = arena_array(sim->arena, n, sizeof(*lane->inside));
    return lane;
}

static struct server *server_of(const struct sim *sim, const struct thread *thread,
                                const struct op *op) {
    uint32_t object = op->reg == NO_REG ? 0 : thread->regs[op->reg];
    return &sim->lane->servers[sim->program->locks[op->index].first + object];
}

static inline void draw_ahead(struct runner *r) {
    const struct leg *leg = r->leg;
    r->hold = draw_ticks(leg->hold, &r->streams[leg->hold_stream]);
    r->think = draw_ticks(leg->think, &r->streams[leg->think_stream]);
}

static const struct leg *first_leg(const struct sim *sim, const struct thread *thread) {
    return sim->lane->first[thread->group - sim->program->groups];
}

/* At work, before its first request. */
static bool is_before_first(const struct sim *sim, const struct thread *thread) {
    const struct op *op = &sim->ops[thread->pc];
    while (leg_picks(op))
        op++;
    return thread->state == T_RUN && thread->lead == 0 && op == first_leg(sim, thread)->lock;
}

static void enter(struct sim *sim, struct thread *thread) {
    const struct leg *leg = first_leg(sim, thread);
    for (const struct op *op = &sim->ops[thread->pc]; op != leg->lock; op++)
        thread->regs[op->reg] = pick_object(sim, thread, op);
    struct runner *r = &sim->lane->runners[thread->id];
    *r = (struct runner){.leg = leg,
                         .streams = thread->streams,
                         .server = server_of(sim, thread, leg->lock),
                         .gap = events_time(&sim->events, thread->id)};
    if (thread->group->nstreams <= 2) {
        for (uint32_t i = 0; i < thread->group->nstreams; i++)
            r->own[i] = thread->streams[i];
        r->streams = r->own;
    }
    draw_ahead(r);
}

bool lane_enter(struct sim *sim) {
    for (uint32_t i = 0; i < sim->program->nthreads; i++)
        if (!is_before_first(sim, &sim->threads[i]))
            return false;
    for (uint32_t i = 0; i < sim->program->nthreads; i++)
        enter(sim, &sim->threads[i]);
    return true;
}

/* ---- passes ---- */

static inline struct pass *pass_at(const struct server *server, uint32_t n) {
    return &server->passes[n & server->mask];
}

static inline struct passage *passage_at_(const struct server *server, uint32_t n) {
    return &server->passages[n & server->mask];
}

static inline sim_time time_of(const struct sim *sim, uint64_t key) {
    return (sim_time)(key >> sim->events.bits);
}

/* The one that had the lock as a contended pass was asked for. */
static uint32_t holder_of(const struct sim *sim, const struct server *server, uint32_t n) {
    const struct passage *p = passage_at_(server, n);
    uint64_t key = event_key(&sim->events, p->thread, p->requested);
    for (uint32_t first = server->tail - server->mask - 1; n != first; n--)
        if (pass_at(server, n - 1)->release <= 2 * key)
            break;
    return n;
}

/* What the tools see of one that came while another had the lock. */
static OUT_OF_LINE void see_holder(const struct sim *sim, const struct server *server, uint32_t n) {
    uint32_t holder = holder_of(sim, server, n);
    struct passage *p = passage_at_(server, n);
    p->holder_site = passage_at_(server, holder)->site;
    if (pass_at(server, n)->leg->traced && n - holder > 1)
        p->flags |= PASSAGE_TRACED;
}

static inline void book(struct sim *sim, struct server *server, uint32_t n) {
    const struct passage *p = passage_at_(server, n);
    const struct pass *pass = pass_at(server, n);
    bool contended = (p->flags & PASSAGE_CONTENDED) != 0;
    server->at.request_times += (uint64_t)p->requested;
    server->at.grant_times += (uint64_t)p->acquired;
    server->at.release_times += (uint64_t)p->released;
    pass->leg->sums->passes++;
    pass->leg->sums->user += pass->think;
    sim->events_done += contended || p->released != p->acquired;
    if (contended && server->asks_holder)
        see_holder(sim, server, n);
}

static void report(struct sim *sim, struct server *server, uint32_t end) {
    struct passage_batch *batch = &sim->batches[server->lock_class];
    server->booked += end - server->head;
    for (; server->head != end; server->head++) {
        if (batch->n == PASSAGE_BATCH)
            locking_flush(sim);
        passage_batch_add(batch, passage_at_(server, server->head));
    }
}

/* Those who have released the lock before the key. */
static void book_until(struct sim *sim, struct server *server, uint64_t key) {
    uint32_t n = server->head;
    for (; n != server->tail && pass_at(server, n)->release < 2 * key; n++)
        book(sim, server, n);
    report(sim, server, n);
}

static void *larger(struct arena *arena, const struct server *server, const void *ring,
                    size_t item) {
    uint32_t size = server->mask + 1;
    char *copy = arena_array(arena, (size_t)size * 2, item);
    for (uint32_t n = server->tail - size; n != server->tail; n++)
        memcpy(copy + (n & (2 * size - 1)) * item, (const char *)ring + (n & server->mask) * item,
               item);
    return copy;
}

/* Books, and makes the rings larger if that is not enough. */
static OUT_OF_LINE void make_room(struct sim *sim, struct server *server, uint64_t key) {
    book_until(sim, server, key + 1);
    if (server->tail - server->head < (server->mask + 1) / 4)
        return;
    server->passages = larger(sim->arena, server, server->passages, sizeof(*server->passages));
    server->passes = larger(sim->arena, server, server->passes, sizeof(*server->passes));
    server->mask = 2 * server->mask + 1;
}

static OUT_OF_LINE void turn(struct sim *sim, uint32_t id, struct runner *r) {
    struct thread *thread = &sim->threads[id];
    for (uint32_t i = 0; i < r->leg->npicks; i++)
        thread->regs[r->leg->picks[i]->reg] = pick_object(sim, thread, r->leg->picks[i]);
    r->leg = r->leg->next;
    r->server = server_of(sim, thread, r->leg->lock);
}

/* What does not change, out of reach of what is written in between. */
struct fixed {
    struct runner *runners;
    uint64_t *tree, ids;
    size_t leaves;
    uint32_t bits;
    sim_time horizon;
};

/*
 * Of many threads the next but a few are on their way to the caches: a subtree's
 * winner is the thread whose event comes next in it, and there are so many
 * subtrees that it takes a while until it does.
 */
static IN_LINE void put(const struct fixed *f, uint32_t id, uint64_t key) {
    enum { SUBTREES = 256 };
    if (f->leaves < 4 * SUBTREES) {
        winners_climb(f->tree, f->leaves + id, &key, 1);
        return;
    }
    size_t i = winners_climb(f->tree, f->leaves + id, &key, 2 * SUBTREES - 1);
    uint64_t next = key & f->ids;
    __builtin_prefetch(&f->runners[next]);
    for (size_t node = f->leaves + next; node >= 4 * SUBTREES; node >>= 1)
        __builtin_prefetch(&f->tree[node]);
    winners_climb(f->tree, i, &key, 1);
}

static IN_LINE void request(struct sim *sim, const struct fixed *f, uint64_t key) {
    uint32_t id = (uint32_t)(key & f->ids);
    struct runner *r = &f->runners[id];
    struct server *server = r->server;
    if (server->tail - server->head > server->mask / 2)
        make_room(sim, server, key);
    struct passage *p = passage_at_(server, server->tail);
    struct pass *pass = pass_at(server, server->tail++);
    bool contended = server->release > 2 * key;
    sim_time requested = (sim_time)(key >> f->bits);
    sim_time granted = contended ? server->free_at : requested;
    sim_time released = granted + r->hold, next = released + r->think;
    if (next > f->horizon)
        released = next = f->horizon;
    uint64_t release = ((uint64_t)released << f->bits | id) * 2;
    /* Who gets the lock in an event later in order than his own, and holds it for no time,
     * releases it in the next one. */
    if (release < server->release)
        release = server->release | 1;
    pass->release = server->release = release;
    pass->think = r->think;
    pass->leg = r->leg;
    p->lock_class = server->lock_class;
    p->instance = server->instance;
    p->thread = id;
    p->site = r->leg->site;
    p->holder_site = contended ? r->leg->site : 0; /* of others: see_holder() */
    p->flags = (server->last != id ? PASSAGE_ACQ_BOUNCE : 0) |
               (contended ? PASSAGE_WAITED | PASSAGE_CONTENDED | PASSAGE_CON_BOUNCE : 0);
    p->requested = p->contended = p->traced = requested;
    p->acquired = p->held_from = granted; /* not contended: that was the instant of the request */
    p->released = p->held_to = released;
    server->last = id;
    server->free_at = released;
    sim->events_done += r->gap != 0;
    r->gap = r->think;
    put(f, id, (uint64_t)next << f->bits | id);
    if (r->leg->turns)
        turn(sim, id, r);
    draw_ahead(r);
}

void lane_run(struct sim *sim, uint64_t limit) {
    const struct events *events = &sim->events;
    const struct fixed fixed = {.runners = sim->lane->runners,
                                .tree = events->often.tree,
                                .ids = ((uint64_t)1 << events->bits) - 1,
                                .leaves = events->often.leaves,
                                .bits = events->bits,
                                .horizon = events->horizon};
    const uint64_t *first = &fixed.tree[1], budget = sim->program->budget;
    /* Releases are counted late, so that the last event may be so many too late. */
    while (*first < limit && sim->events_done < budget)
        request(sim, &fixed, *first);
    if (*first < limit) {
        sim->now = time_of(sim, *first);
        outcome_set(sim, SIM_BUDGET, "the event budget is exhausted");
    }
}

/* ---- the state between calls ---- */

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
        thread->waits_for = NULL;
        thread->nowned = 0;
    }
    lane->ninside = 0;
}

static void settle_thread(struct sim *sim, const struct server *server, uint32_t n) {
    const struct passage *p = passage_at_(server, n);
    const struct op *op = pass_at(server, n)->leg->lock;
    struct thread *thread = &sim->threads[p->thread];
    bool owned = n == server->head, contended = (p->flags & PASSAGE_CONTENDED) != 0;
    /* Granted since it came: by numbers, which may have begun again at 0. */
    uint32_t since = server->head - (contended ? holder_of(sim, server, n) + 1 : n);
    thread->state = owned ? T_RUN : T_SPIN;
    thread->since = owned ? p->acquired : p->requested;
    thread->waits_for = owned ? NULL : server->lock;
    thread->nowned = owned;
    thread->wanted = &thread->holds[op->slot];
    thread->holds[op->slot] = (struct hold){.lock = server->lock,
                                            .requested = p->requested,
                                            .acquired = p->acquired,
                                            .grants = server->booked - (uint64_t)(int32_t)since,
                                            .site = op->site,
                                            .flags = (uint16_t)p->flags,
                                            .owned = owned};
    if (owned)
        server->lock->holder = thread;
    sim->lane->inside[sim->lane->ninside++] = p->thread;
}

static void settle_server(struct sim *sim, struct server *server) {
    struct lock_account *account = server->lock->account;
    bool held = server->head != server->tail;
    server->lock->holder = NULL;
    server->lock->grants = server->booked + held;
    account->requests += server->booked + (server->tail - server->head);
    account->grants += server->booked + held;
    account->releases += server->booked;
    account->request_times += server->at.request_times;
    account->grant_times += server->at.grant_times;
    account->release_times += server->at.release_times;
    if (held)
        account->grant_times += (uint64_t)passage_at_(server, server->head)->acquired;
    for (uint32_t n = server->head; n != server->tail; n++) {
        account->request_times += (uint64_t)passage_at_(server, n)->requested;
        settle_thread(sim, server, n);
    }
}

static void settle_leg(struct sim *sim, const struct leg *leg, struct group_time *times) {
    struct leg_sums *sums = leg->sums;
    for (uint32_t i = 0; i < leg->ncounts; i++)
        sim->progress[leg->counts[i]] += sums->passes;
    times->user += leg->user ? sums->user : 0;
    *sums = (struct leg_sums){0};
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
        thread->times->cpu += thread->since;
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
        book_until(sim, &sim->lane->servers[i], limit);
        settle_server(sim, &sim->lane->servers[i]);
    }
    settle_groups(sim);
    settle_times(sim);
}
