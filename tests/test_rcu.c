/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Grace periods, and the kind of lock whose writers wait for them. */
#include "suite.h"
#include "trial.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define MARKED "sections: {mark: {}}\n"
#define MARKS "designs: {d: {locks: {l: {kind: none}}, guard: {mark: l}}}\n"

/* Every arrival sleeps for a grace period, which is how long it "holds" mark. */
#define SYNCHRONIZERS(rate, more)                                                                  \
    "sim: 1\nmachine: {cpus: 64, rcu: {grace_period: 1ms, expedited: 10us}}\n" MARKED              \
    "threads:\n  s: {arrivals: poisson(" rate                                                      \
    "), steps: [{in: mark, do: [{synchronize_rcu: normal}]}, {count: op}]}\n" more MARKS

static int by_release(const void *a, const void *b) {
    const struct passage *p = a, *q = b;
    return p->released < q->released ? -1 : p->released > q->released;
}

/* Grace periods, from when they ended. */
static uint32_t distinct_releases(struct trial *trial) {
    uint32_t n = 0;
    qsort(trial->passages, trial->n, sizeof(*trial->passages), by_release);
    for (size_t i = 0; i < trial->n; i++)
        n += i == 0 || trial->passages[i].released != trial->passages[i - 1].released;
    return n;
}

/*
 * Grace periods one after another: who comes at random waits for the half of
 * one, on average, and then for a whole one, which all who came share.
 */
START_TEST(grace_periods_are_shared) {
    struct trial *trial = trial_ok(SYNCHRONIZERS("20k/s", ""), 2);
    ck_assert_double_eq_tol(trial_mean_hold(trial, "l"), 1500, 15);
    for (size_t i = 0; i < trial->n; i++) {
        sim_time latency = trial->passages[i].released - trial->passages[i].acquired;
        ck_assert_int_ge(latency, 1000 * TICKS_PER_US);
        ck_assert_int_le(latency, 2000 * TICKS_PER_US);
    }
    ck_assert_uint_ge(distinct_releases(trial), 1990);
    ck_assert_uint_le(distinct_releases(trial), 2000);
    trial_free(trial);
}
END_TEST

/* Who asks alone waits for one grace period; expedited ones do not meet the normal ones. */
START_TEST(a_lone_grace_period) {
    struct trial *trial = trial_ok("sim: 1\nmachine: {cpus: 2, rcu: {grace_period: 1ms, expedited: "
                                   "10us}}\n" MARKED "threads:\n"
                                   "  fast: {steps: [{run: 5us}, {in: mark, do: [{synchronize_rcu: "
                                   "expedited}]}, {count: op}]}\n"
                                   "  slow: {steps: [{run: 1us}, {in: mark, do: [{synchronize_rcu: "
                                   "normal}]}, {count: op}]}\n" MARKS,
                                   0.1);
    ck_assert_uint_gt(trial->n, 6000);
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        ck_assert_int_eq(p->released - p->acquired, (p->thread == 0 ? 10 : 1000) * TICKS_PER_US);
    }
    trial_free(trial);
}
END_TEST

/*
 * Whoever read as synchronize_rcu() was called has left when it returns, also
 * if he was preempted; readers that come later do not keep it. With more
 * threads than CPUs, nested sections, and read sections of both sorts.
 */
START_TEST(grace_periods_wait_for_readers) {
    char text[2048];
    static const char *const preemptions[] = {"none", "voluntary", "full"};
    snprintf(
        text, sizeof(text),
        "sim: 1\n"
        "machine: {cpus: 3, preemption: %s, rcu: {grace_period: exp(20us), expedited: 1us},"
        " sched: {latency: 200us, min_granularity: 50us, wakeup_granularity: 50us}}\n"
        "sections: {look: {cost: exp(10us)}, step: {cost: exp(5us)}, sync: {}, wait: {}}\n"
        "threads:\n"
        "  r: {count: 4, steps: [{run: exp(20us)}, {in: look}, {count: read}]}\n"
        "  n: {count: 3, steps: [{run: exp(9us)}, {in: look, do: [{rcu_read: [{in: step}]},"
        " {run: 1us}]}, {count: read}]}\n"
        "  s: {count: 3, steps: [{run: exp(30us)}, {in: sync, do: [{synchronize_rcu: normal}]},"
        " {count: synced}]}\n"
        "  e: {count: 2, steps: [{run: exp(30us)}, {in: sync, do: [{synchronize_rcu: "
        "expedited}]}, {count: synced}]}\n"
        "designs: {d: {locks: {table: {kind: rcu}, s: {kind: none}, q: {kind: spinlock}},"
        " guard: {look: {read: table}, step: q, sync: s}}}\n",
        preemptions[_i]);
    struct trial *trial = trial_ok(text, 0.1);
    uint32_t table = trial_lock(trial, "table"), sync = trial_lock(trial, "s");
    uint32_t prolonged = 0, left_behind = 0, n = 0;
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *s = &trial->passages[i];
        if (s->lock_class != sync)
            continue;
        n++;
        for (size_t j = 0; j < trial->n; j++) {
            const struct passage *r = &trial->passages[j];
            bool before = r->lock_class == table && r->acquired < s->acquired;
            left_behind += before && r->released > s->released;
            prolonged += before && r->released == s->released;
        }
    }
    ck_assert_uint_eq(left_behind, 0);
    ck_assert_uint_gt(n, 1500);
    ck_assert_uint_lt(prolonged, n);
    ck_assert_uint_gt(trial_count(trial, "read"), 4000);
    ck_assert_uint_eq(trial_flagged(trial, PASSAGE_READ | PASSAGE_WAITED), 0);
    trial_free(trial);
}
END_TEST

/* Readers that overlap for ever keep no grace period from ending. */
START_TEST(readers_do_not_starve_grace_periods) {
    struct trial *trial =
        trial_ok("sim: 1\nmachine: {cpus: 16, rcu: {grace_period: 10us}}\n" MARKED "threads:\n"
                 "  r: {count: 8, start: uniform(0, 50us), steps: [{rcu_read: [{run: 50us}]}]}\n"
                 "  s: {steps: [{in: mark, do: [{synchronize_rcu: normal}]}, {count: op}]}\n" MARKS,
                 0.1);
    ck_assert_double_ge(trial_mean_hold(trial, "l"), 40);
    ck_assert_double_le(trial_mean_hold(trial, "l"), 50);
    trial_free(trial);
}
END_TEST

/* What call_rcu() defers is done once, at least one grace period and at most two later;
 * whether grace periods follow each other or there is often none. */
START_TEST(callbacks_are_done) {
    static const int think[] = {100, 1500, 6000}; /* us */
    char text[1024];
    snprintf(
        text, sizeof(text),
        "sim: 1\nmachine: {cpus: 8, rcu: {grace_period: 1ms}}\n"
        "sections: {change: {cost: exp(5us)}, call: {}, done: {}}\nthreads:\n"
        "  t: {count: 2, iterations: 500, steps: [{run: exp(%dus)}, {in: call},"
        " {call_rcu: [{in: done}, {count: called}]}, {in: change}, {call_rcu: 10ns}]}\n"
        "  wait: {iterations: 1, steps: [{sleep: 5s}]}\n"
        "designs: {d: {locks: {u: {kind: rcu, synchronize: no, callback: 1us}, n: {kind: none},"
        " m: {kind: none}}, guard: {change: u, call: n, done: m}}}\n",
        think[_i]);
    struct trial *trial = trial_ok(text, 6);
    uint32_t called = trial_lock(trial, "n"), done = trial_lock(trial, "m");
    ck_assert_uint_eq(trial_count(trial, "called"), 1000);
    size_t i = 0;
    for (size_t j = 0; j < trial->n; j++) {
        if (trial->passages[j].lock_class != done)
            continue;
        while (trial->passages[i].lock_class != called)
            i++;
        sim_time later = trial->passages[j].acquired - trial->passages[i++].acquired;
        ck_assert_int_ge(later, 1000 * TICKS_PER_US);
        ck_assert_int_le(later, 2100 * TICKS_PER_US);
    }
    trial_free(trial);
}
END_TEST

/* A writer of 100 us at 5 ms, with grace periods of 1 ms; readers all the time. */
static struct trial *one_writer(const char *params) {
    char text[1024];
    snprintf(text, sizeof(text),
             "sim: 1\nmachine: {cpus: 8, atomic: 10ns, line: {node: 1us}, rcu: {grace_period: "
             "1ms}}\n"
             "sections: {look: {cost: 3us}, change: {cost: 100us}}\nthreads:\n"
             "  w: {iterations: 1, start: 5ms, steps: [{in: change}]}\n"
             "  r: {count: 4, iterations: 1000, steps: [{run: exp(10us)}, {in: look}, {count: op}]}"
             "\n"
             "designs: {d: {locks: {l: {kind: percpu-rwsem%s}}, guard: {look: {read: l}, change: "
             "l}}}\n",
             params);
    struct trial *trial = trial_ok(text, 1);
    ck_assert_uint_eq(trial->n, 4001);
    return trial;
}

static const struct passage *find_write(const struct trial *trial) {
    const struct passage *write = trial->passages;
    while (write->flags & PASSAGE_READ)
        write++;
    return write;
}

static sim_time ticks(double us) {
    return (sim_time)(us * (double)TICKS_PER_US);
}

/* Fast, then slow for a grace period, then blocked, then slow for another one, then fast again. */
START_TEST(percpu_rwsem_has_its_phases) {
    struct trial *trial = one_writer("");
    const struct passage *write = find_write(trial);
    ck_assert_int_ge(write->acquired - write->requested, ticks(1000));
    ck_assert_int_le(write->acquired - write->requested, ticks(1000 + 3 + 0.01));
    sim_time blocks = write->requested + ticks(1000), fast = write->released + ticks(1000);
    uint32_t phases[4] = {0};
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        sim_time wait = p->acquired - p->requested;
        if ((p->flags & PASSAGE_READ) == 0)
            continue;
        if (p->requested < write->requested || p->requested > fast) {
            phases[0]++;
            ck_assert_int_eq(wait, 0);
        } else if (p->requested < blocks) {
            phases[1]++;
            ck_assert_int_eq(wait, ticks(0.01));
        } else if (p->requested < write->released) {
            phases[2]++;
            ck_assert_int_ge(p->acquired, write->released);
            ck_assert_uint_ne(p->flags & PASSAGE_SLEPT, 0);
        } else {
            phases[3]++;
            ck_assert_int_eq(wait, ticks(0.01));
        }
    }
    ck_assert_uint_gt(phases[0], 3000);
    ck_assert_uint_gt(phases[1], 250);
    ck_assert_uint_eq(phases[2], 4);
    ck_assert_uint_gt(phases[3], 250);
    trial_free(trial);
}
END_TEST

START_TEST(percpu_rwsem_without_a_fast_path) {
    struct trial *trial = one_writer(", slow_readers: yes");
    const struct passage *write = find_write(trial);
    ck_assert_int_le(write->acquired - write->requested, ticks(3 + 0.01));
    for (size_t i = 0; i < trial->n; i++)
        if (trial->passages[i].flags & PASSAGE_READ)
            ck_assert_int_ge(trial->passages[i].acquired - trial->passages[i].requested,
                             ticks(0.01));
    trial_free(trial);
}
END_TEST

/*
 * The next writer waits for a grace period only if readers are fast again: one
 * grace period after the last writer, or up to two if that one came while the
 * grace period of the one before him ran.
 */
START_TEST(percpu_rwsem_writers_share_the_slow_phase) {
    char text[1024];
    snprintf(text, sizeof(text),
             "sim: 1\nmachine: {cpus: 8, rcu: {grace_period: 1ms}}\nsections: {change: {cost: "
             "10us}}\n"
             "threads: {w: {steps: [{sleep: uniform(0, 4ms)}, {in: change}, {count: op}]}}\n"
             "designs: {d: {locks: {l: {kind: percpu-rwsem}}, guard: {change: l}}}\n");
    struct trial *trial = trial_ok(text, 5);
    uint32_t waited = 0;
    for (size_t i = 1; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        sim_time pause = p->requested - trial->passages[i - 1].released;
        sim_time wait = p->acquired - p->requested;
        ck_assert(wait == 0 || (wait == ticks(1000) && pause > ticks(1000)));
        ck_assert(wait == ticks(1000) || pause < ticks(2000));
        waited += wait > 0;
    }
    ck_assert_uint_gt(waited, trial->n / 2);
    ck_assert_uint_lt(waited, trial->n * 3 / 4);
    trial_free(trial);
}
END_TEST

/* Writers that come while the first waits for its grace period wait for the same. */
START_TEST(percpu_rwsem_writers_share_a_grace_period) {
    struct trial *trial = trial_ok(
        "sim: 1\nmachine: {cpus: 8, rcu: {grace_period: 1ms}}\nsections: {change: {cost: 1us}}"
        "\nthreads: {w: {count: 5, iterations: 1, start: uniform(0, 900us), steps: [{in: "
        "change}]}}\n"
        "designs: {d: {locks: {l: {kind: percpu-rwsem}}, guard: {change: l}}}\n",
        1);
    sim_time first = trial->passages[0].requested;
    for (size_t i = 1; i < trial->n; i++)
        if (trial->passages[i].requested < first)
            first = trial->passages[i].requested;
    for (size_t i = 0; i < trial->n; i++)
        ck_assert_int_eq(trial->passages[i].acquired, first + ticks(1000 + (double)i));
    trial_free(trial);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rcu");
    TCase *tc = tcase_create("rcu");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, grace_periods_are_shared);
    tcase_add_test(tc, a_lone_grace_period);
    tcase_add_loop_test(tc, grace_periods_wait_for_readers, 0, 3);
    tcase_add_test(tc, readers_do_not_starve_grace_periods);
    tcase_add_loop_test(tc, callbacks_are_done, 0, 3);
    suite_add_tcase(suite, tc);
    tc = tcase_create("percpu-rwsem");
    tcase_add_test(tc, percpu_rwsem_has_its_phases);
    tcase_add_test(tc, percpu_rwsem_without_a_fast_path);
    tcase_add_test(tc, percpu_rwsem_writers_share_the_slow_phase);
    tcase_add_test(tc, percpu_rwsem_writers_share_a_grace_period);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
