/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scenario of a model, with what is fitted, what is assumed, and why. */
#include "base/arena.h"
#include "import/model_writer.h"

#include <math.h>

/* ---- what is fitted, and what is assumed ---- */

static const char *number_of(struct text *t, double number) {
    return arena_printf(t->arena, "%.4g", number);
}

static void put_parameter(struct text *t, const char *name, int mode, const char *value,
                          const char *origin, const char *range, const char *source) {
    static const char *const suffixes[MODEL_MODES] = {"", "_read"};
    text_put(t, "  %s%s: {value: %s, origin: %s, %s%s%ssource: %s}\n", name, suffixes[mode], value,
             origin, range != NULL ? "range: " : "", range != NULL ? range : "",
             range != NULL ? ", " : "", text_quoted(t, source));
}

static bool has_waits(const struct model_mode *mode) {
    return mode->figure[FIGURE_CONTENTIONS] > 0;
}

static const char *origin_of(bool known) {
    return known ? "calibrated" : "assumed";
}

static void put_mode_parameters(struct text *t, int m) {
    const struct model *model = t->model;
    const struct model_mode *mode = &model->modes[m];
    const char *of = m == 1 ? " of readers" : "";
    bool counted = mode->given[FIGURE_ACQUISITIONS], timed = mode->given[FIGURE_HOLD];
    if (mode->row == NULL)
        return;
    if (mode->loops == 0)
        put_parameter(t, "rate", m, arena_printf(t->arena, "%.5g/s", mode->rate),
                      origin_of(counted), NULL,
                      counted ? arena_printf(t->arena, "acquisitions%s", of)
                              : "one of ten is taken to be contended: the tool counts no others");
    else
        put_parameter(t, "think", m, text_time(t, mode->think, 4), origin_of(counted), NULL,
                      arena_printf(t->arena, "acquisitions%s", of));
    put_parameter(t, "hold", m, text_time(t, mode->hold, 4), origin_of(timed), NULL,
                  timed ? model->sleeps && !model->asleep
                              ? arena_printf(t->arena, "hold time, %s, less what is spinning in it",
                                             text_time(t, mode->figure[FIGURE_HOLD], 3))
                              : arena_printf(t->arena, "hold time%s", of)
                        : "as long as the waits: the tool sees no holds");
    bool known = has_waits(mode) && (!model->sleeps || model->asleep) && model->cpus == 0;
    put_parameter(t, "hold_cv", m, number_of(t, fmax(mode->cv, 0.05)), origin_of(known),
                  known ? NULL : "0.5..5",
                  known ? "how long the waits are for such holds"
                        : "nothing in the table depends on it");
}

static void put_parameters(struct text *t) {
    const struct model *model = t->model;
    text_put(t, "parameters:\n");
    for (int m = 0; m < MODEL_MODES; m++)
        put_mode_parameters(t, m);
    if (model->wake > 0)
        put_parameter(t, "wake", 0, text_time(t, model->wake, 4), "calibrated", NULL,
                      "wait time: what of it is neither holds nor a queue");
    if (!(model->off_share > 0))
        return;
    put_parameter(t, "off", 0, text_time(t, model->off, 4), "calibrated", NULL,
                  "wait time: the rest of an owner's time off its CPU");
    put_parameter(t, "off_cv", 0, number_of(t, model->off_cv), "calibrated", NULL,
                  "the longest wait by the average one");
    put_parameter(t, "off_share", 0, number_of(t, model->off_share), "calibrated", NULL,
                  "contentions: how often an owner leaves its CPU while it holds the lock");
}

/* ---- machine, objects, sections ---- */

static uint32_t cpus_of(const struct model *model) {
    double wanted = 2 * model_busy_cpus(model) + 6;
    uint32_t cpus = 8;
    while (cpus < wanted && cpus < 4096)
        cpus *= 2;
    return cpus;
}

static void put_few_cpus(struct text *t) {
    text_put(t,
             "\n# Waits are longer than a queue of holds can be, as if the next in line had lost "
             "its CPU: threads\n# are more than CPUs. For how long is up to the scheduler; these "
             "are the slices of Linux.\n");
    text_put(t,
             "machine:\n  cpus: {value: %u, origin: calibrated, source: \"contentions: who waits "
             "while nobody has lost its CPU\"}\n",
             (unsigned)t->model->cpus);
}

static void put_machine(struct text *t) {
    const struct model *model = t->model;
    if (model->cpus > 0) {
        put_few_cpus(t);
        return;
    }
    text_put(
        t, "\n# CPUs enough that nobody waits for one, and that cost nothing but the work. What a "
           "lock "
           "costs on\n# yours: {profile: server-2s, cpus: 64}, and then sim calibrate.\n");
    if (!model->sleeps) {
        text_put(t, "machine: {cpus: %u%s}\n", (unsigned)cpus_of(model),
                 model->wake > 0 ? ", wake.latency: \"exp(${parameters.wake})\"" : "");
        return;
    }
    text_put(t, "machine:\n  cpus: %u\n", (unsigned)cpus_of(model));
    text_put(t,
             "  # A mutex's table hides them. A spinlock's waits are mostly for holders that they "
             "hit.\n");
    text_put(t,
             "  interrupts:\n    share: {value: 5%%, origin: assumed, range: 1%%..10%%, source: "
             "\"%s\"}\n",
             "irq and softirq in /proc/stat");
    text_put(
        t,
        "    duration: {value: exp(50us), origin: assumed, range: 20us..100us, source: \"%s\"}\n",
        "an interrupt with its softirqs");
}

static void put_objects(struct text *t) {
    const struct model *model = t->model;
    if (!model_has_objects(model))
        return;
    uint32_t n = model->instances;
    text_put(t, "\nobjects:\n  %s: {value: %u, origin: %s, ", model->object, (unsigned)n,
             origin_of(!model->instances_assumed));
    if (model->instances_assumed)
        text_put(t, "range: %u..%u, source: \"%s\"}\n", (unsigned)(n > 3 ? n / 3 : 1),
                 (unsigned)(3 * n),
                 "so that each is held 5 % of the time; the table does not say how many there are");
    else
        text_put(t, "source: \"so many, equally used, would be contended so seldom\"}\n");
}

/* The range of what assume_unknown_holds() has taken the middle of. */
static const char *unknown_hold(struct text *t, const struct model_site *s) {
    const struct model_mode *mode = &t->model->modes[s->mode];
    double average = mode->figure[FIGURE_HOLD];
    return arena_printf(t->arena, ", origin: assumed, range: %s..%s, source: \"%s\"",
                        text_time(t, average * model_shortest_hold(mode), 3),
                        text_time(t, average, 3),
                        "from the shortest hold to the average one; nobody slept because of it");
}

static void put_sections(struct text *t) {
    text_put(t, "\nsections:\n");
    for (uint32_t i = 0; i < t->model->nsites; i++) {
        const struct model_site *s = &t->model->sites[i];
        text_put(t, "  %s: {", s->name);
        if (!t->model->asleep)
            text_put(t, "cost: \"%s\", ", text_cost(t, s));
        text_put(t, "site: %s", text_quoted(t, s->site));
        text_put(t, "%s}\n", s->unknown && !t->model->asleep ? unknown_hold(t, s) : "");
    }
}

/* ---- designs, run, measured ---- */

static void put_design(struct text *t) {
    const struct model *model = t->model;
    text_put(t, "\n# To split the lock: another design, with a lock of its own for some of the "
                "sections.\n");
    text_put(t, "designs:\n  measured:\n    locks:\n      %s: {kind: %s%s%s, class: %s}",
             model->lock, model->kind, model_has_objects(model) ? ", per: " : "",
             model_has_objects(model) ? model->object : "", text_quoted(t, model->class_name));
    if (model->kind_reason != NULL && model->kind_reason[0] != '\0')
        text_put(t, " # a guess by \"%s\"; --kind says otherwise", model->kind_reason);
    else if (model->kind_reason != NULL)
        text_put(t, " # a guess; --kind says otherwise");
    text_put(t, "\n    guard:\n");
    for (uint32_t i = 0; i < model->nsites; i++) {
        const struct model_site *s = &model->sites[i];
        text_put(t, s->mode == 1 ? "      %s: {read: %s}\n" : "      %s: %s\n", s->name,
                 model->lock);
    }
}

static void put_title(struct text *t) {
    const struct model *model = t->model;
    text_put(
        t, "# Written by sim import: a scenario that leads to what was measured. It is one of many "
           "that would.\n");
    if (t->run->fitted != NULL)
        text_put(t, "# %s\n", t->run->fitted);
    if (model->sleeps)
        text_put(
            t,
            "# lock_stat counts as contentions of a mutex only those who slept. Who spun until the "
            "owner\n# released is in no contention and no wait: the spinning is booked as hold "
            "time. Of the average\n# hold, %s, here %s is work. A table tells so only where few "
            "spin for long.\n",
            text_time(t, model->modes[0].figure[FIGURE_HOLD], 3),
            text_time(t, model->modes[0].hold, 3));
    if (!model->elapsed_given)
        text_put(t, "# How long was measured is not known: %s is assumed; --elapsed says it.\n",
                 text_time(t, model->elapsed, 3));
    text_put(
        t, "sim: 1\ntitle: %s\n",
        text_quoted(t, arena_printf(t->arena, "%s, as %s saw it", model->class_name, model->tool)));
    text_put(t, "source: %s\n\n", text_quoted(t, t->run->source));
}

const char *model_text(struct arena *arena, const struct model *model,
                       const struct model_run *run) {
    struct text t = {.arena = arena, .model = model, .run = run};
    put_title(&t);
    put_parameters(&t);
    put_machine(&t);
    put_objects(&t);
    put_sections(&t);
    text_put_threads(&t);
    put_design(&t);
    text_put(&t, "\nrun: {duration: %s, replications: %u", text_time(&t, run->duration, 4),
             (unsigned)run->replications);
    text_put(&t, run->warmup > 0 ? ", warmup: %s}\n" : "}\n", text_time(&t, run->warmup, 4));
    text_put_measured(&t);
    return t.out;
}
