/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The passes through the locks of the short way, until they are reported. */
#include "sim/lane_server.h"

#include "base/arena.h"
#include "sim/lane_legs.h"

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

/* The only leg on which the class is taken, or NULL. */
static const struct leg *only_leg(const struct sim *sim, uint32_t class) {
    const struct leg *only = NULL;
    for (uint32_t g = 0; g < sim->program->ngroups; g++) {
        const struct leg *first = sim->lane->first[g], *leg = first;
        do {
            if (leg->lock->index == class && only != NULL)
                return NULL;
            if (leg->lock->index == class)
                only = leg;
        } while ((leg = leg->next) != first);
    }
    return only;
}

static uint32_t *new_column(struct arena *arena, uint32_t value) {
    uint32_t *column = arena_array(arena, BLOCK, sizeof(*column));
    for (uint32_t i = 0; i < BLOCK; i++)
        column[i] = value;
    return column;
}

struct server *servers_new(struct sim *sim) {
    const struct program *program = sim->program;
    struct server *servers = arena_array(sim->arena, program->ninstances, sizeof(*servers));
    for (uint32_t c = 0; c < program->nlocks; c++) {
        const struct lock_class *class = &program->locks[c];
        const struct leg *leg = only_leg(sim, c);
        bool asks = asks_holder(program, c);
        uint32_t *site = leg == NULL ? NULL : new_column(sim->arena, leg->site);
        for (uint32_t i = class->first; i < class->first + class->count; i++)
            servers[i] = (struct server){.at = BLOCK,
                                         .leg = leg,
                                         .site = site,
                                         .asks_holder = asks || leg == NULL,
                                         .lock = sim->locks[i]};
    }
    return servers;
}

/* ---- booking ---- */

static uint64_t key_of(const struct server *server, uint64_t n) {
    return server_block(server, n)->request[n % BLOCK + 1];
}

static uint64_t release_of(const struct server *server, uint64_t n) {
    return server_block(server, n)->release[n % BLOCK + 1];
}

uint64_t server_holder(const struct server *server, uint64_t n) {
    uint64_t key = key_of(server, n);
    while (n != server->kept && release_of(server, n - 1) > 2 * key)
        n--;
    return n;
}

/* The site of who had the lock as the n-th pass was asked for; n in order. */
static uint32_t holder_site(struct server *server, uint64_t n) {
    uint64_t key = key_of(server, n);
    if (server->holder < server->kept)
        server->holder = server->kept;
    while (release_of(server, server->holder) <= 2 * key)
        server->holder++;
    return server_block(server, server->holder)->leg[server->holder % BLOCK]->site;
}

/* What the tools see of those that came while another had the lock. */
static void see_each(struct server *server, struct booked *booked, const struct block *block,
                     uint32_t from, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        const struct leg *leg = block->leg[from + i];
        booked->site[i] = leg->site;
        booked->holder_site[i] = 0;
        if ((booked->flags[i] & PASSAGE_CONTENDED) == 0)
            continue;
        booked->holder_site[i] = holder_site(server, server->head + i);
        if (leg->traced && server->head + i - server->holder > 1)
            booked->flags[i] |= PASSAGE_TRACED;
    }
}

static void report(const struct sim *sim, const struct server *server, const struct booked *booked,
                   uint32_t n) {
    const uint32_t *site = server->asks_holder ? booked->site : server->site;
    const struct passages passages = {.n = n,
                                      .lock_class = server->lock->lock_class,
                                      .instance = server->instance,
                                      .thread = booked->thread,
                                      .site = site,
                                      .holder_site =
                                          server->asks_holder ? booked->holder_site : site,
                                      .flags = booked->flags,
                                      .requested = booked->requested,
                                      .contended = booked->requested,
                                      .traced = booked->requested,
                                      .acquired = booked->acquired,
                                      .released = booked->released,
                                      /* Not contended: that was the instant of the request. */
                                      .held_from = booked->acquired,
                                      .held_to = booked->released};
    if (sim->observer.passages != NULL)
        sim->observer.passages(sim->observer.self, &passages);
}

static void book_legs(const struct server *server, const struct block *block, uint32_t from,
                      uint32_t to, uint32_t bits, const struct block_sums *before) {
    if (server->leg != NULL) {
        const struct block_sums *now = &server->at_head;
        struct leg_sums *sums = server->leg->sums;
        sums->passes += to - from;
        sums->hold += (int64_t)(now->releases - before->releases - (now->grants - before->grants));
        sums->think += (int64_t)(now->think - before->think);
        return;
    }
    for (uint32_t i = from; i < to; i++) {
        struct leg_sums *sums = block->leg[i]->sums;
        sums->passes++;
        sums->hold += block_hold(block, i, bits);
        sums->think += block_think(block, i, bits);
    }
}

static void book(const struct sim *sim, struct server *server, const struct block *block,
                 uint32_t from, uint32_t to) {
    struct booked *booked = &sim->lane->booked;
    uint32_t bits = sim->events.bits;
    const struct block_sums before = server->at_head;
    sim->lane->code->book(&server->at_head, booked, block, from, to, bits);
    book_legs(server, block, from, to, bits, &before);
    if (server->asks_holder)
        see_each(server, booked, block, from, to - from);
    report(sim, server, booked, to - from);
    server->head += to - from;
}

/* Releases are in order. */
static uint32_t released_by(const struct block *block, uint32_t from, uint32_t to, uint64_t key) {
    while (to > from && block->release[to] >= 2 * key)
        to--;
    return to;
}

static uint32_t end_in_block(const struct server *server) {
    uint64_t end = server_end(server), block_end = (server->head / BLOCK + 1) * BLOCK;
    return end < block_end ? end % BLOCK : BLOCK;
}

void server_book(struct sim *sim, struct server *server, uint64_t key) {
    while (server->head != server_end(server)) {
        struct block *block = server_block(server, server->head);
        uint32_t from = server->head % BLOCK, end = end_in_block(server);
        uint32_t to = released_by(block, from, end, key);
        if (to != from)
            book(sim, server, block, from, to);
        if (to != end)
            return;
    }
}

/* Blocks as a whole. */
static void book_blocks(struct sim *sim, struct server *server, uint64_t key) {
    while (server->head != server_end(server)) {
        struct block *block = server_block(server, server->head);
        if (block->release[BLOCK] >= 2 * key)
            return;
        book(sim, server, block, server->head % BLOCK, BLOCK);
    }
}

/* ---- blocks ---- */

/* Those in which nobody held the lock as the first came that is not booked. */
static void free_blocks(struct sim *sim, struct server *server) {
    while (server->kept + BLOCK <= server->head) {
        struct block *block = server_block(server, server->kept);
        if (server->head != server_end(server) &&
            block->release[BLOCK] > 2 * key_of(server, server->head))
            return;
        block->next_free = sim->lane->free;
        sim->lane->free = block;
        server->kept += BLOCK;
    }
}

static void grow_ring(struct sim *sim, struct server *server) {
    uint32_t mask = server->ring == NULL ? 3 : 2 * server->mask + 1;
    struct block **ring = arena_array(sim->arena, (size_t)mask + 1, sizeof(struct block *));
    for (uint64_t n = server->kept; n != server_end(server); n += BLOCK)
        ring[n / BLOCK & mask] = server_block(server, n);
    server->ring = ring;
    server->mask = mask;
}

static struct block *new_block(struct sim *sim) {
    struct lane *lane = sim->lane;
    struct block *block = lane->free;
    if (block == NULL)
        return arena_alloc(sim->arena, sizeof(*block));
    lane->free = block->next_free;
    return block;
}

OUT_OF_LINE void server_next_block(struct sim *sim, struct server *server, uint64_t key) {
    const struct block *last = server->block;
    uint64_t end = server_end(server);
    if (last == NULL)
        server->instance = new_column(sim->arena, server->lock->instance);
    book_blocks(sim, server, key);
    /* Whoever is the first comes from elsewhere. */
    uint64_t request = last == NULL ? ~key : last->request[BLOCK];
    uint64_t release = last == NULL ? 0 : last->release[BLOCK];
    free_blocks(sim, server);
    if (server->ring == NULL || (end - server->kept) / BLOCK > server->mask)
        grow_ring(sim, server);
    server->block = new_block(sim);
    server->block->release[0] = release;
    server->block->request[0] = request;
    server->tail = end;
    server->at = 0;
    server->ring[end / BLOCK & server->mask] = server->block;
}
