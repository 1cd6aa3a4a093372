/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/measured_labels.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

static bool same_text(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool is_profile(const struct measured_line *line) {
    return strcmp(line->field, "profile") == 0;
}

static const char *symbol_of(struct arena *arena, const char *site) {
    return arena_strndup(arena, site, strcspn(site, "+"));
}

const char *label_subject(struct arena *arena, const struct measured_line *line) {
    if (is_profile(line))
        return "CPU time";
    if (line->subject == NULL)
        return "all measured locks";
    return line->mode != NULL ? arena_printf(arena, "%s (%s)", line->subject, line->mode)
                              : line->subject;
}

const char *label_field(struct arena *arena, const struct measured_line *line) {
    return line->site == NULL
               ? line->field
               : arena_printf(arena, "%s %s", line->field, symbol_of(arena, line->site));
}

const char *label_line(struct arena *arena, const struct measured_line *line) {
    if (line->site == NULL)
        return arena_printf(arena, "  %s", line->field);
    const char *text = line->unit == UNIT_SHARE ? symbol_of(arena, line->site) : line->field;
    return arena_printf(arena, "    %s", text);
}

struct cell label_ratio(const struct measured_line *line) {
    struct cell cell = cell_ratio(line->ratio);
    if (line->unit == UNIT_SHARE)
        snprintf(cell.text, sizeof(cell.text), "%+.1f",
                 100 * (line->predicted.mean - line->measured));
    return cell;
}

static bool same_table(const struct measured_line *a, const struct measured_line *b) {
    return strcmp(a->design, b->design) == 0 && same_text(a->subject, b->subject) &&
           same_text(a->mode, b->mode) && a->calibrated == b->calibrated &&
           is_profile(a) == is_profile(b);
}

/* Figures of sites stand under what they are shares of, those of perf under the site. */
static const char *group_of(struct arena *arena, const struct measured_line *line) {
    if (line->site == NULL)
        return NULL;
    return line->unit == UNIT_SHARE ? line->field
                                    : arena_printf(arena, "at %s", symbol_of(arena, line->site));
}

void headings_next(struct arena *arena, struct headings *at, const struct measured_line *line) {
    const char *group = group_of(arena, line);
    at->table_heading = at->group_heading = NULL;
    if (at->last == NULL || !same_table(at->last, line)) {
        at->table_heading = arena_printf(arena, "%s, %s", line->design, label_subject(arena, line));
        at->group = NULL;
    }
    if (!same_text(group, at->group))
        at->group_heading = group;
    at->group = group;
    at->last = line;
}
