/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/reproduce.h"

#include "base/arena.h"
#include "experiment/measured.h"
#include "experiment/programs.h"

#include <math.h>
#include <string.h>

enum { CANDIDATES = 80, TRIED = 10, SIMPLEST = 2, STEPS = 8, HOPELESS = 4, LOOK_REPLICATIONS = 4 };

/* Near enough, as a logarithm: what is left is chance. */
static const double NEAR = 0.03;
/* Off by so much is as good as anything. */
static const double WORST = 10;
/* So many acquisitions and contentions are enough for a look, and for a first glance. */
static const double LOOK = 60e3, LOOK_MOST = 1500e3, LOOK_CONTENTIONS = 800, GLANCE = 20e3;
/* Of glances, of glances and looks, and of all runs: then the best so far has to do. */
static const double GLANCE_EVENTS = 5e6, ROUGH_EVENTS = 20e6, EVENTS = 100e6;
/* The same of the scenario's own runs, all replications together. */
static const double RUN_MOST = 3e6, RUN_CONTENTIONS = 4000;

struct search {
    struct arena *arena; /* for what is kept */
    struct diag *diag;
    const struct reproduce_plan *plan;
    uint32_t looks;
    double events; /* of all looks */
};

/* ---- how long ---- */

static double total(const struct model *model, enum model_figure figure) {
    double sum = 0;
    for (int m = 0; m < MODEL_MODES; m++)
        sum += model->modes[m].figure[figure];
    return sum;
}

static double longest_wait(const struct model *model) {
    return fmax(model->modes[0].figure[FIGURE_WAIT], model->modes[1].figure[FIGURE_WAIT]);
}

/* Seconds in which so many acquisitions happen; long beside a wait in any case. */
static double time_for(const struct model *model, double acquisitions) {
    double time = acquisitions / total(model, FIGURE_ACQUISITIONS) * model->elapsed;
    return fmax(time, 50 * longest_wait(model));
}

static struct model_run look_run(const struct model *model, double least) {
    double contended = total(model, FIGURE_CONTENTIONS) / total(model, FIGURE_ACQUISITIONS);
    double wanted = contended > 0 ? LOOK_CONTENTIONS / contended : 0;
    double acquisitions = least < LOOK ? least : fmin(fmax(wanted, LOOK), LOOK_MOST);
    double duration = time_for(model, acquisitions / LOOK_REPLICATIONS);
    return (struct model_run){
        .duration = duration, .replications = LOOK_REPLICATIONS, .warmup = duration / 8};
}

/* As long as what was measured where that is not too long, and as often as contentions need it. */
static struct model_run final_run(const struct model *model) {
    enum { LEAST = 5, MOST = 40 };
    double acquisitions = total(model, FIGURE_ACQUISITIONS);
    double wanted = RUN_CONTENTIONS / fmax(total(model, FIGURE_CONTENTIONS), 1);
    double replications = fmin(fmax(ceil(wanted), LEAST), MOST);
    replications = fmin(replications, fmax(floor(RUN_MOST / acquisitions), LEAST));
    double most = time_for(model, RUN_MOST / replications);
    return (struct model_run){.duration = fmin(model->elapsed, most),
                              .replications = (uint32_t)replications};
}

/* ---- one look ---- */

/* Which line of the report is which figure, and how many times as large. */
static bool figure_of(const struct model *model, const char *field, enum model_figure *figure) {
    static const struct {
        const char *name;
        enum model_figure figure;
    } names[] = {{"acquisitions", FIGURE_ACQUISITIONS},
                 {"contentions", FIGURE_CONTENTIONS},
                 {"waittime-avg", FIGURE_WAIT},
                 {"holdtime-avg", FIGURE_HOLD},
                 {"perf-contended", FIGURE_CONTENTIONS},
                 {"perf-avg-wait", FIGURE_WAIT},
                 {"wait-avg", FIGURE_WAIT},
                 {"hold-avg", FIGURE_HOLD}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i].name, field) == 0) {
            *figure = names[i].figure;
            return true;
        }
    (void)model;
    return false;
}

static void take_lines(const struct model *model, const struct measured_lines *lines,
                       double seen[MODEL_MODES][MODEL_FIGURES]) {
    memset(seen, 0, sizeof(double) * MODEL_MODES * MODEL_FIGURES);
    for (uint32_t i = 0; i < lines->n; i++) {
        const struct measured_line *line = &lines->lines[i];
        enum model_figure figure;
        int mode =
            model->modes[0].row == NULL || (line->mode != NULL && strcmp(line->mode, "read") == 0);
        if (line->site == NULL && figure_of(model, line->field, &figure))
            seen[mode][figure] = line->predicted.mean;
    }
}

/* False if it does not end well. */
static bool simulate(struct search *s, const struct model *model, const struct model_run *run,
                     double seen[MODEL_MODES][MODEL_FIGURES]) {
    struct arena *arena = arena_new();
    const char *text = model_text(arena, model, run), *design = "measured";
    struct diag *diag = diag_new();
    struct scenario *scenario = scenario_load(arena, diag, "imported", text, strlen(text), NULL, 0);
    struct program **programs =
        scenario != NULL ? programs_compile(arena, diag, scenario, &design, 1) : NULL;
    bool good = programs != NULL && programs[0] != NULL;
    if (good) {
        const struct run_plan plan = {.programs = (const struct program *const *)programs,
                                      .ndesigns = 1,
                                      .replications = run->replications,
                                      .jobs = s->plan->jobs};
        struct result *result = result_new(arena, scenario, experiment_run(arena, &plan));
        struct measured_lines lines = measured_compare(arena, result);
        good = result->designs[0].outcome == SIM_OK;
        take_lines(model, &lines, seen);
        s->events += result->events;
    } else if (s->looks == 0)
        diag_print(diag, stderr);
    s->looks++;
    diag_free(diag);
    arena_free(arena);
    return good;
}

/* ---- how near ---- */

static double misfit(const struct model_mode *mode, const double *seen, enum model_figure figure) {
    double measured = mode->figure[figure];
    bool count = figure == FIGURE_CONTENTIONS;
    if (mode->row == NULL || !mode->given[figure] || (measured == 0 && !count))
        return 0;
    /* None of none is right, and so is one of very many. */
    double half = !count          ? 0
                  : measured == 0 ? fmax(0.5, 0.001 * mode->figure[FIGURE_ACQUISITIONS])
                                  : 0.5;
    return fmin(fabs(log((fmax(seen[figure], 0) + half) / (measured + half))), WORST);
}

static double worst_of(const struct model *model, double seen[MODEL_MODES][MODEL_FIGURES]) {
    double worst = 0;
    for (int m = 0; m < MODEL_MODES; m++)
        for (int i = 0; i < MODEL_FIGURES; i++)
            worst = fmax(worst, misfit(&model->modes[m], seen[m], (enum model_figure)i));
    return worst;
}

/* What no number can set right counts most. */
static double prospects(const struct model *model, double seen[MODEL_MODES][MODEL_FIGURES]) {
    double sum = 0;
    for (int m = 0; m < MODEL_MODES; m++)
        sum += misfit(&model->modes[m], seen[m], FIGURE_CONTENTIONS) +
               0.3 * misfit(&model->modes[m], seen[m], FIGURE_WAIT);
    return sum;
}

/* ---- the search ---- */

struct best {
    struct model model;
    double worst;
    double seen[MODEL_MODES][MODEL_FIGURES];
};

static void approach(struct search *s, struct model model, const struct model_run *run, int steps,
                     double near, double most, struct best *best) {
    double seen[MODEL_MODES][MODEL_FIGURES];
    for (int i = 0; i < steps && (i == 0 || s->events < most); i++) {
        if (!simulate(s, &model, run, seen))
            return;
        double worst = worst_of(&model, seen);
        if (worst < best->worst) {
            *best = (struct best){.model = model, .worst = worst};
            memcpy(best->seen, seen, sizeof(seen));
        }
        if (best->worst < near || (i >= HOPELESS && worst > 4 * best->worst))
            return;
        model_adjust(&model, seen);
    }
}

/* The simplest in any case; a glance at each of the others, and the most promising first. */
static void sort_by_prospects(struct search *s, struct model *candidates, uint32_t n) {
    double prospect[CANDIDATES], seen[MODEL_MODES][MODEL_FIGURES];
    struct model_run run = look_run(&candidates[0], GLANCE);
    run.source = s->plan->source;
    for (uint32_t i = SIMPLEST; i < n; i++) {
        struct model model = candidates[i];
        bool good = s->events < GLANCE_EVENTS && simulate(s, &model, &run, seen);
        double now = good ? prospects(&model, seen) : INFINITY;
        uint32_t at = i;
        for (; at > SIMPLEST && prospect[at - 1] > now; at--) {
            prospect[at] = prospect[at - 1];
            candidates[at] = candidates[at - 1];
        }
        prospect[at] = now;
        candidates[at] = model;
    }
}

/*
 * At last in the runs that the scenario is written with: what it says of itself is what they give.
 * And a lock that may get stuck does so at some time: only runs as long as that tell of it.
 */
static void find_best(struct search *s, struct best *best) {
    struct best rough = {.worst = INFINITY};
    struct model *candidates = arena_array(s->arena, CANDIDATES, sizeof(*candidates));
    const struct model *model = s->plan->model;
    uint32_t n = model_candidates(model, candidates, CANDIDATES);
    struct model_run look = look_run(model, LOOK), last = final_run(model);
    look.source = last.source = s->plan->source;
    if (model->modes[0].row != NULL && model->modes[1].row != NULL)
        sort_by_prospects(s, candidates, n);
    double looked =
        total(model, FIGURE_CONTENTIONS) * look.duration * look.replications / model->elapsed;
    bool found = false;
    for (uint32_t i = 0; i < n && i < TRIED && !found && s->events < ROUGH_EVENTS; i++) {
        double near = fmax(NEAR, model_chance(&candidates[i], looked));
        approach(s, candidates[i], candidates[i].cpus > 0 ? &last : &look, STEPS, near,
                 ROUGH_EVENTS, &rough);
        found = rough.worst < near;
    }
    if (isfinite(rough.worst))
        approach(s, rough.model, &last, 2 * STEPS, NEAR, EVENTS, best);
}

/* ---- what comes out ---- */

static const char *const figure_names[MODEL_FIGURES] = {"acquisitions", "contentions", "wait avg",
                                                        "hold avg"};

static void describe(struct search *s, struct reproduction *out,
                     double seen[MODEL_MODES][MODEL_FIGURES]) {
    const char *text = "";
    for (int m = 0; m < MODEL_MODES; m++)
        for (int i = 0; i < MODEL_FIGURES; i++) {
            const struct model_mode *mode = &out->model->modes[m];
            bool known = mode->row != NULL && mode->given[i] && mode->figure[i] > 0;
            out->ratio[m][i] = known ? seen[m][i] / mode->figure[i] : NAN;
            if (known)
                text = arena_printf(s->arena, "%s%s%s%s %.2f", text, text[0] != '\0' ? ", " : "",
                                    figure_names[i], m == 1 ? " (read)" : "", out->ratio[m][i]);
        }
    out->summary = arena_printf(s->arena, "Simulated by measured: %s.", text);
}

const struct reproduction *reproduce(struct arena *arena, struct diag *diag,
                                     const struct reproduce_plan *plan) {
    struct search s = {.arena = arena, .diag = diag, .plan = plan};
    struct best best = {.worst = INFINITY};
    find_best(&s, &best);
    if (isinf(best.worst)) {
        diag_error(diag, (struct pos){0},
                   "no scenario was found that leads to this table: %.3g s of holds in %.3g s; is "
                   "--elapsed right?",
                   model_load(plan->model) * plan->model->elapsed, plan->model->elapsed);
        return NULL;
    }
    struct reproduction *out = arena_alloc(arena, sizeof(*out));
    struct model *model = arena_alloc(arena, sizeof(*model));
    *model = best.model;
    out->model = model;
    out->worst = best.worst;
    describe(&s, out, best.seen);
    struct model_run run = final_run(model);
    run.source = plan->source;
    run.fitted = out->summary;
    out->text = model_text(arena, model, &run);
    return out;
}
