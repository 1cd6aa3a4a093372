/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "report/calibration.h"
#include "report/cells.h"

/* Residuals so much larger than they should be are not explained by chance. */
static const double MISFIT = 2;

struct noter {
    struct arena *arena;
    const struct calibration *calibration;
    struct notes notes;
};

static void note(struct noter *to, const char *text) {
    to->notes.texts[to->notes.n++] = text;
}

static const char *interval(struct arena *arena, enum unit unit, double low, double high) {
    return arena_printf(arena, "%s..%s", cell_value(unit, low).text, cell_value(unit, high).text);
}

static void note_flat(struct noter *to) {
    const struct calibration *c = to->calibration;
    const char *paths = "";
    for (uint32_t j = 0; j < c->nparameters; j++)
        if (c->parameters[j].verdict == FLAT)
            paths = arena_printf(to->arena, "%s%s%s", paths, paths[0] != '\0' ? ", " : "",
                                 c->parameters[j].path);
    if (paths[0] != '\0')
        note(to, arena_printf(to->arena,
                              "Kept, as what was measured does not tell where in its range each of "
                              "them is: %s.",
                              paths));
}

static void note_entangled(struct noter *to, const struct calibrate_parameter *p) {
    note(to, arena_printf(
                 to->arena,
                 "%s keeps its value: what was measured determines it only together with %s "
                 "(correlation %.2f); by itself it may be %s. To have one of them fitted, say "
                 "what the other is, and vary only the one.",
                 p->path, p->partner, p->correlation, interval(to->arena, p->unit, p->lo, p->hi)));
}

static void note_fitted(struct noter *to, const struct calibrate_parameter *p) {
    if (p->at_limit)
        note(to, arena_printf(to->arena,
                              "%s is at the end of its range, %s: beyond, the fit would be better "
                              "still.",
                              p->path, interval(to->arena, p->unit, p->low, p->high)));
}

static void note_fit(struct noter *to) {
    const struct calibration *c = to->calibration;
    if (c->misfit > MISFIT)
        note(to, arena_printf(to->arena,
                              "Residuals are %.1f times what errors and chance explain, whatever "
                              "these parameters are: something else is not as in reality.",
                              c->misfit));
    if (c->freedom <= 0)
        note(to, "There are as many parameters as fields to fit them to: that they agree says "
                 "nothing.");
    if (!c->converged)
        note(to, "The fit had not settled when it was given up.");
}

struct notes calibration_notes(struct arena *arena, const struct calibration *calibration) {
    struct noter to = {.arena = arena, .calibration = calibration};
    to.notes.texts = arena_array(arena, 2 * calibration->nparameters + 3, sizeof(*to.notes.texts));
    for (uint32_t j = 0; j < calibration->nparameters; j++)
        if (calibration->parameters[j].verdict == ENTANGLED)
            note_entangled(&to, &calibration->parameters[j]);
    note_flat(&to);
    for (uint32_t j = 0; j < calibration->nparameters; j++)
        if (calibration->parameters[j].verdict == CALIBRATED)
            note_fitted(&to, &calibration->parameters[j]);
    note_fit(&to);
    return to.notes;
}
