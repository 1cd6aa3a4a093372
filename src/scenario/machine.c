/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "scenario/loader.h"

#include <string.h>

static const struct field {
    const char *path;
    enum unit unit;
    const char *value;
} fields[] = {
#define MACHINE(id, path, unit, value, doc) {path, UNIT_##unit, value},
#include "scenario/machine.def"
#undef MACHINE
};

/* Numbers of a profile state their origin to whoever reads them, but count as the profile's. */
static void mark_profile(struct loader *l, struct quantity *q) {
    const char *origin = origin_name(q->origin);
    q->source = q->source == NULL ? origin : arena_printf(l->arena, "%s: %s", origin, q->source);
    q->origin = ORIGIN_PROFILE;
    q->path = arena_printf(l->arena, "machine.%s", q->path);
}

static void read_preemption(struct loader *l, const struct node *node) {
    static const char *const names[] = {
        [PREEMPT_NONE] = "none", [PREEMPT_VOLUNTARY] = "voluntary", [PREEMPT_FULL] = "full"};
    if (!expect(l, node, NODE_SCALAR, "voluntary"))
        return;
    for (int i = 0; i < 3; i++)
        if (strcmp(names[i], node->text) == 0) {
            l->scenario->machine.preemption = (enum preemption)i;
            return;
        }
    unknown_name(l, node->pos, "preemption", node->text, "", names, 3);
}

/* kinds: {mutex: {acquire: 100ns}}; which kinds and parameters there are, src/program knows. */
static void read_kind_costs(struct loader *l, const struct node *node, void *record) {
    static const struct key key = {.unit = UNIT_TIME};
    struct kind_costs *kind = record;
    if (!expect(l, node, NODE_MAP, "{acquire: 50ns}"))
        return;
    kind->costs = arena_array(l->arena, node->n, sizeof(*kind->costs));
    for (; kind->ncosts < node->n && !diag_full(l->diag); kind->ncosts++) {
        const struct node *value = node->items[kind->ncosts];
        struct kind_cost *cost = &kind->costs[kind->ncosts];
        cost->param = (struct name){value->key, value->key_pos};
        read_quantity(l, value, &cost->value, &key);
    }
}

/* A profile's stay in front of the scenario's. */
static void read_kinds(struct loader *l, const struct node *node) {
    struct machine *machine = &l->scenario->machine;
    uint32_t n, before = machine->nkinds;
    struct kind_costs *read =
        read_entries(l, node, "{mutex: {acquire: 50ns}}", sizeof(*read), read_kind_costs, &n);
    struct kind_costs *all = arena_array(l->arena, (size_t)before + n, sizeof(*all));
    for (uint32_t i = 0; i < before + n; i++)
        all[i] = i < before ? machine->kinds[i] : read[i - before];
    machine->kinds = all;
    machine->nkinds = before + n;
}

/* True if some field lies below the path, as "line" has "line.node". */
static bool is_group(const char *path) {
    size_t n = strlen(path);
    for (int i = 0; i < MACHINE_FIELDS; i++)
        if (strncmp(fields[i].path, path, n) == 0 && fields[i].path[n] == '.')
            return true;
    return false;
}

/* The names that a map may have as keys: what follows prefix in the paths, up to the next dot. */
static size_t names_below(struct loader *l, const char *prefix, const char **names) {
    size_t n = 0, skip = strlen(prefix);
    if (skip == 0) {
        names[n++] = "profile";
        names[n++] = "preemption";
        names[n++] = "kinds";
    }
    for (int i = 0; i < MACHINE_FIELDS; i++) {
        const char *rest = fields[i].path + skip;
        if (strncmp(fields[i].path, prefix, skip) != 0)
            continue;
        const char *name = arena_strndup(l->arena, rest, strcspn(rest, "."));
        if (n == 0 || strcmp(names[n - 1], name) != 0)
            names[n++] = name;
    }
    return n;
}

/* Reads the keys of a map whose place is prefix: "" or "line." */
static void read_fields(struct loader *l, const struct node *map, const char *prefix) {
    struct machine *machine = &l->scenario->machine;
    for (uint32_t i = 0; i < map->n && !diag_full(l->diag); i++) {
        const struct node *value = map->items[i];
        const char *path = arena_printf(l->arena, "%s%s", prefix, clip(l->arena, value->key));
        int f = 0;
        while (f < MACHINE_FIELDS && strcmp(fields[f].path, path) != 0)
            f++;
        if (f < MACHINE_FIELDS) {
            struct key key = {.unit = fields[f].unit};
            if (machine->fields[f] != NULL && machine->fields[f]->origin != ORIGIN_PROFILE)
                diag_error(l->diag, value->key_pos, "'%s' is already there, in line %u", path,
                           (unsigned)machine->fields[f]->pos.line);
            read_quantity(l, value, &machine->fields[f], &key);
        } else if (is_group(path)) {
            if (expect(l, value, NODE_MAP, "{smt: 10ns, node: 50ns, remote: 150ns}"))
                read_fields(l, value, arena_printf(l->arena, "%s.", path));
        } else if (strcmp(path, "preemption") == 0) {
            read_preemption(l, value);
        } else if (strcmp(path, "kinds") == 0) {
            read_kinds(l, value);
        } else if (strcmp(path, "profile") != 0 || l->profile) {
            const char *names[MACHINE_FIELDS + 3];
            unknown_name(l, value->key_pos, "key", value->key, " in the machine", names,
                         names_below(l, prefix, names));
        }
    }
}

/* Reads the profile that the scenario names, before its own numbers are laid over it. */
static void read_profile(struct loader *l, const struct node *node) {
    struct machine *machine = &l->scenario->machine;
    const struct node *root = profile_tree(l, node);
    if (root == NULL || !expect(l, root, NODE_MAP, "{cpus: 64}"))
        return;
    machine->profile = node->text;
    l->profile = true;
    read_fields(l, root, "");
    l->profile = false;
    machine->profile_cpus = machine->fields[MACHINE_CPUS];
    for (int f = 0; f < MACHINE_FIELDS; f++)
        if (machine->fields[f] != NULL)
            mark_profile(l, machine->fields[f]);
    for (uint32_t i = 0; i < machine->nkinds; i++)
        for (uint32_t j = 0; j < machine->kinds[i].ncosts; j++)
            mark_profile(l, machine->kinds[i].costs[j].value);
}

void read_machine(struct loader *l, const struct node *node, void *field, const struct key *key) {
    (void)field;
    if (!expect(l, node, NODE_MAP, key->example))
        return;
    const struct node *profile = node_get(node, "profile");
    if (profile != NULL)
        read_profile(l, profile);
    read_fields(l, node, "");
}

static bool is_overridden(const struct machine *machine, uint32_t kind, const char *path) {
    for (uint32_t i = kind + 1; i < machine->nkinds; i++)
        for (uint32_t j = 0; j < machine->kinds[i].ncosts; j++)
            if (strcmp(machine->kinds[i].costs[j].value->path, path) == 0)
                return true;
    return false;
}

static void register_kinds(struct loader *l) {
    const struct machine *machine = &l->scenario->machine;
    for (uint32_t i = 0; i < machine->nkinds; i++)
        for (uint32_t j = 0; j < machine->kinds[i].ncosts; j++) {
            struct quantity *q = machine->kinds[i].costs[j].value;
            if (q->origin == ORIGIN_PROFILE && !is_overridden(machine, i, q->path))
                register_quantity(l, q);
        }
}

const char *machine_default(const char *path) {
    for (int f = 0; f < MACHINE_FIELDS; f++)
        if (strcmp(fields[f].path, path) == 0)
            return fields[f].value;
    return NULL;
}

size_t machine_paths(const char **paths, size_t most) {
    size_t n = 0;
    for (; n < MACHINE_FIELDS && n < most; n++)
        paths[n] = fields[n].path;
    return n;
}

void complete_machine(struct loader *l) {
    for (int f = 0; f < MACHINE_FIELDS; f++) {
        struct quantity **q = &l->scenario->machine.fields[f];
        if (*q == NULL)
            *q = default_quantity(l, arena_printf(l->arena, "machine.%s", fields[f].path),
                                  (struct pos){0}, fields[f].value, fields[f].unit);
        else if ((*q)->origin == ORIGIN_PROFILE)
            register_quantity(l, *q);
    }
    register_kinds(l);
}
