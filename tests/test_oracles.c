/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The simulator against exact results of queueing theory. Each estimate must
 * come with an interval narrower than 1 % of it, and the exact value must lie
 * in the interval. A 95 % interval misses one time in twenty: where there are
 * many points, as many may miss as chance explains, and none by more than
 * twice its half-width.
 */
#include "oracle_help.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>

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
    struct result *result = oracle_simulate(trial, ORACLE_REPLICATIONS);
    ck_assert(oracle_covers(what, &result->designs[0].locks[0].wait.mean, exact_wait));
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
        struct result *result = oracle_simulate(trial, ORACLE_REPLICATIONS);
        char what[64];
        snprintf(what, sizeof(what), "machine repairman, N = %d", n);
        misses += !oracle_covers(what, &result->designs[0].rates[0], repairman(n, 20e-6, 1e-6));
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
        struct result *result = oracle_simulate(trial, ORACLE_REPLICATIONS);
        char what[64];
        snprintf(what, sizeof(what), "two locks, N = %d", sizes[i]);
        ck_assert(
            oracle_covers(what, &result->designs[0].rates[0], mva(sizes[i], 20e-6, 1e-6, 1.5e-6)));
        trial_free(trial);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("oracles");
    TCase *tc = tcase_create("queueing theory");
    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, m_m_1);
    tcase_add_test(tc, m_g_1);
    tcase_add_test(tc, m_m_n);
    tcase_add_test(tc, machine_repairman);
    tcase_add_test(tc, two_locks_in_a_closed_network);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
