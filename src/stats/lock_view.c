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
    view->tally = tally_best();
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

/* Passages of one class, and which flags they have. */
struct counted {
    const struct tally *tally;
    const struct passages *all;
    struct flag_range has;
    struct span wait, hold; /* of all: what a tool sees is often the same */
};

/* What of the set does not go without saying; false: no passage is in it. */
static bool is_any_in(const struct counted *c, struct flag_set *set) {
    if ((set->flags & ~c->has.any) != 0 || (set->mask & ~set->flags & c->has.all) != 0)
        return false;
    set->mask &= c->has.any & ~c->has.all;
    set->flags &= set->mask;
    return true;
}

static uint64_t count_of(const struct counted *c, struct flag_set set) {
    if (!is_any_in(c, &set))
        return 0;
    return set.mask == 0 ? c->all->n : c->tally->count(c->all->flags, c->all->n, set);
}

static void add_all(const struct counted *c, struct span *span, const sim_time *from,
                    const sim_time *to) {
    const struct passages *all = c->all;
    if (from == all->requested && to == all->acquired)
        span_merge(span, &c->wait);
    else if (from == all->acquired && to == all->released)
        span_merge(span, &c->hold);
    else
        c->tally->span(span, from, to, all->n);
}

static void add_span_of(const struct counted *c, struct span *span, const sim_time *from,
                        const sim_time *to, struct flag_set set) {
    if (!is_any_in(c, &set))
        return;
    if (set.mask == 0)
        add_all(c, span, from, to);
    else
        c->tally->span_of(span, from, to, c->all->n, c->all->flags, set);
}

static struct flag_set with(struct flag_set set, uint32_t flags) {
    return (struct flag_set){set.mask | flags, set.flags | flags};
}

static void count_lock_stat(const struct counted *c, struct lock_stat_row *row,
                            struct flag_set mode) {
    const struct passages *all = c->all;
    add_span_of(c, &row->wait, all->contended, all->held_from, with(mode, PASSAGE_CONTENDED));
    add_span_of(c, &row->hold, all->held_from, all->held_to, mode);
    row->con_bounces += count_of(c, with(mode, PASSAGE_CON_BOUNCE));
    row->acq_bounces += count_of(c, with(mode, PASSAGE_ACQ_BOUNCE));
}

/* By sites, of which there is one. */
static void count_site(const struct counted *c, struct class_view *lock) {
    const struct flag_set none = {0}, waited = with(none, PASSAGE_WAITED);
    const struct passages *all = c->all;
    struct span wait = {0};
    add_span_of(c, &wait, all->requested, all->acquired, waited);
    lock->pairs->count += wait.count;
    lock->pairs->wait += wait.total;
    lock->pairs->contended += count_of(c, with(waited, PASSAGE_CONTENDED));
    add_span_of(c, lock->callers, all->traced, all->acquired, with(none, PASSAGE_TRACED));
}

static void count_sites(const struct passages *all, struct class_view *lock, const uint8_t *map) {
    for (size_t i = 0; i < all->n; i++) {
        uint32_t flags = all->flags[i], site = map[all->site[i]];
        if (flags & PASSAGE_WAITED) {
            struct pair *pair = &lock->pairs[site * lock->sites.n + map[all->holder_site[i]]];
            pair->count++;
            pair->wait += all->acquired[i] - all->requested[i];
            pair->contended += (flags & PASSAGE_CONTENDED) != 0;
        }
        if (flags & PASSAGE_TRACED)
            span_add(&lock->callers[site], all->acquired[i] - all->traced[i]);
    }
}

static void count(const struct lock_view *view, const struct passages *all) {
    const struct flag_set write = {PASSAGE_READ, 0}, read = {PASSAGE_READ, PASSAGE_READ};
    struct class_view *lock = &view->classes[all->lock_class];
    const struct tally *tally = view->tally;
    const struct counted c = {
        .tally = tally,
        .all = all,
        .has = tally->range(all->flags, all->n),
        .wait = tally->hist(&lock->wait, all->requested, all->acquired, all->n),
        .hold = tally->hist(&lock->hold, all->acquired, all->released, all->n),
    };
    count_lock_stat(&c, &lock->rows[MODE_WRITE], write);
    count_lock_stat(&c, &lock->rows[MODE_READ], read);
    lock->slept += count_of(&c, with((struct flag_set){0}, PASSAGE_WAITED | PASSAGE_SLEPT));
    if ((c.has.any & (PASSAGE_WAITED | PASSAGE_TRACED)) == 0)
        return;
    if (lock->sites.n == 1)
        count_site(&c, lock);
    else
        count_sites(all, lock, class_map(view, all->lock_class));
}

void lock_view_passages(void *self, const struct passages *passages) {
    const struct lock_view *view = self;
    if (!view->on || passages->n == 0)
        return;
    count(view, passages);
    if (view->busy != NULL)
        busy_view_add(view->busy, passages);
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
