/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "base/units.h"
#include "scenario/loader.h"

#include <string.h>

static key_reader read_body, read_branches, read_by, read_batch, read_repeat, read_flavor,
    read_callback;

/* `work[con]` or `work`: a name, and the register in brackets. */
static void read_indexed(struct loader *l, const struct node *node, void *field,
                         const struct key *key) {
    struct step *step = field;
    if (!expect(l, node, NODE_SCALAR, key->example))
        return;
    const char *text = node->text, *open = strchr(text, '[');
    size_t length = strlen(text), n = open == NULL ? length : (size_t)(open - text);
    size_t index = n + 1, end = length - 1;
    bool good = valid_name(text, n);
    if (open != NULL)
        good = good && text[end] == ']' && end > index && valid_name(open + 1, end - index);
    if (!good) {
        diag_error(l->diag, node->pos, "expected a name such as %s, not %s", key->example,
                   node_describe(l->arena, node));
        return;
    }
    step->name = (struct name){arena_strndup(l->arena, text, n), node->pos};
    if (open != NULL)
        step->index =
            (struct name){arena_strndup(l->arena, open + 1, end - index), node_at(node, index)};
}

#define STEP(field) offsetof(struct step, field)

/* Keys that may stand beside the one that names the step. */
static const struct key no_keys[] = {{0}};
static const struct key body_keys[] = {{"do", read_body, STEP(body), 0, false, "[{run: 1us}]"},
                                       {0}};
static const struct key required_body_keys[] = {
    {"do", read_body, STEP(body), 0, true, "[{run: 1us}]"}, {0}};
static const struct key pick_keys[] = {
    {"by", read_by, 0, 0, false, "zipf(1.1)"},
    {"as", read_name, STEP(as), 0, false, "other"},
    {"other_than", read_name, STEP(other_than), 0, false, "page"},
    {0}};
static const struct key take_keys[] = {{"batch", read_batch, STEP(batch), 0, false, "all"}, {0}};

static const struct key complete_keys[] = {{"all", read_flag, STEP(all), 0, false, "yes"}, {0}};

static const struct step_form {
    enum step_kind kind;
    struct key key;
    const struct key *others;
} forms[] = {
    {STEP_RUN, {"run", read_quantity, STEP(cost), UNIT_DIST, true, "exp(10us)"}, no_keys},
    {STEP_DELAY, {"delay", read_quantity, STEP(cost), UNIT_DIST, true, "10us"}, no_keys},
    {STEP_SLEEP, {"sleep", read_quantity, STEP(cost), UNIT_DIST, true, "exp(50ms)"}, no_keys},
    {STEP_IN, {"in", read_name, STEP(name), 0, true, "section"}, body_keys},
    {STEP_PICK, {"pick", read_name, STEP(name), 0, true, "con"}, pick_keys},
    {STEP_POST, {"post", read_indexed, 0, 0, true, "work[con]"}, no_keys},
    {STEP_TAKE, {"take", read_indexed, 0, 0, true, "work[con]"}, take_keys},
    {STEP_COMPLETE, {"complete", read_indexed, 0, 0, true, "done[con]"}, complete_keys},
    {STEP_WAIT_FOR, {"wait_for", read_indexed, 0, 0, true, "done[con]"}, no_keys},
    {STEP_RCU_READ, {"rcu_read", read_body, STEP(body), 0, true, "[{run: 1us}]"}, no_keys},
    {STEP_SYNCHRONIZE, {"synchronize_rcu", read_flavor, STEP(flavor), 0, true, "normal"}, no_keys},
    {STEP_CALL_RCU, {"call_rcu", read_callback, 0, UNIT_DIST, true, "1us"}, no_keys},
    {STEP_COUNT, {"count", read_name, STEP(name), 0, true, "message"}, no_keys},
    {STEP_CHOOSE, {"choose", read_branches, 0, 0, true, "[{p: 0.7, do: [...]}]"}, no_keys},
    {STEP_REPEAT, {"repeat", read_repeat, 0, UNIT_COUNT_DIST, true, "10"}, required_body_keys},
    {STEP_LOCK, {"lock", read_name, STEP(name), 0, true, "section"}, no_keys},
    {STEP_UNLOCK, {"unlock", read_name, STEP(name), 0, true, "section"}, no_keys},
    {STEP_READ, {"read", read_name, STEP(name), 0, true, "counter"}, no_keys},
    {STEP_WRITE, {"write", read_name, STEP(name), 0, true, "counter"}, no_keys},
};
enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

static void read_body(struct loader *l, const struct node *node, void *field,
                      const struct key *key) {
    (void)key;
    read_step_list(l, node, field);
}

static void read_repeat(struct loader *l, const struct node *node, void *field,
                        const struct key *key) {
    struct step *step = field;
    step->per_item = node->kind == NODE_SCALAR && strcmp(node->text, "batch") == 0;
    if (!step->per_item)
        read_quantity(l, node, &step->cost, key);
}

static void read_by(struct loader *l, const struct node *node, void *field, const struct key *key) {
    struct step *step = field;
    if (!expect(l, node, NODE_SCALAR, key->example))
        return;
    const char *text = node->text;
    size_t n = strlen(text);
    if (strcmp(text, "round-robin") == 0) {
        step->by = PICK_ROUND_ROBIN;
    } else if (n > 6 && strncmp(text, "zipf(", 5) == 0 && text[n - 1] == ')') {
        step->by = PICK_ZIPF;
        const char *expected = parse_number(text + 5, n - 6, &step->exponent);
        if (expected != NULL || step->exponent > 20)
            diag_error(l->diag, node_at(node, 5),
                       "expected the exponent of a Zipf law, from 0 to 20, such as zipf(1.1)");
    } else if (strcmp(text, "uniform") != 0) {
        diag_error(l->diag, node->pos, "expected uniform, round-robin or zipf(1.1), not %s",
                   node_describe(l->arena, node));
    }
}

/* Which of n names it is; 0 after an error. */
static int read_choice(struct loader *l, const struct node *node, const struct key *key,
                       const char *what, const char *const *names, int n) {
    if (!expect(l, node, NODE_SCALAR, key->example))
        return 0;
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], node->text) == 0)
            return i;
    unknown_name(l, node->pos, what, node->text, "", names, (size_t)n);
    return 0;
}

static void read_batch(struct loader *l, const struct node *node, void *field,
                       const struct key *key) {
    static const char *const names[] = {
        [TAKE_ONCE] = "once", [TAKE_ONE] = "one", [TAKE_ALL] = "all", [TAKE_PENDING] = "pending"};
    enum take_batch *batch = field;
    *batch = (enum take_batch)read_choice(l, node, key, "batch", names,
                                          sizeof(names) / sizeof(names[0]));
}

static void read_flavor(struct loader *l, const struct node *node, void *field,
                        const struct key *key) {
    static const char *const names[] = {[RCU_NORMAL] = "normal", [RCU_EXPEDITED] = "expedited"};
    enum rcu_flavor *flavor = field;
    *flavor = (enum rcu_flavor)read_choice(l, node, key, "grace period", names, RCU_FLAVORS);
}

static void read_callback(struct loader *l, const struct node *node, void *field,
                          const struct key *key) {
    struct step *step = field;
    if (node->kind == NODE_LIST)
        read_step_list(l, node, &step->body);
    else
        read_quantity(l, node, &step->cost, key);
}

static const struct key branch_keys[] = {
    {"p", read_quantity, offsetof(struct branch, weight), UNIT_SHARE, false, "0.7"},
    {"weight", read_quantity, offsetof(struct branch, weight), UNIT_WEIGHT, false, "3"},
    {"do", read_body, offsetof(struct branch, body), 0, true, "[{run: 1us}]"},
    {0}};

static bool read_branch(struct loader *l, const struct node *node, struct branch *branch) {
    bool share = node_get(node, "p") != NULL;
    read_map(l, node, "a branch", branch_keys, branch);
    if (node->kind == NODE_MAP && share == (node_get(node, "weight") != NULL))
        diag_error(l->diag, node->pos,
                   "a branch needs either a share (p: 0.7) or a weight (weight: 3)");
    return share;
}

/* What the shares leave to 1 is a branch that does nothing. */
static void add_rest(struct loader *l, const struct node *list, struct step *step) {
    double sum = 0;
    for (uint32_t i = 0; i < step->nbranches; i++)
        sum += step->branches[i].weight->dist->a;
    if (sum > 1 + 1e-9)
        diag_error(l->diag, list->key_pos, "the shares sum to %g, which is more than 1", sum);
    if (sum >= 1 - 1e-9)
        return;
    const char *path = arena_printf(l->arena, "%s.rest", node_path(l->arena, list));
    const char *text = arena_printf(l->arena, "%.12g", 1 - sum);
    step->branches[step->nbranches++].weight =
        default_quantity(l, path, list->key_pos, text, UNIT_SHARE);
}

static void read_branches(struct loader *l, const struct node *node, void *field,
                          const struct key *key) {
    struct step *step = field;
    if (!expect(l, node, NODE_LIST, key->example))
        return;
    step->branches = arena_array(l->arena, (size_t)node->n + 1, sizeof(*step->branches));
    uint32_t shares = 0;
    for (uint32_t i = 0; i < node->n && !diag_full(l->diag); i++)
        shares += read_branch(l, node->items[i], &step->branches[step->nbranches++]);
    if (diag_errors(l->diag) > 0)
        return;
    if (node->n == 0)
        diag_error(l->diag, node->key_pos, "choose needs at least one branch");
    else if (shares == node->n)
        add_rest(l, node, step);
    else if (shares > 0)
        diag_error(l->diag, node->key_pos, "shares (p:) and weights do not mix");
}

static const struct step_form *find_form(const char *name) {
    for (int i = 0; i < FORMS; i++)
        if (strcmp(forms[i].key.name, name) == 0)
            return &forms[i];
    return NULL;
}

/* The names of all steps, then those of a form's other keys. */
static void report_step_key(struct loader *l, const struct node *value,
                            const struct step_form *form) {
    const char *names[FORMS + 4];
    size_t n = 0;
    for (int i = 0; form == NULL && i < FORMS; i++)
        names[n++] = forms[i].key.name;
    for (const struct key *key = form == NULL ? no_keys : form->others; key->name != NULL; key++)
        names[n++] = key->name;
    if (form != NULL && find_form(value->key) != NULL)
        diag_error(l->diag, value->key_pos,
                   "'%s' and '%s' are two steps: each is an item of the list of its own",
                   form->key.name, value->key);
    else if (form != NULL && n == 0)
        diag_error(l->diag, value->key_pos, "the step '%s' has no key '%s'", form->key.name,
                   clip(l->arena, value->key));
    else if (form != NULL)
        unknown_name(l, value->key_pos, "key", value->key,
                     arena_printf(l->arena, " in the step '%s'", form->key.name), names, n);
    else
        unknown_name(l, value->key_pos, "step", value->key, "", names, n);
}

static void read_step(struct loader *l, const struct node *node, struct step *step) {
    const struct step_form *form = NULL;
    step->pos = node->pos;
    if (!expect(l, node, NODE_MAP, "{run: exp(10us)}"))
        return;
    for (uint32_t i = 0; i < node->n && form == NULL; i++)
        form = find_form(node->items[i]->key);
    if (form != NULL)
        step->kind = form->kind;
    for (uint32_t i = 0; i < node->n && !diag_full(l->diag); i++) {
        const struct node *value = node->items[i];
        if (form != NULL && strcmp(form->key.name, value->key) == 0)
            form->key.read(l, value, (char *)step + form->key.offset, &form->key);
        else if (form == NULL || !read_key(l, value, form->others, step))
            report_step_key(l, value, form);
    }
    if (step->kind == STEP_PICK && step->as.text == NULL)
        step->as = step->name;
    if (form != NULL)
        check_required(l, node, "the step", form->others);
    else if (node->n == 0)
        diag_error(l->diag, node->pos, "expected a step such as {run: exp(10us)}, not {}");
}

void read_step_list(struct loader *l, const struct node *node, struct step_list *list) {
    if (!expect(l, node, NODE_LIST, "[{run: exp(10us)}, {in: section}]"))
        return;
    list->steps = arena_array(l->arena, node->n, sizeof(*list->steps));
    for (; list->n < node->n && !diag_full(l->diag); list->n++)
        read_step(l, node->items[list->n], &list->steps[list->n]);
}
