/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is counted in batches of passages is what each of them adds by itself, on all CPUs. */
#include "dice.h"
#include "suite.h"

#include "base/arena.h"
#include "base/wide.h"
#include "stats/lock_view.h"
#include "stats/tally.h"

#include <check.h>
#include <string.h>

/* libcheck notes in a file each assertion that holds: here are too many. */
#undef _mark_point
#define _mark_point(file, line) ((void)0)

static uint64_t state;

static uint64_t below(uint64_t n) {
    return (uint64_t)((double)(dice_next(&state) >> 11) / 9007199254740992.0 * (double)n);
}

enum { MOST_PASSAGES = 200 };

/* Times of all sizes, or of one; at least a few are alike. */
static sim_time any_time(int bits) {
    return (sim_time)(below((uint64_t)1 << bits) >> (below(2) == 0 ? 0 : below((uint64_t)bits)));
}

static struct columns {
    size_t n;
    uint32_t flags[MOST_PASSAGES];
    sim_time from[MOST_PASSAGES], to[MOST_PASSAGES];
} columns;

static void make_columns(size_t n, int bits) {
    uint32_t some = (uint32_t)below(256), always = (uint32_t)(below(256) & below(256));
    columns.n = n;
    for (size_t i = 0; i < n; i++) {
        columns.flags[i] = ((uint32_t)below(256) & some) | always;
        columns.from[i] = any_time(40);
        columns.to[i] = columns.from[i] + any_time(bits);
    }
}

static void assert_same_span(const struct span *a, const struct span *b) {
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_int_eq(a->total, b->total);
    ck_assert_int_eq(a->min, b->min);
    ck_assert_int_eq(a->max, b->max);
}

static void assert_same_hist(const struct hist *a, const struct hist *b) {
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_int_eq(a->sum, b->sum);
    ck_assert_int_eq(a->min, b->min);
    ck_assert_int_eq(a->max, b->max);
    uint32_t n = a->nbuckets < b->nbuckets ? a->nbuckets : b->nbuckets;
    ck_assert_mem_eq(a->buckets, b->buckets, n * sizeof(*a->buckets));
    for (uint32_t i = n; i < a->nbuckets || i < b->nbuckets; i++)
        ck_assert((i < a->nbuckets ? a : b)->buckets[i] == 0);
}

/* What one passage after the other makes of them. */
static void check_spans(const struct tally *tally, const struct span *start) {
    const struct columns *c = &columns;
    struct flag_set of = {(uint32_t)below(256), 0};
    of.flags = of.mask & (uint32_t)below(256);
    struct span all = *start, some = *start, tallied = *start, tallied_some = *start;
    struct flag_range range = {0, UINT32_MAX};
    for (size_t i = 0; i < c->n; i++) {
        range.any |= c->flags[i];
        range.all &= c->flags[i];
        span_add(&all, c->to[i] - c->from[i]);
        if ((c->flags[i] & of.mask) == of.flags)
            span_add(&some, c->to[i] - c->from[i]);
    }
    tally->span(&tallied, c->from, c->to, c->n);
    tally->span_of(&tallied_some, c->from, c->to, c->n, c->flags, of);
    assert_same_span(&tallied, &all);
    assert_same_span(&tallied_some, &some);
    ck_assert_uint_eq(tally->count(c->flags, c->n, of), some.count - start->count);
    struct flag_range tallied_range = tally->range(c->flags, c->n);
    ck_assert_uint_eq(tallied_range.any, range.any);
    ck_assert_uint_eq(tallied_range.all, range.all);
}

static void check_hist(const struct tally *tally, struct hist *tallied, struct hist *added) {
    struct span all = {0};
    const struct span sum = tally->hist(tallied, columns.from, columns.to, columns.n);
    for (size_t i = 0; i < columns.n; i++) {
        hist_add(added, columns.to[i] - columns.from[i]);
        span_add(&all, columns.to[i] - columns.from[i]);
    }
    assert_same_hist(tallied, added);
    assert_same_span(&sum, &all);
}

START_TEST(a_tally_is_one_passage_after_the_other) {
    static const int bits[] = {1, 8, 9, 17, 30, 52, 53, 54};
    const struct span starts[] = {{0}, {.count = 3, .total = 700, .min = 100, .max = 400}};
    wide_limit((enum wide)_i);
    const struct tally *tally = tally_best();
    struct arena *arena = arena_new();
    for (size_t b = 0; b < sizeof(bits) / sizeof(*bits); b++) {
        struct hist tallied, added;
        for (size_t n = 1; n <= MOST_PASSAGES; n++) {
            if (n % 8 == 1) {
                hist_init(&tallied, arena);
                hist_init(&added, arena);
            }
            make_columns(n, bits[b]);
            check_spans(tally, &starts[n % 2]);
            check_hist(tally, &tallied, &added);
        }
    }
    arena_free(arena);
}
END_TEST

/* ---- views ---- */

enum { SITE_A, SITE_B, SITE_C, NSITES };

/* Class 0 is taken at one site, class 1 at two. */
static const uint32_t sites[2][2] = {{SITE_B, SITE_B}, {SITE_A, SITE_C}};
static struct op ops[] = {{.code = OP_LOCK, .index = 0, .site = SITE_B},
                          {.code = OP_LOCK, .index = 1, .site = SITE_A},
                          {.code = OP_LOCK, .index = 1, .site = SITE_C},
                          {.code = OP_END}};
static const struct program program = {.ops = ops, .nops = 4, .nlocks = 2, .nsites = NSITES};

static struct lock_view *new_view(struct arena *arena) {
    struct lock_view *view = lock_view_new(arena, &program);
    view->on = true;
    return view;
}

static struct passage any_passage(uint32_t lock_class, uint32_t some, uint32_t always) {
    const sim_time asked = any_time(40), wait[2] = {any_time(20), any_time(20)};
    const sim_time hold[2] = {any_time(20), any_time(20)};
    struct passage p = {.lock_class = lock_class,
                        .site = sites[lock_class][below(2)],
                        .holder_site = sites[lock_class][below(2)],
                        .flags = ((uint32_t)below(256) & some) | always,
                        .requested = asked,
                        .contended = asked + wait[0],
                        .traced = asked + wait[0] / 2,
                        .acquired = asked + wait[0] + wait[1]};
    p.held_from = p.flags & PASSAGE_CONTENDED ? p.acquired - wait[1] / 2 : asked;
    p.held_to = p.acquired + hold[0];
    p.released = p.held_to + hold[1];
    return p;
}

static void assert_same_class(const struct class_view *a, const struct class_view *b) {
    assert_same_hist(&a->wait, &b->wait);
    assert_same_hist(&a->hold, &b->hold);
    ck_assert_uint_eq(a->slept, b->slept);
    for (int mode = MODE_WRITE; mode <= MODE_READ; mode++) {
        assert_same_span(&a->rows[mode].wait, &b->rows[mode].wait);
        assert_same_span(&a->rows[mode].hold, &b->rows[mode].hold);
        ck_assert_uint_eq(a->rows[mode].con_bounces, b->rows[mode].con_bounces);
        ck_assert_uint_eq(a->rows[mode].acq_bounces, b->rows[mode].acq_bounces);
    }
    for (uint32_t i = 0; i < a->sites.n; i++)
        assert_same_span(&a->callers[i], &b->callers[i]);
    ck_assert_mem_eq(a->pairs, b->pairs, a->sites.n * a->sites.n * sizeof(*a->pairs));
}

static uint32_t number_of(const struct class_view *lock, uint32_t site) {
    return lock->sites.n > 1 && lock->sites.names[1] == site;
}

/* As the statistics are defined, of one passage. */
static void define(struct lock_view *view, const struct passage *p) {
    struct class_view *lock = &view->classes[p->lock_class];
    struct lock_stat_row *row = &lock->rows[p->flags & PASSAGE_READ ? MODE_READ : MODE_WRITE];
    uint32_t site = number_of(lock, p->site);
    hist_add(&lock->wait, p->acquired - p->requested);
    hist_add(&lock->hold, p->released - p->acquired);
    if (p->flags & PASSAGE_CONTENDED)
        span_add(&row->wait, p->held_from - p->contended);
    span_add(&row->hold, p->held_to - p->held_from);
    row->con_bounces += (p->flags & PASSAGE_CON_BOUNCE) != 0;
    row->acq_bounces += (p->flags & PASSAGE_ACQ_BOUNCE) != 0;
    if (p->flags & PASSAGE_TRACED)
        span_add(&lock->callers[site], p->acquired - p->traced);
    if ((p->flags & PASSAGE_WAITED) == 0)
        return;
    struct pair *pair = &lock->pairs[site * lock->sites.n + number_of(lock, p->holder_site)];
    pair->count++;
    pair->wait += p->acquired - p->requested;
    pair->contended += (p->flags & PASSAGE_CONTENDED) != 0;
    lock->slept += (p->flags & PASSAGE_SLEPT) != 0;
}

START_TEST(views_are_as_they_are_defined) {
    wide_limit((enum wide)_i);
    struct arena *arena = arena_new();
    struct lock_view *view = new_view(arena), *defined = new_view(arena);
    for (size_t n = 0; n < 20 * PASSAGE_BATCH; n++) {
        struct passage_batch batch = {.n = 0};
        uint32_t lock_class = (uint32_t)below(2);
        uint32_t some = (uint32_t)below(256), always = (uint32_t)(below(256) & below(256));
        while (batch.n < 1 + n % PASSAGE_BATCH) {
            const struct passage p = any_passage(lock_class, some, always);
            passage_batch_add(&batch, &p);
        }
        struct passages passages = passages_of(&batch, lock_class);
        if (below(2) == 0) { /* as where lock_stat costs nothing */
            passages.contended = passages.requested;
            passages.held_from = passages.acquired;
            passages.held_to = passages.released;
        }
        for (size_t i = 0; i < passages.n; i++) {
            const struct passage p = passage_at(&passages, i);
            define(defined, &p);
        }
        lock_view_passages(view, &passages);
    }
    for (uint32_t i = 0; i < 2; i++)
        assert_same_class(&view->classes[i], &defined->classes[i]);
    arena_free(arena);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tally");
    TCase *tcase = tcase_create("tally");
    tcase_add_loop_test(tcase, a_tally_is_one_passage_after_the_other, 0, WIDE_CODES);
    tcase_add_loop_test(tcase, views_are_as_they_are_defined, 0, WIDE_CODES);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
