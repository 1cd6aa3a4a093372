/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/backlog.h"

#include <math.h>

static const double BEYOND_WANDERING = 0.25, BEYOND_CHANCE = 0.25;

struct backlog backlog_of(const double inside[BACKLOG_POINTS]) {
    struct backlog backlog = {0, 0};
    double squares = 0;
    for (int i = 0; i < BACKLOG_POINTS; i++) {
        double t = (double)i / BACKLOG_PARTS - 0.5;
        backlog.growth += t * inside[i];
        squares += t * t;
        if (i > 0)
            backlog.steps += (inside[i] - inside[i - 1]) * (inside[i] - inside[i - 1]);
    }
    backlog.growth /= squares;
    return backlog;
}

bool backlog_grows(const struct backlog *mean, double arrivals) {
    return mean->growth > BEYOND_WANDERING * sqrt(mean->steps) &&
           mean->growth > BEYOND_CHANCE * sqrt(arrivals);
}
