/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Predicted against measured, a line for each figure; and the same as a table for documents. */
#include "base/arena.h"
#include "report/measured_labels.h"
#include "report/notes.h"
#include "report/text.h"
#include "report/writers.h"

#include <math.h>

enum { NAME = 30, VALUE = 9, INTERVAL = 18, RATIO = 6, TOLERANCE = 9 };

/* ---- cells ---- */

static struct cell interval_cell(const struct measured_line *line) {
    struct cell cell = {""};
    if (isfinite(line->predicted.lo) && isfinite(line->predicted.hi))
        snprintf(cell.text, sizeof(cell.text), "%.20s..%.20s",
                 cell_value(line->unit, line->predicted.lo).text,
                 cell_value(line->unit, line->predicted.hi).text);
    return cell;
}

static struct cell tolerance_cell(const struct validated_line *line) {
    struct cell cell = {""};
    if (isfinite(line->tolerance))
        snprintf(cell.text, sizeof(cell.text), "%.3g%s", 100 * line->tolerance,
                 line->line.unit == UNIT_SHARE ? " points" : "%");
    return cell;
}

static const char *role_of(const struct measured_line *line) {
    return line->calibrated ? "calibrated" : "predicted";
}

/* ---- the table on a terminal ---- */

static void put_titles(const char *heading, const struct measured_line *line, FILE *out) {
    fputc('\n', out);
    put_padded(out, heading, NAME);
    fprintf(out, "%*s %*s %*s %*s %*s\n", VALUE, "measured", VALUE + 1, role_of(line), INTERVAL,
            "95% interval", RATIO, "ratio", TOLERANCE, "tolerance");
}

static void put_line(struct arena *arena, const struct validated_line *line, FILE *out) {
    const struct measured_line *l = &line->line;
    put_padded(out, label_line(arena, l), NAME);
    fprintf(out, "%*s %*s %*s %*s %*s  %s%s\n", VALUE, cell_value(l->unit, l->measured).text,
            VALUE + 1, cell_value(l->unit, l->predicted.mean).text, INTERVAL, interval_cell(l).text,
            RATIO, label_ratio(l).text, TOLERANCE, tolerance_cell(line).text,
            verdict_name(line->verdict), line->unsure ? "?" : "");
}

/* "predicted: 12 ok, 3 outside; calibrated: 10 fitted, 1 outside; 6 not scored" */
static const char *summary(struct arena *arena, const struct validation *v) {
    uint32_t predicted = v->counts[VERDICT_OUTSIDE] - v->outside_fitted;
    const char *text =
        arena_printf(arena, "predicted: %u ok, %u outside", v->counts[VERDICT_OK], predicted);
    if (v->counts[VERDICT_FITTED] + v->outside_fitted > 0)
        text = arena_printf(arena, "%s; calibrated: %u fitted, %u outside", text,
                            v->counts[VERDICT_FITTED], v->outside_fitted);
    if (v->counts[VERDICT_NOT_SCORED] > 0)
        text = arena_printf(arena, "%s; %u not scored", text, v->counts[VERDICT_NOT_SCORED]);
    return text;
}

static void put_notes(struct arena *arena, const struct report *report, FILE *out) {
    struct notes notes = notes_of_validation(arena, report);
    for (uint32_t i = 0; i < notes.n; i++)
        put_wrapped(out, arena_printf(arena, "- %s", notes.texts[i]), 2);
}

void validation_text(struct arena *arena, const struct report *report, FILE *out) {
    const struct validation *v = report->validation;
    struct headings at = {0};
    text_header(arena, report->result, out);
    for (uint32_t i = 0; i < v->n; i++) {
        const struct measured_line *line = &v->lines[i].line;
        headings_next(arena, &at, line);
        if (at.table_heading != NULL)
            put_titles(at.table_heading, line, out);
        if (at.group_heading != NULL)
            fprintf(out, "  %s\n", at.group_heading);
        put_line(arena, &v->lines[i], out);
    }
    fprintf(out, "\n%s\n", summary(arena, v));
    put_notes(arena, report, out);
}

/* ---- markdown ---- */

static void put_markdown_cell(const char *text, FILE *out) {
    fputs("| ", out);
    for (; *text != '\0'; text++) {
        if (*text == '|')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc(' ', out);
}

static void put_markdown_line(struct arena *arena, const struct validated_line *line, FILE *out) {
    const struct measured_line *l = &line->line;
    const char *verdict =
        arena_printf(arena, "%s%s", verdict_name(line->verdict), line->unsure ? "?" : "");
    put_markdown_cell(l->design, out);
    put_markdown_cell(label_subject(arena, l), out);
    put_markdown_cell(label_field(arena, l), out);
    put_markdown_cell(cell_value(l->unit, l->measured).text, out);
    put_markdown_cell(cell_interval(l->unit, l->predicted).text, out);
    put_markdown_cell(role_of(l), out);
    put_markdown_cell(label_ratio(l).text, out);
    put_markdown_cell(tolerance_cell(line).text, out);
    put_markdown_cell(verdict, out);
    fputs("|\n", out);
}

void validation_markdown(struct arena *arena, const struct report *report, FILE *out) {
    const struct validation *v = report->validation;
    fputs(
        "| design | of | figure | measured | simulated (95 % interval) | role | ratio | tolerance "
        "| verdict |\n"
        "| --- | --- | --- | --: | --: | --- | --: | --: | --- |\n",
        out);
    for (uint32_t i = 0; i < v->n; i++)
        put_markdown_line(arena, &v->lines[i], out);
    fprintf(out, "\n%s\n", summary(arena, v));
}
