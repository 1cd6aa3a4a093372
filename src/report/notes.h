/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_NOTES_H
#define REPORT_NOTES_H

#include "report/report.h"

/* What the figures mean where they are easily misread: sentences, in order. */
struct notes {
    const char **texts;
    uint32_t n;
};

/* A wait for CPUs, as a share of CPU time, from which on it is spoken of. */
#define CPU_WAIT_MATTERS 0.05
/* "30.0% of", "86.1 times", and of none "many times" */
const char *cpu_wait_text(struct arena *arena, double share);
/* What is said of arrivals of which so many more are inside in the end; without a full stop. */
const char *behind_text(struct arena *arena, double behind);

struct notes notes_of(struct arena *arena, const struct report *report);
struct notes notes_of_validation(struct arena *arena, const struct report *report);

#endif
