/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a machine does to the time of its threads: each number, alone, against arithmetic. */
#include "suite.h"
#include "trial.h"

#include <check.h>
#include <stdio.h>

/* A run of threads over one lock on a machine, its numbers given as text. */
static struct trial *run(const char *machine, const char *threads, const char *kind,
                         double seconds) {
    char text[1024];
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {%s}\nsections: {cs: {delay: 10us}, work: {cost: 10us}}\n"
             "threads: {%s}\n"
             "designs: {d: {locks: {l: {kind: %s}, m: {kind: %s}}, guard: {cs: l, work: m}}}\n",
             machine, threads, kind, kind);
    struct trial *trial = trial_new(text, NULL, 1);
    ck_assert_int_eq(trial_run(trial, seconds), SIM_OK);
    return trial;
}

/* Microseconds between the first and the last release, per passage of the lock. */
static double period(const struct trial *trial, const char *lock) {
    uint32_t class = trial_lock(trial, lock);
    sim_time first = 0, last = 0;
    uint64_t n = 0;
    for (size_t i = 0; i < trial->n; i++) {
        if (trial->passages[i].lock_class != class)
            continue;
        first = n == 0 ? trial->passages[i].released : first;
        last = trial->passages[i].released;
        n++;
    }
    return (double)(last - first) / (double)(n - 1) / (double)TICKS_PER_US;
}

#define ALONE "t: {steps: [{delay: 90us}, {in: cs}, {run: 90us}, {in: work}, {count: op}]}"

/* A share s of stalls stretches work by 1/(1-s); a delay, by what goes on past its end alone. */
START_TEST(stalls_stretch_work_and_not_delays) {
    struct trial *trial = run("stalls: {share: 20%, duration: exp(2us)}", ALONE, "mutex", 10.0);
    ck_assert_double_eq_tol(trial_mean_hold(trial, "m"), 10 / 0.8, 0.15);
    /* At its end it is in a stall with probability 0.2 and for another 2 us. */
    ck_assert_double_eq_tol(trial_mean_hold(trial, "l"), 10.4, 0.05);
    trial_free(trial);
}
END_TEST

/* Whether interrupts come or not. */
START_TEST(stalls_do_not_wait_for_interrupts) {
    struct trial *trial =
        run("stalls: {share: 20%, duration: exp(2us)}, interrupts: {share: 0.1%, duration: 1us}",
            ALONE, "mutex", 10.0);
    ck_assert_double_eq_tol(trial_mean_hold(trial, "m"), 10 / 0.8, 0.15);
    trial_free(trial);
}
END_TEST

START_TEST(crowded_stalls_need_company) {
    static const char machine[] = "cpus: 2, stalls: {crowded: {share: 20%, duration: exp(2us)}}";
    struct trial *trial = run(machine, ALONE, "none", 0.1);
    ck_assert_double_eq(trial_mean_hold(trial, "m"), 10);
    trial_free(trial);
    trial = run(machine, ALONE ", other: {steps: [{run: 1ms}]}", "none", 1.0);
    ck_assert_double_eq_tol(trial_mean_hold(trial, "m"), 10 / 0.8, 0.15);
    trial_free(trial);
}
END_TEST

/* Preempted by its neighbour in slices of 1 ms, a delay of 10 us ends at the latest when it is back
 * on the CPU; it does not start again. */
START_TEST(a_delay_goes_on_while_its_thread_is_off_the_cpu) {
    struct trial *trial = run("sched: {latency: 2ms, min_granularity: 1ms}, preemption: full",
                              "t: {count: 2, steps: [{in: cs}, {count: op}]}", "none", 1.0);
    uint64_t longer = 0;
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        sim_time hold = p->released - p->acquired;
        ck_assert(hold == 10 * TICKS_PER_US || hold == 1000 * TICKS_PER_US);
        longer += hold != 10 * TICKS_PER_US;
    }
    ck_assert_uint_gt(longer, 900);
    trial_free(trial);
}
END_TEST

/* The end of a delay is seen 0.5 to 1.5 reads later; two that read at once slow each other. */
START_TEST(clocks_are_read_in_turns) {
    static const char machine[] = "cpus: 2, clock: {read: 1us, shared: 2us}";
    struct trial *trial = run(machine, ALONE, "none", 1.0);
    ck_assert_double_eq_tol(trial_mean_hold(trial, "l"), 11, 0.05);
    trial_free(trial);
    trial = run(machine, ALONE ", other: {steps: [{delay: 1s}]}", "none", 1.0);
    ck_assert_double_eq_tol(trial_mean_hold(trial, "l"), 13, 0.1);
    trial_free(trial);
}
END_TEST

#define SLEEPER(time) "t: {steps: [{sleep: " time "}, {in: work}, {count: op}]}"

/* Half way to deep idle the wake-up costs half of the difference more; three times as long, 3/4. */
START_TEST(idle_gets_deeper_with_time) {
    static const char machine[] =
        "wake: {latency: 10us, deep: {halfway: 100us, latency: 50us}}, sleep.slack: 5us";
    struct trial *trial = run(machine, SLEEPER("95us"), "none", 0.1);
    ck_assert_double_eq_tol(period(trial, "m"), 95 + 5 + 30 + 10, 1e-6);
    trial_free(trial);
    trial = run(machine, SLEEPER("295us"), "none", 0.1);
    ck_assert_double_eq_tol(period(trial, "m"), 295 + 5 + 40 + 10, 1e-6);
    trial_free(trial);
}
END_TEST

/* A worker that wakes another pays by what the other's CPU does. */
START_TEST(the_waker_pays_by_the_state_of_the_cpu) {
    static const char machine[] =
        "wake: {call: 3us, queued: 1us, deep: {halfway: 1500us, call: 7us}}";
    static const char pinned[] = "a: {pin: yes, steps: [{run: 1us}, {post: item}, {run: 995us}, "
                                 "{in: work}, {count: op}, {sleep: 100us}]},"
                                 "b: {pin: yes, steps: [{take: item}]}";
    char two[128];
    snprintf(two, sizeof(two), "cpus: 2, %s", machine);
    struct trial *trial = run(machine, pinned, "none", 0.1);
    ck_assert_double_eq_tol(period(trial, "m"), 1 + 1 + 995 + 10 + 100, 0.1);
    trial_free(trial);
    trial = run(two,
                "a: {steps: [{run: 1us}, {post: item}, {run: 1494us}, {in: work}, {count: op}]},"
                "b: {steps: [{take: item}]}",
                "none", 0.1);
    ck_assert_double_eq_tol(period(trial, "m"), 1 + 5 + 1494 + 10, 0.2);
    trial_free(trial);
}
END_TEST

/* Nobody is preempted as it pays for a lock, but where that can happen anywhere. */
static uint64_t preempted_holds(const char *preemption) {
    char text[1024];
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {preemption: %s, kinds: {mutex: {acquire: 50us}}, "
             "sched: {latency: 1us, min_granularity: 1us, wakeup_granularity: 0}}\n"
             "sections: {cs: {}}\n"
             "threads: {t: {steps: [{run: 10us}, {in: cs}, {count: op}]},\n"
             "          other: {steps: [{sleep: exp(500us)}, {run: 100us}]}}\n"
             "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n",
             preemption);
    struct trial *trial = trial_ok(text, 1);
    uint64_t n = 0;
    for (size_t i = 0; i < trial->n; i++)
        n += trial->passages[i].released != trial->passages[i].acquired;
    trial_free(trial);
    return n;
}

START_TEST(paying_for_a_lock_is_no_user_work) {
    ck_assert_uint_eq(preempted_holds("none"), 0);
    ck_assert_uint_eq(preempted_holds("voluntary"), 0);
    ck_assert_uint_gt(preempted_holds("full"), 100);
}
END_TEST

/* A kind's own costs: the acquire's before it owns, the release's after it has released. */
START_TEST(kinds_have_costs_of_their_own) {
    struct trial *trial = run("kinds: {mutex: {acquire: 3us, release: 2us}}", ALONE, "mutex", 0.1);
    ck_assert_double_eq_tol(trial_mean_wait(trial, "m"), 3, 1e-6);
    ck_assert_double_eq_tol(trial_mean_hold(trial, "m"), 10, 1e-6);
    ck_assert_double_eq_tol(period(trial, "m"), 200 + 2 * 5, 1e-6);
    trial_free(trial);
}
END_TEST

/* 100 us since the last release of l to asking for m: half cold, twice the cost. */
START_TEST(unused_lock_code_gets_cold) {
    struct trial *trial = run("cold: {halfway: 90us, factor: 3},"
                              "kinds: {mutex: {acquire: 3us}}",
                              ALONE, "mutex", 0.1);
    ck_assert_double_eq_tol(trial_mean_wait(trial, "m"), 6, 1e-6);
    trial_free(trial);
}
END_TEST

/*
 * The hold times of one thread that works for 10 us in m and sleeps for 90 us. With b its share of
 * the CPU, each piece takes t = 10 us (1 + 2 (1 - b)), and b = t / (t + 90 us): t = 25.57 us.
 */
START_TEST(a_cpu_that_rests_is_slower) {
    static const char machine[] = "ramp: {time: 10ms, factor: 3}";
    static const char threads[] = "t: {steps: [{in: work}, {sleep: 90us}, {in: cs}, {count: op}]}";
    struct trial *trial = run(machine, "t: {steps: [{in: work}, {sleep: 90us}]}", "none", 2.0);
    ck_assert_double_eq_tol(trial_mean_hold(trial, "m"), 25.57, 0.05);
    trial_free(trial);
    trial = run(machine, threads, "none", 0.1);
    ck_assert_double_eq_tol(trial_mean_hold(trial, "l"), 10, 1e-6); /* a delay is by the clock */
    trial_free(trial);
    trial = run(machine, "t: {steps: [{in: work}]}", "none", 1.0);
    const struct passage *last = &trial->passages[trial->n - 1];
    ck_assert_int_eq(last->released - last->acquired, 10 * TICKS_PER_US);
    trial_free(trial);
}
END_TEST

/* From idle, work w takes w + T ln(1 + (factor - 1)(1 - e^(-w/T))), in one piece or in many. */
START_TEST(it_speeds_up_as_it_works) {
    static const char *const pieces[] = {"{run: 10ms}", "{repeat: 1000, do: [{run: 10us}]}"};
    for (int i = 0; i < 2; i++) {
        char threads[100];
        snprintf(threads, sizeof(threads), "t: {steps: [%s, {in: cs}, {sleep: 1h}]}", pieces[i]);
        struct trial *trial = run("ramp: {time: 2ms, factor: 2}", threads, "none", 0.1);
        ck_assert_uint_eq(trial->n, 1);
        ck_assert_double_eq_tol((double)trial->passages[0].acquired / TICKS_PER_US,
                                10000 + 2000 * 0.689771, 0.1);
        trial_free(trial);
    }
}
END_TEST

/* Work is user work in `run` steps alone, and not in the kernel; who spins uses the CPU, too. */
START_TEST(cpu_time_is_user_or_sys) {
    static const char alone[] =
        "t: {iterations: 10, steps: [{run: 30us}, {in: work}, {sleep: 5us}]}";
    struct trial *trial = run("wake.latency: 1us, switch: 1us", alone, "none", 1.0);
    struct group_time time = sim_group_time(trial->sim, 0);
    ck_assert_int_eq(time.cpu, 400 * TICKS_PER_US);
    ck_assert_int_eq(time.user, 300 * TICKS_PER_US);
    trial_free(trial);
    static const char crowd[] =
        "k: {context: kernel, count: 2, iterations: 1, steps: [{run: 1us}, {in: work}]}";
    trial = run("cpus: 2", crowd, "spinlock", 1.0);
    time = sim_group_time(trial->sim, 0);
    ck_assert_int_eq(time.cpu, (1 + 10 + 1 + 20) * TICKS_PER_US);
    ck_assert_int_eq(time.user, 0);
    trial_free(trial);
}
END_TEST

/* Interrupts that come while they are off take their time after the release. */
START_TEST(interrupts_wait_while_they_are_off) {
    static const char text[] =
        "sim: 1\ntitle: t\nmachine: {interrupts: {share: 20%, duration: exp(2us)}}\n"
        "sections: {off: {cost: 10us}, on: {cost: 10us}}\n"
        "threads: {t: {steps: [{in: off}, {in: on}, {count: op}]}}\n"
        "designs: {d: {locks: {l: {kind: preempt-off, irq: off}, m: {kind: none}},"
        " guard: {off: l, on: m}}}\n";
    struct trial *trial = trial_new(text, NULL, 1);
    ck_assert_int_eq(trial_run(trial, 1.0), SIM_OK);
    ck_assert_double_eq(trial_mean_hold(trial, "l"), 10);
    ck_assert_double_eq_tol(trial_mean_hold(trial, "m"), 10 / 0.8, 0.1);
    ck_assert_double_eq_tol(period(trial, "m"), 20 / 0.8, 0.2);
    trial_free(trial);
}
END_TEST

/* Other threads want a quarter of the CPU: the work gets the rest. */
START_TEST(background_load_takes_its_share) {
    struct trial *trial = run("background: {share: 25%, burst: exp(2ms)}, preemption: full",
                              "t: {steps: [{in: work}, {count: op}]}", "none", 10.0);
    ck_assert_double_eq_tol(10 / period(trial, "m"), 0.75, 0.03);
    trial_free(trial);
}
END_TEST

/* Spinners see the release one turn of their loop later, and only they. */
START_TEST(spinners_notice_later) {
    struct trial *trial = run("cpus: 2, spin.notice: 1us",
                              "t: {count: 2, steps: [{in: work}, {count: op}]}", "spinlock", 0.1);
    ck_assert_double_eq_tol(period(trial, "m"), 11, 1e-3);
    trial_free(trial);
}
END_TEST

/* lock_stat's stamps: hold from lock_acquired() if contended, else from lock_acquire(). */
START_TEST(lock_stat_stamps_within_its_calls) {
    static const char machine[] =
        "cpus: 2, lock_stat: {acquire: 1us, contended: 2us, acquired: 3us, release: 4us}";
    struct trial *trial = run(machine, "t: {steps: [{in: work}, {count: op}]}", "spinlock", 0.01);
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        ck_assert_int_eq(p->acquired - p->requested, 4 * TICKS_PER_US);
        ck_assert_int_eq(p->held_to - p->held_from, 14 * TICKS_PER_US);
        ck_assert_int_eq(p->released - p->held_to, 4 * TICKS_PER_US);
    }
    trial_free(trial);
    trial = run(machine, "t: {count: 2, steps: [{in: work}, {count: op}]}", "spinlock", 0.01);
    for (size_t i = 2; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        ck_assert_uint_ne(p->flags & PASSAGE_CONTENDED, 0);
        ck_assert_int_eq(p->acquired - p->held_from, 3 * TICKS_PER_US);
        ck_assert_int_eq(p->held_to - p->held_from, 13 * TICKS_PER_US);
    }
    /* One after another, each for acquired + section + release. */
    ck_assert_double_eq_tol(period(trial, "m"), 3 + 10 + 4, 0.1);
    trial_free(trial);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("machine");
    TCase *tcase = tcase_create("machine");
    tcase_add_test(tcase, stalls_stretch_work_and_not_delays);
    tcase_add_test(tcase, stalls_do_not_wait_for_interrupts);
    tcase_add_test(tcase, crowded_stalls_need_company);
    tcase_add_test(tcase, a_delay_goes_on_while_its_thread_is_off_the_cpu);
    tcase_add_test(tcase, clocks_are_read_in_turns);
    tcase_add_test(tcase, idle_gets_deeper_with_time);
    tcase_add_test(tcase, the_waker_pays_by_the_state_of_the_cpu);
    tcase_add_test(tcase, paying_for_a_lock_is_no_user_work);
    tcase_add_test(tcase, kinds_have_costs_of_their_own);
    tcase_add_test(tcase, unused_lock_code_gets_cold);
    tcase_add_test(tcase, a_cpu_that_rests_is_slower);
    tcase_add_test(tcase, it_speeds_up_as_it_works);
    tcase_add_test(tcase, cpu_time_is_user_or_sys);
    tcase_add_test(tcase, interrupts_wait_while_they_are_off);
    tcase_add_test(tcase, background_load_takes_its_share);
    tcase_add_test(tcase, spinners_notice_later);
    tcase_add_test(tcase, lock_stat_stamps_within_its_calls);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
