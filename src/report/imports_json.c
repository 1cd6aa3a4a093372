/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of measurements in the order of their files, in the words and the units of the tools. */
#include "report/json_values.h"
#include "report/writers.h"

/* Totals of 0.01 us in days; more digits would be noise of binary fractions. */
enum { DIGITS = 15 };

static json_t *sites(const struct import_site *at, uint32_t n) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < n; i++)
        json_array_append_new(list, json_pack("{s:o, s:I}", "site", json_text(at[i].site), "count",
                                              (json_int_t)at[i].count));
    return list;
}

static json_t *field_value(const struct import_class *c, int field) {
    if (lock_stat_fields[field].kind == FIELD_COUNT)
        return json_integer((json_int_t)c->value[field]);
    return json_number(c->value[field] * 1e6);
}

static json_t *class_object(const struct import_class *c) {
    const char mode[] = {c->mode, '\0'};
    json_t *object = json_pack("{s:o, s:s, s:I}", "name", json_text(c->name), "mode", mode, "line",
                               (json_int_t)c->line);
    for (int i = 0; i < LOCK_STAT_FIELDS; i++)
        if (import_has(c, (enum import_field)i))
            json_object_set_new(object, lock_stat_fields[i].key, field_value(c, i));
    json_object_set_new(object, "waiters", sites(c->waiters, c->nwaiters));
    json_object_set_new(object, "holders", sites(c->holders, c->nholders));
    json_object_set_new(object, "tool", json_text(c->tool));
    json_object_set_new(object, "table", json_integer(c->table));
    if (c->type != NULL)
        json_object_set_new(object, "type", json_text(c->type));
    if (c->id != NULL)
        json_object_set_new(object, "id", json_text(c->id));
    return object;
}

void imports_json(struct arena *arena, const struct import_report *report, FILE *out) {
    (void)arena;
    json_t *classes = json_array();
    for (uint32_t i = 0; i < report->n; i++) {
        json_t *object = class_object(report->rows[i].row);
        if (report->several)
            json_object_set_new(object, "file", json_text(report->rows[i].file));
        json_array_append_new(classes, object);
    }
    json_t *root = json_pack("{s:o}", "classes", classes);
    json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(DIGITS));
    fputc('\n', out);
    json_decref(root);
}
