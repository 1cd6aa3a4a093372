/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LANE_SERVER_H
#define SIM_LANE_SERVER_H

#include "sim/lane_block.h"

/*
 * A lock instance and who has asked for it. Passes are numbered from 0. Those up
 * to head are booked: they have released the lock, their observer knows them,
 * and they are in the sums. Their blocks are kept for as long as somebody may ask
 * who held the lock when the first of the others came.
 */
struct server {
    _Alignas(64) struct block
        *block; /* of the next pass, which has place at in it: BLOCK, there is none yet */
    uint32_t at;
    uint64_t release; /* of the last pass: nobody has the lock after it */
    uint64_t free_at; /* as a key, without the thread */
    struct lock *lock;
    const struct leg *leg; /* of all that ask; NULL: there are several */
    bool asks_holder;      /* who held the lock as somebody came makes a difference */
    uint32_t *site;        /* columns of what is the same for all passes; */
    uint32_t *instance;    /* of site only if nobody asks for the holder */
    uint64_t head;
    uint64_t kept;       /* first of the first block that is kept */
    uint64_t tail;       /* first of the last block */
    struct block **ring; /* block of pass n: [n / BLOCK & mask] */
    uint32_t mask;       /* with room for one block more */
    uint64_t holder;     /* had the lock as the last that was booked came, if it is kept */
    struct block_sums at_head;
};

struct runner;

struct lane {
    struct runner *runners;   /* by thread */
    struct server *servers;   /* by lock instance */
    const struct leg **first; /* by group: the leg of the first request */
    uint32_t *inside;         /* threads that had or awaited a lock at the last settling */
    uint32_t ninside;
    struct block *free;
    const struct block_code *code;
    struct booked booked; /* the passes that are reported */
    uint64_t requests;
    uint64_t events; /* before the first request */
};

struct server *servers_new(struct sim *sim);
/* Makes room for the next pass, whose key that is. */
void server_next_block(struct sim *sim, struct server *server, uint64_t key);
/* Books those who have released the lock before the key. */
void server_book(struct sim *sim, struct server *server, uint64_t key);

static inline uint64_t server_end(const struct server *server) {
    return server->block == NULL ? 0 : server->tail + server->at;
}

static inline struct block *server_block(const struct server *server, uint64_t n) {
    return server->ring[n / BLOCK & server->mask];
}

/* From what is booked. */
void lane_count_events(struct sim *sim);

/* The one that had the lock as a contended pass was asked for. */
uint64_t server_holder(const struct server *server, uint64_t n);

#endif
