/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who comes, how often, and what they do. */
#include "base/arena.h"
#include "import/model_writer.h"
#include "sim/lock/lock.h"

#include <math.h>
#include <string.h>

bool model_has_objects(const struct model *model) {
    return model->instances > 1;
}

double model_busy_cpus(const struct model *model) {
    double busy = 0;
    for (int m = 0; m < MODEL_MODES; m++) {
        const struct model_mode *mode = &model->modes[m];
        if (mode->loops > 0)
            busy += mode->loops;
        else
            busy += mode->figure[FIGURE_ACQUISITIONS] / model->elapsed * mode->figure[FIGURE_HOLD] +
                    mode->figure[FIGURE_CONTENTIONS] / model->elapsed * mode->figure[FIGURE_WAIT];
    }
    return busy;
}

const char *text_cost(struct text *t, const struct model_site *s) {
    const struct model_mode *mode = &t->model->modes[s->mode];
    if (s->unknown && !t->model->asleep)
        return arena_printf(t->arena, "lognormal(mean=%s, cv=${%s})",
                            text_time(t, s->longer * mode->figure[FIGURE_HOLD], 3),
                            text_parameter(t, "hold_cv", s->mode));
    return arena_printf(t->arena, "lognormal(mean=${%s * %.4g}, cv=${%s})",
                        text_parameter(t, "hold", s->mode), s->longer,
                        text_parameter(t, "hold_cv", s->mode));
}

/* How often an owner at this site leaves its CPU, by off_share. */
static double off_factor(const struct model *model, const struct model_site *site) {
    double owning = 0, off = 0;
    bool owners = false;
    for (uint32_t i = 0; i < model->nsites; i++)
        owners = owners || model->sites[i].owner;
    for (uint32_t i = 0; i < model->nsites; i++) {
        const struct model_site *s = &model->sites[i];
        if (owners && !s->owner)
            continue;
        owning += s->share;
        off += s->off;
    }
    if ((owners && !site->owner) || !(site->share > 0))
        return 0;
    return off > 0 ? owning * site->off / off / site->share : 1;
}

static const char *hold_steps(struct text *t, const struct model_site *s) {
    const struct model *model = t->model;
    double factor = off_factor(model, s);
    if (model->asleep)
        return arena_printf(t->arena, "{in: %s, do: [{sleep: \"%s\"}]}", s->name, text_cost(t, s));
    if (!(model->off_share > 0) || !(factor > 0))
        return arena_printf(t->arena, "{in: %s}", s->name);
    return arena_printf(t->arena,
                        "{in: %s, do: [{choose: [{p: \"${min(1, parameters.off_share * %.4g)}\", "
                        "do: [{sleep: \"lognormal(mean=${parameters.off}, "
                        "cv=${parameters.off_cv})\"}]}]}]}",
                        s->name, factor);
}

static const char *pick(struct text *t) {
    if (!model_has_objects(t->model))
        return "";
    return arena_printf(t->arena, "{pick: %s}, ", t->model->object);
}

/* So many at once as no one expects: all that come in a few of the longest waits. */
static uint32_t limit_of(const struct model *model, const struct model_site *s) {
    enum { LEAST = 256, MOST = 16384 };
    const struct model_mode *mode = &model->modes[s->mode];
    double come = mode->figure[FIGURE_ACQUISITIONS] / model->elapsed * s->share;
    double wanted = LEAST + 4 * come * mode->longest + 16 * model_busy_cpus(model);
    uint32_t limit = LEAST;
    while (limit < wanted && limit < MOST)
        limit *= 2;
    return limit;
}

/*
 * All tools but one see locks of the kernel: who holds one is kernel code, and
 * not preempted, even if the kind is one of user space.
 */
static const char *context_of(const struct model *model) {
    const struct kind_info *info = lock_kind_info(model->kind);
    bool user = info != NULL && info->side == SIDE_USER;
    return user && strcmp(model->tool, "mutrace") != 0 ? "    context: kernel\n" : "";
}

static void put_arrivals(struct text *t, const struct model_site *s) {
    text_put(t, "  %s:\n    arrivals: \"poisson(${%s * %.4g})\"\n    limit: %u\n%s", s->name,
             text_parameter(t, "rate", s->mode), s->share, (unsigned)limit_of(t->model, s),
             context_of(t->model));
    text_put(t, "    steps: [%s%s, {count: acquisition}]\n", pick(t), hold_steps(t, s));
}

/* Each site's loops have a think time that leads to its share. */
static double think_factor(const struct model *model, const struct model_site *s) {
    const struct model_mode *mode = &model->modes[s->mode];
    double contended = mode->figure[FIGURE_CONTENTIONS] / mode->figure[FIGURE_ACQUISITIONS];
    double response = mode->figure[FIGURE_HOLD] * s->longer + contended * mode->figure[FIGURE_WAIT];
    double rate = mode->figure[FIGURE_ACQUISITIONS] / model->elapsed;
    if (s->loops == mode->loops || !(s->share > 0))
        return 1;
    double first =
        fmax(mode->loops / rate - mode->figure[FIGURE_HOLD] - contended * mode->figure[FIGURE_WAIT],
             0.02 * mode->figure[FIGURE_HOLD]);
    return fmin(fmax((s->loops / (rate * s->share) - response) / first, 0.01), 100);
}

static void put_loops(struct text *t, const struct model_site *s) {
    text_put(t, "  %s:\n    count: %u\n%s", s->name, (unsigned)s->loops, context_of(t->model));
    text_put(t, "    steps: [{run: \"exp(${%s * %.4g})\"}, %s%s, {count: acquisition}]\n",
             text_parameter(t, "think", s->mode), think_factor(t->model, s), pick(t),
             hold_steps(t, s));
}

/* One thread of each instance goes through all that owners do, by their shares. */
static void put_owners(struct text *t) {
    const struct model *model = t->model;
    double share = 0;
    for (uint32_t i = 0; i < model->nsites; i++)
        share += model->sites[i].owner ? model->sites[i].share : 0;
    if (!(share > 0))
        return;
    text_put(t,
             "  # They hold, and hardly wait: one thread of each lock, that never meets itself.\n");
    text_put(t, "  owner:\n");
    if (model_has_objects(model))
        text_put(t, "    per: %s\n", model->object);
    text_put(t,
             "    context: kernel\n    steps:\n      - sleep: \"exp(${%s / (parameters.rate * "
             "%.4g)})\"\n",
             model_has_objects(model) ? arena_printf(t->arena, "objects.%s", model->object) : "1",
             share);
    text_put(t, "      - choose:\n");
    for (uint32_t i = 0; i < model->nsites; i++) {
        const struct model_site *s = &model->sites[i];
        if (s->owner)
            text_put(t, "          - {weight: %.4g, do: [%s, {count: acquisition}]}\n",
                     s->share / share, hold_steps(t, s));
    }
}

void text_put_threads(struct text *t) {
    const struct model *model = t->model;
    text_put(t, "\n");
    if (model->bounces)
        text_put(
            t,
            "# How many of the acquisitions are owners' follows from acq-bounces, as they stay on "
            "their CPUs and others\n# come from any. Within these, half by who waited, half "
            "by who held: sites have counts of waits alone.\n");
    else if (model->nsites > 1)
        text_put(t,
                 "# The table counts waits by site, not acquisitions: these are shared half by who "
                 "waited, half by who held.\n");
    text_put(t, "threads:\n");
    for (uint32_t i = 0; i < model->nsites; i++) {
        const struct model_site *s = &model->sites[i];
        if (s->owner || !(s->share > 0))
            continue;
        if (model->modes[s->mode].loops > 0)
            put_loops(t, s);
        else
            put_arrivals(t, s);
    }
    put_owners(t);
}
