/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a curve is as it is: the law fitted to it, how busy locks are, and what that bounds. */
#include "config.h"

#include "base/arena.h"
#include "dice.h"
#include "experiment/programs.h"
#include "experiment/scaling.h"
#include "stats/busy.h"
#include "suite.h"
#include "trial.h"

#include <check.h>
#include <math.h>
#include <string.h>

static struct arena *arena;
static uint64_t state;

static void set_up(void) {
    arena = arena_new();
    state = 1;
}

static void tear_down(void) {
    arena_free(arena);
}

static double uniform(void) {
    return dice_uniform(&state);
}

static double normal(void) {
    return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

static void assert_within(double value, double expected, double within) {
    ck_assert_msg(fabs(value - expected) <= within, "%.10g is not %.10g", value, expected);
}

/* ---- the law ---- */

enum { POINTS = 8 };

static double law(double lambda, double sigma, double kappa, double n) {
    return lambda * n / (1 + sigma * (n - 1) + kappa * n * (n - 1));
}

/* At 1, 2, 4, ..., 128; the error is a share of the rate, `noise` times of which is really there.
 */
static struct usl fit(double lambda, double sigma, double kappa, double error, double noise) {
    struct usl_point points[POINTS];
    for (int i = 0; i < POINTS; i++) {
        double n = ldexp(1, i), rate = law(lambda, sigma, kappa, n);
        points[i] = (struct usl_point){n, rate * (1 + error * noise * normal()), error * rate};
    }
    return usl_fit(points, POINTS);
}

static const struct {
    double lambda, sigma, kappa;
} laws[] = {{1, 0.1, 0.001},  {4e5, 0.5, 0},       {4e5, 0, 0.01},
            {1e-3, 0, 0},     {7e6, 0.9, 0.00001}, {35, 0.02, 0.00002},
            {1e9, 0.2, 0.05}, {1, 0.00001, 1e-8},  {3, 1.5, 0.1}};

START_TEST(exact_values_are_found) {
    double lambda = laws[_i].lambda, sigma = laws[_i].sigma, kappa = laws[_i].kappa;
    const struct usl usl = fit(lambda, sigma, kappa, 0.01, 0);
    ck_assert(usl.fitted && usl.fits && !usl.negative);
    assert_within(usl.lambda.mean / lambda, 1, 1e-6);
    assert_within(usl.sigma.mean, sigma, 1e-7);
    assert_within(usl.kappa.mean, kappa, 1e-8);
    ck_assert(usl.lambda.lo < lambda && usl.lambda.hi > lambda);
    ck_assert(usl.sigma.lo <= sigma + 1e-9 && usl.sigma.hi > sigma);
    ck_assert(usl.kappa.lo <= kappa + 1e-9 && usl.kappa.hi > kappa);
    ck_assert(usl.sigma.lo >= 0 && usl.kappa.lo >= 0);
    assert_within(usl.misfit, 0, 1e-4);
}
END_TEST

START_TEST(the_peak_is_where_the_law_has_it) {
    const struct usl usl = fit(4e5, 0.1, 0.001, 0.01, 0);
    assert_within(usl.peak.mean, 30, 1e-3); /* sqrt(0.9 / 0.001) */
    ck_assert(usl.peak.lo < 30 && usl.peak.hi > 30);
    assert_within(usl.peak_rate / law(4e5, 0.1, 0.001, 30), 1, 1e-6);
    const struct usl serial = fit(4e5, 0.25, 0, 0.001, 0);
    if (isnan(serial.peak.mean))
        assert_within(serial.peak_rate / 1.6e6, 1, 1e-4); /* Amdahl: lambda / sigma */
    else
        ck_assert(serial.peak.mean > 1e4); /* what is rounded has a kappa, too */
    ck_assert(isinf(serial.peak.hi));
}
END_TEST

START_TEST(intervals_cover_19_times_in_20) {
    enum { TRIALS = 1000 };
    int sigma = 0, kappa = 0, peak = 0;
    for (int i = 0; i < TRIALS; i++) {
        const struct usl usl = fit(1, 0.05, 0.0005, 0.01, 1);
        ck_assert(usl.fitted);
        sigma += usl.sigma.lo <= 0.05 && usl.sigma.hi >= 0.05;
        kappa += usl.kappa.lo <= 0.0005 && usl.kappa.hi >= 0.0005;
        peak += usl.peak.lo <= sqrt(0.95 / 0.0005) && usl.peak.hi >= sqrt(0.95 / 0.0005);
    }
    /* They are widened by the residuals, never narrowed: a little more than 95 %. */
    ck_assert_msg(sigma >= 960 && sigma <= 990, "sigma: %d", sigma);
    ck_assert_msg(kappa >= 960 && kappa <= 990, "kappa: %d", kappa);
    ck_assert_msg(peak >= 960, "peak: %d", peak);
}
END_TEST

static double squares(const struct usl_point *points, double lambda, double sigma, double kappa) {
    double sum = 0;
    for (int i = 0; i < POINTS; i++) {
        double residual = law(lambda, sigma, kappa, points[i].n) - points[i].rate;
        sum += residual * residual / points[i].error / points[i].error;
    }
    return sum;
}

START_TEST(no_other_values_are_closer) {
    struct usl_point points[POINTS];
    for (int i = 0; i < POINTS; i++) {
        double n = ldexp(1, i), rate = law(5, 0.03, 0.0002, n);
        points[i] = (struct usl_point){n, rate * (1 + 0.1 * normal()), 0.02 * (1 + i) * rate};
    }
    const struct usl usl = usl_fit(points, POINTS);
    double l = usl.lambda.mean, s = usl.sigma.mean, k = usl.kappa.mean;
    double least = squares(points, l, s, k);
    ck_assert(s > 0 && k > 0);
    assert_within(usl.misfit, sqrt(least / usl.freedom), 1e-9);
    for (double step = 0.999; step < 1.0015; step += 0.002) {
        ck_assert_double_gt(squares(points, l * step, s, k), least);
        ck_assert_double_gt(squares(points, l, s * step, k), least);
        ck_assert_double_gt(squares(points, l, s, k * step), least);
    }
}
END_TEST

START_TEST(neither_parameter_is_negative) {
    for (int i = 0; i < 200; i++) {
        const struct usl usl = fit(1, 0, 0, 0.01, 1);
        ck_assert(usl.fitted && usl.fits);
        ck_assert(usl.sigma.mean >= 0 && usl.sigma.lo >= 0 && usl.sigma.hi >= usl.sigma.mean);
        ck_assert(usl.kappa.mean >= 0 && usl.kappa.lo >= 0 && usl.kappa.hi >= usl.kappa.mean);
    }
    /* Each CPU makes the others faster: no such law, and that is said. */
    const struct usl usl = fit(1, -0.003, 0, 0.001, 1);
    ck_assert(usl.fitted && usl.negative);
    ck_assert_double_eq(usl.sigma.mean, 0);
    ck_assert_double_eq(usl.sigma.hi, 0);
}
END_TEST

START_TEST(a_sharp_knee_is_no_such_law) {
    struct usl_point points[POINTS];
    for (int i = 0; i < POINTS; i++) {
        double n = ldexp(1, i), rate = fmin(n, 16);
        points[i] = (struct usl_point){n, rate, 0.01 * rate};
    }
    const struct usl usl = usl_fit(points, POINTS);
    ck_assert(usl.fitted && !usl.fits);
    ck_assert_double_gt(usl.worst, USL_MISFIT);
    ck_assert_double_gt(usl.misfit, 3);
    ck_assert(points[usl.worst_point].n >= 8);
    /* Where nothing is known that well, it is as good as any. */
    for (int i = 0; i < POINTS; i++)
        points[i].error = 0.3 * points[i].rate;
    ck_assert(usl_fit(points, POINTS).fits);
}
END_TEST

START_TEST(precise_points_weigh_more) {
    struct usl_point points[POINTS];
    for (int i = 0; i < POINTS; i++) {
        double n = ldexp(1, i), rate = law(1, 0.1, 0.001, n);
        points[i] = (struct usl_point){n, rate, 0.002 * rate};
    }
    points[4].rate *= 1.3;
    points[4].error = 0.3 * points[4].rate;
    assert_within(usl_fit(points, POINTS).sigma.mean, 0.1, 0.001);
    points[4].error = 0.002 * points[4].rate;
    ck_assert(fabs(usl_fit(points, POINTS).sigma.mean - 0.1) > 0.01);
}
END_TEST

START_TEST(few_points_are_no_law) {
    const struct usl_point points[] = {{1, 1, 0.01}, {2, 2, 0.01}, {4, 3, 0.01}, {8, 4, NAN}};
    ck_assert(!usl_fit(points, 3).fitted);
    ck_assert(usl_fit(points, 4).fitted);
    ck_assert_uint_eq(usl_fit(points, 4).freedom, 1);
}
END_TEST

/* ---- how busy a lock is ---- */

static const char locks[] =
    "sim: 1\n"
    "title: Locks of all sorts\n"
    "machine: {cpus: 2}\n"
    "objects: {o: 2}\n"
    "sections: {a: {cost: 1us}, b: {cost: 1us}, c: {cost: 1us}, d: {cost: 1us}}\n"
    "threads: {t: {steps: [{pick: o}, {in: a}, {in: b}, {in: c}, {in: d}, {count: op}]}}\n"
    "designs:\n"
    "  d:\n"
    "    locks:\n"
    "      m: {kind: mutex, per: o}\n"
    "      r: {kind: rwlock}\n"
    "      n: {kind: atomic}\n"
    "      s: {kind: semaphore, count: 4}\n"
    "    guard: {a: m, b: {read: r}, c: n, d: s}\n";

static const struct busy_case {
    const char *lock;
    struct passage passages[4];
    struct busy busy; /* of the busiest instance */
} busy_cases[] = {
    /* Taken at 10, and again after a gap: what is idle is not busy. */
    {"m",
     {{.requested = 8, .acquired = 10, .released = 20},
      {.requested = 30, .acquired = 31, .released = 40}},
     {19, 3, 0}},
    /* Handed over: from the release on, however long the next one had waited; asleep at last. */
    {"m",
     {{.requested = 10, .acquired = 10, .released = 20},
      {.requested = 11, .acquired = 25, .released = 30},
      {.requested = 12, .acquired = 60, .released = 70, .flags = PASSAGE_SLEPT}},
     {25, 5, 30}},
    /* Only the busiest instance; what was before the beginning, at 5, does not count. */
    {"m",
     {{.instance = 0, .requested = 1, .acquired = 2, .released = 10},
      {.instance = 1, .requested = 10, .acquired = 10, .released = 14}},
     {5, 0, 0}},
    /* Readers exclude nobody, but a writer who waits for them has the lock kept from all. */
    {"r",
     {{.requested = 10, .acquired = 12, .released = 50, .flags = PASSAGE_READ},
      {.requested = 10, .acquired = 14, .released = 60, .flags = PASSAGE_READ},
      {.requested = 40, .acquired = 63, .released = 70}},
     {27, 7, 0}},
    {"r",
     {{.requested = 10, .acquired = 12, .released = 60, .flags = PASSAGE_READ},
      {.requested = 30, .acquired = 31, .released = 90, .flags = PASSAGE_READ}},
     {0, 3, 0}},
    /* One after the other on the line, whatever is done then. */
    {"n",
     {{.requested = 10, .acquired = 15, .released = 99},
      {.requested = 10, .acquired = 20, .released = 99},
      {.requested = 12, .acquired = 25, .released = 99}},
     {0, 15, 0}},
    /* Each of four units is a quarter. */
    {"s",
     {{.requested = 10, .acquired = 10, .released = 50},
      {.requested = 10, .acquired = 10, .released = 90}},
     {30, 0, 0}},
};

START_TEST(what_keeps_a_lock_busy) {
    const struct busy_case *c = &busy_cases[_i];
    struct trial *trial = trial_compile(locks, NULL);
    uint32_t lock = trial_lock(trial, c->lock);
    struct busy_view *view = busy_view_new(arena, trial->program, 5),
                     *twice = busy_view_new(arena, trial->program, 0);
    struct passage_batch batch = {.n = 0};
    for (size_t i = 0; i < 4 && c->passages[i].released > 0; i++)
        passage_batch_add(&batch, &c->passages[i]);
    const struct passages passages = passages_of(&batch, lock);
    busy_view_add(view, &passages);
    busy_view_merge(twice, view);
    busy_view_merge(twice, view);
    const struct busy busy = busy_most(view, lock), both = busy_most(twice, lock);
    ck_assert_int_eq(busy.held, c->busy.held);
    ck_assert_int_eq(busy.line, c->busy.line);
    ck_assert_int_eq(busy.wakeup, c->busy.wakeup);
    ck_assert_int_eq(both.held, 2 * c->busy.held);
    ck_assert_int_eq(both.line, 2 * c->busy.line);
    ck_assert_int_eq(both.wakeup, 2 * c->busy.wakeup);
    trial_free(trial);
}
END_TEST

/* ---- bounds ---- */

/* Sweeps machine.cpus of the first design of a scenario. */
static const struct curves *sweep_of(const char *text, const char *design, const char *cpus) {
    struct diag *diag = diag_new();
    struct sweep_axis *axis = arena_alloc(arena, sizeof(*axis));
    axis->path = "machine.cpus";
    ck_assert_ptr_null(sweep_values(arena, cpus, axis));
    const char **designs = arena_alloc(arena, sizeof(*designs));
    designs[0] = design;
    struct scenario *scenario = scenario_load(arena, diag, "t.yaml", text, strlen(text), NULL, 0);
    ck_assert_ptr_nonnull(scenario);
    const struct sweep_plan plan = {.scenario = scenario,
                                    .program =
                                        programs_compile(arena, diag, scenario, designs, 1)[0],
                                    .text = text,
                                    .length = strlen(text),
                                    .axes = axis,
                                    .naxes = 1,
                                    .designs = designs,
                                    .ndesigns = 1,
                                    .jobs = 2};
    const struct sweep *sweep = sweep_run(arena, &plan);
    diag_free(diag);
    return curves_new(arena, sweep, 0.5);
}

static const char repairman[] =
    "sim: 1\n"
    "title: Machines and one repairman\n"
    "machine: {cpus: 1}\n"
    "sections: {cs: {cost: exp(2us)}}\n"
    "threads: {t: {count: \"${machine.cpus}\", steps: [{run: exp(14us)}, {in: cs}, {count: op}]}}\n"
    "designs: {d: {locks: {l: {kind: mcs}}, guard: {cs: l}}}\n"
    "run: {duration: 40ms, warmup: 1ms, replications: 5}\n";

/* M/M/1//N: the probability that none of N machines with this load is broken. */
static double repairman_idle(int n, double load) {
    double sum = 1, term = 1;
    for (int i = 0; i < n; i++) {
        term *= (n - i) * load;
        sum += term;
    }
    return 1 / sum;
}

START_TEST(bounds_are_those_of_the_machine_repairman) {
    const struct curves *c = sweep_of(repairman, "d", "1..64");
    const struct scaling *s = scaling_of(arena, c, &c->curves[0]);
    for (uint32_t i = 0; i < c->nplaces; i++) {
        double n = c->x[i], rate = curve_rate(c, &c->curves[0], i);
        double busy = 1 - repairman_idle((int)n, 2.0 / 14);
        assert_within(s->bounds[i].lock / busy, 1, 0.03);
        assert_within(bound_lock_rate(c, s, i) * 2e-6, 1, 0.03);     /* 1 / D */
        assert_within(bound_cpu_rate(c, s, i) * 16e-6 / n, 1, 0.03); /* N / (Z + D) */
        ck_assert(rate <= bound_lock_rate(c, s, i) && rate <= bound_cpu_rate(c, s, i) * 1.0001);
    }
    ck_assert_uint_eq(s->nregions, 2);
    ck_assert_int_eq(s->regions[0].limit, LIMIT_CPU);
    ck_assert_int_eq(s->regions[1].limit, LIMIT_HELD);
    ck_assert_str_eq(s->regions[1].lock, "l");
    /* The bounds cross at (Z + D) / D = 8 CPUs. */
    ck_assert_uint_eq(s->regions[0].last, 3);
}
END_TEST

#define CONTENDED(machine, lock)                                                                   \
    "sim: 1\ntitle: t\nmachine: {" machine ", cpus: 8}\nsections: {cs: {cost: 50ns}}\n"            \
    "threads: {t: {count: \"${machine.cpus}\", steps: [{run: exp(300ns)}, {in: cs}, "              \
    "{count: op}]}}\ndesigns: {d: {locks: {l: {kind: " lock "}}, guard: {cs: l}}}\n"               \
    "run: {duration: 2ms, warmup: 100us, replications: 2}\n"

static const struct {
    const char *text;
    enum limit limit; /* at 32 CPUs */
} limits[] = {
    {CONTENDED("profile: server-2s", "atomic"), LIMIT_LINE},
    {CONTENDED("profile: server-2s", "ttas"), LIMIT_LINE},
    {CONTENDED("profile: server-2s", "semaphore"), LIMIT_WAKE},
    {CONTENDED("profile: server-2s", "none"), LIMIT_CPU},
    {"sim: 1\ntitle: t\nmachine: {cpus: 8}\nsections: {cs: {cost: 1us}}\n"
     "threads: {t: {steps: [{in: cs}, {sleep: exp(1us)}, {count: op}]}}\n"
     "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n"
     "run: {duration: 2ms, warmup: 0, replications: 2}\n",
     LIMIT_LOAD},
    /* Of 32 CPUs that are busy for 85 % nobody waits for one. */
    {"sim: 1\ntitle: t\nmachine: {cpus: 8}\nsections: {cs: {cost: 17us}}\n"
     "threads: {t: {count: \"${machine.cpus}\", steps: [{in: cs}, {sleep: 3us}, {count: op}]}}\n"
     "designs: {d: {locks: {l: {kind: none}}, guard: {cs: l}}}\n"
     "run: {duration: 2ms, warmup: 0, replications: 2}\n",
     LIMIT_LOAD},
};

START_TEST(what_limits_is_named) {
    const struct curves *c = sweep_of(limits[_i].text, "d", "1..32");
    const struct scaling *s = scaling_of(arena, c, &c->curves[0]);
    ck_assert_int_eq(s->regions[s->nregions - 1].limit, limits[_i].limit);
    ck_assert_uint_eq(s->regions[s->nregions - 1].last, 5);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("scaling");
    TCase *usl = tcase_create("usl"), *busy = tcase_create("busy"),
          *bounds = tcase_create("bounds");
    tcase_add_checked_fixture(usl, set_up, tear_down);
    tcase_add_checked_fixture(busy, set_up, tear_down);
    tcase_add_checked_fixture(bounds, set_up, tear_down);
    tcase_set_timeout(bounds, 60);
    tcase_add_loop_test(usl, exact_values_are_found, 0, sizeof(laws) / sizeof(laws[0]));
    tcase_add_test(usl, the_peak_is_where_the_law_has_it);
    tcase_add_test(usl, intervals_cover_19_times_in_20);
    tcase_add_test(usl, no_other_values_are_closer);
    tcase_add_test(usl, neither_parameter_is_negative);
    tcase_add_test(usl, a_sharp_knee_is_no_such_law);
    tcase_add_test(usl, precise_points_weigh_more);
    tcase_add_test(usl, few_points_are_no_law);
    tcase_add_loop_test(busy, what_keeps_a_lock_busy, 0,
                        sizeof(busy_cases) / sizeof(busy_cases[0]));
    tcase_add_test(bounds, bounds_are_those_of_the_machine_repairman);
    tcase_add_loop_test(bounds, what_limits_is_named, 0, sizeof(limits) / sizeof(limits[0]));
    suite_add_tcase(suite, usl);
    suite_add_tcase(suite, busy);
    suite_add_tcase(suite, bounds);
    return suite_run(suite);
}
