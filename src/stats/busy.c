/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/busy.h"

#include "base/arena.h"

#include <string.h>

static uint32_t units_of(const struct lock_class *class) {
    for (uint32_t i = 0; class->info->params[i].name != NULL; i++)
        if (strcmp(class->info->params[i].name, "count") == 0)
            return (uint32_t) class->params[i];
    return 1;
}

struct busy_view *busy_view_new(struct arena *arena, const struct program *program,
                                sim_time begin) {
    struct busy_view *view = arena_alloc(arena, sizeof(*view));
    view->program = program;
    view->units = arena_array(arena, program->nlocks, sizeof(*view->units));
    for (uint32_t i = 0; i < program->nlocks; i++)
        view->units[i] = units_of(&program->locks[i]);
    view->instances = arena_array(arena, program->ninstances, sizeof(*view->instances));
    for (uint32_t i = 0; i < program->ninstances; i++)
        view->instances[i].until = view->instances[i].freed = begin;
    return view;
}

static sim_time later(sim_time a, sim_time b) {
    return a > b ? a : b;
}

static sim_time earlier(sim_time a, sim_time b) {
    return a < b ? a : b;
}

static void add_way(struct busy_instance *instance, const struct passage *p, sim_time from) {
    sim_time way = later(p->acquired - from, 0);
    if (p->flags & PASSAGE_SLEPT)
        instance->busy.wakeup += way;
    else
        instance->busy.line += way;
}

/* Alone it was from when who had it before, or the last reader, was gone. */
static void add_alone(struct busy_instance *instance, const struct passage *p) {
    sim_time from = later(p->requested, instance->until);
    sim_time freed = later(from, earlier(instance->freed, p->acquired));
    instance->busy.held += freed - from;
    instance->busy.held += p->released - later(p->acquired, instance->until);
    add_way(instance, p, freed);
    instance->until = p->released;
}

void busy_view_add(struct busy_view *view, const struct passages *all) {
    const struct lock_class *class = &view->program->locks[all->lock_class];
    uint32_t units = view->units[all->lock_class];
    for (size_t i = 0; i < all->n; i++) {
        const struct passage p = passage_at(all, i);
        struct busy_instance *instance = &view->instances[class->first + p.instance];
        enum lock_mode mode = p.flags & PASSAGE_READ ? MODE_READ : MODE_WRITE;
        if (units > 1) {
            instance->busy.held += (p.released - later(p.acquired, instance->until)) / units;
        } else if (mode == MODE_WRITE && !holds_nothing(class->info, mode)) {
            add_alone(instance, &p);
        } else {
            add_way(instance, &p, later(p.requested, instance->until));
            instance->until = later(instance->until, p.acquired);
        }
        instance->freed = p.released;
    }
}

void busy_view_merge(struct busy_view *into, const struct busy_view *from) {
    for (uint32_t i = 0; i < into->program->ninstances; i++) {
        struct busy *busy = &into->instances[i].busy;
        const struct busy *more = &from->instances[i].busy;
        busy->held += more->held;
        busy->line += more->line;
        busy->wakeup += more->wakeup;
    }
}

static int64_t total(const struct busy *busy) {
    return busy->held + busy->line + busy->wakeup;
}

struct busy busy_most(const struct busy_view *view, uint32_t lock_class) {
    const struct lock_class *class = &view->program->locks[lock_class];
    struct busy most = {0};
    for (uint32_t i = class->first; i < class->first + class->count; i++)
        if (total(&view->instances[i].busy) > total(&most))
            most = view->instances[i].busy;
    return most;
}
