/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The simulator against exact results of queueing theory. Each estimate must
 * come with an interval narrower than 1 % of it, and the exact value must lie
 * in the interval. A 95 % interval misses one time in twenty: where there are
 * many points, as many may miss as chance explains, and none by more than
 * twice its half-width.
 */
#include "suite.h"
#include "trial.h"

#include "base/arena.h"
#include "experiment/result.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { REPLICATIONS = 20 };

static struct result *simulate(struct trial *trial, uint32_t replications) {
    const struct program *programs[] = {trial->program};
    struct run_plan plan = {
        .programs = programs, .ndesigns = 1, .replications = replications, .jobs = 2};
    struct runs *runs = experiment_run(trial->arena, &plan);
    struct result *result = result_new(trial->arena, trial->scenario, runs);
    ck_assert_int_eq(result->designs[0].outcome, SIM_OK);
    return result;
}

static bool covers(const char *what, const struct estimate *estimate, double exact) {
    double width = (estimate->hi - estimate->lo) / estimate->mean;
    bool inside = estimate->lo <= exact && exact <= estimate->hi;
    printf("%-28s exact %-12.6g simulated %-12.6g [%.6g, %.6g]%s\n", what, exact, estimate->mean,
           estimate->lo, estimate->hi, inside ? "" : " misses");
    ck_assert_msg(width < 0.01, "%s: the interval is %.2g wide", what, width);
    ck_assert_msg(fabs(estimate->mean - exact) <= estimate->hi - estimate->lo,
                  "%s: simulated %.6g, exact %.6g", what, estimate->mean, exact);
    return inside;
}

/* Poisson arrivals at one lock. */
static void open_queue(const char *what, const char *kind, const char *hold, const char *rate,
                       double exact_wait, const char *duration) {
    char text[1024];
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {cpus: 128}\nsections: {cs: {cost: %s}}\n"
             "threads: {t: {arrivals: poisson(%s), steps: [{in: cs}, {count: op}]}}\n"
             "designs: {d: {locks: {l: {kind: %s}}, guard: {cs: l}}}\n"
             "run: {duration: %s, warmup: 1ms}\n",
             hold, rate, kind, duration);
    struct trial *trial = trial_compile(text, NULL);
    struct result *result = simulate(trial, REPLICATIONS);
    ck_assert(covers(what, &result->designs[0].locks[0].wait.mean, exact_wait));
    trial_free(trial);
}

START_TEST(m_m_1) {
    /* W = rho s / (1 - rho) */
    open_queue("M/M/1, rho 0.6, wait", "spinlock", "exp(1us)", "600k/s", 1.5e-6, "800ms");
}
END_TEST

START_TEST(m_g_1) {
    /* Pollaczek-Khinchine: W = rho s (1 + cv^2) / (2 (1 - rho)) */
    open_queue("M/D/1, rho 0.7, wait", "spinlock", "1us", "700k/s", 0.7 / 0.6 * 1e-6, "500ms");
    open_queue("M/G/1, lognormal cv 1.5, wait", "spinlock", "lognormal(mean=1us, cv=1.5)", "500k/s",
               0.5 * 3.25 / 1.0 * 1e-6, "5s");
}
END_TEST

/* Erlang's C: the mean wait for one of n servers, at a load of n rho. */
static double erlang_wait(int n, double rho, double service) {
    double term = 1, sum = 0;
    for (int k = 0; k < n; k++) {
        sum += term;
        term *= n * rho / (k + 1);
    }
    double waits = term / (1 - rho) / (sum + term / (1 - rho));
    return waits * service / (n * (1 - rho));
}

START_TEST(m_m_n) {
    open_queue("M/M/1, rho 0.6, wait", "semaphore", "exp(1us)", "600k/s", erlang_wait(1, 0.6, 1e-6),
               "800ms");
    open_queue("M/M/3, rho 0.7, wait", "semaphore, count: 3", "exp(1us)", "2.1M/s",
               erlang_wait(3, 0.7, 1e-6), "600ms");
    open_queue("M/M/8, rho 0.8, wait", "semaphore, count: 8", "exp(1us)", "6.4M/s",
               erlang_wait(8, 0.8, 1e-6), "400ms");
}
END_TEST

/* N machines that run for 1/lambda and one repairman: X = (1 - p0) mu. */
static double repairman(int n, double think, double service) {
    double term = 1, sum = 1;
    for (int k = 1; k <= n; k++) {
        term *= (n - k + 1) * service / think;
        sum += term;
    }
    return (1 - 1 / sum) / service;
}

START_TEST(machine_repairman) {
    int misses = 0;
    for (int n = 1; n <= 64; n++) {
        char text[1024];
        snprintf(text, sizeof(text),
                 "sim: 1\ntitle: t\nmachine: {cpus: 64}\nsections: {cs: {cost: exp(1us)}}\n"
                 "threads: {t: {count: %d, steps: [{run: exp(20us)}, {in: cs}, {count: op}]}}\n"
                 "designs: {d: {locks: {l: {kind: mcs}}, guard: {cs: l}}}\n"
                 "run: {duration: %dms, warmup: 1ms, seed: %d}\n",
                 n, 20 + 800 / n, n);
        struct trial *trial = trial_compile(text, NULL);
        struct result *result = simulate(trial, REPLICATIONS);
        char what[64];
        snprintf(what, sizeof(what), "machine repairman, N = %d", n);
        misses += !covers(what, &result->designs[0].rates[0], repairman(n, 20e-6, 1e-6));
        trial_free(trial);
    }
    /* Binomial(64, 0.05): more than 9 have a probability of 0.3 %. */
    ck_assert_int_le(misses, 9);
}
END_TEST

/* Exact mean value analysis of a closed network: think, then two queues. */
static double mva(int n, double think, double s1, double s2) {
    double q1 = 0, q2 = 0, x = 0;
    for (int k = 1; k <= n; k++) {
        double r1 = s1 * (1 + q1), r2 = s2 * (1 + q2);
        x = k / (think + r1 + r2);
        q1 = x * r1;
        q2 = x * r2;
    }
    return x;
}

START_TEST(two_locks_in_a_closed_network) {
    static const int sizes[] = {2, 8, 16, 24};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        char text[1024];
        snprintf(text, sizeof(text),
                 "sim: 1\ntitle: t\nmachine: {cpus: 32}\n"
                 "sections: {a: {cost: exp(1us)}, b: {cost: exp(1500ns)}}\n"
                 "threads: {t: {count: %d, steps: [{run: exp(20us)}, {in: a}, {in: b}, "
                 "{count: op}]}}\n"
                 "designs: {d: {locks: {la: {kind: mcs}, lb: {kind: spinlock}}, "
                 "guard: {a: la, b: lb}}}\nrun: {duration: 150ms, warmup: 1ms}\n",
                 sizes[i]);
        struct trial *trial = trial_compile(text, NULL);
        struct result *result = simulate(trial, REPLICATIONS);
        char what[64];
        snprintf(what, sizeof(what), "two locks, N = %d", sizes[i]);
        ck_assert(covers(what, &result->designs[0].rates[0], mva(sizes[i], 20e-6, 1e-6, 1.5e-6)));
        trial_free(trial);
    }
}
END_TEST

/*
 * Ticket lock as a Markov chain (Boyd-Wickizer et al. 2012): k cores at the
 * lock, arrivals at rate (n - k) / a, service at 1 / (s + c k / 2). Returns the
 * speed-up, n less the mean number at the lock.
 */
static double ticket_model(int n, double a, double s, double c) {
    double p = 1, sum = 1, at_lock = 0;
    for (int k = 1; k <= n; k++) {
        p *= (n - k + 1) / a * (s + c * k / 2);
        sum += p;
        at_lock += k * p;
    }
    return n - at_lock / sum;
}

struct collapse {
    double s, share;         /* serial work in cycles, and its share of all */
    int cores[24];           /* ends with 0; CHECK_LONG=1: 1 to 48 */
    double warmup, duration; /* seconds, of each of two runs; the collapse itself is bistable */
    double long_duration;
};

/* 1 cycle is 1 ns. */
static double ticket_speedup(const struct collapse *c, const char *kind, int n, double duration) {
    char text[1024];
    double a = c->s / c->share - c->s;
    snprintf(text, sizeof(text),
             "sim: 1\ntitle: t\nmachine: {cpus: 48, line: {node: 1us}}\n"
             "sections: {cs: {cost: exp(%.0fns)}}\n"
             "threads: {t: {count: %d, steps: [{run: exp(%.0fns)}, {in: cs}, {count: op}]}}\n"
             "designs: {d: {locks: {l: {kind: %s}}, guard: {cs: l}}}\n"
             "run: {duration: %.0fms, warmup: %.0fms, budget: 100G}\n",
             c->s, n, a, kind, 1e3 * duration, 1e3 * c->warmup);
    struct trial *trial = trial_compile(text, NULL);
    double speedup = simulate(trial, 2)->designs[0].rates[0].mean * a * 1e-9;
    trial_free(trial);
    return speedup;
}

/*
 * A line transfer of c = 1000 cycles. The peak must be where the model has it,
 * within one core, and the speed-up within 10 % before, in and after the
 * collapse.
 */
static const struct collapse collapses[] = {
    {400, 0.02, {4, 8, 9, 10, 11, 12, 13, 14, 16, 20, 48}, 0.02, 0.2, 4},
    {1600, 0.02, {8, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 48}, 0.05, 0.4, 8},
    {400, 0.002, {12, 40, 41, 42, 48}, 1, 2.5, 80},
};

static int next_cores(const struct collapse *c, int n) {
    if (getenv("CHECK_LONG") != NULL)
        return n + 1;
    int i = 0;
    while (c->cores[i] != 0 && c->cores[i] <= n)
        i++;
    return c->cores[i];
}

START_TEST(ticket_lock_collapses) {
    const struct collapse *c = &collapses[_i];
    double a = c->s / c->share - c->s, best = 0, best_model = 0;
    double duration = getenv("CHECK_LONG") != NULL ? c->long_duration : c->duration;
    int peak = 0, peak_model = 0;
    for (int n = 1; n <= 48; n++) {
        double model = ticket_model(n, a, c->s, 1000);
        peak_model = model > best_model ? n : peak_model;
        best_model = fmax(best_model, model);
    }
    for (int n = next_cores(c, 0); n != 0 && n <= 48; n = next_cores(c, n)) {
        double model = ticket_model(n, a, c->s, 1000);
        double simulated = ticket_speedup(c, "ticket", n, duration);
        peak = simulated > best ? n : peak;
        best = fmax(best, simulated);
        printf("ticket, s %4.0f, %3.1f %% serial, %2d cores: speed-up %6.3f, model %6.3f, %+5.1f "
               "%%\n",
               c->s, 100 * c->share, n, simulated, model, 100 * (simulated / model - 1));
        fflush(stdout);
        ck_assert_double_eq_tol(simulated / model, 1, 0.10);
    }
    ck_assert_int_le(abs(peak - peak_model), 1);
    /* A lock whose hand-over does not depend on the waiters stays where it is. */
    ck_assert_double_gt(ticket_speedup(c, "mcs", 48, 0.1),
                        0.98 * ticket_speedup(c, "mcs", 24, 0.1));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("oracles");
    TCase *tc = tcase_create("queueing theory");
    tcase_set_timeout(tc, getenv("CHECK_LONG") != NULL ? 36000 : 300);
    tcase_add_test(tc, m_m_1);
    tcase_add_test(tc, m_g_1);
    tcase_add_test(tc, m_m_n);
    tcase_add_test(tc, machine_repairman);
    tcase_add_test(tc, two_locks_in_a_closed_network);
    tcase_add_loop_test(tc, ticket_lock_collapses, 0,
                        (int)(sizeof(collapses) / sizeof(collapses[0])));
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
