/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "report/calibration.h"
#include "report/measured_labels.h"
#include "report/writers.h"

#include <math.h>

enum { PATH = 34, NUMBER = 10, INTERVAL = 18, RANGE = 20 };
enum { FIELD = 30, VALUE = 9, RATIO = 6, SHARE = 7, RESIDUAL = 9 };

static uint32_t count_calibrated(const struct calibration *c) {
    uint32_t n = 0;
    for (uint32_t j = 0; j < c->nparameters; j++)
        n += c->parameters[j].verdict == CALIBRATED;
    return n;
}

static uint32_t count_fitted(const struct calibration *c) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->nfields; i++)
        n += c->fields[i].fitted;
    return n;
}

static void put_header(struct arena *arena, const struct calibration *c, FILE *out) {
    const char *designs = "", *length = "until done";
    for (uint32_t i = 0; i < c->ndesigns; i++)
        designs = arena_printf(arena, "%s%s%s", designs, i > 0 ? ", " : "", c->designs[i]);
    if (!isnan(c->duration))
        length = arena_printf(arena, "of %s", cell_time(c->duration).text);
    put_wrapped(out, c->scenario->title, 2);
    put_wrapped(
        out,
        arena_printf(arena,
                     "%s: %u of %u parameters calibrated to %u fields; %u experiments of %u "
                     "replications %s in %s; intervals are 95%%",
                     designs, count_calibrated(c), c->nparameters, count_fitted(c), c->experiments,
                     c->replications, length, cell_time(c->wall).text),
        2);
}

static void put_parameters(struct arena *arena, const struct calibration *c, FILE *out) {
    fputc('\n', out);
    put_padded(out, "parameter", PATH);
    fprintf(out, "%*s %*s %*s %*s\n", NUMBER, "was", NUMBER, "is", INTERVAL, "interval", RANGE,
            "range");
    for (uint32_t j = 0; j < c->nparameters; j++) {
        const struct calibrate_parameter *p = &c->parameters[j];
        put_tail(out, p->path, PATH);
        fprintf(out, "%*s %*s %*s %*s\n", NUMBER, p->was, NUMBER,
                p->verdict == CALIBRATED ? p->is : "kept", INTERVAL,
                arena_printf(arena, "%s..%s", cell_value(p->unit, p->lo).text,
                             cell_value(p->unit, p->hi).text),
                RANGE,
                arena_printf(arena, "%s..%s", cell_value(p->unit, p->low).text,
                             cell_value(p->unit, p->high).text));
    }
}

/* "+0.3", of what was fitted; how much a field weighs, and how far it may be off. */
static void put_weight(const struct calibrate_field *field, FILE *out) {
    if (!field->fitted) {
        fprintf(out, "%*s\n", SHARE, "-");
        return;
    }
    fprintf(out, "%*s %*s %*.1f\n", SHARE, cell_share(field->sigma).text, SHARE,
            cell_share(field->weight).text, RESIDUAL, field->residual);
}

static void put_field(struct arena *arena, const struct calibrate_field *field, FILE *out) {
    const struct measured_line *line = &field->after;
    put_padded(out, label_line(arena, line), FIELD);
    fprintf(out, "%*s %*s %*s %*s ", VALUE, cell_value(line->unit, line->measured).text, VALUE,
            cell_value(line->unit, field->before.predicted.mean).text, VALUE,
            cell_value(line->unit, line->predicted.mean).text, RATIO, label_ratio(line).text);
    put_weight(field, out);
}

static void put_titles(const char *heading, FILE *out) {
    fputc('\n', out);
    put_padded(out, heading, FIELD);
    fprintf(out, "%*s %*s %*s %*s %*s %*s %*s\n", VALUE, "measured", VALUE, "was", VALUE, "is",
            RATIO, "ratio", SHARE, "error", SHARE, "weight", RESIDUAL, "residual");
}

static void put_fields(struct arena *arena, const struct calibration *c, FILE *out) {
    struct headings at = {0};
    for (uint32_t i = 0; i < c->nfields; i++) {
        headings_next(arena, &at, &c->fields[i].after);
        if (at.table_heading != NULL)
            put_titles(at.table_heading, out);
        if (at.group_heading != NULL)
            fprintf(out, "  %s\n", at.group_heading);
        put_field(arena, &c->fields[i], out);
    }
}

static void put_squares(struct arena *arena, const struct calibration *c, FILE *out) {
    bool all = count_calibrated(c) == c->nparameters;
    const char *joint =
        all ? "" : arena_printf(arena, ", with all parameters fitted %.3g", c->chi2_joint);
    fprintf(out, "\nsum of squared residuals %.3g, was %.3g%s; degrees of freedom %d\n", c->chi2,
            c->chi2_before, joint, c->freedom);
}

void calibration_text(struct arena *arena, const struct calibration *calibration, FILE *out) {
    put_header(arena, calibration, out);
    put_parameters(arena, calibration, out);
    put_fields(arena, calibration, out);
    put_squares(arena, calibration, out);
    struct notes notes = calibration_notes(arena, calibration);
    for (uint32_t i = 0; i < notes.n; i++)
        put_wrapped(out, arena_printf(arena, "- %s", notes.texts[i]), 2);
}
