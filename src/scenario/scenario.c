/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "scenario/loader.h"

#include <string.h>

static void read_grammar(struct loader *l, const struct node *node, void *field,
                         const struct key *key) {
    (void)field;
    double version;
    if (!expect(l, node, NODE_SCALAR, key->example) ||
        !node_count(l->arena, l->diag, node, &version))
        return;
    if (version != 1)
        diag_error(l->diag, node->pos, "grammar version %s; this program reads version 1",
                   clip(l->arena, node->text));
}

struct parameter {
    struct name name;
    struct quantity *value;
};

static void read_parameter(struct loader *l, const struct node *node, void *record) {
    static const struct key key = {.unit = UNIT_ANY};
    struct parameter *parameter = record;
    read_quantity(l, node, &parameter->value, &key);
    if (!node->used)
        diag_warn(l->diag, parameter->name.pos, "no value names ${parameters.%s}",
                  parameter->name.text);
}

/* They stand for values where a ${...} names them; what is left of them are the quantities. */
static void read_parameters(struct loader *l, const struct node *node, void *field,
                            const struct key *key) {
    uint32_t n;
    (void)field;
    read_entries(l, node, key->example, sizeof(struct parameter), read_parameter, &n);
}

static void read_object(struct loader *l, const struct node *node, void *record) {
    static const struct key key = {.unit = UNIT_COUNT, .example = "30"};
    struct object_class *object = record;
    read_quantity(l, node, &object->count, &key);
}

static void read_objects(struct loader *l, const struct node *node, void *field,
                         const struct key *key) {
    struct scenario *s = field;
    s->objects =
        read_entries(l, node, key->example, sizeof(struct object_class), read_object, &s->nobjects);
}

static void read_sections(struct loader *l, const struct node *node, void *field,
                          const struct key *key) {
    struct scenario *s = field;
    s->sections =
        read_entries(l, node, key->example, sizeof(struct section), read_section, &s->nsections);
}

static const struct key keys[] = {
    {"sim", read_grammar, 0, 0, true, "1"},
    {"title", read_string, offsetof(struct scenario, title), 0, false,
     "\"one lock, or one per page\""},
    {"source", read_string, offsetof(struct scenario, source), 0, false,
     "\"300 s of a web server\""},
    {"parameters", read_parameters, 0, 0, false, "{think: 13us}"},
    {"machine", read_machine, 0, 0, false, "{cpus: 64}"},
    {"objects", read_objects, 0, 0, false, "{con: 30}"},
    {"lines", read_lines, 0, 0, false, "{counter: {per: con}}"},
    {"sections", read_sections, 0, 0, false, "{section: {cost: exp(1us)}}"},
    {"threads", read_threads, 0, 0, true, "{worker: {count: 64, steps: [...]}}"},
    {"designs", read_designs, 0, 0, true, "{mutex: {locks: {...}, guard: {...}}}"},
    {"measured", read_measured, 0, 0, false, "[{design: mutex, lock: con_mutex}]"},
    {"run", read_run, 0, 0, false, "{duration: 10s}"},
    {"sweep", read_sweep, 0, 0, false, "{machine.cpus: 1..128}"},
    {0}};

static void check_filled(struct loader *l, const struct node *root) {
    static const char *const filled[] = {"threads", "designs"};
    for (int i = 0; i < 2; i++) {
        const struct node *map = node_get(root, filled[i]);
        if (map != NULL && map->kind == NODE_MAP && map->n == 0)
            diag_error(l->diag, map->pos, "a scenario needs at least one entry in '%s'", filled[i]);
    }
}

static void apply_settings(struct loader *l, struct node *root, const struct setting *settings,
                           size_t nsettings) {
    for (size_t i = 0; i < nsettings && !diag_full(l->diag); i++)
        tree_set(l->arena, l->diag, root, &settings[i]);
}

struct scenario *scenario_load(struct arena *arena, struct diag *diag, const char *file,
                               const char *text, size_t length, const struct setting *settings,
                               size_t nsettings) {
    struct scenario *scenario = arena_alloc(arena, sizeof(*scenario));
    struct loader l = {.arena = arena, .diag = diag, .scenario = scenario};
    uint16_t source = diag_source(diag, file, text, length);
    struct node *root = tree_read(arena, diag, source, 0, text, length);
    if (root == NULL)
        return NULL;
    scenario->file = arena_strndup(arena, file, strlen(file));
    scenario->title = scenario->file;
    apply_settings(&l, root, settings, nsettings);
    if (!compute_values(&l, root))
        return NULL;
    read_map(&l, root, "a scenario", keys, scenario);
    complete_machine(&l);
    add_background(&l);
    complete_run(&l);
    if (root->kind == NODE_MAP)
        check_filled(&l, root);
    return diag_errors(diag) > 0 ? NULL : scenario;
}
