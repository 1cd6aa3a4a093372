/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STATS_BUSY_H
#define STATS_BUSY_H

#include "program/program.h"
#include "sim/observer.h"

/*
 * How long each instance of a lock was busy, as the one server of a queue is:
 * somebody had it, or was about to get it and nobody else could use it.
 *
 * held   by who excludes others, or by readers whom the next writer waited for
 * line   on its way: from the release, or from the request if that was later,
 *        until who got it next had it
 * wakeup the same, where who got it next had gone off its CPU
 *
 * Passages come in order of release, so a reader's way to a lock on which a
 * later one was done first may be missed: it was not what the lock was busy
 * with. Who holds nothing (enum lock_mode of the kind) keeps it on its way only;
 * who takes one of several units holds its part of the lock.
 */
struct busy {
    int64_t held, line, wakeup; /* ticks */
};

struct busy_instance {
    struct busy busy;
    sim_time until; /* all before is accounted for */
    sim_time freed; /* the last release */
};

struct busy_view {
    const struct program *program;
    uint32_t *units;                 /* by class: how many may hold it without sharing */
    struct busy_instance *instances; /* by class first + index */
};

/* Everything lives in the arena. What was before `begin` does not count. */
struct busy_view *busy_view_new(struct arena *arena, const struct program *program, sim_time begin);
void busy_view_add(struct busy_view *view, const struct passages *passages);
/* Adds the times of a view of the same program: order does not matter. */
void busy_view_merge(struct busy_view *into, const struct busy_view *from);
/* Of the instance of the class that was busy longest. */
struct busy busy_most(const struct busy_view *view, uint32_t lock_class);

#endif
