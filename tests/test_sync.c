/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What single kinds and steps promise beyond the contract that every kind is held to. */
#include "trial.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t count_of(const struct trial *trial, const char *point) {
    for (uint32_t i = 0; i < trial->program->nprogress; i++)
        if (strcmp(trial->program->progress[i], point) == 0)
            return sim_progress(trial->sim, i);
    ck_abort_msg("no %s", point);
    return 0;
}

static struct trial *run(const char *text, double seconds) {
    struct trial *trial = trial_new(text, NULL, 1);
    enum sim_outcome outcome = trial_run(trial, seconds);
    ck_assert_msg(outcome == SIM_OK, "%s: %s", sim_outcome_name(outcome), sim_detail(trial->sim));
    return trial;
}

/* The most passages that are held at one instant. */
static int most_holders(const struct trial *trial) {
    int most = 0;
    for (size_t i = 0; i < trial->n; i++) {
        int holders = 0;
        sim_time when = trial->passages[i].acquired;
        for (size_t j = 0; j < trial->n; j++)
            holders += trial->passages[j].acquired <= when && when < trial->passages[j].released;
        most = holders > most ? holders : most;
    }
    return most;
}

START_TEST(semaphore_admits_its_count) {
    char text[1024];
    snprintf(text, sizeof(text),
             "sim: 1\nmachine: {cpus: 4, wake: {latency: exp(2us)}}\n"
             "sections: {cs: {cost: exp(5us)}}\n"
             "threads: {t: {count: 9, steps: [{run: exp(5us)}, {in: cs, do: [{sleep: exp(5us)}]}, "
             "{count: op}]}}\n"
             "designs: {d: {locks: {l: {kind: semaphore, count: %d}}, guard: {cs: l}}}\n",
             _i);
    struct trial *trial = run(text, 0.01);
    ck_assert_uint_gt(trial->n, 500);
    ck_assert_int_eq(most_holders(trial), _i);
    /* Who asked first is served first, up to the time that one who was woken takes to run. */
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        uint32_t overtook = 0;
        for (size_t j = 0; j < trial->n; j++)
            overtook += trial->passages[j].requested < p->requested &&
                        trial->passages[j].acquired > p->acquired;
        ck_assert_uint_lt(overtook, (uint32_t)_i);
    }
    trial_free(trial);
}
END_TEST

/* Several hold it, so a thread that holds one unit and wants another lock is no deadlock yet. */
START_TEST(semaphore_of_two_is_no_deadlock) {
    struct trial *trial =
        run("sim: 1\nmachine: {cpus: 8}\nsections: {a: {cost: exp(1us)}, b: {cost: exp(1us)}}\n"
            "threads:\n"
            "  ab: {steps: [{run: exp(1us)}, {in: a, do: [{in: b}]}, {count: op}]}\n"
            "  ba: {steps: [{run: exp(1us)}, {in: b, do: [{in: a}]}, {count: op}]}\n"
            "designs: {d: {locks: {s: {kind: semaphore, count: 2}, m: {kind: mutex}}, "
            "guard: {a: s, b: m}}}\n",
            0.05);
    ck_assert_uint_gt(count_of(trial, "op"), 5000);
    trial_free(trial);
}
END_TEST

#define MARKED "sections: {mark: {}}\n"
#define MARKS "designs: {d: {locks: {l: {kind: none}}, guard: {mark: l}}}\n"

/* Every complete() lets exactly one waiter pass, in order; what comes early is kept. */
START_TEST(completion_counts) {
    struct trial *trial =
        run("sim: 1\nmachine: {cpus: 16, wake: {latency: exp(2us)}}\nobjects: {req: 3}\n" MARKED
            "threads:\n"
            "  device: {count: 2, steps: [{run: exp(10us)}, {pick: req}, {complete: done[req]}, "
            "{count: completed}]}\n"
            "  waiter: {count: 4, per: req, steps: [{wait_for: done[req]}, {in: mark}, "
            "{count: passed}]}\n" MARKS,
            0.05);
    uint64_t completed = count_of(trial, "completed"), passed = count_of(trial, "passed");
    ck_assert_uint_gt(completed, 9000);
    ck_assert_uint_le(passed, completed);
    ck_assert_uint_ge(passed + 12, completed);
    /* With one place in the line each, the waiters of an object share alike. */
    uint64_t by_thread[14] = {0};
    for (size_t i = 0; i < trial->n; i++)
        by_thread[trial->passages[i].thread]++;
    for (int t = 2; t < 14; t++) {
        ck_assert_uint_gt(by_thread[t], 600);
        ck_assert_uint_lt(by_thread[t], 1000);
    }
    trial_free(trial);
}
END_TEST

/* Nobody waits before it is done, everybody passes at once when it is, and then for ever. */
START_TEST(complete_all_opens_the_gate) {
    struct trial *trial =
        run("sim: 1\nmachine: {cpus: 16}\n" MARKED "threads:\n"
            "  boot: {iterations: 1, steps: [{sleep: 5ms}, {complete: up, all: yes}]}\n"
            "  late: {iterations: 2, start: 1ms, steps: [{sleep: 6ms}, {wait_for: up}, {in: mark}]}"
            "\n"
            "  user: {count: 10, iterations: 3, steps: [{wait_for: up}, {in: mark}]}\n" MARKS,
            1);
    ck_assert(sim_done(trial->sim));
    ck_assert_uint_eq(trial->n, 10 * 3 + 2);
    for (size_t i = 0; i < trial->n; i++) {
        sim_time expected = 5000 * TICKS_PER_US;
        if (trial->passages[i].thread == 1)
            expected = (i + 1 == trial->n ? 13000 : 7000) * TICKS_PER_US;
        ck_assert_int_eq(trial->passages[i].acquired, expected);
    }
    trial_free(trial);
}
END_TEST

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
    struct trial *trial = run(SYNCHRONIZERS("20k/s", ""), 2);
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
    struct trial *trial = run("sim: 1\nmachine: {cpus: 2, rcu: {grace_period: 1ms, expedited: "
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
    struct trial *trial = run(text, 0.1);
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
    ck_assert_uint_gt(count_of(trial, "read"), 4000);
    ck_assert_uint_eq(trial_flagged(trial, PASSAGE_READ | PASSAGE_WAITED), 0);
    trial_free(trial);
}
END_TEST

/* Readers that overlap for ever keep no grace period from ending. */
START_TEST(readers_do_not_starve_grace_periods) {
    struct trial *trial =
        run("sim: 1\nmachine: {cpus: 16, rcu: {grace_period: 10us}}\n" MARKED "threads:\n"
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
    struct trial *trial = run(text, 6);
    uint32_t called = trial_lock(trial, "n"), done = trial_lock(trial, "m");
    ck_assert_uint_eq(count_of(trial, "called"), 1000);
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
    struct trial *trial = run(text, 1);
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
    struct trial *trial = run(text, 5);
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
    struct trial *trial =
        run("sim: 1\nmachine: {cpus: 8, rcu: {grace_period: 1ms}}\nsections: {change: {cost: 1us}}"
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

/*
 * Writers at random, who take no time, and sections of exp(s): the one of
 * length x is done without a write in between with probability e^(-r x), each
 * time, as it is the same work every time. So r s / (1 + r s) must do it again,
 * and the mean time that was in vain is s / (1 - r s)^2 - s.
 */
START_TEST(seqlock_readers_retry_as_often_as_they_must) {
    struct trial *trial =
        run("sim: 1\nmachine: {cpus: 64}\nsections: {look: {cost: exp(1us)}, change: {}}\n"
            "threads:\n"
            "  w: {arrivals: poisson(200k/s), steps: [{in: change}, {count: written}]}\n"
            "  r: {count: 8, steps: [{run: exp(2us)}, {in: look}, {count: op}]}\n"
            "designs: {d: {locks: {l: {kind: seqlock}}, guard: {look: {read: l}, change: l}}}\n",
            0.5);
    double reads = (double)count_of(trial, "op"), writes = (double)count_of(trial, "written");
    double wait = trial_mean_wait(trial, "l") * (double)trial->n / reads;
    double retried = (double)trial_flagged(trial, PASSAGE_RETRIED) / reads;
    ck_assert_double_gt(reads, 1e6);
    ck_assert_double_eq_tol(writes, 1e5, 2e3);
    ck_assert_double_eq_tol(retried, 0.2 / 1.2, 0.002);
    ck_assert_double_eq_tol(wait, 1 / 0.64 - 1, 0.01);
    trial_free(trial);
}
END_TEST

/* A reader's section that was not in vain overlaps no writer's. */
START_TEST(seqlock_readers_see_no_writer) {
    static const char *const preemptions[] = {"none", "full"};
    char text[2048];
    snprintf(text, sizeof(text),
             "sim: 1\n"
             "machine: {cpus: 3, preemption: %s, atomic: 5ns, line: {node: 60ns}, switch: 1us,"
             " sched: {latency: 200us, min_granularity: 50us, wakeup_granularity: 50us}}\n"
             "sections: {look: {cost: exp(2us)}, change: {cost: exp(1us)}, part: {cost: 100ns}}\n"
             "threads:\n"
             "  w: {count: 2, steps: [{run: exp(20us)}, {in: change}, {count: written}]}\n"
             "  r: {count: 5, steps: [{run: exp(2us)}, {in: look, do: [{repeat: uniform(0, 4), do: "
             "[{in: part}, {choose: [{p: 50%%, do: [{run: 300ns}]}]}]}]}, {count: op}]}\n"
             "designs: {d: {locks: {l: {kind: seqlock}}, guard: {look: {read: l}, change: l}}}\n",
             preemptions[_i]);
    struct trial *trial = run(text, 0.05);
    uint32_t retried = 0, overlaps = 0;
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *r = &trial->passages[i];
        if ((r->flags & PASSAGE_READ) == 0)
            continue;
        bool again = (r->flags & PASSAGE_RETRIED) != 0;
        retried += again;
        ck_assert(!again || (r->acquired > r->requested && (r->flags & PASSAGE_WAITED) != 0));
        for (size_t j = 0; j < trial->n; j++) {
            const struct passage *w = &trial->passages[j];
            overlaps += (w->flags & PASSAGE_READ) == 0 && w->released > r->acquired &&
                        r->released > w->acquired;
        }
    }
    ck_assert_uint_eq(overlaps, 0);
    ck_assert_uint_gt(retried, 200);
    trial_free(trial);
}
END_TEST

/* The same work whatever guards it: what is done again draws no numbers of what comes later. */
START_TEST(seqlock_repeats_the_same_work) {
    static const char *const kinds[] = {"seqlock", "none"};
    sim_time holds[2][4];
    for (int k = 0; k < 2; k++) {
        char text[1024];
        snprintf(text, sizeof(text),
                 "sim: 1\nmachine: {cpus: 8}\nsections: {look: {cost: exp(5us)}, change: {cost: "
                 "1us}}\nthreads:\n"
                 "  w: {steps: [{run: exp(10us)}, {in: change}]}\n"
                 "  r: {count: 4, iterations: 200, steps: [{run: exp(2us)}, {in: look}]}\n"
                 "designs: {d: {locks: {l: {kind: %s}}, guard: {look: {read: l}, change: l}}}\n",
                 kinds[k]);
        struct trial *trial = run(text, 1);
        memset(holds[k], 0, sizeof(holds[k]));
        for (size_t i = 0; i < trial->n; i++)
            if (trial->passages[i].flags & PASSAGE_READ)
                holds[k][trial->passages[i].thread - 1] +=
                    trial->passages[i].released - trial->passages[i].acquired;
        ck_assert(k == 1 || trial_flagged(trial, PASSAGE_RETRIED) > 100);
        trial_free(trial);
    }
    ck_assert_int_eq(memcmp(holds[0], holds[1], sizeof(holds[0])), 0);
}
END_TEST

/* A section longer than the pauses between writers is never done. */
START_TEST(seqlock_starves_readers) {
    struct trial *trial = trial_new(
        "sim: 1\nmachine: {cpus: 4}\nsections: {look: {cost: 20us}, change: {cost: "
        "1us}}\nthreads:\n"
        "  w: {steps: [{run: 10us}, {in: change}, {count: written}]}\n"
        "  r: {steps: [{run: 1us}, {in: look}, {count: read}]}\n"
        "designs: {d: {locks: {l: {kind: seqlock}}, guard: {look: {read: l}, change: l}}}\n",
        NULL, 1);
    ck_assert_int_eq(trial_run(trial, 0.1), SIM_STARVATION);
    ck_assert_ptr_nonnull(strstr(sim_detail(trial->sim), "r/0 waits for l at look"));
    ck_assert_uint_eq(count_of(trial, "read"), 0);
    trial_free(trial);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("sync");
    TCase *tc = tcase_create("semaphores and completions");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, semaphore_admits_its_count, 1, 5);
    tcase_add_test(tc, semaphore_of_two_is_no_deadlock);
    tcase_add_test(tc, completion_counts);
    tcase_add_test(tc, complete_all_opens_the_gate);
    suite_add_tcase(suite, tc);
    tc = tcase_create("rcu");
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
    tc = tcase_create("seqlock");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, seqlock_readers_retry_as_often_as_they_must);
    tcase_add_loop_test(tc, seqlock_readers_see_no_writer, 0, 2);
    tcase_add_test(tc, seqlock_repeats_the_same_work);
    tcase_add_test(tc, seqlock_starves_readers);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
