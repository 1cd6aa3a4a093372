/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "scenario/loader.h"

#include <string.h>

#define FIELD(field) offsetof(struct thread_group, field)

static void read_arrivals(struct loader *l, const struct node *node, void *field,
                          const struct key *key) {
    struct thread_group *group = field;
    const struct node *value = node_get(node, "value");
    const char *text = value == NULL ? node->text : value->text;
    struct key rate = *key;
    if (text != NULL && strcmp(text, "closed") == 0)
        return;
    if (text != NULL && strncmp(text, "periodic", strlen("periodic")) == 0) {
        group->arrivals = ARRIVAL_PERIODIC;
        rate.unit = UNIT_PERIODIC;
    } else if (text != NULL && strncmp(text, "poisson", strlen("poisson")) == 0) {
        group->arrivals = ARRIVAL_POISSON;
        rate.unit = UNIT_POISSON;
    } else {
        diag_error(l->diag, node->pos, "expected closed, poisson(3.5k/s) or periodic(1ms), not %s",
                   node_describe(l->arena, node));
        return;
    }
    read_quantity(l, node, &group->rate, &rate);
}

static void read_context(struct loader *l, const struct node *node, void *field,
                         const struct key *key) {
    static const char *const names[] = {
        [CONTEXT_USER] = "user", [CONTEXT_KERNEL] = "kernel", [CONTEXT_OUTSIDE] = "outside"};
    enum thread_context *context = field;
    if (!expect(l, node, NODE_SCALAR, key->example))
        return;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(node->text, names[i]) == 0) {
            *context = (enum thread_context)i;
            return;
        }
    diag_error(l->diag, node->pos, "expected user, kernel or outside, not %s",
               node_describe(l->arena, node));
}

static void read_pin(struct loader *l, const struct node *node, void *field,
                     const struct key *key) {
    static const struct {
        const char *word;
        enum pin pin;
    } words[] = {{"no", PIN_NO},  {"yes", PIN_CPU}, {"false", PIN_NO},           {"true", PIN_CPU},
                 {"off", PIN_NO}, {"on", PIN_CPU},  {"where-posted", PIN_POSTED}};
    if (!expect(l, node, NODE_SCALAR, key->example))
        return;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(node->text, words[i].word) == 0) {
            *(enum pin *)field = words[i].pin;
            return;
        }
    diag_error(l->diag, node->pos, "expected yes, no or where-posted, not %s",
               node_describe(l->arena, node));
}

static void read_steps(struct loader *l, const struct node *node, void *field,
                       const struct key *key) {
    (void)key;
    read_step_list(l, node, field);
}

static const struct key keys[] = {
    {"steps", read_steps, FIELD(steps), 0, true, "[{run: exp(10us)}, {in: section}]"},
    {"count", read_quantity, FIELD(count), UNIT_COUNT, false, "64"},
    {"per", read_name, FIELD(per), 0, false, "con"},
    {"arrivals", read_arrivals, 0, 0, false, "poisson(3.5k/s)"},
    {"limit", read_quantity, FIELD(limit), UNIT_COUNT, false, "1000"},
    {"iterations", read_quantity, FIELD(iterations), UNIT_COUNT, false, "10k"},
    {"start", read_quantity, FIELD(start), UNIT_DIST, false, "uniform(0, 1ms)"},
    {"pin", read_pin, FIELD(pin), 0, false, "yes"},
    {"context", read_context, FIELD(context), 0, false, "kernel"},
    {0}};

static void read_group(struct loader *l, const struct node *node, void *record) {
    struct thread_group *group = record;
    read_map(l, node, "a group of threads", keys, group);
    if (group->count == NULL)
        group->count =
            default_quantity(l, arena_printf(l->arena, "%s.count", node_path(l->arena, node)),
                             node->key_pos, "1", UNIT_COUNT);
}

void read_threads(struct loader *l, const struct node *node, void *field, const struct key *key) {
    struct scenario *scenario = field;
    scenario->threads = read_entries(l, node, key->example, sizeof(struct thread_group), read_group,
                                     &scenario->nthreads);
}
