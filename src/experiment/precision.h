/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef EXPERIMENT_PRECISION_H
#define EXPERIMENT_PRECISION_H

#include "experiment/run.h"

/*
 * What `precision` asks about of a design: every progress rate (the elapsed
 * time of a finite program) and the mean true wait of every lock class with
 * substantial waiting. If it does not end well, nothing.
 */
struct precision {
    double worst;  /* the widest relative half-width */
    double needed; /* replications that should reach the wanted one */
};

struct precision precision_of(struct arena *arena, const struct design_runs *design, double wanted);

#endif
