/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of the table as what was measured. */
#include "base/arena.h"
#include "import/model_writer.h"

#include <string.h>

/* The same once: a damaged table may have it twice, and names that are no text are written alike.
 */
static void put_sites(struct text *t, const char *key, const struct import_site *sites,
                      uint32_t n) {
    if (n == 0)
        return;
    const char **names = arena_array(t->arena, n, sizeof(*names));
    unsigned long long *counts = arena_array(t->arena, n, sizeof(*counts));
    uint32_t different = 0;
    for (uint32_t i = 0; i < n; i++) {
        const char *name = text_quoted(t, sites[i].site);
        uint32_t at = 0;
        while (at < different && strcmp(names[at], name) != 0)
            at++;
        different += at == different;
        names[at] = name;
        counts[at] += sites[i].count;
    }
    text_put(t, "    %s: {", key);
    for (uint32_t i = 0; i < different; i++)
        text_put(t, "%s%s: %llu", i > 0 ? ", " : "", names[i], counts[i]);
    text_put(t, "}\n");
}

/* Older versions of lock_stat have no averages: they follow from the totals. */
static bool value_of(const struct model_mode *mode, enum import_field field, double *value) {
    static const enum model_figure none = MODEL_FIGURES;
    enum model_figure figure = field == IMPORT_WAIT_AVG   ? FIGURE_WAIT
                               : field == IMPORT_HOLD_AVG ? FIGURE_HOLD
                                                          : none;
    bool known = figure != none && mode->given[figure];
    *value = known ? mode->figure[figure] : mode->row->value[field];
    return known || import_has(mode->row, field);
}

static void put_fields(struct text *t, const struct model_mode *mode) {
    double value;
    for (int i = 0; i < LOCK_STAT_FIELDS; i++) {
        const struct lock_stat_field *field = &lock_stat_fields[i];
        if (!value_of(mode, (enum import_field)i, &value))
            continue;
        if (lock_stat_field_is_time(field))
            text_put(t, "    %s: %.12gus\n", field->name, value * 1e6);
        else
            text_put(t, "    %s: %.0f\n", field->name, value);
    }
}

static void put_perf_fields(struct text *t, const struct model_mode *mode) {
    static const struct {
        const char *name;
        enum import_field field;
    } names[] = {{"perf-contended", IMPORT_CONTENTIONS},
                 {"perf-total-wait", IMPORT_WAIT_TOTAL},
                 {"perf-max-wait", IMPORT_WAIT_MAX},
                 {"perf-avg-wait", IMPORT_WAIT_AVG}};
    double value;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!value_of(mode, names[i].field, &value))
            continue;
        if (names[i].field == IMPORT_CONTENTIONS)
            text_put(t, "    %s: %.0f\n", names[i].name, value);
        else
            text_put(t, "    %s: %.12gus\n", names[i].name, value * 1e6);
    }
}

/* The averages of these tools are over all acquisitions, as those of the true view. */
static void put_true_fields(struct text *t, const struct import_class *row) {
    double n = row->value[IMPORT_ACQUISITIONS];
    text_put(t, "    acquisitions: %.0f\n", n);
    if (import_has(row, IMPORT_WAIT_TOTAL) && n > 0)
        text_put(t, "    wait-avg: %.12gus\n", row->value[IMPORT_WAIT_TOTAL] / n * 1e6);
    if (import_has(row, IMPORT_HOLD_TOTAL) && n > 0)
        text_put(t, "    hold-avg: %.12gus\n", row->value[IMPORT_HOLD_TOTAL] / n * 1e6);
}

void text_put_measured(struct text *t) {
    const struct model *model = t->model;
    bool both = model->modes[0].row != NULL && model->modes[1].row != NULL;
    text_put(t, "\nmeasured:\n");
    for (int m = 0; m < MODEL_MODES; m++) {
        const struct import_class *row = model->modes[m].row;
        if (row == NULL)
            continue;
        text_put(t, "  - design: measured\n    lock: %s\n    role: calibrated\n", model->lock);
        text_put(t, "    source: %s\n",
                 text_quoted(t, arena_printf(t->arena, "%s, line %u", t->run->source, row->line)));
        if (model->modes[1].row != NULL && !model->perf && !model->every_wait)
            text_put(t, "    mode: %s\n", m == 1 ? "read" : "write");
        text_put(t, "    window: %s\n", text_time(t, model->elapsed, 12));
        if (model->perf)
            put_perf_fields(t, &model->modes[m]);
        else if (model->every_wait)
            put_true_fields(t, row);
        else
            put_fields(t, &model->modes[m]);
        if (m == 1 && both) /* the two rows have the same points */
            continue;
        put_sites(t, "waiters", row->waiters, row->nwaiters);
        put_sites(t, "holders", row->holders, row->nholders);
    }
}
