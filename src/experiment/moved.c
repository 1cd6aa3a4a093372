/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/moved.h"

#include "base/arena.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const char *const names[] = {[MOVE_SAME] = "same",
                                    [MOVE_WITHIN] = "within",
                                    [MOVE_MOVED] = "moved",
                                    [MOVE_UNKNOWN] = "unknown"};

const char *move_name(enum move move) {
    return names[move];
}

/* ---- two values ---- */

static bool same_number(double x, double y) {
    return x == y || (isnan(x) && isnan(y));
}

static bool same_estimate(struct estimate a, struct estimate b) {
    return same_number(a.mean, b.mean) && same_number(a.lo, b.lo) && same_number(a.hi, b.hi);
}

/* The half-widths of independent means add up by their squares. */
static enum move judge(struct estimate a, struct estimate b) {
    if (same_estimate(a, b))
        return MOVE_SAME;
    double half = hypot(a.hi - a.lo, b.hi - b.lo) / 2;
    if (isnan(half) || isnan(a.mean) || isnan(b.mean))
        return MOVE_UNKNOWN;
    return fabs(b.mean - a.mean) > half ? MOVE_MOVED : MOVE_WITHIN;
}

/* By what each replication says, where both met the same random numbers. */
static enum move judge_pairs(const double *x, uint32_t nx, const double *y, uint32_t ny) {
    struct estimate ratio = estimate_ratio(y, ny, x, nx);
    if (isnan(ratio.lo) || isnan(ratio.hi))
        return MOVE_UNKNOWN;
    return ratio.lo <= 1 && 1 <= ratio.hi ? MOVE_WITHIN : MOVE_MOVED;
}

static void add(struct arena *arena, struct moved *m, struct moved_value value) {
    if (m->nvalues == m->room) {
        struct moved_value *old = m->values;
        m->room = 2 * m->room + 64;
        m->values = arena_array(arena, m->room, sizeof(*m->values));
        if (m->nvalues > 0)
            memcpy(m->values, old, m->nvalues * sizeof(*m->values));
    }
    m->counts[value.move]++;
    m->values[m->nvalues++] = value;
}

/* ---- a design ---- */

/* Points and designs compared, and where the values go. */
struct common {
    struct arena *arena;
    struct moved *moved;
    uint32_t point, design;
    const struct sweep_design *a, *b;
};

static void put(const struct common *p, const char *name, const char *quantity, struct estimate a,
                struct estimate b, enum move move) {
    add(p->arena, p->moved,
        (struct moved_value){.point = p->point,
                             .design = p->design,
                             .name = name,
                             .quantity = quantity,
                             .a = a,
                             .b = b,
                             .move = move});
}

static void compare(const struct common *p, const char *name, const char *quantity,
                    struct estimate a, struct estimate b) {
    put(p, name, quantity, a, b, judge(a, b));
}

static void compare_outcome(const struct common *p) {
    bool same = p->a->outcome == p->b->outcome && p->a->failures == p->b->failures;
    add(p->arena, p->moved,
        (struct moved_value){
            .point = p->point,
            .design = p->design,
            .quantity = "outcome",
            .outcome = {sim_outcome_name(p->a->outcome), sim_outcome_name(p->b->outcome)},
            .move = same ? MOVE_SAME : MOVE_MOVED});
}

static bool same_name(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Of subject i of the first sweep and j of the second. */
static void compare_speed(const struct common *p, uint32_t i, uint32_t j) {
    const char *name = p->moved->a->subjects[i].name;
    struct estimate a = name != NULL ? p->a->rates[i] : p->a->elapsed;
    struct estimate b = name != NULL ? p->b->rates[j] : p->b->elapsed;
    enum move move = judge(a, b);
    const double *x = p->a->values[i], *y = p->b->values[j];
    bool pairs = p->moved->a->seed == p->moved->b->seed && x != NULL && y != NULL;
    if (pairs && move != MOVE_SAME)
        move = judge_pairs(x, p->a->replications, y, p->b->replications);
    put(p, name, name != NULL ? "rate" : "elapsed", a, b, move);
}

static void compare_speeds(const struct common *p) {
    const struct sweep *a = p->moved->a, *b = p->moved->b;
    for (uint32_t i = 0; i < a->nsubjects; i++)
        for (uint32_t j = 0; j < b->nsubjects; j++)
            if (same_name(a->subjects[i].name, b->subjects[j].name))
                compare_speed(p, i, j);
}

static const struct {
    const char *name;
    size_t offset;
} quantities[] = {{"acquisitions", offsetof(struct sweep_lock, acquisitions)},
                  {"contended", offsetof(struct sweep_lock, contended)},
                  {"utilization", offsetof(struct sweep_lock, utilization)},
                  {"wait", offsetof(struct sweep_lock, wait.mean)},
                  {"hold", offsetof(struct sweep_lock, hold.mean)}};

static const struct estimate *quantity_of(const struct sweep_lock *lock, size_t offset) {
    return (const struct estimate *)(const void *)((const char *)lock + offset);
}

static void compare_locks(const struct common *p) {
    for (uint32_t i = 0; i < p->a->nlocks; i++)
        for (uint32_t j = 0; j < p->b->nlocks; j++) {
            const struct sweep_lock *a = &p->a->locks[i], *b = &p->b->locks[j];
            if (strcmp(a->name, b->name) != 0)
                continue;
            for (size_t q = 0; q < sizeof(quantities) / sizeof(quantities[0]); q++)
                compare(p, a->name, quantities[q].name, *quantity_of(a, quantities[q].offset),
                        *quantity_of(b, quantities[q].offset));
        }
}

/* ---- points ---- */

static void compare_designs(struct arena *arena, struct moved *m, uint32_t point,
                            const struct sweep_point *a, const struct sweep_point *b) {
    for (uint32_t i = 0; i < m->a->ndesigns; i++)
        for (uint32_t j = 0; j < m->b->ndesigns; j++) {
            if (strcmp(m->a->designs[i], m->b->designs[j]) != 0)
                continue;
            const struct common pair = {arena, m, point, i, &a->designs[i], &b->designs[j]};
            compare_outcome(&pair);
            compare_speeds(&pair);
            compare_locks(&pair);
        }
}

static uint32_t find_value(const struct sweep_axis *axis, const char *value) {
    uint32_t i = 0;
    while (i < axis->n && strcmp(axis->values[i], value) != 0)
        i++;
    return i;
}

/* The point of the other sweep with the settings of this one, or NULL. */
static const struct sweep_point *find_point(const struct sweep *other, const struct sweep *sweep,
                                            const struct sweep_point *point) {
    uint32_t index = 0;
    for (uint32_t i = 0; i < other->naxes; i++) {
        const struct sweep_axis *axis = &other->axes[i];
        uint32_t mine = 0;
        while (mine < sweep->naxes && strcmp(sweep->axes[mine].path, axis->path) != 0)
            mine++;
        uint32_t value = mine < sweep->naxes ? find_value(axis, point->values[mine]) : axis->n;
        if (value == axis->n)
            return NULL;
        index = index * axis->n + value;
    }
    const struct sweep_point *found = &other->points[index];
    return sweep_has(found) && sweep->naxes == other->naxes ? found : NULL;
}

struct moved *moved_new(struct arena *arena, const struct sweep *a, const struct sweep *b) {
    struct moved *m = arena_alloc(arena, sizeof(*m));
    uint32_t theirs = 0;
    m->a = a;
    m->b = b;
    for (uint32_t i = 0; i < b->npoints; i++)
        theirs += sweep_has(&b->points[i]);
    for (uint32_t i = 0; i < a->npoints; i++) {
        const struct sweep_point *point = &a->points[i], *other;
        if (!sweep_has(point))
            continue;
        other = find_point(b, a, point);
        m->points += other != NULL;
        m->alone[0] += other == NULL;
        if (other != NULL)
            compare_designs(arena, m, i, point, other);
    }
    m->alone[1] = theirs - m->points;
    return m;
}
