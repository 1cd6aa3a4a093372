/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who takes the lock, as far as contention points say. They say who waited, at
 * most four, and who was waited for, at most four; both in numbers of waits.
 * How often each takes the lock is not in the table.
 */
#include "base/arena.h"
#include "import/model.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

struct points {
    double waited, held; /* shares of the lists */
};

/* ---- names ---- */

static bool taken(const struct model *model, const char *name) {
    for (uint32_t i = 0; i < model->nsites; i++)
        if (strcmp(model->sites[i].name, name) == 0)
            return true;
    return false;
}

/* "ceph_con_send" of "ceph_con_send+0x5c/0x170" */
static const char *section_name(struct arena *arena, const struct model *model, const char *site) {
    size_t n = strcspn(site, "+");
    char *name = arena_strndup(arena, site, n < 60 ? n : 60);
    for (char *c = name; *c != '\0'; c++)
        *c = isalnum((unsigned char)*c) || *c == '_' ? *c : '_';
    if (name[0] == '\0' || isdigit((unsigned char)name[0]))
        name = arena_printf(arena, "at_%s", name);
    const char *unique = name;
    for (int i = 2; taken(model, unique); i++)
        unique = arena_printf(arena, "%s_%d", name, i);
    return unique;
}

static struct model_site *find_site(struct arena *arena, struct model *model, const char *site,
                                    int mode) {
    for (uint32_t i = 0; i < model->nsites; i++)
        if (strcmp(model->sites[i].site, site) == 0)
            return &model->sites[i];
    if (model->nsites == MODEL_SITES_MOST)
        return NULL;
    struct model_site *s = &model->sites[model->nsites];
    const char *name = section_name(arena, model, site);
    *s = (struct model_site){.name = name, .site = site, .mode = (uint8_t)mode, .longer = 1};
    model->nsites++;
    return s;
}

/* ---- which of them read ---- */

/*
 * The two rows share their contention points. Those who waited to read make up
 * the contentions of readers, the others those of writers: the division that
 * fits best, of all there are.
 */
static unsigned reading_sites(const struct model *model, const struct import_class *row) {
    double read = model->modes[1].figure[FIGURE_CONTENTIONS];
    double write = model->modes[0].figure[FIGURE_CONTENTIONS];
    unsigned best = 0, most = row->nwaiters < MODEL_SITES_MOST ? row->nwaiters : MODEL_SITES_MOST;
    double least = INFINITY;
    for (unsigned set = 0; set < 1u << most; set++) {
        double sums[2] = {0, 0};
        for (unsigned i = 0; i < most; i++)
            sums[set >> i & 1] += (double)row->waiters[i].count;
        double off = fabs(sums[0] - write) + fabs(sums[1] - read);
        if (off < least) {
            least = off;
            best = set;
        }
    }
    return best;
}

/* ---- shares ---- */

static double sum_of(const struct import_site *sites, uint32_t n) {
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += (double)sites[i].count;
    return sum > 0 ? sum : 1;
}

static void count_points(struct arena *arena, struct model *model, const struct import_class *row,
                         struct points *points) {
    bool both = model->modes[0].row != NULL && model->modes[1].row != NULL;
    int alone = model->modes[0].row == NULL ? 1 : 0; /* with both, points of holders write */
    unsigned reading = both ? reading_sites(model, row) : 0;
    double waited = sum_of(row->waiters, row->nwaiters), held = sum_of(row->holders, row->nholders);
    for (uint32_t i = 0; i < row->nwaiters; i++) {
        struct model_site *s =
            find_site(arena, model, row->waiters[i].site, both ? (int)(reading >> i & 1) : alone);
        if (s != NULL)
            points[s - model->sites].waited += (double)row->waiters[i].count / waited;
    }
    for (uint32_t i = 0; i < row->nholders; i++) {
        struct model_site *s = find_site(arena, model, row->holders[i].site, alone);
        if (s != NULL)
            points[s - model->sites].held += (double)row->holders[i].count / held;
    }
}

/* A mode that no site is known of still is somebody's. */
static void fill_modes(struct arena *arena, struct model *model, struct points *points) {
    static const char *const nobody[MODEL_MODES] = {"writers", "readers"};
    for (int m = 0; m < MODEL_MODES; m++) {
        bool any = false;
        for (uint32_t i = 0; i < model->nsites; i++)
            any = any || model->sites[i].mode == m;
        if (any || model->modes[m].row == NULL)
            continue;
        if (model->nsites == MODEL_SITES_MOST)
            model->nsites--;
        const char *name = model->modes[1].row != NULL ? nobody[m] : "holders";
        struct model_site *s = find_site(arena, model, name, m);
        points[s - model->sites] = (struct points){0, 0};
    }
}

double model_shortest_hold(const struct model_mode *mode) {
    static const double least = 1e-3;
    bool known = mode->row != NULL && import_has(mode->row, IMPORT_HOLD_MIN) && mode->hold > 0;
    return known ? fmin(fmax(mode->row->value[IMPORT_HOLD_MIN] / mode->hold, least), 1) : least;
}

/*
 * Where acquisitions come at random, a site's share of the waits is its share
 * of the acquisitions; where holds are alike, its share of the holds that were
 * waited for is. We know neither: half by the one, half by the other.
 */
static void share_mode(struct model *model, const struct points *points, int mode) {
    double waited = 0, held = 0, sum = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < model->nsites; i++) {
        if (model->sites[i].mode != mode)
            continue;
        waited += points[i].waited;
        held += points[i].held;
        n++;
    }
    for (uint32_t i = 0; i < model->nsites; i++) {
        struct model_site *s = &model->sites[i];
        if (s->mode != mode)
            continue;
        double by_waits = waited > 0 ? points[i].waited / waited : held > 0 ? 0 : 1.0 / n;
        double by_holds = held > 0 ? points[i].held / held : by_waits;
        s->share = (by_waits + by_holds) / 2;
        s->longer = s->share > 0 && held > 0 ? by_holds / s->share : 1;
        s->off = points[i].held;
        s->owner = by_holds >= 0.05 && by_waits < 0.1 * by_holds;
        sum += s->share * s->longer;
    }
    for (uint32_t i = 0; i < model->nsites && sum > 0; i++)
        if (model->sites[i].mode == mode)
            model->sites[i].longer =
                fmax(model->sites[i].longer / sum, model_shortest_hold(&model->modes[mode]));
}

/*
 * Who waits for a mutex asleep does so because its owner has left its CPU: the
 * points of holders say who leaves, and nothing of how long who never does holds
 * it. It is more than the shortest hold, and taken to be less than the average
 * one: the middle of that, in orders of magnitude.
 */
static void assume_unknown_holds(struct model *model) {
    double shortest = model_shortest_hold(&model->modes[0]), known = 0, left = 1;
    for (uint32_t i = 0; i < model->nsites; i++) {
        struct model_site *s = &model->sites[i];
        s->unknown = !s->owner && s->longer <= shortest && shortest < 1;
        if (s->unknown)
            s->longer = sqrt(shortest);
        *(s->unknown ? &left : &known) += s->share * s->longer * (s->unknown ? -1 : 1);
    }
    for (uint32_t i = 0; i < model->nsites; i++)
        if (!model->sites[i].unknown && known > 0)
            model->sites[i].longer *= left / known;
}

/*
 * An owner stays on its CPU, all others come from any: of their acquisitions, a
 * share s, each bounces, and so does the owner's that comes after one of them.
 * Acquisitions that bounce are s + (1 - s) s of all.
 */
static void share_by_bounces(struct model *model) {
    const struct model_mode *mode = &model->modes[0];
    double owned = 0, all = 0;
    for (uint32_t i = 0; i < model->nsites; i++) {
        all += model->sites[i].share;
        owned += model->sites[i].owner ? model->sites[i].share : 0;
    }
    if (!import_has(mode->row, IMPORT_ACQ_BOUNCES) || !(owned > 0))
        return;
    double bounced = mode->row->value[IMPORT_ACQ_BOUNCES] / mode->figure[FIGURE_ACQUISITIONS];
    double others = 1 - sqrt(1 - fmin(fmax(bounced, 1e-4), 0.9999));
    model->bounces = true;
    for (uint32_t i = 0; i < model->nsites; i++)
        model->sites[i].share *=
            model->sites[i].owner ? (1 - others) / owned : others / (all - owned);
}

/* Somebody has to wait for them: where all own, nobody does. */
static void check_owners(struct model *model) {
    bool waiters = false;
    for (uint32_t i = 0; i < model->nsites; i++)
        waiters = waiters || (!model->sites[i].owner && model->sites[i].share > 0.01);
    for (uint32_t i = 0; i < model->nsites; i++)
        model->sites[i].owner = model->sites[i].owner && waiters && model->sleeps;
}

void model_find_sites(struct arena *arena, struct model *model) {
    struct points points[MODEL_SITES_MOST + 1] = {{0, 0}};
    const struct import_class *row = model->modes[0].row, *other = model->modes[1].row;
    if (row == NULL || (other != NULL && row->nwaiters == 0))
        row = other;
    if (row == NULL)
        return;
    count_points(arena, model, row, points);
    fill_modes(arena, model, points);
    for (int m = 0; m < MODEL_MODES; m++)
        share_mode(model, points, m);
    check_owners(model);
    if (model->sleeps) {
        share_by_bounces(model);
        assume_unknown_holds(model);
    }
}
