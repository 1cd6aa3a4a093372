/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Structures that a table may come from. Two figures tell them apart: the share
 * of acquisitions that were contended, and the wait of those. Where requests
 * come at random and one lock serves all, the share is the lock's utilisation;
 * it is less by the number of instances, and as few threads never meet
 * themselves.
 */
#include "import/model_shapes.h"

#include <math.h>

static const double STEADY = 0.97; /* beyond, random arrivals make queues without end */
static const double WIDEST_CV = 12;
static const double LONGEST_THINK = 1800; /* seconds */

/* ---- a closed network of one kind of lock ---- */

struct network {
    double throughput, busy, wait; /* found by who comes; of those who wait */
};

/*
 * Mean value analysis (Reiser, Lavenberg 1980): n threads, k locks of which
 * each is as likely, exponential holds.
 */
static struct network solve(double k, uint32_t n, double hold, double think) {
    struct network net = {0, 0, 0};
    double queue = 0, response = hold;
    for (uint32_t i = 1; i <= n; i++) {
        net.busy = net.throughput * hold / k;
        response = hold * (1 + queue / k);
        net.throughput = i / (think + response);
        queue = net.throughput * response;
    }
    net.wait = net.busy > 0 ? (response - hold) / net.busy : hold;
    return net;
}

/* The think time that leads to this throughput; negative if there is none. */
static double find_think(double k, uint32_t n, double hold, double rate) {
    double low = 0, high = n / rate;
    if (solve(k, n, hold, 0).throughput <= rate)
        return -1;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (solve(k, n, hold, middle).throughput > rate)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* ---- how well a structure fits ---- */

/* The variation of holds scales waits by (1 + cv^2) / 2, from half of what exponential ones make.
 */
static void rate_shape(struct shape *s, double contended, double busy, double wait, double by) {
    double factor = 2 * wait / by;
    double squared = fmax(factor - 1, 0);
    double short_of = factor < 1 ? -log(fmax(factor, 1e-6)) : 0;
    s->cv = fmin(sqrt(squared), WIDEST_CV);
    s->misfit = fabs(log(busy / contended)) + short_of + 0.03 * fabs(log(fmax(squared, 0.05))) +
                0.01 * log(1.0 + s->instances) + (s->loops > 0 ? 0.02 + 0.01 * log(s->loops) : 0);
}

void model_keep_shape(struct shape *best, uint32_t *n, uint32_t most, const struct shape *s) {
    uint32_t at = *n < most ? (*n)++ : most;
    for (; at > 0 && best[at - 1].misfit > s->misfit; at--)
        if (at < most)
            best[at] = best[at - 1];
    if (at < most)
        best[at] = *s;
}

static void try_instances(const struct shape_question *q, uint32_t instances, struct shape *best,
                          uint32_t *n, uint32_t most) {
    static const uint32_t loops[] = {2,  3,  4,  5,  6,  7,  8,  10, 12, 14,
                                     16, 20, 24, 28, 32, 40, 48, 64, 96, 128};
    double load = q->rate * q->hold, k = instances;
    if (load / k < STEADY) {
        struct shape open = {.instances = instances};
        rate_shape(&open, q->contended, load / k, q->wait, q->hold / (1 - load / k));
        model_keep_shape(best, n, most, &open);
    }
    for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
        double think = find_think(k, loops[i], q->hold, q->rate);
        if (think < 0 || think > LONGEST_THINK)
            continue;
        struct network net = solve(k, loops[i], q->hold, think);
        struct shape closed = {.instances = instances, .loops = loops[i], .think = think};
        rate_shape(&closed, q->contended, net.busy, q->wait, net.wait);
        model_keep_shape(best, n, most, &closed);
    }
}

/* A lock that is never free: how long the queue is says how many there are. */
static void try_saturated(const struct shape_question *q, struct shape *best, uint32_t *n,
                          uint32_t most) {
    double others = q->wait / q->hold;
    struct shape s = {.misfit = 0, .instances = 1, .loops = (uint32_t)fmin(ceil(others) + 1, 1e4)};
    s.think = fmax((s.loops - 1) * q->hold - q->wait, 0.01 * q->hold);
    s.cv = 1;
    if (q->rate * q->hold > STEADY && q->contended > 0.9)
        model_keep_shape(best, n, most, &s);
}

uint32_t model_find_shapes(const struct shape_question *q, struct shape *best, uint32_t most) {
    static const uint32_t few[] = {1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 100};
    double apparent = q->rate * q->hold / q->contended;
    uint32_t n = 0, near = (uint32_t)fmin(fmax(floor(apparent), 1), MODEL_INSTANCES_MOST - 1);
    try_saturated(q, best, &n, most);
    for (size_t i = 0; i < sizeof(few) / sizeof(few[0]); i++)
        if (few[i] <= 2 * apparent + 1 && few[i] != near && few[i] != near + 1)
            try_instances(q, few[i], best, &n, most);
    try_instances(q, near, best, &n, most);
    try_instances(q, near + 1, best, &n, most);
    return n;
}

double model_quotient(double a, double b) {
    return b > 0 ? a / b : 0;
}

struct shape_question model_question_of(const struct model_mode *mode) {
    return (struct shape_question){
        mode->rate, mode->figure[FIGURE_HOLD],
        model_quotient(mode->figure[FIGURE_CONTENTIONS], mode->figure[FIGURE_ACQUISITIONS]),
        mode->figure[FIGURE_WAIT]};
}
