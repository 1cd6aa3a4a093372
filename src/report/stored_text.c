/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "report/cells.h"
#include "report/places.h"
#include "report/stored.h"

#include <math.h>
#include <string.h>

enum { LABEL_MIN = 8, LABEL_MAX = 48 };

static uint32_t points_there(const struct sweep *sweep) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < sweep->npoints; i++)
        n += sweep_has(&sweep->points[i]);
    return n;
}

static void put_store(struct arena *arena, const struct stored_list *list, FILE *out) {
    const struct provenance *o = list->provenance;
    put_wrapped(out, list->sweep->scenario->title, 2);
    put_wrapped(out,
                arena_printf(arena,
                             "%s: %u of %u points; scenario %s (%s), seed %llu, version %s, engine "
                             "%s",
                             list->file, points_there(list->sweep), list->sweep->npoints, o->digest,
                             o->file, (unsigned long long)o->seed, o->version, o->engine),
                2);
}

static int label_width(struct arena *arena, const struct sweep *sweep) {
    int width = LABEL_MIN;
    for (uint32_t i = 0; i < sweep->npoints; i++) {
        int n = text_columns(point_name(arena, sweep, i));
        width = n > width ? n : width;
    }
    return width > LABEL_MAX ? LABEL_MAX : width;
}

/* ---- points ---- */

void stored_list_text(struct arena *arena, const struct stored_list *list, FILE *out) {
    const struct sweep *sweep = list->sweep;
    int label = label_width(arena, sweep);
    put_store(arena, list, out);
    fputc('\n', out);
    put_padded(out, "point", label);
    fprintf(out, "  %-16s  %12s  %9s  %9s\n", "scenario", "replications", "precision", "events");
    for (uint32_t i = 0; i < sweep->npoints; i++) {
        const struct sweep_point *point = &sweep->points[i];
        put_padded(out, point_name(arena, sweep, i), label);
        const char *digest = provenance_point_digest(arena, list->provenance, point->values);
        if (!sweep_has(point)) {
            fprintf(out, "  %-16s  missing\n", digest);
            continue;
        }
        double reached =
            isfinite(point->precision) && point->precision > 0 ? point->precision : NAN;
        fprintf(out, "  %-16s  %12u  %9s  %9s\n", digest, point->replications,
                cell_share(reached).text, cell_count(point->events).text);
    }
}

/* ---- what moved ---- */

static enum unit unit_of(const struct moved_value *value) {
    static const struct {
        const char *quantity;
        enum unit unit;
    } units[] = {{"elapsed", UNIT_TIME}, {"wait", UNIT_TIME},         {"hold", UNIT_TIME},
                 {"rate", UNIT_RATE},    {"acquisitions", UNIT_RATE}, {"contended", UNIT_RATE}};
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strcmp(units[i].quantity, value->quantity) == 0)
            return units[i].unit;
    return UNIT_SHARE;
}

static const char *end_text(struct arena *arena, const struct moved_value *v, int side) {
    if (v->outcome[side] != NULL)
        return v->outcome[side];
    struct estimate e = side == 0 ? v->a : v->b;
    return arena_printf(arena, "%s %s", cell_value(unit_of(v), e.mean).text,
                        cell_precision(e).text);
}

static void put_value(struct arena *arena, const struct moved *m, int label,
                      const struct moved_value *v, FILE *out) {
    const char *name = v->name != NULL ? v->name : "";
    put_padded(out, point_name(arena, m->a, v->point), label);
    fputs("  ", out);
    put_padded(out,
               arena_printf(arena, "%s %s%s%s", m->a->designs[v->design], name,
                            *name != '\0' ? " " : "", v->quantity),
               36);
    fprintf(out, "  %-15s %-15s", end_text(arena, v, 0), end_text(arena, v, 1));
    double change = v->b.mean / v->a.mean - 1;
    if (v->outcome[0] == NULL && isfinite(change))
        fprintf(out, " %+.3g%%", 100 * change);
    fputs(v->move == MOVE_UNKNOWN ? " ?\n" : "\n", out);
}

static void put_counts(struct arena *arena, const struct moved *m, FILE *out) {
    put_wrapped(out,
                arena_printf(arena,
                             "%u points in both: of %u values %u are the same, %u moved within "
                             "their intervals, %u beyond, and of %u nobody can say",
                             m->points, m->nvalues, m->counts[MOVE_SAME], m->counts[MOVE_WITHIN],
                             m->counts[MOVE_MOVED], m->counts[MOVE_UNKNOWN]),
                2);
    if (m->alone[0] + m->alone[1] > 0)
        put_wrapped(out,
                    arena_printf(arena, "%u points in the first alone, %u in the second",
                                 m->alone[0], m->alone[1]),
                    2);
}

void stored_moves_text(struct arena *arena, const struct stored_moves *moves, FILE *out) {
    const struct moved *m = moves->moved;
    int label = label_width(arena, m->a);
    put_store(arena, &moves->a, out);
    put_store(arena, &moves->b, out);
    fputc('\n', out);
    put_counts(arena, m, out);
    if (m->counts[MOVE_MOVED] + m->counts[MOVE_UNKNOWN] == 0)
        return;
    fputc('\n', out);
    put_padded(out, "point", label);
    fprintf(out, "  %-36s  %-15s %-15s %s\n", "design, what", "first", "second", "change");
    for (uint32_t i = 0; i < m->nvalues; i++)
        if (m->values[i].move >= MOVE_MOVED)
            put_value(arena, m, label, &m->values[i], out);
    if (m->counts[MOVE_MOVED] > 0)
        put_wrapped(out,
                    "- Intervals are 95%: where nothing has changed but the random numbers, one "
                    "value in twenty moves beyond them.",
                    2);
}
