/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/audit.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void broken(struct audit *audit, const char *law, const char *where, int64_t engine,
                   int64_t observed) {
    if (audit_passed(audit))
        snprintf(audit->message, sizeof(audit->message),
                 "%s of %.60s: the engine counts %" PRId64 ", the observers %" PRId64, law, where,
                 engine, observed);
}

static void compare(struct audit *audit, double *worst, const char *law, const char *where,
                    int64_t engine, int64_t observed) {
    if (engine == observed)
        return;
    broken(audit, law, where, engine, observed);
    double scale = fmax(fabs((double)engine), fabs((double)observed));
    *worst = fmax(*worst, fabs((double)engine - (double)observed) / scale);
}

static void check_flow(struct audit *audit, const char *lock, const struct lock_integrals *at) {
    if (at->requests < at->grants)
        broken(audit, "flow (more grants than requests)", lock, (int64_t)at->requests,
               (int64_t)at->grants);
    if (at->grants < at->releases)
        broken(audit, "flow (more releases than grants)", lock, (int64_t)at->grants,
               (int64_t)at->releases);
}

void audit_lock(struct audit *audit, const char *lock, const struct lock_integrals *begin,
                const struct lock_integrals *end, const struct stamps *stamps) {
    check_flow(audit, lock, begin);
    check_flow(audit, lock, end);
    compare(audit, &audit->little, "flow (releases and passages)", lock,
            (int64_t)(end->releases - begin->releases), (int64_t)stamps->passages);
    compare(audit, &audit->little, "Little's law", lock, end->inside - begin->inside,
            stamps->inside - begin->open_inside + end->open_inside);
    compare(audit, &audit->utilization, "utilization law", lock, end->held - begin->held,
            stamps->held - begin->open_held + end->open_held);
}

static int64_t accounted(const struct sim_counters *at) {
    return at->run + at->spin + at->switching + at->irq;
}

void audit_time(struct audit *audit, uint32_t cpus, const struct sim_counters *begin,
                const struct sim_counters *end) {
    int64_t occupied = end->occupied - begin->occupied;
    compare(audit, &audit->time, "conservation of time", "the CPUs", occupied,
            accounted(end) - accounted(begin));
    int64_t available = (int64_t)cpus * (end->now - begin->now);
    if (occupied > available)
        compare(audit, &audit->time, "capacity", "the CPUs", available, occupied);
}

void audit_profile(struct audit *audit, const struct sim_counters *used,
                   const struct profile_cell *cells, uint32_t nframes) {
    int64_t all = 0, spin = 0;
    for (uint32_t i = 0; i < nframes; i++) {
        spin += cells[i].ticks[PROFILE_FIRST] + cells[i].ticks[PROFILE_QUEUED];
        for (int slot = 0; slot < PROFILE_SLOTS; slot++)
            all += cells[i].ticks[slot];
    }
    int64_t switching = cells[FRAME_OF_SWITCHES].ticks[PROFILE_SELF];
    int64_t irq = cells[FRAME_OF_INTERRUPTS].ticks[PROFILE_SELF];
    compare(audit, &audit->time, "profile of switching", "the CPUs", used->switching, switching);
    compare(audit, &audit->time, "profile of interrupts", "the CPUs", used->irq, irq);
    compare(audit, &audit->time, "profile of spinning", "the CPUs", used->spin, spin);
    compare(audit, &audit->time, "profile of all time", "the CPUs", used->occupied, all);
}

void audit_merge(struct audit *into, const struct audit *from) {
    into->little = fmax(into->little, from->little);
    into->utilization = fmax(into->utilization, from->utilization);
    into->time = fmax(into->time, from->time);
    if (audit_passed(into))
        memcpy(into->message, from->message, sizeof(into->message));
}
