/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/text.h"

#include "base/arena.h"
#include "report/cells.h"

#include <math.h>
#include <string.h>

/*
 * Measured above predicted, a group of rows for each lock that was measured.
 * A fitted figure is called calibrated in its own row, and its ratio "fit".
 */
static const struct {
    const char *field, *title;
} columns[] = {{"contentions", "contentions"},   {"waittime-total", "wait total"},
               {"waittime-avg", "wait avg"},     {"acquisitions", "acquisitions"},
               {"holdtime-total", "hold total"}, {"holdtime-avg", "hold avg"}};
enum { COLUMNS = sizeof(columns) / sizeof(*columns), LABEL = 22, COLUMN = 13 };

struct group { /* neighbouring lines of one design and subject */
    const struct measured_line *lines;
    uint32_t n;
};

static bool same_text(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool is_profile(const struct measured_line *line) {
    return strcmp(line->field, "profile") == 0;
}

static struct group group_at(const struct measured_lines *all, uint32_t first) {
    const struct measured_line *head = &all->lines[first];
    struct group group = {head, 0};
    while (first + group.n < all->n && same_text(head->design, head[group.n].design) &&
           same_text(head->subject, head[group.n].subject) &&
           same_text(head->mode, head[group.n].mode) &&
           is_profile(head) == is_profile(&head[group.n]) &&
           head->calibrated == head[group.n].calibrated)
        group.n++;
    return group;
}

static const struct measured_line *column_of(const struct group *group, const char *field) {
    for (uint32_t i = 0; i < group->n; i++)
        if (strcmp(group->lines[i].field, field) == 0)
            return &group->lines[i];
    return NULL;
}

static const char *role(const struct measured_line *line) {
    return line->calibrated ? "calibrated" : "predicted";
}

static struct cell measured_cell(const struct measured_line *line) {
    return cell_value(line->unit, line->measured);
}

static struct cell predicted_cell(const struct measured_line *line) {
    return cell_value(line->unit, line->predicted.mean);
}

/* The prediction's interval, relative, is also that of its ratio. */
static struct cell ratio_cell(const struct measured_line *line) {
    struct cell cell = cell_ratio(line->ratio);
    size_t n = strlen(cell.text);
    if (isfinite(line->ratio))
        snprintf(cell.text + n, sizeof(cell.text) - n, " %.8s",
                 cell_precision(line->predicted).text);
    return cell;
}

static void put_row(const struct group *group, const char *label,
                    struct cell (*cell)(const struct measured_line *), FILE *out) {
    put_padded(out, label, LABEL);
    int skipped = 0;
    for (int i = 0; i < (int)COLUMNS; i++, skipped++) {
        const struct measured_line *line = column_of(group, columns[i].field);
        if (line == NULL)
            continue;
        fprintf(out, "%*s", COLUMN * (skipped + 1), cell(line).text);
        skipped = -1;
    }
    fputc('\n', out);
}

static void put_columns(struct arena *arena, const struct group *group, FILE *out) {
    const struct measured_line *head = group->lines;
    const char *name = head->mode == NULL
                           ? head->subject
                           : arena_printf(arena, "%s (%s)", head->subject, head->mode);
    bool any = false, shares = false;
    for (int i = 0; i < (int)COLUMNS; i++)
        any |= column_of(group, columns[i].field) != NULL;
    for (uint32_t i = 0; i < group->n; i++)
        shares |= group->lines[i].unit == UNIT_SHARE;
    if (any || shares)
        fprintf(out, "%s, %s\n", head->design, name);
    if (!any)
        return;
    put_row(group, "  measured", measured_cell, out);
    put_row(group, head->calibrated ? "  calibrated" : "  predicted", predicted_cell, out);
    put_row(group, head->calibrated ? "  fit" : "  ratio", ratio_cell, out);
}

static size_t symbol_length(const char *site) {
    return strcspn(site, "+");
}

/* Shares of a whole, each with what was measured. */
static void put_shares(struct arena *arena, const struct group *group, const char *field,
                       const char *title, FILE *out) {
    const char *text = NULL;
    for (uint32_t i = 0; i < group->n; i++) {
        const struct measured_line *line = &group->lines[i];
        if (line->site == NULL || strcmp(line->field, field) != 0)
            continue;
        text =
            arena_printf(arena, "%s %.*s %s (%s)",
                         text == NULL ? arena_printf(arena, "%s, %s (measured):", title, role(line))
                                      : arena_printf(arena, "%s,", text),
                         (int)symbol_length(line->site), line->site,
                         cell_share(line->predicted.mean).text, cell_share(line->measured).text);
    }
    if (text == NULL)
        return;
    put_wrapped(out, text, 4);
}

static void put_plain_line(struct arena *arena, const struct measured_line *line, FILE *out) {
    const char *at = line->site != NULL ? arena_printf(arena, " at %s", line->site) : "";
    put_wrapped(out,
                arena_printf(arena, "%s, %s %s%s: %s %s, measured %s, %s %s", line->design,
                             line->subject != NULL ? line->subject : "all measured locks",
                             line->field, at, role(line),
                             cell_interval(line->unit, line->predicted).text,
                             cell_value(line->unit, line->measured).text,
                             line->calibrated ? "fit" : "ratio", cell_ratio(line->ratio).text),
                2);
}

static bool is_lock_group(const struct group *group) {
    return group->lines->subject != NULL &&
           measured_subject_of(group->lines->field) == MEASURED_LOCK;
}

/* What is neither a column of lock_stat nor a share. */
static void put_other_views(struct arena *arena, const struct group *group, FILE *out) {
    for (uint32_t i = 0; i < group->n; i++)
        if (lock_stat_field_find(group->lines[i].field) == NULL &&
            group->lines[i].unit != UNIT_SHARE)
            put_plain_line(arena, &group->lines[i], out);
}

/* Titles of columns only if there are any. */
static void put_title(const struct measured_lines *all, FILE *out) {
    bool columned = false;
    for (uint32_t i = 0; i < all->n; i++)
        columned |= is_lock_group(&(struct group){&all->lines[i], 1});
    if (!columned) {
        fputs("against measurement\n", out);
        return;
    }
    put_padded(out, "against measurement", LABEL);
    for (int i = 0; i < (int)COLUMNS; i++)
        fprintf(out, "%*s", COLUMN, columns[i].title);
    fputc('\n', out);
}

void text_measured(struct arena *arena, const struct report *report, FILE *out) {
    const struct measured_lines *all = &report->measured;
    if (all->n == 0)
        return;
    fputc('\n', out);
    put_title(all, out);
    struct group group;
    for (uint32_t i = 0; i < all->n; i += group.n) {
        group = group_at(all, i);
        if (is_lock_group(&group)) {
            put_columns(arena, &group, out);
            put_shares(arena, &group, "waiters", "  waiters", out);
            put_shares(arena, &group, "holders", "  holders", out);
            put_other_views(arena, &group, out);
            continue;
        }
        if (is_profile(group.lines)) {
            const char *title = arena_printf(arena, "%s, CPU time", group.lines->design);
            put_shares(arena, &group, "profile", title, out);
            continue;
        }
        for (uint32_t k = 0; k < group.n; k++)
            put_plain_line(arena, &group.lines[k], out);
    }
}
