/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario/distributions.h"

#include "base/arena.h"
#include "base/units.h"
#include "scenario/node.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NEST_LIMIT = 8, ARGS_MAX = 3, PARTS_MAX = 1000 };

/* Time runs for ten years at most (base/units.c); counts share the bound on a mean. */
static const double largest_mean = 9e15;

struct reader {
    struct arena *arena;
    const char *text;
    size_t at;
    value_parser value;
    int depth;
    struct dist_error *error;
    bool failed;
};

/* One `name=value` of a call, or one without a name. */
struct arg {
    const char *name;
    size_t name_at, at, length;
};

struct call {
    const char *name;
    size_t at;
    struct arg *args;
    uint32_t n;
};

__attribute__((format(printf, 3, 4))) static void *fail(struct reader *r, size_t at,
                                                        const char *format, ...) {
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    if (!r->failed)
        *r->error = (struct dist_error){at, arena_strndup(r->arena, message, strlen(message))};
    r->failed = true;
    return NULL;
}

static const struct dist *make(struct reader *r, struct dist dist) {
    struct dist *copy = arena_alloc(r->arena, sizeof(*copy));
    *copy = dist;
    return copy;
}

static struct dist build_uniform(const double *a) {
    return (struct dist){.kind = DIST_UNIFORM, .a = a[0], .b = a[1]};
}

static struct dist build_const(const double *a) {
    return (struct dist){.kind = DIST_CONST, .a = a[0]};
}

static struct dist build_exp(const double *a) {
    return (struct dist){.kind = DIST_EXP, .a = a[0]};
}

static struct dist build_lognormal_mean(const double *a) {
    double variance = log1p(a[1] * a[1]);
    return (struct dist){
        .kind = DIST_LOGNORMAL, .a = log(a[0]) - variance / 2, .b = sqrt(variance)};
}

static struct dist build_lognormal_median(const double *a) {
    return (struct dist){.kind = DIST_LOGNORMAL, .a = log(a[0]), .b = a[1]};
}

static struct dist build_gamma_mean(const double *a) {
    double shape = 1 / (a[1] * a[1]);
    return (struct dist){.kind = DIST_GAMMA, .a = shape, .b = a[0] / shape};
}

static struct dist build_gamma(const double *a) {
    return (struct dist){.kind = DIST_GAMMA, .a = a[0], .b = a[1]};
}

static struct dist build_weibull_mean(const double *a) {
    return (struct dist){.kind = DIST_WEIBULL, .a = a[1], .b = a[0] / tgamma(1 + 1 / a[1])};
}

static struct dist build_weibull(const double *a) {
    return (struct dist){.kind = DIST_WEIBULL, .a = a[0], .b = a[1]};
}

static struct dist build_pareto(const double *a) {
    return (struct dist){.kind = DIST_PARETO, .a = a[0], .b = a[1], .c = a[2]};
}

/* What an argument may be: a value of the quantity, or a plain number within bounds. */
enum arg_kind { ARG_NONE, ARG_VALUE, ARG_POSITIVE, ARG_CV, ARG_SIGMA, ARG_SHAPE, ARG_ALPHA };

/* The bounds keep mean and variance finite and the draws meaningful. */
static const struct {
    double low, high;
} bounds[] = {[ARG_CV] = {1e-6, 1000},
              [ARG_SIGMA] = {1e-6, 5},
              [ARG_SHAPE] = {0.05, 10000},
              [ARG_ALPHA] = {0.01, 100}};

static const struct form {
    const char *name;
    bool positional; /* the arguments may stand without their names */
    bool ascending;  /* the values must not descend */
    struct {
        const char *name;
        enum arg_kind kind;
    } args[ARGS_MAX];
    struct dist (*build)(const double *args);
    const char *usage;
} forms[] = {
    {"const", true, false, {{"value", ARG_VALUE}}, build_const, "const(5us)"},
    {"uniform",
     true,
     true,
     {{"min", ARG_VALUE}, {"max", ARG_VALUE}},
     build_uniform,
     "uniform(1us, 2us)"},
    {"exp", true, false, {{"mean", ARG_VALUE}}, build_exp, "exp(1us)"},
    {"lognormal",
     false,
     false,
     {{"mean", ARG_POSITIVE}, {"cv", ARG_CV}},
     build_lognormal_mean,
     "lognormal(mean=13us, cv=8), lognormal(median=2us, sigma=1) or lognormal(p50=2us, p99=90us)"},
    {"lognormal",
     false,
     false,
     {{"median", ARG_POSITIVE}, {"sigma", ARG_SIGMA}},
     build_lognormal_median,
     ""},
    {"gamma",
     false,
     false,
     {{"mean", ARG_POSITIVE}, {"cv", ARG_CV}},
     build_gamma_mean,
     "gamma(mean=13us, cv=2) or gamma(shape=0.25, scale=52us)"},
    {"gamma", false, false, {{"shape", ARG_SHAPE}, {"scale", ARG_POSITIVE}}, build_gamma, ""},
    {"weibull",
     false,
     false,
     {{"mean", ARG_POSITIVE}, {"shape", ARG_SHAPE}},
     build_weibull_mean,
     "weibull(mean=13us, shape=0.5) or weibull(shape=0.5, scale=6us)"},
    {"weibull", false, false, {{"shape", ARG_SHAPE}, {"scale", ARG_POSITIVE}}, build_weibull, ""},
    {"pareto",
     false,
     true,
     {{"alpha", ARG_ALPHA}, {"min", ARG_POSITIVE}, {"max", ARG_POSITIVE}},
     build_pareto,
     "pareto(alpha=1.5, min=1us, max=10ms)"},
};
enum { FORMS = sizeof(forms) / sizeof(forms[0]) };

static const struct dist *read_dist(struct reader *r, size_t at, size_t length);

static const struct dist *read_lognormal_quantiles(struct reader *r, const struct call *call);
static const struct dist *read_mix(struct reader *r, const struct call *call);
static const struct dist *read_empirical(struct reader *r, const struct call *call);
static const struct dist *read_with_mean(struct reader *r, const struct call *call);

/* Calls whose arguments are no fixed list. */
static const struct special {
    const char *name;
    const struct dist *(*read)(struct reader *r, const struct call *call);
} specials[] = {{"mix", read_mix}, {"empirical", read_empirical}, {"with_mean", read_with_mean}};
enum { SPECIALS = sizeof(specials) / sizeof(specials[0]) };

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

static void trim(const char *text, size_t *at, size_t *end) {
    while (*at < *end && strchr(" \t\n", text[*at]) != NULL)
        ++*at;
    while (*end > *at && strchr(" \t\n", text[*end - 1]) != NULL)
        --*end;
}

static bool read_value(struct reader *r, size_t at, size_t length, value_parser parse,
                       double *value) {
    const char *expected = parse(r->text + at, length, value);
    if (expected == NULL)
        return true;
    const char *text = clip(r->arena, arena_strndup(r->arena, r->text + at, length));
    if (length == 0)
        return fail(r, at, "expected %s", expected) != NULL;
    return fail(r, at, "expected %s, not '%s'", expected, text) != NULL;
}

static bool read_arg(struct reader *r, const struct arg *arg, enum arg_kind kind, double *value) {
    bool plain = kind >= ARG_CV;
    if (!read_value(r, arg->at, arg->length, plain ? parse_number : r->value, value))
        return false;
    if (kind == ARG_POSITIVE && *value <= 0)
        return fail(r, arg->at, "expected more than 0") != NULL;
    if (plain && (*value < bounds[kind].low || *value > bounds[kind].high))
        return fail(r, arg->at, "expected a number from %g to %g", bounds[kind].low,
                    bounds[kind].high) != NULL;
    return true;
}

/* Splits off a leading `name=` (or `number:` in a mix, with separator ':'). */
static void split_name(struct reader *r, struct arg *arg, char separator) {
    const char *text = r->text + arg->at;
    size_t i = 0;
    while (i < arg->length && (is_name(text[i]) || text[i] == ' ' || text[i] == '%'))
        i++;
    if (i == arg->length || text[i] != separator)
        return;
    size_t end = arg->at + arg->length, name_at = arg->at, name_end = arg->at + i;
    trim(r->text, &name_at, &name_end);
    arg->name = arena_strndup(r->arena, r->text + name_at, name_end - name_at);
    arg->name_at = name_at;
    arg->at += i + 1;
    trim(r->text, &arg->at, &end);
    arg->length = end - arg->at;
}

static bool add_arg(struct reader *r, struct call *call, size_t at, size_t end) {
    trim(r->text, &at, &end);
    if (call->n == PARTS_MAX)
        return fail(r, at, "more than %d parts", PARTS_MAX) != NULL;
    if (call->args == NULL || (call->n >= 4 && (call->n & (call->n - 1)) == 0)) {
        struct arg *args = arena_array(r->arena, call->n < 4 ? 4 : 2 * call->n, sizeof(*args));
        if (call->n > 0)
            memcpy(args, call->args, call->n * sizeof(*args));
        call->args = args;
    }
    struct arg *arg = &call->args[call->n++];
    *arg = (struct arg){.at = at, .length = end - at};
    split_name(r, arg, strcmp(call->name, "mix") == 0 ? ':' : '=');
    return true;
}

/* Reads what is between the parentheses of [open, end): text[open] is '('. */
static bool read_args(struct reader *r, struct call *call, size_t open, size_t end) {
    size_t depth = 0, start = open + 1, i = open;
    for (; i < end; i++) {
        char c = r->text[i];
        depth += c == '(';
        depth -= c == ')';
        if (depth == 0)
            break;
        if (c == ',' && depth == 1) {
            if (!add_arg(r, call, start, i))
                return false;
            start = i + 1;
        }
    }
    if (i == end)
        return fail(r, open, "this parenthesis is not closed") != NULL;
    if (i + 1 != end)
        return fail(r, i + 1, "unexpected text after the closing parenthesis") != NULL;
    return add_arg(r, call, start, i);
}

static const struct dist *checked(struct reader *r, size_t at, const struct dist *dist) {
    double mean = dist_mean(dist);
    if (!(mean <= largest_mean) || !(dist_cv(dist) < HUGE_VAL))
        return fail(r, at, "the mean or the variance is too large");
    return dist;
}

/* Index of the argument that has a name; n if none. */
static uint32_t find_arg(const struct call *call, const char *name) {
    uint32_t i = 0;
    while (i < call->n && (call->args[i].name == NULL || strcmp(call->args[i].name, name) != 0))
        i++;
    return i;
}

static int form_args(const struct form *form) {
    int n = 0;
    while (n < ARGS_MAX && form->args[n].kind != ARG_NONE)
        n++;
    return n;
}

/* Sorts the call's arguments into the order of the form; false when they are others. */
static bool match_form(const struct form *form, const struct call *call, struct arg *args) {
    uint32_t n = (uint32_t)form_args(form);
    if (call->n != n)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t found = find_arg(call, form->args[i].name);
        if (found == n && form->positional && call->args[i].name == NULL)
            found = i;
        if (found == n)
            return false;
        args[i] = call->args[found];
    }
    return true;
}

static const struct dist *read_form(struct reader *r, const struct form *form,
                                    const struct call *call, const struct arg *args) {
    double values[ARGS_MAX] = {0};
    double last = 0;
    for (int i = 0; i < form_args(form); i++) {
        if (!read_arg(r, &args[i], form->args[i].kind, &values[i]))
            return NULL;
        bool value = form->args[i].kind <= ARG_POSITIVE;
        if (form->ascending && value && values[i] < last)
            return fail(r, args[i].at, "min is larger than max");
        last = value ? values[i] : last;
    }
    if (form->build == build_pareto && values[1] == values[2])
        return fail(r, args[2].at, "max must be larger than min");
    return checked(r, call->at, make(r, form->build(values)));
}

/* A quantile's name, p50 or p99.9, as a probability. */
static bool read_quantile(struct reader *r, const struct arg *arg, double *p) {
    if (arg->name == NULL || arg->name[0] != 'p' ||
        parse_number(arg->name + 1, strlen(arg->name + 1), p) != NULL || *p > 100)
        return fail(r, arg->name == NULL ? arg->at : arg->name_at,
                    "expected a quantile such as p50=2us") != NULL;
    *p /= 100;
    return true;
}

static const struct dist *read_lognormal_quantiles(struct reader *r, const struct call *call) {
    double p[2], x[2], z[2];
    for (int i = 0; i < 2; i++) {
        if (!read_quantile(r, &call->args[i], &p[i]) ||
            !read_arg(r, &call->args[i], ARG_POSITIVE, &x[i]))
            return NULL;
        if (p[i] <= 0 || p[i] >= 1)
            return fail(r, call->args[i].name_at,
                        "a lognormal has no such quantile: p0 < pNN < p100");
        z[i] = gsl_cdf_ugaussian_Pinv(p[i]);
    }
    if (!((p[1] > p[0] && x[1] > x[0]) || (p[1] < p[0] && x[1] < x[0])))
        return fail(r, call->args[1].at, "the larger quantile must have the larger value");
    double sigma = log(x[1] / x[0]) / (z[1] - z[0]);
    if (!(sigma >= bounds[ARG_SIGMA].low && sigma <= bounds[ARG_SIGMA].high))
        return fail(r, call->args[1].at, "these quantiles give sigma %g; it may be %g to %g", sigma,
                    bounds[ARG_SIGMA].low, bounds[ARG_SIGMA].high);
    struct dist dist = {.kind = DIST_LOGNORMAL, .a = log(x[0]) - z[0] * sigma, .b = sigma};
    return checked(r, call->at, make(r, dist));
}

static const struct dist *read_mix(struct reader *r, const struct call *call) {
    struct dist_part *parts = arena_array(r->arena, call->n, sizeof(*parts));
    double sum = 0;
    for (uint32_t i = 0; i < call->n; i++) {
        const struct arg *arg = &call->args[i];
        double p;
        if (arg->name == NULL)
            return fail(r, arg->at,
                        "expected a share, a colon and a distribution, such as "
                        "mix(0.9: exp(1us), 0.1: const(5us))");
        if (!read_value(r, arg->name_at, strlen(arg->name), parse_share, &p))
            return NULL;
        sum += p;
        parts[i] = (struct dist_part){.p = sum, .dist = read_dist(r, arg->at, arg->length)};
        if (parts[i].dist == NULL)
            return NULL;
    }
    if (fabs(sum - 1) > 1e-9)
        return fail(r, call->at, "the shares of the mix sum to %g, not to 1", sum);
    for (uint32_t i = 0; i < call->n; i++)
        parts[i].p /= sum;
    parts[call->n - 1].p = 1;
    return checked(r, call->at,
                   make(r, (struct dist){.kind = DIST_MIX, .n = call->n, .parts = parts}));
}

static const struct dist *read_empirical(struct reader *r, const struct call *call) {
    struct dist_part *parts = arena_array(r->arena, call->n, sizeof(*parts));
    for (uint32_t i = 0; i < call->n; i++) {
        const struct arg *arg = &call->args[i];
        if (!read_quantile(r, arg, &parts[i].p) || !read_arg(r, arg, ARG_VALUE, &parts[i].x))
            return NULL;
        if (i > 0 && (parts[i].p <= parts[i - 1].p || parts[i].x < parts[i - 1].x))
            return fail(r, arg->name_at, "quantiles and their values must ascend");
    }
    if (call->n < 2 || parts[0].p != 0 || parts[call->n - 1].p != 1)
        return fail(r, call->at,
                    "expected quantiles from p0 to p100, such as "
                    "empirical(p0=1us, p50=2us, p100=50us)");
    return checked(r, call->at,
                   make(r, (struct dist){.kind = DIST_EMPIRICAL, .n = call->n, .parts = parts}));
}

static const struct dist *read_with_mean(struct reader *r, const struct call *call) {
    double mean;
    if (call->n != 2 || call->args[0].name != NULL || call->args[1].name != NULL)
        return fail(r, call->at,
                    "expected a mean and a distribution, such as "
                    "with_mean(2us, gamma(mean=1us, cv=3))");
    if (!read_value(r, call->args[0].at, call->args[0].length, r->value, &mean))
        return NULL;
    const struct dist *dist = read_dist(r, call->args[1].at, call->args[1].length);
    if (dist == NULL)
        return NULL;
    double had = dist_mean(dist);
    if (had == 0 && mean != 0)
        return fail(r, call->args[1].at, "a distribution of zeros cannot be scaled");
    return checked(r, call->at, had == 0 ? dist : dist_scaled(r->arena, dist, mean / had));
}

static const struct dist *unknown(struct reader *r, const struct call *call) {
    const char *names[FORMS + SPECIALS];
    size_t n = 0;
    for (int i = 0; i < FORMS; i++)
        if (i == 0 || strcmp(forms[i].name, forms[i - 1].name) != 0)
            names[n++] = forms[i].name;
    for (int i = 0; i < SPECIALS; i++)
        names[n++] = specials[i].name;
    char list[200] = "";
    for (size_t i = 0; i < n; i++)
        snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i > 0 ? ", " : "",
                 names[i]);
    const char *near = nearest_name(call->name, names, n);
    const char *shown = clip(r->arena, call->name);
    if (near != NULL)
        return fail(r, call->at, "unknown distribution '%s', did you mean '%s'?", shown, near);
    return fail(r, call->at, "unknown distribution '%s'; there are %s", shown, list);
}

static const struct dist *read_call(struct reader *r, const struct call *call) {
    for (int i = 0; i < SPECIALS; i++)
        if (strcmp(specials[i].name, call->name) == 0)
            return specials[i].read(r, call);
    const struct form *first = NULL;
    for (int i = 0; i < FORMS; i++) {
        struct arg args[ARGS_MAX];
        if (strcmp(forms[i].name, call->name) != 0)
            continue;
        first = first == NULL ? &forms[i] : first;
        if (match_form(&forms[i], call, args))
            return read_form(r, &forms[i], call, args);
    }
    if (first == NULL)
        return unknown(r, call);
    if (strcmp(first->name, "lognormal") == 0 && call->n == 2 && call->args[0].name != NULL &&
        call->args[0].name[0] == 'p')
        return read_lognormal_quantiles(r, call);
    return fail(r, call->at, "expected %s", first->usage);
}

static const struct dist *read_dist(struct reader *r, size_t at, size_t length) {
    size_t end = at + length, name = at;
    while (name < end && (is_name(r->text[name])))
        name++;
    if (name == end || name == at || r->text[name] != '(') {
        double value;
        if (!read_value(r, at, length, r->value, &value))
            return NULL;
        return make(r, (struct dist){.kind = DIST_CONST, .a = value});
    }
    if (++r->depth > NEST_LIMIT)
        return fail(r, at, "more than %d distributions within each other", NEST_LIMIT);
    struct call call = {.name = arena_strndup(r->arena, r->text + at, name - at), .at = at};
    const struct dist *dist = read_args(r, &call, name, end) ? read_call(r, &call) : NULL;
    r->depth--;
    return dist;
}

const struct dist *dist_read(struct arena *arena, const char *text, value_parser value, bool plain,
                             struct dist_error *error) {
    struct reader r = {.arena = arena, .text = text, .value = value, .error = error};
    size_t at = 0, end = strlen(text);
    trim(text, &at, &end);
    if (!plain)
        return read_dist(&r, at, end - at);
    double number;
    if (!read_value(&r, at, end - at, value, &number))
        return NULL;
    return make(&r, (struct dist){.kind = DIST_CONST, .a = number});
}
