/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/exactmath.h"
#include "base/units.h"
#include "scenario/dist_call.h"
#include "scenario/node.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ARGS_MAX = 3 };

/* What an argument may be: a value in the quantity's unit, or a number within bounds. */
enum arg_kind {
    ARG_NONE,
    ARG_VALUE,
    ARG_POSITIVE,
    ARG_NOT_BELOW, /* a value, at least the argument before */
    ARG_ABOVE,     /* a value, more than the argument before */
    ARG_CV,
    ARG_SIGMA,
    ARG_SHAPE,
    ARG_ALPHA
};

const struct bounds sigma_bounds = {1e-6, 5};

static struct bounds bounds_of(enum arg_kind kind) {
    switch (kind) {
    case ARG_CV:
        return (struct bounds){1e-6, 1000};
    case ARG_SIGMA:
        return sigma_bounds;
    case ARG_SHAPE:
        return (struct bounds){0.1, 10000};
    default:
        return (struct bounds){0.01, 20};
    }
}

static struct dist const_value(const double *a) {
    return (struct dist){.kind = DIST_CONST, .a = a[0]};
}

static struct dist uniform_ends(const double *a) {
    return (struct dist){.kind = DIST_UNIFORM, .a = a[0], .b = a[1]};
}

static struct dist exp_mean(const double *a) {
    return (struct dist){.kind = DIST_EXP, .a = a[0]};
}

static struct dist lognormal_mean(const double *a) {
    double cv2 = a[1] * a[1];
    /* ln(1 + x) for x too small to be added to 1 without loss */
    double variance = cv2 < 1e-5 ? cv2 - cv2 * cv2 / 2 : exact_log(1 + cv2);
    return (struct dist){
        .kind = DIST_LOGNORMAL, .a = exact_log(a[0]) - variance / 2, .b = sqrt(variance)};
}

static struct dist lognormal_median(const double *a) {
    return (struct dist){.kind = DIST_LOGNORMAL, .a = exact_log(a[0]), .b = a[1]};
}

static struct dist gamma_mean(const double *a) {
    double shape = 1 / (a[1] * a[1]);
    return (struct dist){.kind = DIST_GAMMA, .a = shape, .b = a[0] / shape};
}

static struct dist gamma_shape(const double *a) {
    return (struct dist){.kind = DIST_GAMMA, .a = a[0], .b = a[1]};
}

static struct dist weibull_mean(const double *a) {
    return (struct dist){.kind = DIST_WEIBULL, .a = a[1], .b = a[0] / exact_gamma(1 + 1 / a[1])};
}

static struct dist weibull_shape(const double *a) {
    return (struct dist){.kind = DIST_WEIBULL, .a = a[0], .b = a[1]};
}

static struct dist pareto_ends(const double *a) {
    return (struct dist){.kind = DIST_PARETO, .a = a[0], .b = a[1], .c = a[2]};
}

static const struct family {
    const char *name, *usage;
    dist_caller *read; /* when no form has the arguments */
    bool positional;   /* arguments may stand without their names */
} families[] = {
    {"const", "const(5us)", NULL, true},
    {"uniform", "uniform(1us, 2us)", NULL, true},
    {"exp", "exp(1us)", NULL, true},
    {"lognormal",
     "lognormal(mean=13us, cv=8), lognormal(median=2us, sigma=1) or lognormal(p50=2us, p99=90us)",
     dist_lognormal_quantiles, false},
    {"gamma", "gamma(mean=13us, cv=2) or gamma(shape=0.25, scale=52us)", NULL, false},
    {"weibull", "weibull(mean=13us, shape=0.5) or weibull(shape=0.5, scale=6us)", NULL, false},
    {"pareto", "pareto(alpha=1.5, min=1us, max=10ms)", NULL, false},
    {"mix", "mix(0.9: exp(1us), 0.1: const(5us))", dist_mix, false},
    {"empirical", "empirical(p0=1us, p50=2us, p100=50us)", dist_empirical, false},
    {"with_mean", "with_mean(2us, gamma(mean=1us, cv=3))", dist_with_mean, false},
};
enum { FAMILIES = sizeof(families) / sizeof(families[0]) };

static const struct form {
    const char *family;
    struct dist (*build)(const double *args);
    struct {
        const char *name;
        enum arg_kind kind;
    } args[ARGS_MAX];
} forms[] = {
    {"const", const_value, {{"value", ARG_VALUE}}},
    {"uniform", uniform_ends, {{"min", ARG_VALUE}, {"max", ARG_NOT_BELOW}}},
    {"exp", exp_mean, {{"mean", ARG_VALUE}}},
    {"lognormal", lognormal_mean, {{"mean", ARG_POSITIVE}, {"cv", ARG_CV}}},
    {"lognormal", lognormal_median, {{"median", ARG_POSITIVE}, {"sigma", ARG_SIGMA}}},
    {"gamma", gamma_mean, {{"mean", ARG_POSITIVE}, {"cv", ARG_CV}}},
    {"gamma", gamma_shape, {{"shape", ARG_SHAPE}, {"scale", ARG_POSITIVE}}},
    {"weibull", weibull_mean, {{"mean", ARG_POSITIVE}, {"shape", ARG_SHAPE}}},
    {"weibull", weibull_shape, {{"shape", ARG_SHAPE}, {"scale", ARG_POSITIVE}}},
    {"pareto", pareto_ends, {{"alpha", ARG_ALPHA}, {"min", ARG_POSITIVE}, {"max", ARG_ABOVE}}},
};
enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

static uint32_t form_args(const struct form *form) {
    uint32_t n = 0;
    while (n < ARGS_MAX && form->args[n].kind != ARG_NONE)
        n++;
    return n;
}

static const struct arg *find_arg(const struct call *call, const char *name) {
    for (uint32_t i = 0; i < call->n; i++)
        if (call->args[i].name != NULL && strcmp(call->args[i].name, name) == 0)
            return &call->args[i];
    return NULL;
}

/* Sorts the call's arguments into the order of the form; false when they are others. */
static bool match(const struct form *form, bool positional, const struct call *call,
                  const struct arg **args) {
    uint32_t n = form_args(form);
    for (uint32_t i = 0; i < n && call->n == n; i++) {
        args[i] = find_arg(call, form->args[i].name);
        if (args[i] == NULL && positional && call->args[i].name == NULL)
            args[i] = &call->args[i];
        if (args[i] == NULL)
            return false;
    }
    return call->n == n;
}

static bool read_arg(struct reader *r, const struct arg *arg, enum arg_kind kind, double last,
                     double *value) {
    bool number = kind >= ARG_CV;
    if (!dist_value(r, arg->at, arg->length, number ? parse_number : r->value, value))
        return false;
    struct bounds b = bounds_of(kind);
    if (kind == ARG_POSITIVE && *value <= 0)
        dist_fail(r, arg->at, "expected more than 0");
    else if (kind == ARG_NOT_BELOW && *value < last)
        dist_fail(r, arg->at, "max is less than min");
    else if (kind == ARG_ABOVE && *value <= last)
        dist_fail(r, arg->at, "max must be more than min");
    else if (number && !(*value >= b.low && *value <= b.high))
        dist_fail(r, arg->at, "expected a number from %g to %g", b.low, b.high);
    return !r->failed;
}

static const struct dist *read_form(struct reader *r, const struct form *form,
                                    const struct call *call, const struct arg *const *args) {
    double values[ARGS_MAX] = {0};
    for (uint32_t i = 0; i < form_args(form); i++)
        if (!read_arg(r, args[i], form->args[i].kind, i > 0 ? values[i - 1] : 0, &values[i]))
            return NULL;
    return dist_make(r, call->at, form->build(values));
}

static const struct dist *unknown_family(struct reader *r, const struct call *call) {
    const char *names[FAMILIES], *shown = clip(r->arena, call->name);
    char list[200] = "";
    for (int i = 0; i < FAMILIES; i++) {
        names[i] = families[i].name;
        size_t used = strlen(list);
        snprintf(list + used, sizeof(list) - used, "%s %s", i > 0 ? "," : "", names[i]);
    }
    const char *near = nearest_name(call->name, names, FAMILIES);
    if (near != NULL)
        return dist_fail(r, call->at, "unknown distribution '%s', did you mean '%s'?", shown, near);
    return dist_fail(r, call->at, "unknown distribution '%s'; there are%s", shown, list);
}

const struct dist *dist_call(struct reader *r, const struct call *call) {
    const struct family *family = families;
    while (family < families + FAMILIES && strcmp(family->name, call->name) != 0)
        family++;
    if (family == families + FAMILIES)
        return unknown_family(r, call);
    for (int i = 0; i < FORMS; i++) {
        const struct arg *args[ARGS_MAX];
        if (strcmp(forms[i].family, family->name) == 0 &&
            match(&forms[i], family->positional, call, args))
            return read_form(r, &forms[i], call, args);
    }
    const struct dist *dist = family->read == NULL ? NULL : family->read(r, call);
    if (dist == NULL && !r->failed)
        dist_fail(r, call->at, "expected %s", family->usage);
    return dist;
}
