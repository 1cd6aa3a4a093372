/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LANE_LEGS_H
#define SIM_LANE_LEGS_H

#include "sim/core.h"

/* A thread's way from one request to the next. */
struct leg {
    const struct leg *next;
    const struct op *lock;    /* the request */
    uint32_t site;            /* of it */
    const struct dist *hold;  /* the work once it has the lock */
    const struct dist *think; /* the work from the release to the next request */
    uint16_t hold_stream, think_stream;
    bool together;   /* both are exponential, with streams of their own: see draw_two() */
    double means[2]; /* then */
    bool user_hold, user_think; /* it is user work */
    bool traced;                /* lock_traced() is called for those behind a waiter */
    bool turns;                 /* something is picked on the way, or the next leg is another */
    uint32_t npicks;            /* on the way */
    uint32_t ncounts;           /* as the lock is released */
    const struct op *const *picks;
    const uint32_t *counts;
    /* What has been booked of it since the last settling. */
    struct leg_sums {
        uint64_t passes;
        int64_t hold, think;
        int64_t begun; /* of holds that go on: until now */
    } * sums;
};

/* By group, the leg of the first request; NULL: not all of the program is like that. */
const struct leg **legs_of(struct sim *sim);
/* A pick that depends on the thread alone. */
bool leg_picks(const struct op *op);

#endif
