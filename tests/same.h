/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_SAME_H
#define TESTS_SAME_H

#include "trial.h"

/* Two runs of one program are the same, bit for bit: what is counted and integrated so far, ... */
void same_state(const struct trial *a, const struct trial *b);
/* ... and all passages, which are sorted by it. */
void same_passages(struct trial *a, struct trial *b);

#endif
