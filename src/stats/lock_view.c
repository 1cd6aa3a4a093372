/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/lock_view.h"

#include "base/arena.h"

/* ---- which sites a class has ---- */

enum { SITE_UNSEEN = UINT8_MAX };

static uint8_t *class_map(const struct lock_view *view, uint32_t lock) {
    return view->site_index + (size_t)lock * view->program->nsites;
}

/* Numbers the site within its class; the last number stands for all that are too many. */
static void number_site(struct lock_view *view, uint32_t lock, uint32_t site) {
    uint8_t *number = &class_map(view, lock)[site];
    uint32_t *n = &view->classes[lock].sites.n;
    if (*number != SITE_UNSEEN)
        return;
    if (*n < SITES_MAX)
        (*n)++;
    *number = (uint8_t)(*n - 1);
}

static void name_sites(struct arena *arena, struct lock_view *view, uint32_t lock) {
    struct class_sites *sites = &view->classes[lock].sites;
    const uint8_t *map = class_map(view, lock);
    uint32_t *names = arena_array(arena, sites->n, sizeof(*names));
    bool *named = arena_array(arena, sites->n, sizeof(*named));
    for (uint32_t site = 0; site < view->program->nsites; site++) {
        if (map[site] == SITE_UNSEEN)
            continue;
        names[map[site]] = named[map[site]] ? NO_INDEX : site;
        named[map[site]] = true;
    }
    sites->names = names;
}

static void find_sites(struct arena *arena, struct lock_view *view) {
    const struct program *program = view->program;
    size_t cells = (size_t)program->nlocks * program->nsites;
    view->site_index = arena_array(arena, cells, 1);
    for (size_t i = 0; i < cells; i++)
        view->site_index[i] = SITE_UNSEEN;
    for (uint32_t i = 0; i < program->nops; i++)
        if (program->ops[i].code == OP_LOCK)
            number_site(view, program->ops[i].index, program->ops[i].site);
    for (uint32_t lock = 0; lock < program->nlocks; lock++)
        name_sites(arena, view, lock);
}

struct lock_view *lock_view_new(struct arena *arena, const struct program *program) {
    struct lock_view *view = arena_alloc(arena, sizeof(*view));
    view->program = program;
    view->classes = arena_array(arena, program->nlocks, sizeof(*view->classes));
    find_sites(arena, view);
    for (uint32_t i = 0; i < program->nlocks; i++) {
        struct class_view *lock = &view->classes[i];
        uint32_t n = lock->sites.n;
        hist_init(&lock->wait, arena);
        hist_init(&lock->hold, arena);
        lock->waiters = arena_array(arena, n, sizeof(*lock->waiters));
        lock->holders = arena_array(arena, n, sizeof(*lock->holders));
        lock->callers = arena_array(arena, n, sizeof(*lock->callers));
        lock->pairs = arena_array(arena, (size_t)n * n, sizeof(*lock->pairs));
    }
    return view;
}

/* ---- counting ---- */

static void count_waited(struct class_view *lock, const struct passage *p, uint32_t waiter,
                         uint32_t holder) {
    struct pair *pair = &lock->pairs[waiter * lock->sites.n + holder];
    pair->count++;
    pair->wait += p->acquired - p->requested;
    pair->contended += (p->flags & PASSAGE_CONTENDED) != 0;
    lock->slept += (p->flags & PASSAGE_SLEPT) != 0;
}

static void count_lock_stat(struct lock_stat_row *row, const struct passage *p) {
    if (p->flags & PASSAGE_CONTENDED)
        span_add(&row->wait, p->held_from - p->contended);
    span_add(&row->hold, p->held_to - p->held_from);
    row->con_bounces += (p->flags & PASSAGE_CON_BOUNCE) != 0;
    row->acq_bounces += (p->flags & PASSAGE_ACQ_BOUNCE) != 0;
}

static void count(struct lock_view *view, const struct passage *p) {
    struct class_view *lock = &view->classes[p->lock_class];
    hist_add(&lock->wait, p->acquired - p->requested);
    hist_add(&lock->hold, p->released - p->acquired);
    count_lock_stat(&lock->rows[p->flags & PASSAGE_READ ? MODE_READ : MODE_WRITE], p);
    if ((p->flags & (PASSAGE_WAITED | PASSAGE_TRACED)) == 0)
        return;
    const uint8_t *map = class_map(view, p->lock_class);
    if (p->flags & PASSAGE_WAITED)
        count_waited(lock, p, map[p->site], map[p->holder_site]);
    if (p->flags & PASSAGE_TRACED)
        span_add(&lock->callers[map[p->site]], p->acquired - p->traced);
}

void lock_view_passages(void *self, const struct passage *passages, size_t n) {
    struct lock_view *view = self;
    if (!view->on)
        return;
    for (size_t i = 0; i < n; i++)
        count(view, &passages[i]);
    for (size_t i = 0; view->busy != NULL && i < n; i++)
        busy_view_add(view->busy, &passages[i]);
}

static void sum_pairs(struct class_view *lock) {
    uint32_t n = lock->sites.n;
    lock->waited = 0;
    lock->waited_time = 0;
    for (uint32_t i = 0; i < n; i++)
        lock->waiters[i] = lock->holders[i] = 0;
    for (uint32_t i = 0; i < n * n; i++) {
        const struct pair *pair = &lock->pairs[i];
        lock->waited += pair->count;
        lock->waited_time += pair->wait;
        lock->waiters[i / n] += pair->contended;
        lock->holders[i % n] += pair->contended;
    }
}

void lock_view_sum(struct lock_view *view) {
    for (uint32_t i = 0; i < view->program->nlocks; i++)
        sum_pairs(&view->classes[i]);
}

/* ---- pooling ---- */

void lock_stat_row_merge(struct lock_stat_row *into, const struct lock_stat_row *from) {
    span_merge(&into->wait, &from->wait);
    span_merge(&into->hold, &from->hold);
    into->con_bounces += from->con_bounces;
    into->acq_bounces += from->acq_bounces;
}

static void merge_sites(struct class_view *into, const struct class_view *from) {
    uint32_t n = into->sites.n;
    for (uint32_t i = 0; i < n; i++)
        span_merge(&into->callers[i], &from->callers[i]);
    for (uint32_t i = 0; i < n * n; i++) {
        into->pairs[i].count += from->pairs[i].count;
        into->pairs[i].wait += from->pairs[i].wait;
        into->pairs[i].contended += from->pairs[i].contended;
    }
    sum_pairs(into);
}

void lock_view_merge(struct lock_view *into, const struct lock_view *from) {
    for (uint32_t i = 0; i < into->program->nlocks; i++) {
        struct class_view *a = &into->classes[i];
        const struct class_view *b = &from->classes[i];
        hist_merge(&a->wait, &b->wait);
        hist_merge(&a->hold, &b->hold);
        a->slept += b->slept;
        for (int mode = MODE_WRITE; mode <= MODE_READ; mode++)
            lock_stat_row_merge(&a->rows[mode], &b->rows[mode]);
        merge_sites(a, b);
    }
    if (into->busy != NULL)
        busy_view_merge(into->busy, from->busy);
}
