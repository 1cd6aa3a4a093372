/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment_help.h"
#include "fixture.h"
#include "suite.h"

#include "experiment/values.h"
#include "experiment/warmup.h"

#include <check.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

/* ---- known answers ---- */

/* One thread, 10 us outside and 1 us inside: every figure follows. */
START_TEST(a_lone_thread_has_known_figures) {
    const struct fixture f = {"d", "mutex", 1, 2, us10, us1, 0, 0.011, false};
    struct program *programs[] = {fixture_loop(arena, &f)};
    programs[0]->warmup = 11 * TICKS_PER_US;
    struct result *result = result_with(programs, 1, 3);
    const struct design_result *design = &result->designs[0];
    const struct lock_result *lock = &design->locks[0];
    ck_assert_msg(audit_passed(&result->runs->audit), "%s", result->runs->audit.message);
    assert_near(design->rates[0].mean, 1e6 / 11, 1e-9);
    assert_near(design->rates[0].hi, design->rates[0].lo, 1e-9);
    assert_near(lock->utilization.mean, 1 / 11.0, 1e-9);
    assert_near(lock->hold.mean.mean, 1e-6, 1e-9);
    assert_near(lock->hold.p99, 1e-6, 0.01);
    assert_near(lock->acquisitions.mean, 1e6 / 11, 1e-9);
    ck_assert(lock->wait.mean.mean == 0 && lock->contended.mean == 0);
    assert_near(design->cpu.run, 0.5, 1e-9);
    assert_near(design->cpu.idle, 0.5, 1e-9);
    assert_near(result->simulated, 3 * 0.011, 1e-9);
    ck_assert_str_eq(lock->kind, "mutex");
    ck_assert(result->acquisitions == 3000);
}
END_TEST

START_TEST(an_uncontended_acquisition_takes_time_but_does_not_wait) {
    const struct fixture f = {"d", "mutex", 1, 1, us10, us1, 0, 0.01, false};
    struct program *programs[] = {fixture_loop(arena, &f)};
    programs[0]->machine.atomic = 100;
    struct result *result = result_with(programs, 1, 2);
    ck_assert(result->designs[0].locks[0].wait.mean.mean > 0);
    ck_assert(result->designs[0].locks[0].waiting.mean > 0);
    ck_assert(value_true_wait_rate(&result->runs->designs[0].samples[0], 0) == 0);
}
END_TEST

START_TEST(quantiles_are_of_all_replications) {
    struct program *programs[] = {loop("d", "mcs", 16, 16)};
    struct result *result = result_with(programs, 1, 3);
    const struct lock_result *lock = &result->designs[0].locks[0];
    const struct hist *wait = &lock->pool->wait;
    uint64_t acquisitions = 0;
    for (int i = 0; i < 3; i++)
        acquisitions += result->runs->designs[0].samples[i].locks[0].acquisitions;
    ck_assert_uint_eq(wait->count, acquisitions);
    ck_assert(lock->wait.p50 == ticks_to_seconds(hist_quantile(wait, 0.5)));
    ck_assert(lock->wait.p90 == ticks_to_seconds(hist_quantile(wait, 0.9)));
    ck_assert(lock->wait.p99 == ticks_to_seconds(hist_quantile(wait, 0.99)));
    ck_assert(lock->wait.p999 == ticks_to_seconds(hist_quantile(wait, 0.999)));
    ck_assert(lock->wait.max == ticks_to_seconds((double)wait->max));
}
END_TEST

/* A second instance that nobody takes halves the utilization of the class. */
START_TEST(utilization_is_per_instance) {
    struct program *programs[] = {loop("d", "mutex", 4, 4), loop("e", "mutex", 4, 4)};
    programs[1]->locks[0].count = programs[1]->ninstances = 2;
    struct result *result = result_with(programs, 2, 2);
    assert_near(result->designs[1].locks[0].utilization.mean,
                result->designs[0].locks[0].utilization.mean / 2, 1e-9);
}
END_TEST

/* Ten iterations of 11 us on each of two CPUs, no waiting because the lock is none. */
START_TEST(a_finite_program_has_an_elapsed_time) {
    const struct fixture f = {"d", "none", 2, 2, us10, us1, 10, 1, false};
    struct program *programs[] = {fixture_loop(arena, &f)};
    programs[0]->warmup = TICKS_PER_SECOND;
    struct result *result = result_with(programs, 1, 2);
    assert_near(result->designs[0].elapsed.mean, 110e-6, 1e-9);
    assert_near(result->designs[0].rates[0].mean, 20 / 110e-6, 1e-9);
    ck_assert(result->warmup == 0);
}
END_TEST

START_TEST(designs_are_compared_by_pairs) {
    struct program *programs[] = {loop("mutex", "mutex", 16, 16), loop("none", "none", 16, 16)};
    struct result *result = result_with(programs, 2, 6);
    const struct comparison *c = &result->compare[0];
    ck_assert_str_eq(c->design->name, "none");
    ck_assert(c->speedup[0].mean > 1);
    assert_near(c->speedup[0].mean,
                result->designs[1].rates[0].mean / result->designs[0].rates[0].mean, 1e-9);
    ck_assert(c->speedup[0].lo < c->speedup[0].mean && c->speedup[0].mean < c->speedup[0].hi);
    ck_assert_msg(isnan(c->true_wait_total.mean), "nobody waits without a lock");
    ck_assert(isnan(c->elapsed.mean));
}
END_TEST

START_TEST(a_deadlock_is_a_result_and_spares_the_other_design) {
    struct program *programs[] = {loop("fine", "mutex", 4, 4), fixture_deadlock(arena, "stuck")};
    struct result *result = result_with(programs, 2, 3);
    ck_assert_int_eq(result->designs[0].outcome, SIM_OK);
    ck_assert_uint_eq(result->designs[0].failures, 0);
    ck_assert_int_eq(result->designs[1].outcome, SIM_DEADLOCK);
    ck_assert_uint_eq(result->designs[1].failures, 3);
    ck_assert_ptr_nonnull(strstr(result->designs[1].detail, "second"));
    ck_assert(isnan(result->compare[0].speedup[0].mean));
    ck_assert(result->designs[0].rates[0].mean > 0);
    ck_assert_msg(audit_passed(&result->runs->audit), "%s", result->runs->audit.message);
}
END_TEST

/* ---- what results must not depend on ---- */

static void assert_same_locks(const struct sample *x, const struct sample *y) {
    ck_assert_uint_eq(x->nlocks, y->nlocks);
    for (uint32_t i = 0; i < x->nlocks; i++) {
        const struct lock_sample *a = &x->locks[i], *b = &y->locks[i];
        ck_assert_mem_eq(a, b, offsetof(struct lock_sample, waiters));
        ck_assert_mem_eq(a->waiters, b->waiters, a->nsites * sizeof(*a->waiters));
        ck_assert_mem_eq(a->holders, b->holders, a->nsites * sizeof(*a->holders));
        ck_assert_mem_eq(a->callers, b->callers, a->nsites * sizeof(*a->callers));
    }
}

static void assert_same_runs(const struct runs *a, const struct runs *b) {
    ck_assert_uint_eq(a->replications, b->replications);
    ck_assert_int_eq(a->warmup, b->warmup);
    ck_assert(a->precision == b->precision && a->precise == b->precise);
    for (uint32_t d = 0; d < a->ndesigns; d++) {
        ck_assert_uint_eq(a->designs[d].replications, b->designs[d].replications);
        for (uint32_t r = 0; r < a->designs[d].replications; r++) {
            const struct sample *x = &a->designs[d].samples[r], *y = &b->designs[d].samples[r];
            ck_assert_mem_eq(&x->used, &y->used, sizeof(x->used));
            assert_same_locks(x, y);
            ck_assert_uint_eq(x->progress[0], y->progress[0]);
        }
        const struct class_view *p = &a->designs[d].pool->classes[0];
        const struct class_view *q = &b->designs[d].pool->classes[0];
        ck_assert_mem_eq(p->pairs, q->pairs, sizeof(*p->pairs));
        ck_assert_mem_eq(p->rows, q->rows, sizeof(p->rows));
        for (double share = 0.01; share < 1; share += 0.07)
            ck_assert(hist_quantile(&p->wait, share) == hist_quantile(&q->wait, share));
    }
}

START_TEST(jobs_do_not_change_results) {
    static const unsigned jobs[] = {2, 3, 8, 100};
    struct program *programs[] = {loop("mutex", "mutex", 16, 4), loop("mcs", "mcs", 16, 4)};
    programs[0]->warmup_auto = programs[1]->warmup_auto = true;
    const struct runs *alone = run_with(programs, 2, 7, 0, 1);
    const struct runs *precise_alone = run_with(programs, 2, 12, 0.02, 1);
    for (size_t i = 0; i < sizeof(jobs) / sizeof(*jobs); i++) {
        assert_same_runs(alone, run_with(programs, 2, 7, 0, jobs[i]));
        assert_same_runs(precise_alone, run_with(programs, 2, 12, 0.02, jobs[i]));
    }
}
END_TEST

START_TEST(replications_differ_and_their_number_does_not_change_them) {
    struct program *programs[] = {loop("mutex", "mutex", 8, 8)};
    const struct runs *few = run_with(programs, 1, 2, 0, 1), *many = run_with(programs, 1, 4, 0, 1);
    const struct sample *samples = many->designs[0].samples;
    ck_assert_uint_ne(samples[0].locks[0].acquisitions, samples[1].locks[0].acquisitions);
    for (int i = 0; i < 2; i++)
        assert_same_locks(&few->designs[0].samples[i], &samples[i]);
}
END_TEST

/* ---- precision ---- */

START_TEST(rounds_go_on_until_the_precision_is_reached) {
    struct program *programs[] = {loop("mutex", "mutex", 8, 8)};
    const struct runs *runs = run_with(programs, 1, 2000, 0.005, 1);
    ck_assert(runs->precise);
    ck_assert(runs->precision <= 0.005 && runs->precision > 0);
    ck_assert_uint_gt(runs->replications, 5);
    ck_assert_uint_lt(runs->replications, 2000);
    struct estimate wait = values_mean(arena, &runs->designs[0], value_mean_wait, 0);
    ck_assert(estimate_precision(&wait) <= 0.005);
}
END_TEST

/* What a design gets does not depend on the others; one that ends badly gets no more. */
START_TEST(each_design_has_as_many_replications_as_it_needs) {
    const struct fixture dull = {"dull", "mutex", 1, 1, us10, us1, 0, 0.02, false};
    struct program *one = loop("mutex", "mutex", 8, 8), *other = loop("mcs", "mcs", 6, 8);
    struct program *all[] = {fixture_loop(arena, &dull), one, fixture_deadlock(arena, "stuck"),
                             other};
    const struct runs *runs = run_with(all, 4, 2000, 0.005, 3);
    ck_assert(runs->precise);
    ck_assert_uint_eq(runs->designs[0].replications, 5);
    ck_assert_uint_eq(runs->designs[2].replications, 5);
    ck_assert(runs->designs[1].precision > 0 && runs->designs[1].precision <= 0.005);
    ck_assert(runs->designs[2].precise && runs->designs[2].precision == 0);
    uint32_t most = 0;
    for (int d = 1; d < 4; d += 2) {
        const struct runs *alone = run_with(&all[d], 1, 2000, 0.005, 1);
        ck_assert_uint_eq(runs->designs[d].replications, alone->replications);
        for (uint32_t r = 0; r < alone->replications; r++)
            assert_same_locks(&runs->designs[d].samples[r], &alone->designs[0].samples[r]);
        most = alone->replications > most ? alone->replications : most;
    }
    ck_assert_uint_ne(runs->designs[1].replications, runs->designs[3].replications);
    ck_assert_uint_eq(runs->replications, most);
    const struct result *result =
        result_new(arena, fixture_scenario(arena, all, 4), run_with(all, 4, 2000, 0.005, 1));
    ck_assert_uint_eq(result->designs[2].failures, 5);
    ck_assert(result->compare[0].speedup[0].hi > result->compare[0].speedup[0].lo);
    ck_assert_msg(audit_passed(&result->runs->audit), "%s", result->runs->audit.message);
}
END_TEST

START_TEST(an_unreachable_precision_is_admitted) {
    struct program *programs[] = {loop("mutex", "mutex", 8, 8)};
    const struct runs *runs = run_with(programs, 1, 8, 1e-5, 1);
    ck_assert(!runs->precise);
    ck_assert_uint_eq(runs->replications, 8);
    ck_assert(runs->precision > 1e-5);
    ck_assert(!run_with(programs, 1, 1, 0.5, 1)->precise);
}
END_TEST

/* ---- warm-up ---- */

START_TEST(a_late_start_is_warm_up) {
    const struct fixture f = {"d", "mutex", 4, 4, exp10, exp1, 0, 10, false};
    struct program *program = fixture_loop(arena, &f);
    bool settled;
    ck_assert_int_lt(warmup_find(arena, program, &settled), TICKS_PER_SECOND / 4);
    ck_assert(settled);
    for (double late = 0.05; late < 2; late *= 1.5) {
        const struct dist start = {.kind = DIST_CONST, .a = late * (double)TICKS_PER_SECOND};
        program->groups[0].start = &start;
        sim_time warmup = warmup_find(arena, program, &settled);
        ck_assert_msg(settled, "not settled with a start at %g s", late);
        ck_assert_int_ge(warmup, (sim_time)start.a);
        ck_assert_int_lt(warmup, (sim_time)(2 * start.a) + TICKS_PER_SECOND / 4);
    }
}
END_TEST

START_TEST(all_designs_share_the_longest_warm_up) {
    struct program *programs[] = {loop("a", "mutex", 4, 4), loop("b", "mcs", 4, 4)};
    programs[0]->warmup = TICKS_PER_SECOND / 100;
    programs[1]->warmup = TICKS_PER_SECOND / 50;
    const struct runs *runs = run_with(programs, 2, 2, 0, 1);
    ck_assert_int_eq(runs->warmup, TICKS_PER_SECOND / 50);
    for (int d = 0; d < 2; d++)
        ck_assert_int_eq(runs->designs[d].samples[0].used.now, programs[d]->duration);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("experiment");
    TCase *known = add_case(suite, "known"), *same = add_case(suite, "same"),
          *precision = add_case(suite, "precision"), *warmup = add_case(suite, "warmup");
    tcase_add_test(known, a_lone_thread_has_known_figures);
    tcase_add_test(known, an_uncontended_acquisition_takes_time_but_does_not_wait);
    tcase_add_test(known, quantiles_are_of_all_replications);
    tcase_add_test(known, utilization_is_per_instance);
    tcase_add_test(known, a_finite_program_has_an_elapsed_time);
    tcase_add_test(known, designs_are_compared_by_pairs);
    tcase_add_test(known, a_deadlock_is_a_result_and_spares_the_other_design);
    tcase_add_test(same, jobs_do_not_change_results);
    tcase_add_test(same, replications_differ_and_their_number_does_not_change_them);
    tcase_add_test(precision, rounds_go_on_until_the_precision_is_reached);
    tcase_add_test(precision, each_design_has_as_many_replications_as_it_needs);
    tcase_add_test(precision, an_unreachable_precision_is_admitted);
    tcase_add_test(warmup, a_late_start_is_warm_up);
    tcase_add_test(warmup, all_designs_share_the_longest_warm_up);
    return suite_run(suite);
}
