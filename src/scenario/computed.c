/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ${...} in the values of the tree: each is replaced by what it comes to. */
#include "base/arena.h"
#include "base/units.h"
#include "scenario/expression.h"
#include "scenario/loader.h"

#include <stdlib.h>
#include <string.h>

enum {
    CHAIN_LIMIT = 64,                 /* expressions that need each other */
    COMPUTED_LIMIT = 4 * 1024 * 1024, /* bytes of all results: some repeat the text of others */
    PATHS_MAX = 128
};

static const char machine_prefix[] = "machine.";

struct computing {
    struct loader *l;
    const struct node *root;
    const struct node *profile; /* the machine's, once somebody asks for it */
    const struct node *node;    /* being computed */
    size_t bytes;
    int chain;
};

static bool compute(struct computing *c, struct node *node);

static void fail(void *self, size_t at, const char *message) {
    struct computing *c = self;
    diag_error(c->l->diag, node_at(c->node, at), "%s", message);
}

/* ---- paths ---- */

/* Follows the path as far as it goes: *within and *at then tell where it ended. */
static struct node *follow(const struct computing *c, const struct node *root, const char *path,
                           const struct node **within, size_t *at) {
    const struct node *node = root;
    for (*at = 0;;) {
        size_t n = node_step(node, path + *at);
        struct node *child = node_item(node, arena_strndup(c->l->arena, path + *at, n));
        *within = node;
        if (child == NULL || path[*at + n] == '\0')
            return child;
        node = child;
        *at += n + 1;
    }
}

static bool is_machine(const char *path) {
    return strncmp(path, machine_prefix, strlen(machine_prefix)) == 0;
}

/* What the machine is where the scenario does not say so. */
static const char *from_profile(struct computing *c, const char *path) {
    const struct node *machine = node_get(c->root, "machine");
    struct node *name = machine != NULL ? node_get(machine, "profile") : NULL;
    if (name != NULL && c->profile == NULL && compute(c, name))
        c->profile = profile_tree(c->l, name);
    const struct node *within, *found = NULL;
    size_t at;
    if (c->profile != NULL)
        found = follow(c, c->profile, path, &within, &at);
    if (found != NULL && node_get(found, "value") != NULL)
        found = node_get(found, "value");
    return found != NULL && found->kind == NODE_SCALAR ? found->text : machine_default(path);
}

static void unknown_path(struct computing *c, const char *path, size_t at,
                         const struct node *within, size_t failed) {
    const char *names[PATHS_MAX], *key = path + failed;
    size_t n = 0;
    bool machine = is_machine(path) && failed == strlen(machine_prefix);
    if (machine)
        n = machine_paths(names, PATHS_MAX);
    else
        for (; within->kind == NODE_MAP && n < within->n && n < PATHS_MAX; n++)
            names[n] = within->items[n]->key;
    const char *word = machine ? key : arena_strndup(c->l->arena, key, strcspn(key, "."));
    const char *near = nearest_name(word, names, n);
    diag_error(
        c->l->diag, node_at(c->node, at + failed), "'%s' is not in %s%s%s%s%s",
        clip(c->l->arena, word),
        within->parent == NULL ? "the scenario"
                               : arena_printf(c->l->arena, "'%s'", node_path(c->l->arena, within)),
        near != NULL ? ", did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "",
        strchr(word, '-') != NULL ? " (a minus needs a space before it)" : "");
}

/* The text of the value at a path; NULL after an error. */
static const char *text_at(struct computing *c, const char *path, size_t at) {
    const struct node *within;
    size_t failed;
    struct node *node = follow(c, c->root, path, &within, &failed);
    if (node == NULL) {
        const char *text = is_machine(path) ? from_profile(c, path + strlen(machine_prefix)) : NULL;
        if (text == NULL)
            unknown_path(c, path, at, within, failed);
        return text;
    }
    node->used = true;
    if (node_get(node, "value") != NULL)
        node = node_get(node, "value");
    if (node->kind != NODE_SCALAR || node_is_empty(node)) {
        diag_error(c->l->diag, node_at(c->node, at), "'%s' is %s, not a value",
                   clip(c->l->arena, path), node_describe(c->l->arena, node));
        return NULL;
    }
    if (node->computing || c->chain == CHAIN_LIMIT) {
        diag_error(c->l->diag, node_at(c->node, at),
                   node->computing ? "'%s' is computed from this value itself"
                                   : "'%s' needs more than 64 other expressions",
                   clip(c->l->arena, path));
        return NULL;
    }
    return compute(c, node) ? node->text : NULL;
}

static bool look_up(void *self, const char *path, size_t at, struct amount *amount) {
    struct computing *c = self;
    const char *text = text_at(c, path, at);
    if (text == NULL || amount_read(text, amount))
        return text != NULL;
    diag_error(c->l->diag, node_at(c->node, at), "'%s' is '%s': no plain number to calculate with",
               clip(c->l->arena, path), clip(c->l->arena, text));
    return false;
}

/* ---- values ---- */

/* What bytes [at, at + n) of the node, the inside of a ${...}, come to; NULL after an error. */
static const char *result(struct computing *c, size_t at, size_t n) {
    const struct arithmetic arithmetic = {c->l->arena, look_up, fail, c};
    const char *path;
    size_t skipped;
    if (expression_is_path(c->l->arena, c->node->text + at, n, &path, &skipped))
        return text_at(c, path, at + skipped);
    struct amount amount;
    if (!expression_evaluate(&arithmetic, c->node->text + at, n, at, &amount))
        return NULL;
    const char *text = amount_text(c->l->arena, &amount);
    if (text == NULL)
        fail(c, at,
             amount.value < 0 ? "the result is negative" : "the result is no number, time or rate");
    return text;
}

/* The text with every ${...} replaced; NULL after an error. */
static const char *replaced(struct computing *c) {
    const char *text = c->node->text, *out = "";
    for (;;) {
        const char *open = strstr(text, "${");
        if (open == NULL)
            return arena_printf(c->l->arena, "%s%s", out, text);
        const char *close = strchr(open, '}');
        size_t at = (size_t)(open - c->node->text) + 2;
        if (close == NULL) {
            fail(c, at - 2, "'${' without a '}'");
            return NULL;
        }
        const char *value = result(c, at, (size_t)(close - open) - 2);
        if (value == NULL)
            return NULL;
        out = arena_printf(c->l->arena, "%s%.*s%s", out, (int)(open - text), text, value);
        c->bytes += strlen(out);
        if (c->bytes > COMPUTED_LIMIT) {
            fail(c, at - 2, "more than 4 MiB of computed text");
            return NULL;
        }
        text = close + 1;
    }
}

/* False after an error, for those that need this value too. */
static bool compute(struct computing *c, struct node *node) {
    if (node->kind != NODE_SCALAR || node->failed)
        return !node->failed;
    if (strstr(node->text, "${") == NULL)
        return true;
    const struct node *outer = c->node;
    c->node = node;
    c->chain++;
    node->computing = true;
    const char *text = replaced(c);
    node->computing = false;
    c->chain--;
    c->node = outer;
    node->failed = text == NULL;
    if (text != NULL) {
        node->expression = node->text;
        node->text = text;
        node->in_line = false;
    }
    return text != NULL;
}

static void compute_all(struct computing *c, struct node *node) {
    compute(c, node);
    for (uint32_t i = 0; i < node->n && !diag_full(c->l->diag); i++)
        compute_all(c, node->items[i]);
}

bool compute_values(struct loader *l, struct node *root) {
    int before = diag_errors(l->diag);
    struct computing c = {.l = l, .root = root};
    compute_all(&c, root);
    return diag_errors(l->diag) == before;
}
