/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/handloop.h"

#include "bench/draws.h"

enum { THREAD_BITS = 6, THREADS = 1 << THREAD_BITS };
#define TICKS_PER_US 10000.0
#define NEVER UINT64_MAX

/* Keys time << THREAD_BITS | thread of the thinking threads; leaf of thread t: THREADS + t. */
static uint64_t tree[2 * THREADS] __attribute__((aligned(64)));

static struct draws thinks, holds;

/* The loop is written out: compilers leave a loop over levels as one. */
static inline void schedule(uint64_t key, unsigned thread) {
    unsigned i = THREADS + thread;
    tree[i] = key;
#define LEVEL(n)                                                                                   \
    {                                                                                              \
        uint64_t sibling = tree[i >> (n) ^ 1];                                                     \
        key = key < sibling ? key : sibling;                                                       \
        tree[i >> (n) >> 1] = key;                                                                 \
    }
    LEVEL(0)
    LEVEL(1)
    LEVEL(2)
    LEVEL(3)
    LEVEL(4)
    LEVEL(5)
#undef LEVEL
}

/* Durations, shifted like times in keys. */
static inline uint64_t think(void) {
    return draws_next(&thinks) << THREAD_BITS;
}

static inline uint64_t hold(void) {
    return draws_next(&holds) << THREAD_BITS;
}

static void begin(void) {
    draws_init(&thinks, 10 * TICKS_PER_US, 1);
    draws_init(&holds, TICKS_PER_US, 1ULL << 32);
    for (unsigned i = 0; i < 2 * THREADS; i++)
        tree[i] = NEVER;
    for (unsigned t = 0; t < THREADS; t++)
        schedule(think() | t, t);
}

static struct hand_answer answer(uint64_t acquisitions, uint64_t elapsed, uint64_t waiting) {
    const double us = TICKS_PER_US * THREADS, n = (double)acquisitions;
    return (struct hand_answer){.rate = n / ((double)elapsed / us),
                                .wait = (double)waiting / us / n};
}

struct hand_answer hand_two_events(uint64_t acquisitions) {
    uint64_t now = 0, release = NEVER, waiting = 0;
    uint64_t asked[THREADS]; /* when, in order; thread[first] holds the lock */
    unsigned thread[THREADS], first = 0, inside = 0;
    begin();
    for (uint64_t done = 0; done < acquisitions;) {
        uint64_t request = tree[1];
        if (release < request) {
            unsigned leaving = thread[first];
            now = release;
            done++;
            first = (first + 1) & (THREADS - 1);
            release = NEVER;
            if (--inside > 0) {
                waiting += now - asked[first];
                release = now + hold();
            }
            schedule((now + think()) | leaving, leaving);
        } else {
            unsigned last = (first + inside) & (THREADS - 1);
            thread[last] = request & (THREADS - 1);
            asked[last] = now = request - thread[last];
            if (inside++ == 0)
                release = now + hold();
            schedule(NEVER, thread[last]);
        }
    }
    return answer(acquisitions, now, waiting);
}

struct hand_answer hand_one_event(uint64_t acquisitions) {
    uint64_t release = 0, waiting = 0;
    begin();
    for (uint64_t done = 0; done < acquisitions; done++) {
        unsigned thread = tree[1] & (THREADS - 1);
        uint64_t request = tree[1] - thread;
        uint64_t grant = request > release ? request : release;
        waiting += grant - request;
        release = grant + hold();
        schedule((release + think()) | thread, thread);
    }
    return answer(acquisitions, release, waiting);
}
