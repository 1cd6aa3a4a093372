/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_CALIBRATION_H
#define REPORT_CALIBRATION_H

#include "experiment/calibrate.h"
#include "report/notes.h"

/* What a calibration leaves to be said. */
struct notes calibration_notes(struct arena *arena, const struct calibration *calibration);

#endif
