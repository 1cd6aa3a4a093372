/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which object a thread picks, and two picks in the order of their objects. */
#include "sim/core.h"

/* The first object whose cumulative probability is beyond u. */
static uint32_t look_up(const double *p, uint32_t n, double u) {
    uint32_t low = 0, high = n - 1;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (u < p[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static uint32_t pick_any(struct sim *sim, struct stream *stream, const struct op *op) {
    uint32_t n = sim->program->object_counts[op->index];
    if (op->mode == PICK_UNIFORM)
        return stream_below(stream, n);
    if (op->mode == PICK_ROUND_ROBIN)
        return sim->round_robin[op->index]++ % n;
    return look_up(sim->program->picks[op->target].p, n, stream_uniform(stream));
}

/* By zipf, not `taken`: from what is left of [0, 1) when its part is taken out. */
static uint32_t look_up_other(const double *p, uint32_t n, double u, uint32_t taken) {
    double before = taken == 0 ? 0 : p[taken - 1];
    u *= 1 - (p[taken] - before);
    uint32_t object = look_up(p, n, u < before ? u : u + (p[taken] - before));
    if (object == taken) /* by rounding */
        object += taken + 1 < n ? 1 : UINT32_MAX;
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
    return look_up_other(sim->program->picks[op->target].p, n, stream_uniform(stream), other);
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
