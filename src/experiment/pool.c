/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "experiment/pool.h"

#include "base/arena.h"

#include <pthread.h>
#include <string.h>

/* A job that has begun: in one of its stages, or between two of them. */
struct running {
    struct job job;
    struct stage stage;
    uint32_t taken, done; /* tasks of the stage */
};

struct pool {
    const struct job_source *source;
    pthread_mutex_t lock; /* of everything here, and of the source */
    pthread_cond_t changed;
    struct running *jobs; /* in the order in which they began */
    uint32_t njobs, room;
    bool drained; /* the source has no more */
};

static struct running *with_task(const struct pool *pool) {
    for (uint32_t i = 0; i < pool->njobs; i++)
        if (pool->jobs[i].taken < pool->jobs[i].stage.ntasks)
            return &pool->jobs[i];
    return NULL;
}

/* Jobs move in the list while the lock is not held. */
static struct running *of_job(const struct pool *pool, const void *self) {
    struct running *job = pool->jobs;
    while (job->job.self != self)
        job++;
    return job;
}

/* Its stage is done, or it has had none. */
static void advance(struct pool *pool, struct running *running) {
    struct job job = running->job;
    struct stage stage = {0};
    pthread_mutex_unlock(&pool->lock);
    bool goes_on = job.next(job.self, &stage);
    pthread_mutex_lock(&pool->lock);
    running = of_job(pool, job.self);
    *running = (struct running){.job = job, .stage = stage};
    if (!goes_on)
        memmove(running, running + 1,
                (size_t)(pool->jobs + --pool->njobs - running) * sizeof(*running));
    pthread_cond_broadcast(&pool->changed);
}

/* There is at most one job for each thread that found nothing else to do. */
static bool begin(struct pool *pool) {
    struct job job;
    if (pool->drained || pool->njobs == pool->room)
        return false;
    pool->drained = !pool->source->more(pool->source->self, &job);
    if (pool->drained)
        return false;
    pool->jobs[pool->njobs] = (struct running){.job = job};
    advance(pool, &pool->jobs[pool->njobs++]);
    return true;
}

static void do_task(struct pool *pool, struct arena *arena, struct running *running) {
    void *self = running->job.self;
    struct stage stage = running->stage;
    uint32_t index = running->taken++;
    pthread_mutex_unlock(&pool->lock);
    arena_reset(arena);
    stage.task(stage.self, arena, index);
    pthread_mutex_lock(&pool->lock);
    running = of_job(pool, self);
    if (++running->done == stage.ntasks)
        advance(pool, running);
}

static void *work(void *self) {
    struct pool *pool = self;
    struct arena *arena = arena_new();
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        struct running *running = with_task(pool);
        if (running != NULL)
            do_task(pool, arena, running);
        else if (begin(pool))
            continue;
        else if (pool->njobs > 0)
            pthread_cond_wait(&pool->changed, &pool->lock);
        else
            break;
    }
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    arena_free(arena);
    return NULL;
}

void pool_run(unsigned threads, const struct job_source *source) {
    struct arena *arena = arena_new();
    struct pool pool = {.source = source, .room = threads > 0 ? threads : 1};
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.changed, NULL);
    pool.jobs = arena_array(arena, pool.room, sizeof(*pool.jobs));
    pthread_t *helpers = arena_array(arena, pool.room, sizeof(*helpers));
    uint32_t started = 0;
    while (started + 1 < pool.room && pthread_create(&helpers[started], NULL, work, &pool) == 0)
        started++;
    work(&pool);
    for (uint32_t i = 0; i < started; i++)
        pthread_join(helpers[i], NULL);
    pthread_cond_destroy(&pool.changed);
    pthread_mutex_destroy(&pool.lock);
    arena_free(arena);
}
