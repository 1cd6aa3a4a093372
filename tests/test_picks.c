/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two objects of one class: a pick of another than one picked, and locking two in order. */
#include "suite.h"
#include "trial.h"

#include "base/arena.h"
#include "base/exactmath.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 17, DRAWS = 100000 };

/* Both picks are seen as the instances of locks that exclude nobody. */
static const char workload[] =
    "sim: 1\n"
    "title: picks\n"
    "objects: {page: %u}\n"
    "sections: {one: {}, two: {}}\n"
    "threads: {t: {iterations: 100000, steps: [{run: 1us}, {pick: page, by: %s}, {in: one},\n"
    "  {pick: page, as: other, other_than: page, by: %s}, {in: two}, {count: op}]}}\n"
    "designs: {d: {locks: {a: {kind: none, per: page}, b: {kind: none, per: page}},\n"
    "              guard: {one: {write: a, of: page}, two: {write: b, of: other}}}}\n";

struct pairs {
    double n[MOST][MOST], first[MOST];
};

static int by_release(const void *a, const void *b) {
    const struct passage *p = a, *q = b;
    return p->released < q->released ? -1 : p->released > q->released;
}

static void draw_pairs(struct pairs *pairs, unsigned n, const char *by) {
    char text[1024];
    snprintf(text, sizeof(text), workload, n, by, by);
    struct trial *trial = trial_new(text, NULL, 1);
    ck_assert_int_eq(trial_run(trial, 1), SIM_OK);
    ck_assert_uint_eq(trial->n, 2 * DRAWS);
    qsort(trial->passages, trial->n, sizeof(*trial->passages), by_release);
    *pairs = (struct pairs){0};
    for (size_t i = 0; i < trial->n; i += 2) {
        uint32_t one = trial->passages[i].instance, two = trial->passages[i + 1].instance;
        ck_assert(trial->passages[i].lock_class == 0 && trial->passages[i + 1].lock_class == 1);
        ck_assert(one < n && two < n && one != two);
        pairs->first[one]++;
        pairs->n[one][two]++;
    }
    trial_free(trial);
}

/* So many of n, each with probability p, but for chance. */
static void expect_share(double count, double n, double p) {
    double variance = p < 1 ? n * p * (1 - p) : 0;
    ck_assert_double_eq_tol(count, n * p, 4.5 * sqrt(variance) + 1);
}

/* The other has the law of the pick, given that it is not the one taken. */
static void expect_conditional(unsigned n, const char *by, double exponent) {
    struct pairs pairs;
    double p[MOST], sum = 0;
    draw_pairs(&pairs, n, by);
    for (unsigned i = 0; i < n; i++)
        sum += p[i] = exact_exp(-exponent * exact_log(i + 1.0));
    for (unsigned i = 0; i < n; i++) {
        expect_share(pairs.first[i], DRAWS, p[i] / sum);
        for (unsigned j = 0; j < n; j++)
            expect_share(pairs.n[i][j], pairs.first[i], i == j ? 0 : p[j] / (sum - p[i]));
    }
}

START_TEST(another_object_has_the_law_of_the_pick) {
    static const unsigned counts[] = {2, 3, MOST};
    for (int i = 0; i < 3; i++) {
        expect_conditional(counts[i], "uniform", 0);
        expect_conditional(counts[i], "zipf(0)", 0);
        expect_conditional(counts[i], "zipf(1.1)", 1.1);
        expect_conditional(counts[i], "zipf(20)", 20);
    }
}
END_TEST

/* Of a sequence for all, the one taken is left out; of two objects nothing else is left. */
START_TEST(round_robin_leaves_out_the_one_taken) {
    struct pairs pairs;
    draw_pairs(&pairs, 3, "round-robin");
    for (int i = 0; i < 3; i++)
        ck_assert_double_eq_tol(pairs.n[i][(i + 1) % 3], DRAWS / 3.0, 1);
    draw_pairs(&pairs, 2, "round-robin");
    ck_assert_double_eq(pairs.n[0][1] + pairs.n[1][0], DRAWS);
}
END_TEST

/* One register: each object is another than the one before. */
START_TEST(a_pick_may_be_other_than_the_last) {
    static const char text[] =
        "sim: 1\ntitle: t\nobjects: {page: 5}\nsections: {one: {}}\n"
        "threads: {t: {steps: [{pick: page}, {repeat: 1000, do: [{run: 1us},\n"
        "  {pick: page, other_than: page, by: zipf(2)}, {in: one}]}]}}\n"
        "designs: {d: {locks: {a: {kind: none, per: page}}, guard: {one: a}}}\n";
    struct trial *trial = trial_new(text, NULL, 1);
    ck_assert_int_eq(trial_run(trial, 1e-3), SIM_OK);
    ck_assert_uint_gt(trial->n, 900);
    for (size_t i = 1; i < trial->n; i++)
        ck_assert_uint_ne(trial->passages[i].instance, trial->passages[i - 1].instance);
    trial_free(trial);
}
END_TEST

static const char moves[] =
    "sim: 1\n"
    "title: moves between pages\n"
    "machine: {cpus: 4}\n"
    "objects: {page: 8}\n"
    "sections: {move: {cost: exp(1us)}, look: {cost: exp(200ns)}}\n"
    "threads: {t: {count: 4, steps: [{run: exp(1us)}, {pick: page},\n"
    "  {pick: page, as: other, other_than: page}, {in: move}, {in: look}, {count: op}]}}\n"
    "designs:\n"
    "  as_picked: {locks: {l: {kind: spinlock, per: page}},\n"
    "              guard: {move: {write: l, of: [page, other]}, look: l}}\n"
    "  in_order: {locks: {l: {kind: spinlock, per: page}},\n"
    "             guard: {move: {write: l, of: [page, other], ordered: yes}, look: l}}\n"
    "  readers: {locks: {l: {kind: rwlock, per: page}},\n"
    "            guard: {move: {read: l, of: [page, other], ordered: yes}, look: l}}\n";

START_TEST(without_an_order_they_deadlock) {
    struct trial *trial = trial_new(moves, "as_picked", 1);
    ck_assert_int_eq(trial_run(trial, 10e-3), SIM_DEADLOCK);
    const char *detail = sim_detail(trial->sim), *second = strchr(detail, '\n');
    ck_assert_msg(second != NULL && strstr(detail, "waits for l[") != NULL &&
                      strstr(second, "waits for l[") != NULL,
                  "%s", detail);
    ck_assert_str_eq(program_lock_cycles(trial->arena, trial->program)[0],
                     "between instances of l");
    trial_free(trial);
}
END_TEST

/* The smaller is asked for first, and released last. */
START_TEST(in_order_they_do_not) {
    static const char *const designs[] = {"in_order", "readers"};
    struct trial *trial = trial_new(moves, designs[_i], 1);
    ck_assert_int_eq(trial_run(trial, 10e-3), SIM_OK);
    ck_assert_ptr_null(program_lock_cycles(trial->arena, trial->program)[0]);
    const struct passage *inner[4] = {NULL};
    uint32_t move = trial->passages[0].site, n = 0, rising = 0;
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i], **in = &inner[p->thread];
        if (p->site != move)
            continue;
        if (*in == NULL) {
            *in = p;
            continue;
        }
        ck_assert_uint_lt(p->instance, (*in)->instance);
        ck_assert_int_le(p->acquired, (*in)->requested);
        ck_assert_int_ge(p->released, (*in)->released);
        rising += p->instance + 1 == (*in)->instance;
        n++;
        *in = NULL;
    }
    ck_assert_uint_gt(n, 5000);
    ck_assert(rising > 0 && rising < n);
    trial_free(trial);
}
END_TEST

/* An order of two does not cover a third that is taken besides. */
START_TEST(a_third_instance_is_not_in_order) {
    static const char text[] =
        "sim: 1\ntitle: t\nmachine: {cpus: 4}\nobjects: {page: 8}\nsections: {move: {cost: 1us}, "
        "look: {}}\n"
        "threads: {t: {count: 4, steps: [{pick: page, as: a}, {pick: page, as: b, other_than: a},"
        " {pick: page, as: c}, {in: look, do: [{in: move}]}]}}\n"
        "designs: {d: {locks: {l: {kind: spinlock, per: page}},"
        " guard: {move: {write: l, of: [a, b], ordered: yes}, look: {write: l, of: c}}}}\n";
    struct trial *trial = trial_compile(text, NULL);
    ck_assert_str_eq(program_lock_cycles(trial->arena, trial->program)[0],
                     "between instances of l");
    trial_free(trial);
}
END_TEST

/* Where the same page is drawn twice, the second wait is for oneself. */
START_TEST(the_same_twice_is_a_deadlock_with_oneself) {
    char text[2048];
    snprintf(text, sizeof(text), "%s", moves);
    char *condition = strstr(text, ", other_than: page");
    memmove(condition, condition + 18, strlen(condition + 18) + 1);
    struct trial *trial = trial_new(text, "in_order", 1);
    ck_assert_int_eq(trial_run(trial, 10e-3), SIM_DEADLOCK);
    ck_assert_ptr_null(strchr(sim_detail(trial->sim), '\n'));
    trial_free(trial);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("picks");
    TCase *tc = tcase_create("picks");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, another_object_has_the_law_of_the_pick);
    tcase_add_test(tc, round_robin_leaves_out_the_one_taken);
    tcase_add_test(tc, a_pick_may_be_other_than_the_last);
    tcase_add_test(tc, without_an_order_they_deadlock);
    tcase_add_loop_test(tc, in_order_they_do_not, 0, 2);
    tcase_add_test(tc, a_third_instance_is_not_in_order);
    tcase_add_test(tc, the_same_twice_is_a_deadlock_with_oneself);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
