/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "scenario/loader.h"

#include <string.h>

static void report_guard(struct loader *l, const struct node *node) {
    diag_error(l->diag, node_is_empty(node) ? node->key_pos : node->pos,
               "expected con_mutex, {read: con_mutex} or a list of such locks, not %s",
               node_describe(l->arena, node));
}

static void read_lock_name(struct loader *l, const struct node *node, struct guard_lock *lock) {
    static const struct key name_key = {.example = "con_mutex"};
    if (node->kind != NODE_SCALAR || node_is_empty(node))
        report_guard(l, node);
    else
        read_name(l, node, &lock->lock, &name_key);
}

/* `read` or `write`: key->unit is the mode. */
static void read_mode(struct loader *l, const struct node *node, void *field,
                      const struct key *key) {
    struct guard_lock *lock = field;
    lock->mode = (enum lock_mode)key->unit;
    read_lock_name(l, node, lock);
}

static void read_context(struct loader *l, const struct node *node, void *field,
                         const struct key *key) {
    bool *interrupt = field;
    if (!expect(l, node, NODE_SCALAR, key->example))
        return;
    *interrupt = strcmp(node->text, "interrupt") == 0;
    if (!*interrupt && strcmp(node->text, "task") != 0)
        diag_error(l->diag, node->pos, "expected task or interrupt, not %s",
                   node_describe(l->arena, node));
}

#define FIELD(field) offsetof(struct guard_lock, field)

static const struct key guard_keys[] = {
    {"read", read_mode, 0, MODE_READ, false, "con_mutex"},
    {"write", read_mode, 0, MODE_WRITE, false, "con_mutex"},
    {"of", read_names, FIELD(of), 0, false, "[page, other]"},
    {"ordered", read_flag, FIELD(ordered), 0, false, "yes"},
    {"context", read_context, FIELD(interrupt), 0, false, "interrupt"},
    {0}};

/* A lock to write, or {read: lock}, {write: lock} with what else there is to say about it. */
static void read_guard_lock(struct loader *l, const struct node *node, struct guard *guard) {
    struct guard_lock *lock = &guard->locks[guard->nlocks++];
    *lock = (struct guard_lock){.mode = MODE_WRITE, .pos = node->pos};
    if (node->kind != NODE_MAP) {
        read_lock_name(l, node, lock);
        return;
    }
    int before = diag_errors(l->diag);
    read_map(l, node, "a guard", guard_keys, lock);
    if (diag_errors(l->diag) > before)
        return;
    if ((node_get(node, "read") != NULL) == (node_get(node, "write") != NULL))
        diag_error(l->diag, node->pos, "a guard names its lock by either read or write");
    if (lock->of.n > 2)
        diag_error(l->diag, lock->of.names[2].pos,
                   "a section takes at most two instances of a lock");
    else if (lock->ordered && lock->of.n != 2)
        diag_error(l->diag, node_get(node, "ordered")->pos,
                   "an order needs two instances, such as of: [page, other]");
}

static void read_guard(struct loader *l, const struct node *node, void *record) {
    struct guard *guard = record;
    bool several = node->kind == NODE_LIST;
    guard->locks = arena_array(l->arena, several ? node->n : 1, sizeof(*guard->locks));
    if (several && node->n == 0)
        diag_error(l->diag, node->pos, "the list of locks is empty");
    for (uint32_t i = 0; several && i < node->n; i++)
        read_guard_lock(l, node->items[i], guard);
    if (!several)
        read_guard_lock(l, node, guard);
}

void read_guards(struct loader *l, const struct node *node, void *field, const struct key *key) {
    struct design *design = field;
    design->guards =
        read_entries(l, node, key->example, sizeof(struct guard), read_guard, &design->nguards);
}
