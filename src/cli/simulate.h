/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_SIMULATE_H
#define CLI_SIMULATE_H

#include "cli/load.h"
#include "experiment/result.h"

/* Runs the programs; NULL when the audit fails, which it says on standard error. */
struct result *simulate(const struct loaded *loaded, const struct options *options);

#endif
