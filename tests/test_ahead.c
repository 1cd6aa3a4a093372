/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When work is drawn makes no difference, bit for bit. */
#include "config.h"

#include "same.h"
#include "suite.h"

#include "sim/core.h"

#include <stdlib.h>

/* Sections that are done again, waits for the clock, sleepers, arrivals, draws that are seldom. */
static const char text[] =
    "sim: 1\ntitle: t\nmachine: {profile: server-2s, cpus: 8}\n"
    "sections:\n  read: {cost: \"exp(300ns)\"}\n  write: {cost: \"lognormal(mean=1us, cv=1)\"}\n"
    "  held: {cost: \"uniform(1us, 3us)\"}\n"
    "threads:\n"
    "  reader: {count: 6, steps: [{run: exp(1us)}, {in: read, do: [{run: exp(200ns)}]}, "
    "{count: op}]}\n"
    "  writer: {count: 2, steps: [{delay: \"exp(5us)\"}, {in: write}, "
    "{choose: [{p: 0.1, do: [{sleep: exp(20us)}]}, {p: 0.2, do: [{run: \"lognormal(mean=2us, "
    "cv=2)\"}]}]}]}\n"
    "  owner: {count: 12, steps: [{run: exp(200us)}, {in: held}, {run: 1us}]}\n"
    "  guest: {arrivals: poisson(5k/s), limit: 64, steps: [{run: exp(1us)}, {in: held}]}\n"
    "designs: {d: {locks: {s: {kind: seqlock}, m: {kind: mutex}}, "
    "guard: {read: {read: s}, write: s, held: m}}}\n"
    "run: {duration: 10ms, warmup: 0s}\n";

static struct trial *drawn_when_due(uint64_t seed) {
    struct trial *trial = trial_compile(text, NULL);
    for (uint32_t i = 0; i < trial->program->nops; i++)
        trial->program->ops[i].drawn = false;
    trial_begin(trial, seed);
    return trial;
}

START_TEST(it_makes_no_difference) {
    struct trial *ahead = trial_new(text, NULL, (uint64_t)_i), *due = drawn_when_due((uint64_t)_i);
    ck_assert_uint_ne(ahead->sim->ahead, 0);
    for (int ms = 1; ms <= 10; ms++) {
        ck_assert_int_eq(sim_run_until(ahead->sim, ms * 10000000), SIM_OK);
        ck_assert_int_eq(sim_run_until(due->sim, ms * 10000000), SIM_OK);
        same_state(ahead, due);
    }
    same_passages(ahead, due);
    uint32_t again = 0;
    for (size_t i = 0; i < ahead->n; i++)
        again += (ahead->passages[i].flags & PASSAGE_RETRIED) != 0;
    ck_assert_uint_gt(again, 10);
    trial_free(ahead);
    trial_free(due);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("drawing ahead");
    TCase *tcase = tcase_create("drawing ahead");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, it_makes_no_difference, 0, 3);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
