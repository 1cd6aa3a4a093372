/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which numbers of a scenario are fitted, between what ends, and how they are written. */
#include "base/arena.h"
#include "base/units.h"
#include "experiment/calibrate_parts.h"
#include "experiment/programs.h"
#include "scenario/value_number.h"

#include <math.h>
#include <string.h>

struct finder {
    struct arena *arena;
    struct diag *diag;
    const struct calibrate_plan *plan;
    struct parameters *out;
    struct pos pos; /* of the --vary, or of the quantity */
};

static bool fail(const struct finder *f, const char *path, const char *why) {
    diag_error(f->diag, f->pos, "%s: %s", path, why);
    return false;
}

/* ---- quantities ---- */

static const struct quantity *find_quantity(const struct scenario *scenario, const char *path,
                                            size_t length) {
    for (uint32_t i = 0; i < scenario->nquantities; i++) {
        const struct quantity *q = scenario->quantities[i];
        if (strlen(q->path) == length && strncmp(q->path, path, length) == 0)
            return q;
    }
    return NULL;
}

static bool no_quantity(const struct finder *f, const char *path) {
    const struct scenario *scenario = f->out->scenario;
    const char **names = arena_array(f->arena, scenario->nquantities, sizeof(*names));
    for (uint32_t i = 0; i < scenario->nquantities; i++)
        names[i] = scenario->quantities[i]->path;
    const char *near = nearest_name(path, names, scenario->nquantities);
    return fail(f, path,
                near != NULL
                    ? arena_printf(f->arena, "no number has this path, did you mean %s?", near)
                    : "no number has this path; sim check lists them");
}

/* The quantity itself, or one of its arguments. */
static bool resolve(const struct finder *f, struct parameter *p) {
    const struct scenario *scenario = f->out->scenario;
    const char *dot = strrchr(p->path, '.');
    p->part = "";
    p->quantity = find_quantity(scenario, p->path, strlen(p->path));
    if (p->quantity == NULL && dot != NULL) {
        p->quantity = find_quantity(scenario, p->path, (size_t)(dot - p->path));
        p->part = dot + 1;
    }
    if (p->quantity == NULL)
        return no_quantity(f, p->path);
    if (strncmp(p->path, "run.", 4) == 0)
        return fail(f, p->path, "how long is simulated is not fitted");
    if (p->quantity->expression != NULL)
        return fail(f, p->path,
                    arena_printf(f->arena, "is computed from %s: vary what it is computed from",
                                 p->quantity->expression));
    return true;
}

/* ---- ranges ---- */

static bool read_end(const struct finder *f, const char *text, size_t n, struct amount *amount) {
    struct value_number number;
    if (!value_number_find(f->arena, arena_strndup(f->arena, text, n), "", &number))
        return false;
    *amount = number.amount;
    return true;
}

/* "1us..16us" for 4us, as it is written: a quarter to four times as much */
static const char *range_around(const struct finder *f, const char *text,
                                const struct value_number *number) {
    const double value = number->amount.value;
    const char *old = arena_strndup(f->arena, text + number->at, number->length);
    const struct value_number alone = {0, number->length, number->amount};
    bool share = old[number->length - 1] == '%';
    bool whole = number->amount.dimension == 0 && !share && value == floor(value);
    double low = whole ? fmax(floor(value / 4), 1) : value / 4;
    double high = share ? fmin(4 * value, 1) : 4 * value;
    return arena_printf(f->arena, "%s..%s", value_number_put(f->arena, old, &alone, low),
                        value_number_put(f->arena, old, &alone, high));
}

static bool no_range(const struct finder *f, const struct parameter *p,
                     const struct value_number *number) {
    return fail(f, p->path,
                arena_printf(f->arena, "has no range: give one, %s=%s", p->path,
                             range_around(f, p->text, number)));
}

/* What could be varied instead. */
static bool no_such_number(const struct finder *f, const struct parameter *p) {
    const char *path = p->quantity->path, *text = p->quantity->text;
    const char *known = path;
    for (const char *const *part = value_number_parts(f->arena, text); *part != NULL; part++)
        known = arena_printf(f->arena, "%s, %s.%s", known, path, *part);
    return fail(f, p->path,
                arena_printf(f->arena, "there is no such number in %s; it has %s%s", text, known,
                             strcmp(p->part, "cv") == 0
                                 ? ", and as lognormal(mean=..., cv=...) it would have a cv"
                                 : ""));
}

static bool read_range(const struct finder *f, struct parameter *p,
                       const struct value_number *number, const char *range) {
    const char *dots = strstr(range, "..");
    struct amount low, high;
    bool read = dots != NULL && read_end(f, range, (size_t)(dots - range), &low) &&
                read_end(f, dots + 2, strlen(dots + 2), &high);
    if (read &&
        (low.dimension != number->amount.dimension || high.dimension != number->amount.dimension))
        return fail(f, p->path,
                    arena_printf(f->arena, "the range %s is not of the kind of %s", range,
                                 p->quantity->text));
    if (!read)
        return fail(f, p->path,
                    arena_printf(f->arena, "expected a range such as %s, not '%s'",
                                 range_around(f, p->text, number), range));
    if (!(low.value > 0 && low.value < high.value))
        return fail(f, p->path, "a range must begin above 0 and ascend");
    p->low = low.value;
    p->high = high.value;
    return true;
}

/* ---- the number within the value ---- */

/* Where the text of a distribution does not say its mean, it is given one. */
static const char *text_with_size(const struct finder *f, const struct quantity *q) {
    struct value_number number;
    if (q->dist->kind == DIST_CONST || value_number_find(f->arena, q->text, "", &number))
        return q->text;
    struct amount mean = {dist_mean(q->dist), 1};
    return arena_printf(f->arena, "with_mean(%s, %s)", amount_text(f->arena, &mean), q->text);
}

static enum unit unit_of(const char *text, const struct value_number *number) {
    if (number->amount.dimension != 0)
        return number->amount.dimension > 0 ? UNIT_TIME : UNIT_RATE;
    return text[number->at + number->length - 1] == '%' ? UNIT_SHARE : UNIT_RATIO;
}

static bool find_number(const struct finder *f, struct parameter *p,
                        const struct value_number *number, const char *range) {
    p->start = number->amount.value;
    p->unit = unit_of(p->text, number);
    if (!read_range(f, p, number, range))
        return false;
    return (p->start >= p->low && p->start <= p->high) ||
           fail(f, p->path,
                arena_printf(f->arena, "is %s, which is outside of its range %s", p->quantity->text,
                             range));
}

/* Counts must be whole: the scenario says so itself, of a value that is not. */
static bool is_good(const struct finder *f, const struct parameter *p, const char *value) {
    const struct calibrate_plan *plan = f->plan;
    struct arena *arena = arena_new();
    struct diag *diag = diag_new();
    struct setting *settings = arena_array(arena, plan->nsettings + 1, sizeof(*settings));
    if (plan->nsettings > 0)
        memcpy(settings, plan->settings, plan->nsettings * sizeof(*settings));
    settings[plan->nsettings] = (struct setting){p->quantity->path, value};
    const struct scenario *scenario = scenario_load(arena, diag, plan->file, plan->text,
                                                    plan->length, settings, plan->nsettings + 1);
    const char **names = arena_array(arena, 1, sizeof(*names));
    if (scenario != NULL) {
        names[0] =
            plan->ntargets > 0 ? plan->targets[0].design.text : scenario->designs[0].name.text;
        programs_compile(arena, diag, scenario, names, 1);
    }
    bool good = diag_errors(diag) == 0;
    diag_free(diag);
    arena_free(arena);
    return good;
}

static bool must_be_whole(const struct finder *f, const struct parameter *p) {
    struct value_number number;
    if (p->start != floor(p->start) || p->start < 1 || p->part[0] != '\0' ||
        !value_number_find(f->arena, p->text, "", &number) || number.amount.dimension != 0)
        return false;
    return !is_good(f, p, arena_printf(f->arena, "%.0f.5", p->start));
}

/* ---- all of them ---- */

static bool is_there(const struct finder *f, const struct parameter *p) {
    for (uint32_t i = 0; i < f->out->n; i++) {
        const struct parameter *other = &f->out->items[i];
        struct pos a = other->quantity->pos, b = p->quantity->pos;
        if (a.source == b.source && a.line == b.line && a.col == b.col &&
            strcmp(other->part, p->part) == 0)
            return true;
    }
    return false;
}

static bool add(struct finder *f, const char *path, const char *range) {
    struct parameter *p = &f->out->items[f->out->n];
    *p = (struct parameter){.path = path};
    if (!resolve(f, p))
        return false;
    p->text = p->part[0] == '\0' ? text_with_size(f, p->quantity) : p->quantity->text;
    struct value_number number;
    if (!value_number_find(f->arena, p->text, p->part, &number))
        return no_such_number(f, p);
    if (number.amount.value == 0)
        return fail(f, path, "is 0, which has no logarithm: set it to something to begin with");
    if (range == NULL && (p->quantity->low == NULL || p->part[0] != '\0'))
        return no_range(f, p, &number);
    if (range == NULL)
        range = arena_printf(f->arena, "%s..%s", p->quantity->low, p->quantity->high);
    if (is_there(f, p))
        return fail(f, path, "the same number is named twice");
    if (!find_number(f, p, &number, range))
        return false;
    p->whole = must_be_whole(f, p);
    if (p->whole)
        p->unit = UNIT_COUNT;
    f->out->n++;
    return true;
}

static void add_named(struct finder *f) {
    for (uint32_t i = 0; i < f->plan->nvary; i++) {
        const struct calibrate_vary *vary = &f->plan->vary[i];
        const char *text = vary->range == NULL
                               ? vary->path
                               : arena_printf(f->arena, "%s=%s", vary->path, vary->range);
        f->pos = (struct pos){
            .source = diag_source(f->diag, "--vary", text, strlen(text)), .line = 1, .col = 1};
        add(f, vary->path, vary->range);
    }
}

static bool begins_at_zero(const struct finder *f, const struct quantity *q) {
    struct amount low;
    bool zero = read_end(f, q->low, strlen(q->low), &low) && low.value == 0;
    if (zero)
        diag_warn(f->diag, q->pos,
                  "%s is not fitted: its range begins at 0, which has no logarithm", q->path);
    return zero;
}

/* An alias is another name of a number that is there already. */
static void add_assumed(struct finder *f) {
    const struct scenario *scenario = f->out->scenario;
    for (uint32_t i = 0; i < scenario->nquantities; i++) {
        const struct quantity *q = scenario->quantities[i];
        const struct parameter same = {.quantity = q, .part = ""};
        bool assumed = q->origin == ORIGIN_ASSUMED && q->low != NULL && q->expression == NULL;
        f->pos = q->pos;
        if (assumed && strncmp(q->path, "run.", 4) != 0 && !is_there(f, &same) &&
            !begins_at_zero(f, q))
            add(f, q->path, NULL);
    }
}

bool parameters_find(struct arena *arena, struct diag *diag, const struct calibrate_plan *plan,
                     const struct scenario *scenario, struct parameters *out) {
    uint32_t most = plan->nvary > 0 ? plan->nvary : scenario->nquantities;
    struct finder f = {.arena = arena, .diag = diag, .plan = plan, .out = out};
    *out = (struct parameters){.scenario = scenario};
    out->items = arena_array(arena, most, sizeof(*out->items));
    if (plan->nvary > 0)
        add_named(&f);
    else
        add_assumed(&f);
    if (diag_errors(diag) == 0 && out->n == 0)
        diag_error(diag, (struct pos){0},
                   "nothing to fit: no number is assumed and states a range; name some with "
                   "--vary PATH=LOW..HIGH");
    return diag_errors(diag) == 0;
}

/* ---- values ---- */

const char *parameter_text(struct arena *arena, const struct parameters *all, uint32_t index,
                           const double *values) {
    const struct quantity *quantity = all->items[index].quantity;
    const char *text = all->items[index].text;
    for (uint32_t i = 0; i < all->n; i++) /* a text that has a size has all arguments, too */
        if (all->items[i].quantity == quantity && all->items[i].part[0] == '\0')
            text = all->items[i].text;
    for (uint32_t i = 0; i < all->n; i++) {
        struct value_number number;
        if (all->items[i].quantity == quantity &&
            value_number_find(arena, text, all->items[i].part, &number))
            text = value_number_put(arena, text, &number, values[i]);
    }
    return text;
}

const char *parameter_number(struct arena *arena, const struct parameter *parameter,
                             const char *text) {
    struct value_number number;
    if (!value_number_find(arena, text, parameter->part, &number))
        value_number_find(arena, text = parameter->text, parameter->part, &number);
    return arena_strndup(arena, text + number.at, number.length);
}

double parameter_round(struct arena *arena, const struct parameter *p, double value) {
    value = fmin(fmax(value, p->low), p->high);
    if (value == p->start)
        return value;
    if (p->whole)
        return fmin(fmax(round(value), ceil(p->low)), floor(p->high));
    struct value_number number;
    value_number_find(arena, p->text, p->part, &number);
    value_number_find(arena, value_number_put(arena, p->text, &number, value), p->part, &number);
    return number.amount.value;
}
