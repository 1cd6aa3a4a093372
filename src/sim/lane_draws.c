/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lane_draws.h"

#define FOUR_TIMES(x)                                                                              \
    { x, x, x, x }

const struct draw_constants draw_constants = {
    .step = FOUR_TIMES(0x9e3779b97f4a7c15ULL),
    .first = FOUR_TIMES(0xbf58476d1ce4e5b9ULL),
    .second = FOUR_TIMES(0x94d049bb133111ebULL),
    .layers = FOUR_TIMES(LAYERS - 1),
    .low_half = FOUR_TIMES(UINT32_MAX),
    .two_52 = FOUR_TIMES(0x4330000000000000ULL),
    .two_84 = FOUR_TIMES(0x4530000000000000ULL),
    .both = FOUR_TIMES(0x1p84 + 0x1p52),
    .half = FOUR_TIMES(0.5),
    .rounding = FOUR_TIMES(0x1p52),
};

static uint64_t as_key(const struct events *events, sim_time time) {
    return (uint64_t)(time < events->horizon ? time : events->horizon) << events->bits;
}

void draw_unknown(const struct events *events, struct runner *r) {
    const struct leg *leg = r->leg;
    struct stream *hold = leg->together ? &r->own[0] : &r->streams[leg->hold_stream];
    struct stream *think = leg->together ? &r->own[1] : &r->streams[leg->think_stream];
    if (r->hold >= UNKNOWN)
        r->hold = as_key(events, draw_ticks(leg->hold, hold));
    if (r->think >= UNKNOWN)
        r->think = as_key(events, draw_ticks(leg->think, think));
}
