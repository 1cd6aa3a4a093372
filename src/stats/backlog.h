/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STATS_BACKLOG_H
#define STATS_BACKLOG_H

#include <stdbool.h>
#include <stdint.h>

enum { BACKLOG_PARTS = 16, BACKLOG_POINTS };

/* How many more of those who arrived were inside at the end of a window than at its beginning. */
struct backlog {
    double growth; /* of the straight line that fits best */
    double steps;  /* squared differences between the ends of neighbouring parts, summed */
};

/* Of how many were inside at the ends of equal parts. */
struct backlog backlog_of(const double inside[BACKLOG_POINTS]);

/*
 * Does it grow without end? Of means over replications: there were so many
 * arrivals in a window.
 *
 * A queue in a steady state that it forgets within a part comes back to its
 * mean: growth has the mean 0 and the standard deviation 0.14 sqrt(steps) in
 * one window, 0.045 sqrt(steps) as the mean of ten. One that is on the edge of
 * having a steady state is a reflected random walk, whose growth is about
 * 0.5 sqrt(steps); one beyond it grows in a line, in the end by 4 sqrt(steps).
 * That does not depend on how much times vary. Growth of less than chance does
 * to the number of arrivals is not spoken of: with Poisson arrivals that number
 * has the standard deviation sqrt(arrivals).
 *
 * So a queue on the edge itself is missed in about one of ten experiments of ten
 * replications, one beyond it only where the window is too short to tell it from
 * that. A steady state whose memory is longer than a quarter of the window may be
 * taken for none: means over such a window depend on its length as well.
 */
bool backlog_grows(const struct backlog *mean, double arrivals);

#endif
