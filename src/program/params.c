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
        return node_count(c->arena, c->diag, node, value);
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
        return UINT32_MAX;
    default:
        return 1;
    }
}

static double read_param(struct compiler *c, const struct kind_param *param,
                         const struct param *given) {
    double value = param->value;
    if (read_value(c, param, given->value, &value) && !(value >= 0 && value <= largest(param)))
        diag_error(c->diag, given->value->pos, "%s is %s: the range is 0 to %.0f%s", param->name,
                   node_describe(c->arena, given->value), largest(param),
                   param->unit == PARAM_TIME ? " s" : "");
    return in_ticks(param, value);
}

static uint32_t count_params(const struct kind_info *kind) {
    uint32_t n = 0;
    while (kind->params != NULL && kind->params[n].name != NULL)
        n++;
    return n;
}

static void unknown_param(struct compiler *c, const struct param *given,
                          const struct kind_info *kind) {
    uint32_t n = count_params(kind);
    struct name *names = arena_array(c->arena, n, sizeof(*names));
    for (uint32_t i = 0; i < n; i++)
        names[i].text = kind->params[i].name;
    const char *what = arena_printf(c->arena, "parameter of kind '%s'", kind->name);
    diag_error(c->diag, given->name.pos, "unknown parameter '%s' of kind '%s'%s", given->name.text,
               kind->name, suggestion(c, given->name.text, NAMES(names, n, what)));
}

void compile_params(struct compiler *c, uint32_t lock) {
    struct lock_class *class = &c->program->locks[lock];
    const struct lock_decl *decl = c->locks[lock].decl;
    const struct kind_info *kind = c->kinds[class->kind];
    uint32_t n = count_params(kind);
    double *values = arena_array(c->arena, n, sizeof(*values));
    for (uint32_t i = 0; i < n; i++)
        values[i] = in_ticks(&kind->params[i], kind->params[i].value);
    for (uint32_t j = 0; j < decl->nparams; j++) {
        uint32_t i = 0;
        while (i < n && strcmp(kind->params[i].name, decl->params[j].name.text) != 0)
            i++;
        if (i < n)
            values[i] = read_param(c, &kind->params[i], &decl->params[j]);
        else
            unknown_param(c, &decl->params[j], kind);
    }
    class->params = values;
}
