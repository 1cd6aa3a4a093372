/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cluster/cluster.h"

#include "base/arena.h"
#include "store/pack.h"

#include <limits.h>
#include <mpi.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/*
 * Messages: an other process ASKs the first, which answers with a POINT, or
 * NO_POINT; it sends its RESULT, the point's number and record; it has DONE all.
 */
enum { FIRST = 0, TAG_ASK = 1, TAG_POINT, TAG_RESULT, TAG_DONE };
static const uint32_t NO_POINT = UINT32_MAX;

/* Receiving blocks with a busy loop: who waits for long looks now and then. */
static const struct timespec NAP = {.tv_nsec = 500000};

const char *cluster_begin(struct cluster *cluster, uint64_t provenance) {
    int provided, rank;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &cluster->size);
    cluster->first = rank == FIRST;
    uint64_t first = provenance;
    MPI_Bcast(&first, sizeof(first), MPI_BYTE, FIRST, MPI_COMM_WORLD);
    int bad = provided < MPI_THREAD_SERIALIZED ? 2 : first != provenance, worst;
    MPI_Allreduce(&bad, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    if (worst == 0)
        return NULL;
    MPI_Finalize();
    return worst == 2 ? "MPI has no threads (MPI_THREAD_SERIALIZED)"
                      : "not all processes have the same scenario and version of the program";
}

void cluster_end(void) {
    MPI_Finalize();
}

/* ---- the others ---- */

struct worker {
    struct sweep *sweep;
    pthread_mutex_t lock; /* of MPI */
};

static bool ask(void *self, uint32_t *index) {
    struct worker *w = self;
    pthread_mutex_lock(&w->lock);
    MPI_Send(NULL, 0, MPI_BYTE, FIRST, TAG_ASK, MPI_COMM_WORLD);
    MPI_Recv(index, 1, MPI_UINT32_T, FIRST, TAG_POINT, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    pthread_mutex_unlock(&w->lock);
    return *index != NO_POINT;
}

static bool send_result(void *self, uint32_t index) {
    struct worker *w = self;
    struct arena *arena = arena_new();
    size_t n = 0;
    const void *bytes = record_pack(arena, w->sweep, index, &n);
    bool fits = n <= INT_MAX;
    pthread_mutex_lock(&w->lock);
    if (fits)
        MPI_Send(bytes, (int)n, MPI_BYTE, FIRST, TAG_RESULT, MPI_COMM_WORLD);
    pthread_mutex_unlock(&w->lock);
    arena_free(arena);
    return fits;
}

static void work(struct arena *arena, const struct sweep_plan *plan, struct sweep *sweep) {
    struct worker worker = {.sweep = sweep};
    struct sweep_plan quiet = *plan;
    quiet.progress = NULL;
    const struct sweep_feed feed = {&worker, sweep->npoints, ask, send_result};
    pthread_mutex_init(&worker.lock, NULL);
    sweep_compute(arena, &quiet, sweep, &feed);
    pthread_mutex_destroy(&worker.lock);
    MPI_Send(NULL, 0, MPI_BYTE, FIRST, TAG_DONE, MPI_COMM_WORLD);
}

/* ---- the first ---- */

/* It computes with threads of its own, and answers the others in the one that began. */
struct server {
    struct arena *arena, *received; /* for what it computes, and for what others send */
    uint32_t *theirs;               /* the points that they sent */
    uint32_t ntheirs;
    const struct sweep_plan *plan;
    struct sweep *sweep;
    const struct sweep_feed *feed;
    int others;           /* that have not done all */
    pthread_mutex_t lock; /* of the feed and what follows */
    uint32_t done;
    bool stopped, computing;
};

static bool next(void *self, uint32_t *index) {
    struct server *s = self;
    pthread_mutex_lock(&s->lock);
    bool more = !s->stopped && s->feed->next(s->feed->self, index);
    pthread_mutex_unlock(&s->lock);
    return more;
}

static bool done(void *self, uint32_t index) {
    struct server *s = self;
    pthread_mutex_lock(&s->lock);
    if (!s->stopped)
        s->stopped = !s->feed->done(s->feed->self, index);
    s->done++;
    if (s->plan->progress != NULL)
        s->plan->progress(s->plan->self, (double)s->done / s->feed->n);
    bool goes_on = !s->stopped;
    pthread_mutex_unlock(&s->lock);
    return goes_on;
}

static void *compute(void *self) {
    struct server *s = self;
    struct sweep_plan quiet = *s->plan;
    quiet.progress = NULL; /* done() knows of all processes */
    const struct sweep_feed own = {s, s->feed->n, next, done};
    sweep_compute(s->arena, &quiet, s->sweep, &own);
    pthread_mutex_lock(&s->lock);
    s->computing = false;
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static void answer(struct server *s, int rank) {
    uint32_t index;
    if (!next(s, &index))
        index = NO_POINT;
    MPI_Send(&index, 1, MPI_UINT32_T, rank, TAG_POINT, MPI_COMM_WORLD);
}

static void take_result(struct server *s, const MPI_Status *status) {
    struct arena *scratch = arena_new();
    int n;
    uint32_t index;
    MPI_Get_count(status, MPI_BYTE, &n);
    void *bytes = arena_alloc(scratch, (size_t)n);
    MPI_Recv(bytes, n, MPI_BYTE, status->MPI_SOURCE, TAG_RESULT, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (record_unpack(s->received, s->sweep, bytes, (size_t)n, &index)) {
        s->theirs[s->ntheirs++] = index;
        done(s, index);
    }
    arena_free(scratch);
}

static void take_message(struct server *s, const MPI_Status *status) {
    if (status->MPI_TAG == TAG_RESULT) {
        take_result(s, status);
        return;
    }
    MPI_Recv(NULL, 0, MPI_BYTE, status->MPI_SOURCE, status->MPI_TAG, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    if (status->MPI_TAG == TAG_ASK)
        answer(s, status->MPI_SOURCE);
    else
        s->others--;
}

static bool computes(struct server *s) {
    pthread_mutex_lock(&s->lock);
    bool computes = s->computing;
    pthread_mutex_unlock(&s->lock);
    return computes;
}

static void serve(struct server *s) {
    while (s->others > 0 || computes(s)) {
        MPI_Status status;
        int there = 0;
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
        if (there)
            take_message(s, &status);
        else
            nanosleep(&NAP, NULL);
    }
}

/* Where what was computed here is, too. */
static void keep_theirs(struct server *s) {
    struct arena *scratch = arena_new();
    for (uint32_t i = 0; i < s->ntheirs; i++) {
        size_t n;
        uint32_t index;
        const void *bytes = record_pack(scratch, s->sweep, s->theirs[i], &n);
        record_unpack(s->arena, s->sweep, bytes, n, &index);
        arena_reset(scratch);
    }
    arena_free(scratch);
    arena_free(s->received);
}

void cluster_compute(const struct cluster *cluster, struct arena *arena,
                     const struct sweep_plan *plan, struct sweep *sweep,
                     const struct sweep_feed *feed) {
    if (!cluster->first) {
        work(arena, plan, sweep);
        return;
    }
    struct server s = {.arena = arena,
                       .received = arena_new(),
                       .theirs = arena_array(arena, sweep->npoints, sizeof(uint32_t)),
                       .plan = plan,
                       .sweep = sweep,
                       .feed = feed,
                       .others = cluster->size - 1,
                       .computing = true};
    pthread_t computer;
    pthread_mutex_init(&s.lock, NULL);
    bool apart = pthread_create(&computer, NULL, compute, &s) == 0;
    if (!apart)
        compute(&s);
    serve(&s);
    if (apart)
        pthread_join(computer, NULL);
    keep_theirs(&s);
    pthread_mutex_destroy(&s.lock);
}
