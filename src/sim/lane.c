/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lane.h"

#include "base/arena.h"
#include "base/wide.h"
#include "sim/lane_draws.h"
#include "sim/lane_legs.h"

/* ---- beginning ---- */

struct lane *lane_new(struct sim *sim) {
    const struct leg **first = legs_of(sim);
    if (first == NULL)
        return NULL;
    uint32_t n = sim->program->nthreads;
    struct lane *lane = sim->lane = arena_alloc(sim->arena, sizeof(*lane));
    lane->first = first;
    lane->runners = arena_array(sim->arena, n, sizeof(*lane->runners));
    lane->servers = servers_new(sim);
    lane->inside = arena_array(sim->arena, n, sizeof(*lane->inside));
    lane->code = block_code();
    return lane;
}

static struct server *server_of(const struct sim *sim, const struct thread *thread,
                                const struct op *op) {
    uint32_t object = op->reg == NO_REG ? 0 : thread->regs[op->reg];
    return &sim->lane->servers[sim->program->locks[op->index].first + object];
}

static const struct leg *first_leg(const struct sim *sim, const struct thread *thread) {
    return sim->lane->first[thread->group - sim->program->groups];
}

/* At work, before its first request. */
static bool is_before_first(const struct sim *sim, const struct thread *thread) {
    const struct op *op = thread->at;
    while (leg_picks(op))
        op++;
    return thread->state == T_RUN && thread->lead == 0 && op == first_leg(sim, thread)->lock;
}

static void enter(struct sim *sim, struct thread *thread) {
    const struct leg *leg = first_leg(sim, thread);
    for (const struct op *op = thread->at; op != leg->lock; op++)
        thread->regs[op->reg] = pick_object(sim, thread, op);
    struct runner *r = &sim->lane->runners[thread->id];
    *r = (struct runner){.hold = UNKNOWN,
                         .think = UNKNOWN,
                         .leg = leg,
                         .server = server_of(sim, thread, leg->lock),
                         .streams = thread->streams};
    if (leg->together) {
        r->own[0] = thread->streams[leg->hold_stream];
        r->own[1] = thread->streams[leg->think_stream];
    }
    draw_unknown(&sim->events, r);
}

bool lane_enter(struct sim *sim) {
    for (uint32_t i = 0; i < sim->program->nthreads; i++)
        if (!is_before_first(sim, &sim->threads[i]) || sim->events.leaf[i] != i)
            return false;
    for (uint32_t i = 0; i < sim->program->nthreads; i++)
        enter(sim, &sim->threads[i]);
    sim->lane->events = sim->events_done;
    return true;
}

/* ---- requests ---- */

static OUT_OF_LINE void turn(struct sim *sim, uint64_t id, struct runner *r) {
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
    uint64_t horizon; /* as a key */
};

/*
 * Of many threads the next but a few are on their way to the caches: a subtree's
 * winner is the thread whose event comes next in it, and there are so many
 * subtrees that it takes a while until it does.
 */
static IN_LINE uint64_t put(const struct fixed *f, uint64_t id, uint64_t key) {
    enum { SUBTREES = 256 };
    if (f->leaves < 4 * SUBTREES) {
        winners_climb(f->tree, f->leaves + id, &key, 1);
        return key;
    }
    size_t i = winners_climb(f->tree, f->leaves + id, &key, 2 * SUBTREES - 1);
    uint64_t next = key & f->ids;
    __builtin_prefetch(&f->runners[next]);
    for (size_t node = f->leaves + next; node >= 4 * SUBTREES; node >>= 2)
        __builtin_prefetch(&f->tree[node]);
    winners_climb(f->tree, i, &key, 1);
    return key;
}

static OUT_OF_LINE uint64_t put_first(uint64_t *tree, uint64_t key) {
    return tree[1] = key;
}

/*
 * As winners_climb(), for a number of leaves that the compiler knows. That
 * another thread is next is what CPUs predict: they go on with the first of
 * the others before they know the key.
 */
static IN_LINE uint64_t put_known(uint64_t *tree, size_t leaves, uint64_t id, uint64_t key) {
    uint64_t best = key, others = EVENT_NONE;
    for (size_t nodes = leaves, i = leaves + id; nodes > 1; nodes >>= 2, i >>= 2) {
        uint64_t sibling = tree[i ^ 1];
        if (nodes > 2)
            sibling = earlier(sibling, earlier(tree[i ^ 2], tree[i ^ 3]));
        tree[i] = best;
        best = earlier(best, sibling);
        others = earlier(others, sibling);
    }
    if (__builtin_expect(key < others, 0))
        return put_first(tree, key);
    return tree[1] = others;
}

/* The thread's hold and think would end later than a key can tell. */
static OUT_OF_LINE bool is_too_long(struct sim *sim, struct runner *r, uint64_t left) {
    draw_unknown(&sim->events, r);
    return r->hold + r->think > left;
}

/* Returns the next key: to have it from the tree takes longer. */
static IN_LINE uint64_t request(struct sim *sim, const struct fixed *f, struct runner *r,
                                uint64_t key, size_t leaves) {
    uint64_t id = key & f->ids, requested = key - id;
    struct server *server = r->server;
    if (server->at == BLOCK)
        server_next_block(sim, server, key);
    struct block *block = server->block;
    uint32_t i = server->at++;
    uint64_t granted = requested > server->free_at ? requested : server->free_at;
    uint64_t left = f->horizon - granted;
    bool too_long = r->hold + r->think > left && is_too_long(sim, r, left);
    uint64_t released = too_long ? f->horizon : granted + r->hold;
    uint64_t next = (too_long ? f->horizon : released + r->think) | id;
    uint64_t release = (released | id) * 2;
    /* Who gets the lock in an event later in order than his own, and holds it for no time,
     * releases it in the next one. */
    if (release < server->release)
        release = server->release | 1;
    server->release = release;
    server->free_at = released;
    block->request[i + 1] = key;
    block->release[i + 1] = release;
    block->next[i] = next;
    block->leg[i] = r->leg;
    uint64_t first = leaves == 0 ? put(f, id, next) : put_known(f->tree, leaves, id, next);
    if (r->leg->turns)
        turn(sim, id, r);
    r->hold = r->think = UNKNOWN;
    return first;
}

/* For the next request: nothing waits for random numbers. */
static IN_LINE void draw_ahead(struct sim *sim, struct runner *a, struct runner *b) {
    if (a->leg->together && b->leg->together && a != b) {
        draw_two(a, b, sim->events.bits);
    } else {
        draw_unknown(&sim->events, a);
        draw_unknown(&sim->events, b);
    }
}

/*
 * Those of requests come when they do; a release that is booked was one, unless
 * it came with the grant, which came with the request; and where nothing was
 * done before the next request, that was none.
 */
void lane_count_events(struct sim *sim) {
    const struct lane *lane = sim->lane;
    sim->events_done = lane->events + lane->requests;
    for (uint32_t i = 0; i < sim->program->ninstances; i++)
        sim->events_done +=
            lane->servers[i].at_head.releases_seen - lane->servers[i].at_head.at_once;
}

/* So many requests, or one more, or fewer; how many. The tree has so many leaves, or 0: any number.
 */
static WIDE_BODY uint64_t requests(struct sim *sim, uint64_t limit, uint64_t most, size_t leaves) {
    const struct events *events = &sim->events;
    const struct fixed f = {.runners = sim->lane->runners,
                            .tree = events->often.tree,
                            .ids = ((uint64_t)1 << events->bits) - 1,
                            .leaves = events->often.leaves,
                            .horizon = (uint64_t)events->horizon << events->bits};
    uint64_t first = f.tree[1], n = 0;
    for (; n < most && first < limit; n++) {
        struct runner *a = &f.runners[first & f.ids];
        first = request(sim, &f, a, first, leaves);
        if (first >= limit)
            continue;
        struct runner *b = &f.runners[first & f.ids];
        first = request(sim, &f, b, first, leaves);
        draw_ahead(sim, a, b);
        n++;
    }
    return n;
}

/* For up to as many threads as usual machines have CPUs the compiler knows the tree. */
static WIDE_BODY uint64_t some_requests(struct sim *sim, uint64_t limit, uint64_t most) {
    switch (sim->events.often.leaves) {
    case 16:
        return requests(sim, limit, most, 16);
    case 32:
        return requests(sim, limit, most, 32);
    case 64:
        return requests(sim, limit, most, 64);
    case 128:
        return requests(sim, limit, most, 128);
    case 256:
        return requests(sim, limit, most, 256);
    default:
        return requests(sim, limit, most, 0);
    }
}

#define REQUESTS(name)                                                                             \
    WIDE_##name static uint64_t requests_##name(struct sim *sim, uint64_t limit, uint64_t most) {  \
        return some_requests(sim, limit, most);                                                    \
    }

WIDE(REQUESTS)

void lane_run(struct sim *sim, uint64_t limit) {
    const uint64_t *first = &sim->events.often.tree[1], budget = sim->program->budget;
    struct lane *lane = sim->lane;
    uint64_t (*const some[])(struct sim *, uint64_t, uint64_t) = {requests_plain, requests_avx2,
                                                                  requests_avx512};
    /* A request and its release are at most two events. */
    while (*first < limit && sim->events_done < budget) {
        lane->requests += some[wide_best()](sim, limit, (budget - sim->events_done + 1) / 2);
        for (uint32_t i = 0; i < sim->program->ninstances; i++)
            server_book(sim, &lane->servers[i], *first < limit ? *first : limit);
        lane_count_events(sim);
    }
    if (*first < limit) {
        sim->now = (sim_time)(*first >> sim->events.bits);
        outcome_set(sim, SIM_BUDGET, "the event budget is exhausted");
    }
}
