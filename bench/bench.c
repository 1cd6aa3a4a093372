/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast is sim? Times it against bench/handloop.c in one run, the best of
 * ROUNDS each, and shows simulated answers beside the exact ones. Usage:
 * bench SIM SOURCE-DIRECTORY
 */
#include "bench/handloop.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 3, HAND_ACQUISITIONS = 10000000 };

struct timing {
    double acquisitions, seconds;
    double rate, wait; /* per us, us */
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void keep_best(struct timing *best, struct timing timing) {
    if (best->seconds == 0.0 || timing.seconds < best->seconds)
        *best = timing;
}

static struct timing time_hand_loop(void) {
    double start = now();
    struct hand_answer answer = hand_loop(HAND_ACQUISITIONS);
    return (struct timing){HAND_ACQUISITIONS, now() - start, answer.rate, answer.wait};
}

static json_t *run_sim(const char *sim, const char *scenario) {
    char command[4096];
    int n =
        snprintf(command, sizeof(command),
                 "'%s' run --jobs 1 --replications 1 --quiet --format json '%s'", sim, scenario);
    FILE *pipe = n < (int)sizeof(command) ? popen(command, "r") : NULL;
    json_t *result = pipe == NULL ? NULL : json_loadf(pipe, 0, NULL);
    if (pipe == NULL || pclose(pipe) != 0 || result == NULL) {
        fprintf(stderr, "bench: failed: %s\n", command);
        exit(1);
    }
    return result;
}

static double number_at(json_t *object, const char *key, const char *inner) {
    json_t *value = json_object_get(object, key);
    return json_number_value(inner == NULL ? value : json_object_get(value, inner));
}

/* The first progress point and the first lock of the first design. */
static struct timing time_sim(const char *sim, const char *scenario) {
    double start = now();
    json_t *result = run_sim(sim, scenario);
    struct timing timing = {.seconds = now() - start};
    json_t *design = json_array_get(json_object_get(result, "designs"), 0);
    json_t *progress = json_object_get(design, "progress");
    json_t *point = json_object_iter_value(json_object_iter(progress));
    json_t *lock = json_array_get(json_object_get(design, "locks"), 0);
    timing.acquisitions = number_at(json_object_get(result, "run"), "acquisitions", NULL);
    timing.rate = number_at(point, "rate", "mean") * 1e-6;
    timing.wait =
        number_at(json_object_get(json_object_get(lock, "wait"), "mean"), "mean", NULL) * 1e6;
    json_decref(result);
    return timing;
}

static void show(const char *name, const struct timing *t, const struct timing *limit) {
    double speed = t->acquisitions / t->seconds;
    printf("%-10s %8.2f s %10.2f M/s %8.2f %12.4f/us %10.2f us\n", name, t->seconds, speed * 1e-6,
           speed / (limit->acquisitions / limit->seconds), t->rate, t->wait);
}

static void bench_w2(const char *sim, const char *directory) {
    char scenario[2048];
    struct timing hand = {0}, w2 = {0};
    snprintf(scenario, sizeof(scenario), "%s/bench/w2.yaml", directory);
    for (int i = 0; i < ROUNDS; i++) {
        keep_best(&hand, time_hand_loop());
        keep_best(&w2, time_sim(sim, scenario));
    }
    puts("W2: 64 threads, one lock, 10 M acquisitions\n"
         "                 time   acquisitions    ratio      throughput     mean wait\n"
         "exact                                               1.0000/us      53.00 us");
    show("hand loop", &hand, &hand);
    show("sim", &w2, &hand);
}

static void bench_scenario(const char *sim, const char *directory, const char *name) {
    char scenario[2048];
    snprintf(scenario, sizeof(scenario), "%s/%s", directory, name);
    if (access(scenario, R_OK) != 0)
        return;
    struct timing timing = time_sim(sim, scenario);
    printf("\n%s, all designs, one replication: %.1f M acquisitions in %.2f s, %.2f M/s\n", name,
           timing.acquisitions * 1e-6, timing.seconds, timing.acquisitions / timing.seconds * 1e-6);
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    bench_w2(argv[1], argv[2]);
    bench_scenario(argv[1], argv[2], "scenarios/ceph.yaml");
    return 0;
}
