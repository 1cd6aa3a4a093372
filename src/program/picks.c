/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables for picks by Zipf's law: object i has probability proportional to (i + 1)^-exponent. */
#include "base/exactmath.h"
#include "program/compile.h"

/* Beyond, all but the first object are never seen; exact_exp() takes 700 = 50 ln 2^20. */
static const double STEEPEST = 20;

static const double *zipf(struct compiler *c, uint32_t n, double exponent) {
    double *p = arena_array(c->arena, n, sizeof(*p));
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        p[i] = sum += exact_exp(-exponent * exact_log(i + 1.0));
    for (uint32_t i = 0; i < n; i++)
        p[i] /= sum;
    return p;
}

static const uint32_t *starts(struct compiler *c, uint32_t n, const double *p, uint32_t parts) {
    uint32_t *from = arena_array(c->arena, parts, sizeof(*from)), object = 0;
    for (uint32_t i = 0; i < parts; i++) {
        while (object < n - 1 && p[object] <= (double)i / parts)
            object++;
        from[i] = object;
    }
    return from;
}

uint32_t pick_table(struct compiler *c, const struct step *step, uint32_t class) {
    struct program *program = c->program;
    double exponent = step->exponent;
    if (!(exponent >= 0 && exponent <= STEEPEST)) {
        diag_error(c->diag, step->pos, "zipf(%g): the exponent must be from 0 to %g", exponent,
                   STEEPEST);
        exponent = 1;
    }
    for (uint32_t i = 0; i < program->npicks; i++)
        if (c->picks[i].class == class && c->picks[i].exponent == exponent)
            return i;
    uint32_t i = program->npicks, n = program->object_counts[class];
    program->picks = make_room(c, program->picks, i, sizeof(*program->picks));
    c->picks = make_room(c, c->picks, i, sizeof(*c->picks));
    c->picks[i] = (struct pick_plan){class, exponent};
    const double *p = zipf(c, n, exponent);
    /* So many that of few objects the first is nearly always the one. */
    uint32_t parts = n < 1024 ? 1024 : n;
    program->picks[i] =
        (struct pick_table){.n = n, .p = p, .parts = parts, .from = starts(c, n, p, parts)};
    return program->npicks++;
}
