/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "scenario/loader.h"

#include <string.h>

/* Every design is compiled with all the steps of the scenario. */
enum { DESIGNS_MAX = 64 };

#define FIELD(field) offsetof(struct section, field)

static const struct key section_keys[] = {
    {"cost", read_quantity, FIELD(cost), UNIT_DIST, false, "exp(1us)"},
    {"delay", read_quantity, FIELD(delay), UNIT_DIST, false, "exp(1us)"},
    {"site", read_text, FIELD(site), 0, false, "ceph_con_send+0x5c"},
    {"reads", read_names, FIELD(reads), 0, false, "[counter]"},
    {"writes", read_names, FIELD(writes), 0, false, "[counter]"},
    {"origin", read_nothing, 0, 0, false, "measured"},
    {"range", read_nothing, 0, 0, false, "1us..5us"},
    {"source", read_nothing, 0, 0, false, "perfbook"},
    {0}};

void read_section(struct loader *l, const struct node *node, void *record) {
    struct section *section = record;
    read_map(l, node, "a section", section_keys, section);
    struct quantity *length = section->cost != NULL ? section->cost : section->delay;
    if (section->cost != NULL && section->delay != NULL)
        diag_error(l->diag, node_get(node, "delay")->key_pos,
                   "a section has either a cost or a delay");
    if (length != NULL) {
        read_origin_beside(l, node, length, UNIT_DIST);
        return;
    }
    for (const struct key *key = section_keys + 5; key->name != NULL; key++) {
        const struct node *orphan = node_get(node, key->name);
        if (orphan != NULL)
            diag_error(l->diag, orphan->key_pos, "'%s' describes the cost, and there is none",
                       key->name);
    }
}

static void read_irq(struct loader *l, const struct node *node, void *field,
                     const struct key *key) {
    struct lock_decl *lock = field;
    lock->irq_pos = node->pos;
    if (!expect(l, node, NODE_SCALAR, key->example))
        return;
    lock->irq_off = strcmp(node->text, "off") == 0;
    if (!lock->irq_off && strcmp(node->text, "on") != 0)
        diag_error(l->diag, node->pos, "expected on or off, not %s", node_describe(l->arena, node));
}

static const struct key lock_keys[] = {
    {"kind", read_name, offsetof(struct lock_decl, kind), 0, true, "mutex"},
    {"per", read_name, offsetof(struct lock_decl, per), 0, false, "con"},
    {"class", read_text, offsetof(struct lock_decl, class), 0, false, "\"&con->mutex\""},
    {"irq", read_irq, 0, 0, false, "off"},
    {"wait", read_text, offsetof(struct lock_decl, wait), 0, false, "spin-then-park(20us)"},
    {"line", read_name, offsetof(struct lock_decl, line), 0, false, "hot"},
    {0}};

static void read_lock(struct loader *l, const struct node *node, void *record) {
    struct lock_decl *lock = record;
    if (!expect(l, node, NODE_MAP, "{kind: mutex}"))
        return;
    lock->params = arena_array(l->arena, node->n, sizeof(*lock->params));
    for (uint32_t i = 0; i < node->n; i++) {
        const struct node *value = node->items[i];
        if (!read_key(l, value, lock_keys, lock))
            lock->params[lock->nparams++] =
                (struct param){.name = {value->key, value->key_pos}, .value = value};
    }
    check_required(l, node, "a lock", lock_keys);
}

static void read_override(struct loader *l, const struct node *node, void *record) {
    static const struct key keys[] = {
        {"steps", read_nothing, 0, 0, true, "[{run: exp(10us)}, {in: section}]"}, {0}};
    struct thread_group *group = record;
    const struct node *steps = node_get(node, "steps");
    read_map(l, node, "the threads of a design", keys, group);
    if (steps != NULL)
        read_step_list(l, steps, &group->steps);
}

static void read_locks(struct loader *l, const struct node *node, void *field,
                       const struct key *key) {
    struct design *design = field;
    design->locks =
        read_entries(l, node, key->example, sizeof(struct lock_decl), read_lock, &design->nlocks);
}

static void read_sections(struct loader *l, const struct node *node, void *field,
                          const struct key *key) {
    struct design *design = field;
    design->sections = read_entries(l, node, key->example, sizeof(struct section), read_section,
                                    &design->nsections);
}

static void read_overrides(struct loader *l, const struct node *node, void *field,
                           const struct key *key) {
    struct design *design = field;
    design->threads = read_entries(l, node, key->example, sizeof(struct thread_group),
                                   read_override, &design->nthreads);
}

static const struct key design_keys[] = {
    {"guard", read_guards, 0, 0, false, "{section: lock}"},
    {"locks", read_locks, 0, 0, false, "{lock: {kind: mutex}}"},
    {"doc", read_text, offsetof(struct design, doc), 0, false, "\"one lock per page\""},
    {"sections", read_sections, 0, 0, false, "{section: {cost: exp(1us)}}"},
    {"threads", read_overrides, 0, 0, false, "{sender: {steps: [...]}}"},
    {0}};

static void read_design(struct loader *l, const struct node *node, void *record) {
    read_map(l, node, "a design", design_keys, record);
}

void read_designs(struct loader *l, const struct node *node, void *field, const struct key *key) {
    struct scenario *scenario = field;
    if (node->kind == NODE_MAP && node->n > DESIGNS_MAX) {
        diag_error(l->diag, node->items[DESIGNS_MAX]->key_pos, "more than %d designs", DESIGNS_MAX);
        return;
    }
    scenario->designs = read_entries(l, node, key->example, sizeof(struct design), read_design,
                                     &scenario->ndesigns);
}
