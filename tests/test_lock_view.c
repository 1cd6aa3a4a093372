/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is seen of each lock, and that the accounts of it agree. */
#include "suite.h"

#include "base/arena.h"
#include "stats/audit.h"
#include "stats/lock_view.h"

#include <check.h>
#include <string.h>

/* ---- lock_view ---- */

enum { SITE_A, SITE_B, SITE_C, NSITES };

static struct lock_view *view_of(struct arena *arena, const struct program *program) {
    struct lock_view *view = lock_view_new(arena, program);
    view->on = true;
    return view;
}

static void see(struct lock_view *view, const struct passage *passage) {
    struct passage_batch batch = {.n = 0};
    passage_batch_add(&batch, passage);
    const struct passages passages = passages_of(&batch, passage->lock_class);
    lock_view_passages(view, &passages);
}

/* Class 0 is taken at sites A and C, class 1 at B. */
static const struct program *two_locks(void) {
    static struct op ops[] = {{.code = OP_LOCK, .index = 0, .site = SITE_C},
                              {.code = OP_LOCK, .index = 1, .site = SITE_B},
                              {.code = OP_LOCK, .index = 0, .site = SITE_A},
                              {.code = OP_END}};
    static struct program program = {.ops = ops, .nops = 4, .nlocks = 2, .nsites = NSITES};
    return &program;
}

static uint32_t number_of(const struct class_view *lock, uint32_t site) {
    for (uint32_t i = 0; i < lock->sites.n; i++)
        if (lock->sites.names[i] == site)
            return i;
    ck_abort_msg("no site %u", (unsigned)site);
    return 0;
}

START_TEST(classes_know_their_sites) {
    struct arena *arena = arena_new();
    struct lock_view *view = view_of(arena, two_locks());
    ck_assert_uint_eq(view->classes[0].sites.n, 2);
    ck_assert_uint_ne(number_of(&view->classes[0], SITE_A), number_of(&view->classes[0], SITE_C));
    ck_assert_uint_eq(view->classes[1].sites.n, 1);
    ck_assert_uint_eq(view->classes[1].sites.names[0], SITE_B);
    arena_free(arena);
}
END_TEST

START_TEST(too_many_sites_share_one_number) {
    enum { MANY = 1000 };
    static struct op ops[MANY];
    struct program program = {.ops = ops, .nops = MANY, .nlocks = 1, .nsites = MANY};
    for (uint32_t i = 0; i < MANY; i++)
        ops[i] = (struct op){.code = OP_LOCK, .site = i};
    struct arena *arena = arena_new();
    struct lock_view *view = view_of(arena, &program);
    ck_assert_uint_eq(view->classes[0].sites.n, SITES_MAX);
    ck_assert_uint_eq(view->classes[0].sites.names[0], 0);
    ck_assert_uint_eq(view->classes[0].sites.names[SITES_MAX - 1], NO_INDEX);
    struct passage p = {.site = MANY - 1, .holder_site = SITES_MAX - 1, .flags = PASSAGE_WAITED};
    see(view, &p);
    lock_view_sum(view);
    ck_assert_uint_eq(view->classes[0].pairs[SITES_MAX * SITES_MAX - 1].count, 1);
    arena_free(arena);
}
END_TEST

/* A mutex taken by optimistic spinning: lock_stat sees no wait, and books the spin as hold. */
START_TEST(lock_stat_books_spinning_as_hold) {
    struct arena *arena = arena_new();
    struct lock_view *view = view_of(arena, two_locks());
    const struct passage p = {.site = SITE_A,
                              .holder_site = SITE_C,
                              .flags = PASSAGE_WAITED | PASSAGE_TRACED,
                              .requested = 100,
                              .traced = 110,
                              .acquired = 600,
                              .released = 1000,
                              .held_from = 100,
                              .held_to = 1000};
    see(view, &p);
    lock_view_sum(view);
    const struct class_view *lock = &view->classes[0];
    ck_assert_int_eq(lock->wait.sum, 500);
    ck_assert_int_eq(lock->hold.sum, 400);
    ck_assert_uint_eq(lock->waited, 1);
    ck_assert_uint_eq(lock->rows[MODE_WRITE].wait.count, 0);
    ck_assert_uint_eq(lock->rows[MODE_WRITE].hold.count, 1);
    ck_assert_int_eq(lock->rows[MODE_WRITE].hold.total, 900);
    ck_assert_int_eq(lock->callers[number_of(lock, SITE_A)].total, 490);
    ck_assert_uint_eq(lock->waiters[number_of(lock, SITE_A)], 0);
    arena_free(arena);
}
END_TEST

/* A mutex whose waiter slept: the wait counts from the sleep, the hold from lock_acquired(). */
START_TEST(lock_stat_counts_waits_from_contended) {
    struct arena *arena = arena_new();
    struct lock_view *view = view_of(arena, two_locks());
    const struct passage p = {.site = SITE_A,
                              .holder_site = SITE_C,
                              .flags = PASSAGE_WAITED | PASSAGE_CONTENDED | PASSAGE_SLEPT |
                                       PASSAGE_CON_BOUNCE | PASSAGE_ACQ_BOUNCE,
                              .requested = 100,
                              .contended = 250,
                              .acquired = 600,
                              .released = 1000,
                              .held_from = 580,
                              .held_to = 970};
    see(view, &p);
    lock_view_sum(view);
    const struct class_view *lock = &view->classes[0];
    const struct lock_stat_row *row = &lock->rows[MODE_WRITE];
    ck_assert_uint_eq(row->wait.count, 1);
    ck_assert_int_eq(row->wait.total, 330);
    ck_assert_int_eq(row->hold.total, 390);
    ck_assert_uint_eq(row->con_bounces, 1);
    ck_assert_uint_eq(row->acq_bounces, 1);
    ck_assert_int_eq(lock->waited_time, 500);
    ck_assert_uint_eq(lock->slept, 1);
    uint32_t a = number_of(lock, SITE_A), c = number_of(lock, SITE_C);
    ck_assert_uint_eq(lock->waiters[a], 1);
    ck_assert_uint_eq(lock->holders[c], 1);
    ck_assert_uint_eq(lock->holders[a], 0);
    ck_assert_uint_eq(lock->pairs[a * 2 + c].count, 1);
    ck_assert_int_eq(lock->pairs[a * 2 + c].wait, 500);
    ck_assert_uint_eq(lock->callers[a].count, 0);
    arena_free(arena);
}
END_TEST

/* Got at once: no wait in any view but the instant of acquiring, which lock_stat holds. */
START_TEST(uncontended_holds_start_at_the_request) {
    struct arena *arena = arena_new();
    struct lock_view *view = view_of(arena, two_locks());
    const struct passage p = {.lock_class = 1,
                              .site = SITE_B,
                              .flags = PASSAGE_READ,
                              .requested = 100,
                              .acquired = 120,
                              .released = 320,
                              .held_from = 100,
                              .held_to = 320};
    see(view, &p);
    lock_view_sum(view);
    const struct class_view *lock = &view->classes[1];
    ck_assert_int_eq(lock->wait.sum, 20);
    ck_assert_int_eq(lock->hold.sum, 200);
    ck_assert_uint_eq(lock->waited, 0);
    ck_assert_int_eq(lock->rows[MODE_READ].hold.total, 220);
    ck_assert_uint_eq(lock->rows[MODE_WRITE].hold.count, 0);
    ck_assert_uint_eq(view->classes[0].wait.count, 0);
    arena_free(arena);
}
END_TEST

START_TEST(nothing_counts_before_the_view_is_on) {
    struct arena *arena = arena_new();
    struct lock_view *view = lock_view_new(arena, two_locks());
    const struct passage p = {.lock_class = 1, .site = SITE_B, .released = 1};
    see(view, &p);
    lock_view_sum(view);
    ck_assert_uint_eq(view->classes[1].hold.count, 0);
    arena_free(arena);
}
END_TEST

START_TEST(merged_views_add_up) {
    struct arena *arena = arena_new();
    struct lock_view *a = view_of(arena, two_locks()), *b = view_of(arena, two_locks());
    const struct passage ps[] = {{.site = SITE_A,
                                  .holder_site = SITE_C,
                                  .flags = PASSAGE_WAITED | PASSAGE_CONTENDED | PASSAGE_SLEPT,
                                  .contended = 2,
                                  .acquired = 10,
                                  .released = 20,
                                  .held_from = 10,
                                  .held_to = 20},
                                 {.site = SITE_C,
                                  .holder_site = SITE_C,
                                  .flags = PASSAGE_WAITED | PASSAGE_CONTENDED | PASSAGE_SLEPT,
                                  .contended = 3,
                                  .acquired = 5,
                                  .released = 50,
                                  .held_from = 5,
                                  .held_to = 50}};
    see(a, &ps[0]);
    see(b, &ps[1]);
    lock_view_merge(a, b);
    const struct lock_stat_row *row = &a->classes[0].rows[MODE_WRITE];
    ck_assert_uint_eq(row->wait.count, 2);
    ck_assert_int_eq(row->wait.total, 10);
    ck_assert_int_eq(row->wait.min, 2);
    ck_assert_int_eq(row->wait.max, 8);
    ck_assert_int_eq(row->hold.max, 45);
    ck_assert_uint_eq(a->classes[0].holders[number_of(&a->classes[0], SITE_C)], 2);
    ck_assert_int_eq(a->classes[0].waited_time, 15);
    ck_assert_uint_eq(a->classes[0].waited, 2);
    ck_assert_uint_eq(a->classes[0].slept, 2);
    arena_free(arena);
}
END_TEST

/* ---- audit ---- */

/*
 * One lock, three passages, window 100 to 200: one straddles the begin, one is
 * inside, one is still waiting at the end.
 */
static const struct lock_integrals begin_ = {.requests = 5,
                                             .grants = 5,
                                             .releases = 4,
                                             .inside = 70,
                                             .held = 60,
                                             .open_inside = 30,
                                             .open_held = 20};
static const struct lock_integrals end_ = {.requests = 7,
                                           .grants = 6,
                                           .releases = 6,
                                           .inside = 70 + 40 + 50 + 25,
                                           .held = 60 + 40 + 45,
                                           .open_inside = 25,
                                           .open_held = 0};
static const struct stamps stamps_ = {.passages = 2, .inside = 30 + 40 + 50, .held = 20 + 40 + 45};

START_TEST(matching_accounts_pass) {
    struct audit audit = {0};
    audit_lock(&audit, "l", &begin_, &end_, &stamps_);
    ck_assert_msg(audit_passed(&audit), "%s", audit.message);
    ck_assert(audit.little == 0 && audit.utilization == 0);
}
END_TEST

START_TEST(one_tick_is_found) {
    for (int field = 0; field < 3; field++) {
        struct stamps off = stamps_;
        off.inside += field == 0;
        off.held -= field == 1;
        off.passages += field == 2;
        struct audit audit = {0};
        audit_lock(&audit, "victim", &begin_, &end_, &off);
        ck_assert(!audit_passed(&audit));
        ck_assert_ptr_nonnull(strstr(audit.message, "victim"));
        ck_assert(field == 1 ? audit.utilization > 0 : audit.little > 0);
    }
}
END_TEST

START_TEST(more_grants_than_requests_are_found) {
    struct lock_integrals end = end_;
    struct audit audit = {0};
    end.grants = end.requests + 1;
    audit_lock(&audit, "l", &begin_, &end, &stamps_);
    ck_assert(!audit_passed(&audit));
}
END_TEST

START_TEST(lost_and_surplus_cpu_time_are_found) {
    const struct sim_counters begin = {
        .now = 100, .run = 50, .spin = 20, .switching = 4, .irq = 6, .occupied = 80};
    struct sim_counters end = {
        .now = 200, .run = 150, .spin = 70, .switching = 14, .irq = 16, .occupied = 250};
    struct audit audit = {0};
    audit_time(&audit, 2, &begin, &end);
    ck_assert_msg(audit_passed(&audit), "%s", audit.message);
    end.irq--;
    audit_time(&audit, 2, &begin, &end);
    ck_assert(!audit_passed(&audit));
    struct audit surplus = {0};
    end.irq++;
    audit_time(&surplus, 1, &begin, &end);
    ck_assert(!audit_passed(&surplus));
}
END_TEST

START_TEST(merging_audits_keeps_the_first_message) {
    struct audit all = {0}, good = {0}, bad = {.little = 0.5, .message = "first"},
                 worse = {.little = 0.7, .message = "second"};
    audit_merge(&all, &good);
    ck_assert(audit_passed(&all));
    audit_merge(&all, &bad);
    audit_merge(&all, &worse);
    ck_assert_str_eq(all.message, "first");
    ck_assert(all.little == 0.7);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("lock_view");
    TCase *view = tcase_create("lock_view"), *audit = tcase_create("audit");
    tcase_add_test(view, classes_know_their_sites);
    tcase_add_test(view, too_many_sites_share_one_number);
    tcase_add_test(view, lock_stat_books_spinning_as_hold);
    tcase_add_test(view, lock_stat_counts_waits_from_contended);
    tcase_add_test(view, uncontended_holds_start_at_the_request);
    tcase_add_test(view, nothing_counts_before_the_view_is_on);
    tcase_add_test(view, merged_views_add_up);
    tcase_add_test(audit, matching_accounts_pass);
    tcase_add_test(audit, one_tick_is_found);
    tcase_add_test(audit, more_grants_than_requests_are_found);
    tcase_add_test(audit, lost_and_surplus_cpu_time_are_found);
    tcase_add_test(audit, merging_audits_keeps_the_first_message);
    suite_add_tcase(suite, view);
    suite_add_tcase(suite, audit);
    return suite_run(suite);
}
