/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line per point, or per value compared; docs/store.md. */
#include "report/csv_cells.h"
#include "report/stored.h"

static void put_paths(const struct sweep *sweep, FILE *out) {
    for (uint32_t i = 0; i < sweep->naxes; i++) {
        csv_text(out, sweep->axes[i].path);
        fputc(',', out);
    }
}

static void put_values(const struct sweep *sweep, uint32_t point, FILE *out) {
    for (uint32_t i = 0; i < sweep->naxes; i++) {
        csv_text(out, sweep->points[point].values[i]);
        fputc(',', out);
    }
}

void stored_list_csv(struct arena *arena, const struct stored_list *list, FILE *out) {
    const struct sweep *sweep = list->sweep;
    const struct provenance *o = list->provenance;
    put_paths(sweep, out);
    fputs("scenario,version,engine,seed,replications,precision,simulated,acquisitions,events\n",
          out);
    for (uint32_t i = 0; i < sweep->npoints; i++) {
        const struct sweep_point *point = &sweep->points[i];
        if (!sweep_has(point))
            continue;
        put_values(sweep, i, out);
        fprintf(out, "%s,%s,%s,%llu,%u", provenance_point_digest(arena, o, point->values),
                o->version, o->engine, (unsigned long long)o->seed, point->replications);
        csv_number(out, point->precision);
        csv_number(out, point->simulated);
        csv_number(out, point->acquisitions);
        csv_number(out, point->events);
        fputc('\n', out);
    }
}

void stored_moves_csv(struct arena *arena, const struct stored_moves *moves, FILE *out) {
    (void)arena;
    const struct moved *m = moves->moved;
    put_paths(m->a, out);
    fputs("design,name,quantity,verdict,first,first_lo,first_hi,second,second_lo,second_hi\n", out);
    for (uint32_t i = 0; i < m->nvalues; i++) {
        const struct moved_value *v = &m->values[i];
        put_values(m->a, v->point, out);
        csv_text(out, m->a->designs[v->design]);
        fputc(',', out);
        csv_text(out, v->name != NULL ? v->name : "");
        fprintf(out, ",%s,%s", v->quantity, move_name(v->move));
        if (v->outcome[0] != NULL) {
            fprintf(out, ",%s,,,%s,,\n", v->outcome[0], v->outcome[1]);
            continue;
        }
        csv_estimate(out, v->a);
        csv_estimate(out, v->b);
        fputc('\n', out);
    }
}
