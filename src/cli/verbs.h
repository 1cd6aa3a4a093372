/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "cli/options.h"

/* Each in a file of its own; returns the exit status. */
int verb_calibrate(const struct options *options);
int verb_check(const struct options *options);
int verb_import(const struct options *options);
int verb_results(const struct options *options);
int verb_run(const struct options *options);
int verb_sweep(const struct options *options);
int verb_validate(const struct options *options);

#endif
