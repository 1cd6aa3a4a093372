/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_SWEEP_REPORT_H
#define CLI_SWEEP_REPORT_H

#include "cli/options.h"
#include "experiment/sweep.h"

/* Whether what the options want written can be, before any work is done. Exit statuses. */
int check_report(const struct options *options, const char *verb);
/* The report and the picture of a sweep; wall: seconds it took, or NAN. */
int write_report(struct arena *arena, const struct options *options, const struct sweep *sweep,
                 double wall);

#endif
