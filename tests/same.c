/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "same.h"

#include <inttypes.h>
#include <stdlib.h>

static int by_request(const void *a, const void *b) {
    const struct passage *p = a, *q = b;
    if (p->requested != q->requested)
        return p->requested < q->requested ? -1 : 1;
    if (p->thread != q->thread)
        return p->thread < q->thread ? -1 : 1;
    if (p->released != q->released)
        return p->released < q->released ? -1 : 1;
    return p->lock_class < q->lock_class ? -1 : p->lock_class > q->lock_class;
}

void same_passages(struct trial *a, struct trial *b) {
    ck_assert_uint_eq(a->n, b->n);
    if (a->n == 0)
        return;
    qsort(a->passages, a->n, sizeof(*a->passages), by_request);
    qsort(b->passages, b->n, sizeof(*b->passages), by_request);
    for (size_t i = 0; i < a->n; i++) {
        const struct passage *p = &a->passages[i], *q = &b->passages[i];
        bool same = p->lock_class == q->lock_class && p->instance == q->instance &&
                    p->thread == q->thread && p->site == q->site && p->flags == q->flags &&
                    p->requested == q->requested && p->acquired == q->acquired &&
                    p->released == q->released && p->held_from == q->held_from &&
                    p->held_to == q->held_to;
        ck_assert_msg(same,
                      "passage %zu: thread %u/%u, site %u/%u, holder %u/%u, flags %u/%u, requested "
                      "%" PRId64 "/%" PRId64 ", acquired %" PRId64 "/%" PRId64,
                      i, p->thread, q->thread, p->site, q->site, p->holder_site, q->holder_site,
                      p->flags, q->flags, p->requested, q->requested, p->acquired, q->acquired);
        ck_assert((p->flags & PASSAGE_WAITED) == 0 || p->holder_site == q->holder_site);
        ck_assert((p->flags & PASSAGE_CONTENDED) == 0 || p->contended == q->contended);
        ck_assert((p->flags & PASSAGE_TRACED) == 0 || p->traced == q->traced);
    }
}

static void same_locks(const struct trial *a, const struct trial *b) {
    for (uint32_t i = 0; i < a->program->nlocks; i++) {
        struct lock_integrals x, y;
        sim_lock_integrals(a->sim, i, &x);
        sim_lock_integrals(b->sim, i, &y);
        ck_assert_mem_eq(&x, &y, sizeof(x));
        ck_assert_int_eq(sim_longest_wait(a->sim, i), sim_longest_wait(b->sim, i));
    }
}

void same_state(const struct trial *a, const struct trial *b) {
    struct sim_counters x, y;
    sim_counters(a->sim, &x);
    sim_counters(b->sim, &y);
    ck_assert_int_eq(x.now, y.now);
    ck_assert_uint_eq(x.events, y.events);
    ck_assert_uint_eq(x.sleeps, y.sleeps);
    ck_assert_int_eq(x.run, y.run);
    ck_assert_int_eq(x.spin, y.spin);
    ck_assert_int_eq(x.occupied, y.occupied);
    for (uint32_t i = 0; i < a->program->nprogress; i++)
        ck_assert_uint_eq(sim_progress(a->sim, i), sim_progress(b->sim, i));
    for (uint32_t i = 0; i < a->program->ngroups; i++) {
        struct group_time s = sim_group_time(a->sim, i), t = sim_group_time(b->sim, i);
        ck_assert_int_eq(s.cpu, t.cpu);
        ck_assert_int_eq(s.user, t.user);
    }
    same_locks(a, b);
}
