/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/handloop.h"

#include <math.h>
#include <stdint.h>

enum { THREAD_BITS = 6, THREADS = 1 << THREAD_BITS, LAYERS = 256 };
#define TICKS_PER_US 10000.0
#define NEVER UINT64_MAX

/* Keys time << THREAD_BITS | thread of the thinking threads; leaf of thread t: THREADS + t. */
static uint64_t tree[2 * THREADS];

static void schedule(uint64_t key, unsigned thread) {
    tree[THREADS + thread] = key;
    for (unsigned i = THREADS + thread; i > 1; i >>= 1) {
        uint64_t sibling = tree[i ^ 1];
        key = key < sibling ? key : sibling;
        tree[i >> 1] = key;
    }
}

static uint64_t random_state;

static inline uint64_t random_bits(void) { /* SplitMix64 (Steele, Lea, Flood 2014) */
    uint64_t z = random_state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

static inline double random_unit(void) {
    return (double)(random_bits() >> 11) * 0x1p-53;
}

/* Marsaglia, Tsang: The Ziggurat Method, J. Stat. Software 5(8), 2000. */
static double edge[LAYERS + 1], height[LAYERS + 1];

static void make_layers(void) {
    const double tail = 7.69711747013104972, area = 0.0039496598225815571993;
    edge[0] = area * exp(tail);
    edge[1] = tail;
    for (int i = 2; i < LAYERS; i++)
        edge[i] = -log(area / edge[i - 1] + exp(-edge[i - 1]));
    for (int i = 0; i <= LAYERS; i++)
        height[i] = exp(-edge[i]);
}

static inline double random_exp(double mean) {
    for (double beyond = 0.0;;) {
        uint64_t bits = random_bits();
        unsigned i = bits & (LAYERS - 1);
        double x = (double)(bits >> 11) * 0x1p-53 * edge[i];
        if (x < edge[i + 1] ||
            (i > 0 && height[i] + random_unit() * (height[i + 1] - height[i]) < exp(-x)))
            return mean * (beyond + x);
        if (i == 0)
            beyond += edge[1];
    }
}

struct hand_answer hand_loop(uint64_t acquisitions) {
    const double think = 10 * TICKS_PER_US, hold = TICKS_PER_US;
    uint64_t now = 0, asked[THREADS], release = NEVER;
    unsigned queue[THREADS], first = 0, inside = 0; /* queue[first] holds the lock */
    double waiting = 0.0;
    make_layers();
    for (unsigned t = 0; t < THREADS; t++)
        schedule((uint64_t)random_exp(think) << THREAD_BITS | t, t);
    for (uint64_t done = 0; done < acquisitions;) {
        uint64_t request = tree[1];
        if (release < request) {
            unsigned thread = queue[first];
            now = release >> THREAD_BITS;
            done++;
            first = (first + 1) & (THREADS - 1);
            release = NEVER;
            if (--inside > 0) {
                waiting += (double)(now - asked[queue[first]]);
                release = (now + (uint64_t)random_exp(hold)) << THREAD_BITS;
            }
            schedule((now + (uint64_t)random_exp(think)) << THREAD_BITS | thread, thread);
        } else {
            unsigned thread = request & (THREADS - 1);
            now = request >> THREAD_BITS;
            asked[thread] = now;
            queue[(first + inside) & (THREADS - 1)] = thread;
            if (inside++ == 0)
                release = (now + (uint64_t)random_exp(hold)) << THREAD_BITS;
            schedule(NEVER, thread);
        }
    }
    double n = (double)acquisitions;
    return (struct hand_answer){.rate = n / ((double)now / TICKS_PER_US),
                                .wait = waiting / n / TICKS_PER_US};
}
