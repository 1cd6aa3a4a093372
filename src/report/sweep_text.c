/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "report/cells.h"
#include "report/notes.h"
#include "report/places.h"
#include "report/sweep_scaling.h"
#include "report/writers.h"

#include <math.h>
#include <string.h>

/* Columns of one design: rate, marks, precision, two waits, spinning, and the gap behind. */
enum { BLOCK = 46, LABEL_MIN = 6, LABEL_MAX = 48 };

struct table {
    struct arena *arena;
    const struct curves *curves;
    const struct sweep *sweep;
    int label; /* columns of the first column */
    FILE *out;
};

/* ---- what was run ---- */

static void put_header(const struct table *t, double wall) {
    const struct sweep *sweep = t->sweep;
    const char *profile = sweep->scenario->machine.profile;
    uint32_t least = UINT32_MAX, most = 0;
    double acquisitions = 0, duration = 0;
    for (uint32_t i = 0; i < sweep->npoints; i++) {
        const struct sweep_point *point = &sweep->points[i];
        if (!sweep_has(point))
            continue;
        duration = duration > 0 ? duration : point->duration;
        for (uint32_t d = 0; d < sweep->ndesigns; d++)
            if (point->designs[d].replications < least)
                least = point->designs[d].replications;
        most = point->replications > most ? point->replications : most;
        acquisitions += point->acquisitions;
    }
    const char *replications = least == most ? arena_printf(t->arena, "%u", most)
                                             : arena_printf(t->arena, "%u to %u", least, most);
    const char *length =
        sweep->finite ? "until done" : arena_printf(t->arena, "of %s", cell_time(duration).text);
    const char *took = isfinite(wall) ? arena_printf(t->arena, " in %s", cell_time(wall).text) : "";
    put_wrapped(t->out, sweep->scenario->title, 2);
    put_wrapped(t->out,
                arena_printf(t->arena,
                             "%s; %u points, %u designs, %s replications %s, seed %llu; %s "
                             "acquisitions%s; intervals are 95%%",
                             profile != NULL ? profile : "ideal machine", sweep->npoints,
                             sweep->ndesigns, replications, length, (unsigned long long)sweep->seed,
                             cell_count(acquisitions).text, took),
                2);
}

/* ---- the table ---- */

static void put_titles(const struct table *t, uint32_t subject, uint32_t from, uint32_t to) {
    put_padded(t->out, place_title(t->curves), t->label);
    for (uint32_t d = from; d < to; d++) {
        fputs("  ", t->out);
        put_padded(t->out, t->sweep->designs[d], d + 1 < to ? BLOCK - 2 : 0);
        if (d + 1 == to)
            fputs(t->sweep->designs[d], t->out);
    }
    fprintf(t->out, "\n%*s", t->label, "");
    for (uint32_t d = from; d < to; d++) {
        const char *name = t->sweep->subjects[subject].name;
        fputs("  ", t->out);
        put_padded(t->out, name == NULL ? "elapsed" : arena_printf(t->arena, "%s/s", name), 17);
        fprintf(t->out, "%9s%9s%9s", "wait p50", "p99", "spinning");
    }
    fputc('\n', t->out);
}

static void put_speed(const struct table *t, const struct curve *curve,
                      const struct sweep_design *design, uint32_t place) {
    bool job = t->sweep->subjects[curve->subject].name == NULL;
    struct estimate e = job ? design->elapsed : design->rates[curve->subject];
    char marks[4] = "";
    if (place == curve->knee)
        strcat(marks, "k");
    if (place == curve->best)
        strcat(marks, "*");
    if (design->failures > 0)
        strcat(marks, "!");
    fprintf(t->out, "%7s %-3s%-6s", cell_value(job ? UNIT_TIME : UNIT_RATE, e.mean).text, marks,
            cell_precision(e).text);
}

static void put_design(const struct table *t, const struct curve *curve, uint32_t place) {
    const struct sweep_design *design =
        &curves_point(t->curves, curve->group, place)->designs[curve->design];
    fputs("  ", t->out);
    if (design->cut_short)
        put_padded(t->out, sim_outcome_name(design->outcome), 17);
    else
        put_speed(t, curve, design, place);
    fprintf(t->out, "%9s%9s%9s", cell_time(design->wait.p50).text, cell_time(design->wait.p99).text,
            cell_share(design->cpu.spin).text);
}

static void put_table(const struct table *t, uint32_t group, uint32_t subject) {
    uint32_t n = t->sweep->ndesigns, fit = (uint32_t)(TEXT_WIDTH - t->label) / BLOCK;
    for (uint32_t from = 0; from < n; from += fit) {
        uint32_t to = from + fit < n ? from + fit : n;
        fputc('\n', t->out);
        put_titles(t, subject, from, to);
        for (uint32_t place = 0; place < t->curves->nplaces; place++) {
            put_padded(t->out, t->curves->labels[place], t->label);
            for (uint32_t d = from; d < to; d++)
                put_design(t, curves_find(t->curves, group, subject, d), place);
            fputc('\n', t->out);
        }
    }
}

/* ---- what it says ---- */

static const char *end_text(const struct table *t, const struct curve *curve) {
    uint32_t last = t->curves->nplaces - 1;
    double at_end = curve_rate(t->curves, curve, last);
    double best = curve_rate(t->curves, curve, curve->best);
    if (!(at_end < 0.99 * best))
        return "";
    bool job = t->sweep->subjects[curve->subject].name == NULL;
    return arena_printf(t->arena, ", %s %s %s",
                        cell_share(job ? best / at_end - 1 : 1 - at_end / best).text,
                        job ? "slower" : "less", place_text(t->arena, t->curves, last));
}

static void put_curve(const struct table *t, const struct curve *curve) {
    const struct curves *c = t->curves;
    const char *name = t->sweep->designs[curve->design];
    if (curve->best == NO_PLACE) {
        put_wrapped(t->out, arena_printf(t->arena, "%s: ends well nowhere", name), 2);
        return;
    }
    bool job = t->sweep->subjects[curve->subject].name == NULL;
    const char *knee = "no knee";
    if (curve->knee != NO_PLACE)
        knee = arena_printf(t->arena, "knee %s", place_text(t->arena, c, curve->knee));
    put_wrapped(t->out,
                arena_printf(t->arena, "%s: %s%s%s %s%s", name, c->counts ? knee : "",
                             c->counts ? ", " : "", job ? "fastest" : "highest",
                             place_text(t->arena, c, curve->best), end_text(t, curve)),
                2);
    scaling_text(t->arena, c, curve, t->out);
}

static void put_crossing(const struct table *t, const struct crossing *crossing) {
    const char *const *names = t->sweep->designs;
    put_wrapped(t->out,
                arena_printf(t->arena, "%s %s %s from %s on", names[crossing->winner],
                             crossing->was_behind ? "overtakes" : "is ahead of",
                             names[crossing->loser],
                             place_name(t->arena, t->curves, crossing->place)),
                2);
}

static void put_findings(const struct table *t, uint32_t group, uint32_t subject) {
    const struct curves *c = t->curves;
    if (c->axis == NO_AXIS)
        return;
    fputc('\n', t->out);
    for (uint32_t d = 0; d < t->sweep->ndesigns; d++)
        put_curve(t, curves_find(c, group, subject, d));
    for (uint32_t i = 0; i < c->ncrossings; i++)
        if (c->crossings[i].group == group && c->crossings[i].subject == subject)
            put_crossing(t, &c->crossings[i]);
}

/* ---- notes ---- */

static void put_outcomes(const struct table *t) {
    for (uint32_t i = 0; i < t->sweep->npoints; i++)
        for (uint32_t d = 0; d < t->sweep->ndesigns; d++) {
            const struct sweep_point *point = &t->sweep->points[i];
            const struct sweep_design *design = &point->designs[d];
            if (design->failures == 0)
                continue;
            const char *at = point_name(t->arena, t->sweep, i);
            put_wrapped(t->out,
                        arena_printf(t->arena, "- %s, %s: %s in %u of %u replications: %.*s",
                                     design->name, at, sim_outcome_name(design->outcome),
                                     design->failures, design->replications,
                                     (int)strcspn(design->detail, "\n"), design->detail),
                        2);
        }
}

static void put_behind(const struct table *t) {
    for (uint32_t i = 0; i < t->sweep->npoints; i++)
        for (uint32_t d = 0; d < t->sweep->ndesigns; d++) {
            const struct sweep_design *design = &t->sweep->points[i].designs[d];
            if (design->behind > 0)
                put_wrapped(t->out,
                            arena_printf(t->arena, "- %s, %s: arrivals %s.", design->name,
                                         point_name(t->arena, t->sweep, i),
                                         behind_text(t->arena, design->behind)),
                            2);
        }
}

static void put_cpu_wait(const struct table *t, uint32_t design) {
    uint32_t n = 0, worst = 0;
    const struct sweep_point *points = t->sweep->points;
    for (uint32_t i = 0; i < t->sweep->npoints; i++) {
        double wait = points[i].designs[design].cpu_wait;
        if (!(wait > CPU_WAIT_MATTERS))
            continue;
        if (n++ == 0 || wait > points[worst].designs[design].cpu_wait)
            worst = i;
    }
    if (n == 0)
        return;
    put_wrapped(t->out,
                arena_printf(
                    t->arena,
                    "- %s: threads waited for CPUs at %u of %u points: longest at %s, %s their CPU "
                    "time.",
                    t->sweep->designs[design], n, t->sweep->npoints,
                    point_name(t->arena, t->sweep, worst),
                    cpu_wait_text(t->arena, points[worst].designs[design].cpu_wait)),
                2);
}

static void put_imprecise(const struct table *t) {
    for (uint32_t i = 0; i < t->sweep->npoints; i++) {
        const struct sweep_point *point = &t->sweep->points[i];
        const char *who = "";
        for (uint32_t d = 0; d < t->sweep->ndesigns && !point->precise; d++)
            if (!point->designs[d].precise)
                who = arena_printf(t->arena, "%s%s%s (%s)", who, *who != '\0' ? ", " : "",
                                   point->designs[d].name,
                                   cell_reached(point->designs[d].precision).text);
        if (!point->precise)
            put_wrapped(t->out,
                        arena_printf(t->arena, "- %s: the wanted precision was not reached by %s.",
                                     point_name(t->arena, t->sweep, i), who),
                        2);
    }
}

static void put_legend(const struct table *t) {
    if (t->curves->counts)
        put_wrapped(t->out,
                    arena_printf(t->arena,
                                 "- *: the best. k: the knee: no step beyond it adds, for each %s, "
                                 "%g%% of what each brings %s.",
                                 place_unit(t->curves), 100 * t->curves->share,
                                 place_text(t->arena, t->curves, 0)),
                    2);
    else if (t->curves->axis != NO_AXIS)
        put_wrapped(t->out, "- *: the best.", 2);
}

static void put_notes(const struct table *t) {
    uint32_t unsettled = 0, missing = 0;
    for (uint32_t i = 0; i < t->sweep->npoints; i++) {
        const struct sweep_point *point = &t->sweep->points[i];
        unsettled += !point->warmup_settled;
        missing += !sweep_has(point);
    }
    fputc('\n', t->out);
    put_legend(t);
    put_outcomes(t);
    put_behind(t);
    for (uint32_t d = 0; d < t->sweep->ndesigns; d++)
        put_cpu_wait(t, d);
    if (missing > 0)
        put_wrapped(
            t->out,
            arena_printf(t->arena, "- %u of %u points are missing.", missing, t->sweep->npoints),
            2);
    put_imprecise(t);
    if (unsettled > 0)
        put_wrapped(t->out,
                    arena_printf(t->arena,
                                 "- The pilot run never became steady at %u of %u points: means "
                                 "there depend on the length of the run.",
                                 unsettled, t->sweep->npoints),
                    2);
}

static int label_width(const struct curves *curves) {
    int width = text_columns(place_title(curves));
    for (uint32_t i = 0; i < curves->nplaces; i++) {
        int n = text_columns(curves->labels[i]);
        width = n > width ? n : width;
    }
    return width < LABEL_MIN ? LABEL_MIN : width > LABEL_MAX ? LABEL_MAX : width;
}

void sweep_text(struct arena *arena, const struct sweep_report *report, FILE *out) {
    const struct curves *curves = report->curves;
    struct table t = {arena, curves, curves->sweep, label_width(curves), out};
    put_header(&t, report->wall);
    for (uint32_t g = 0; g < curves->ngroups; g++) {
        if (curves->groups[g][0] != '\0')
            fprintf(out, "\n%s", curves->groups[g]);
        for (uint32_t s = 0; s < t.sweep->nsubjects; s++) {
            put_table(&t, g, s);
            put_findings(&t, g, s);
        }
    }
    put_notes(&t);
}
