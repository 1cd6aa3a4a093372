/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which object a thread picks, and two picks in the order of their objects. */
#include "sim/core.h"

/* The first object whose cumulative probability is beyond u; from its start on, or by rounding
 * before it. */
static uint32_t look_up(const struct pick_table *table, double u) {
    const double *p = table->p;
    uint32_t part = (uint32_t)(u * table->parts);
    uint32_t object = table->from[part < table->parts ? part : table->parts - 1];
    while (object < table->n - 1 && u >= p[object])
        object++;
    while (object > 0 && u < p[object - 1])
        object--;
    return object;
}

static uint32_t pick_any(struct sim *sim, struct stream *stream, const struct op *op) {
    uint32_t n = sim->program->object_counts[op->index];
    if (op->mode == PICK_UNIFORM)
        return stream_below(stream, n);
    if (op->mode == PICK_ROUND_ROBIN)
        return sim->round_robin[op->index]++ % n;
    return look_up(&sim->program->picks[op->target], stream_uniform(stream));
}

/* By zipf, not `taken`: from what is left of [0, 1) when its part is taken out. */
static uint32_t look_up_other(const struct pick_table *table, double u, uint32_t taken) {
    const double *p = table->p;
    double before = taken == 0 ? 0 : p[taken - 1];
    u *= 1 - (p[taken] - before);
    uint32_t object = look_up(table, u < before ? u : u + (p[taken] - before));
    if (object == taken) /* by rounding */
        object += taken + 1 < table->n ? 1 : UINT32_MAX;
    return object;
}

/* One draw, as for pick_any(), so that what is drawn later stays the same. */
static uint32_t pick_other(struct sim *sim, struct stream *stream, const struct op *op,
                           uint32_t other) {
    uint32_t n = sim->program->object_counts[op->index], object;
    switch ((enum pick_by)op->mode) {
    case PICK_UNIFORM:
        object = stream_below(stream, n - 1);
        return object + (object >= other);
    case PICK_ROUND_ROBIN:
        object = pick_any(sim, stream, op);
        return object != other ? object : pick_any(sim, stream, op);
    case PICK_ZIPF:
        break;
    }
    return look_up_other(&sim->program->picks[op->target], stream_uniform(stream), other);
}

uint32_t pick_object(struct sim *sim, struct thread *thread, const struct op *op) {
    struct stream *stream = &thread->streams[op->stream];
    if (op->other == NO_REG)
        return pick_any(sim, stream, op);
    return pick_other(sim, stream, op, thread->regs[op->other]);
}

void pick_order(struct thread *thread, const struct op *op) {
    uint32_t a = thread->regs[op->other], b = thread->regs[op->index];
    thread->regs[op->reg] = a < b ? a : b;
    thread->regs[op->reg + 1] = a < b ? b : a;
}
