/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameters of lock kinds: read by the kind's own table of names and units. */
#include "program/compile.h"
#include "scenario/node.h"

#include <math.h>
#include <string.h>

static const double LONGEST = 3600.0;

static double in_ticks(const struct kind_param *param, double value) {
    return param->unit == PARAM_TIME ? round(value * (double)TICKS_PER_SECOND) : value;
}

static bool read_value(struct compiler *c, const struct kind_param *param, const struct node *node,
                       double *value) {
    bool flag = false;
    switch (param->unit) {
    case PARAM_TIME:
        return node_time(c->arena, c->diag, node, value);
    case PARAM_COUNT:
    case PARAM_NUMBER:
        return node_count(c->arena, c->diag, node, value);
    case PARAM_LIMIT:
        if (node->kind != NODE_SCALAR || strcmp(node->text, "inf") != 0)
            return node_count(c->arena, c->diag, node, value);
        *value = (double)INFINITY;
        return true;
    case PARAM_SHARE:
        return node_share(c->arena, c->diag, node, value);
    case PARAM_FLAG:
        if (!node_flag(c->arena, c->diag, node, &flag))
            return false;
        *value = flag;
        return true;
    }
    return false;
}

static double largest(const struct kind_param *param) {
    switch (param->unit) {
    case PARAM_TIME:
        return LONGEST;
    case PARAM_COUNT:
    case PARAM_NUMBER:
        return UINT32_MAX;
    case PARAM_LIMIT:
        return (double)INFINITY;
    default:
        return 1;
    }
}

static double read_param(struct compiler *c, const struct kind_param *param,
                         const struct param *given) {
    double value = param->value, least = param->unit == PARAM_NUMBER;
    if (read_value(c, param, given->value, &value) && !(value >= least && value <= largest(param)))
        diag_error(c->diag, given->value->pos, "%s is %s: the range is %.0f to %.0f%s", param->name,
                   node_describe(c->arena, given->value), least, largest(param),
                   param->unit == PARAM_TIME ? " s" : "");
    return in_ticks(param, value);
}

/* What every kind has, whatever else it has. */
enum { ACQUIRE, RELEASE, COMMON };
static const struct kind_param common[COMMON] = {
    [ACQUIRE] = {"acquire", PARAM_TIME, 0, "code of an acquire that need not wait"},
    [RELEASE] = {"release", PARAM_TIME, 0, "code of a release"}};

static uint32_t count_params(const struct kind_info *kind) {
    uint32_t n = 0;
    while (kind->params != NULL && kind->params[n].name != NULL)
        n++;
    return n;
}

static struct param_table make_table(struct compiler *c, const struct kind_info *kind) {
    uint32_t own = count_params(kind), n = own + COMMON;
    struct kind_param *params = arena_array(c->arena, n, sizeof(*params));
    double *values = arena_array(c->arena, n, sizeof(*values));
    for (uint32_t i = 0; i < n; i++) {
        params[i] = i < own ? kind->params[i] : common[i - own];
        values[i] = in_ticks(&params[i], params[i].value);
    }
    return (struct param_table){kind, params, values, n};
}

/* NO_INDEX after an error. */
static uint32_t find_param(struct compiler *c, const struct param_table *table, struct name name) {
    struct name *names = arena_array(c->arena, table->n, sizeof(*names));
    for (uint32_t i = 0; i < table->n; i++) {
        names[i].text = table->params[i].name;
        if (strcmp(names[i].text, name.text) == 0)
            return i;
    }
    const char *what = arena_printf(c->arena, "parameter of kind '%s'", table->kind->name);
    diag_error(c->diag, name.pos, "unknown parameter '%s' of kind '%s'%s", name.text,
               table->kind->name, suggestion(c, name.text, NAMES(names, table->n, what)));
    return NO_INDEX;
}

static void read_machine_costs(struct compiler *c, const struct param_table *table,
                               const struct kind_costs *costs) {
    for (uint32_t i = 0; i < costs->ncosts; i++) {
        const struct kind_cost *cost = &costs->costs[i];
        uint32_t param = find_param(c, table, cost->param);
        if (param != NO_INDEX && table->params[param].unit != PARAM_TIME)
            diag_error(c->diag, cost->param.pos,
                       "parameter '%s' of kind '%s' is no time: only a lock can set it",
                       cost->param.text, table->kind->name);
        else if (param != NO_INDEX)
            table->values[param] = (double)plain_time(c, cost->value);
    }
}

void compile_kinds(struct compiler *c) {
    const struct machine *machine = &c->scenario->machine;
    c->tables = arena_array(c->arena, c->nkinds, sizeof(*c->tables));
    for (uint32_t i = 0; i < c->nkinds; i++)
        c->tables[i] = make_table(c, c->kinds[i]);
    for (uint32_t i = 0; i < machine->nkinds; i++) {
        uint32_t kind = find_kind(c, machine->kinds[i].kind);
        if (kind != NO_INDEX)
            read_machine_costs(c, &c->tables[kind], &machine->kinds[i]);
    }
}

void compile_params(struct compiler *c, uint32_t lock) {
    struct lock_class *class = &c->program->locks[lock];
    const struct lock_decl *decl = c->locks[lock].decl;
    const struct param_table *table = &c->tables[class->kind];
    double *values = arena_array(c->arena, table->n, sizeof(*values));
    memcpy(values, table->values, table->n * sizeof(*values));
    for (uint32_t j = 0; j < decl->nparams; j++) {
        uint32_t i = find_param(c, table, decl->params[j].name);
        if (i != NO_INDEX)
            values[i] = read_param(c, &table->params[i], &decl->params[j]);
    }
    class->params = values;
    class->acquire = (sim_time)values[table->n - COMMON + ACQUIRE];
    class->release = (sim_time)values[table->n - COMMON + RELEASE];
}
