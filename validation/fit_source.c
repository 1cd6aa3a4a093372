/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "validation/fit_source.h"

#include "validation/fit.h"
#include "validation/score.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct unit {
    const char *name;
    double factor;
} units[] = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"%", 0.01}, {"", 1}};

/* What follows the number: its unit ends at a comma, a parenthesis or the end. */
static const struct unit *find_unit(const char *text) {
    size_t n = strcspn(text, ",) ");
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strlen(units[i].name) == n && strncmp(units[i].name, text, n) == 0)
            return &units[i];
    return NULL;
}

/* The number that is the value or its mean; its length, 0: there is none. */
static size_t find_number(const char *text, size_t *skip, const struct unit **unit) {
    static const char *const forms[] = {"exp(", "const(", "with_mean(",
                                        "lognormal(mean=", "gamma(mean="};
    *skip = 0;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (strncmp(text, forms[i], strlen(forms[i])) == 0)
            *skip = strlen(forms[i]);
    char *end;
    double x = strtod(text + *skip, &end);
    *unit = find_unit(end);
    return isfinite(x) && *unit != NULL ? (size_t)(end - text) - *skip : 0;
}

/* One end of the range, in the unit of the value. */
static bool read_end(const char *text, const struct unit *unit, double *end) {
    size_t skip;
    const struct unit *own;
    if (text == NULL || find_number(text, &skip, &own) == 0)
        return false;
    *end = strtod(text + skip, NULL) * own->factor / unit->factor;
    return *end > 0;
}

/* ---- "fit 1 to hold, throughput of threads=1 think_ns=1000" ---- */

static char *next_word(char **at) {
    char *word = *at + strspn(*at, " ,");
    *at = word + strcspn(word, " ,");
    if (**at != '\0')
        *(*at)++ = '\0';
    return word;
}

static const char *read_stage(char **at, struct fit_source *source) {
    char *end, *word = next_word(at);
    unsigned long stage = strtoul(word, &end, 10);
    if (end == word || *end != '\0' || stage < 1 || stage > FIT_STAGES)
        return "expected the number of the fit, 1 to 20, after 'fit'";
    source->stage = (unsigned)stage;
    return strcmp(next_word(at), "to") == 0 ? NULL : "expected 'to' after the number of the fit";
}

static const char *read_quantities(char **at, struct fit_source *source) {
    for (;;) {
        char *word = next_word(at);
        unsigned found = 0;
        if (strcmp(word, "of") == 0 && source->quantities != 0)
            return NULL;
        for (int q = 0; q < QUANTITIES; q++)
            if (strcmp(word, quantity_names[q]) == 0)
                found = 1U << q;
        if (found == 0)
            return "expected what to fit to: throughput, wait, hold, contentions, r_contentions, "
                   "stat_hold, r_stat_hold or sleeps, and 'of' after the last";
        source->quantities |= found;
    }
}

static const char *read_filters(char **at, struct fit_source *source) {
    const struct row none = {.kind = ""};
    for (char *word = next_word(at); *word != '\0'; word = next_word(at)) {
        char *equals = strchr(word, '=');
        if (equals == NULL)
            return "expected rows as COLUMN=VALUE after 'of'";
        *equals = '\0';
        if (row_matches(&none, word, equals + 1) < 0)
            return "there is no such column in a table";
        source->filters[source->nfilters++] = (struct setting){word, equals + 1};
    }
    return NULL;
}

bool fit_source_read(struct arena *arena, struct diag *diag, const struct quantity *q,
                     struct fit_source *source, size_t *skip, size_t *n) {
    static const char begin[] =
        "calibrated: fit "; /* of a profile's numbers the origin comes first */
    const struct unit *unit;
    if (q->source == NULL || strncmp(q->source, begin, strlen(begin)) != 0)
        return false;
    size_t length = strlen(q->source);
    char *at = arena_strndup(arena, q->source + strlen(begin), length);
    *source = (struct fit_source){.filters = arena_array(arena, length, sizeof(struct setting))};
    const char *wrong = read_stage(&at, source);
    if (wrong == NULL)
        wrong = read_quantities(&at, source);
    if (wrong == NULL)
        wrong = read_filters(&at, source);
    *n = find_number(q->text, skip, &unit);
    if (wrong == NULL && *n == 0)
        wrong = "only a plain number can be fitted, or a mean: exp(1us), with_mean(1us, ...)";
    else if (wrong == NULL &&
             !(read_end(q->low, unit, &source->low) && read_end(q->high, unit, &source->high)))
        wrong = "what is fitted needs a range with ends above 0";
    if (wrong != NULL)
        diag_error(diag, q->pos, "%s: %s", q->path, wrong);
    return wrong == NULL;
}
