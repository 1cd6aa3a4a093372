/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DICE_H
#define TESTS_DICE_H

#include <stdint.h>

/* A fixed generator, so that a failure can be repeated: not that of the engine, which is tested. */
static inline uint64_t dice_next(uint64_t *state) {
    return *state = *state * 6364136223846793005u + 1442695040888963407u;
}

static inline uint32_t dice_below(uint64_t *state, uint32_t n) {
    return (uint32_t)(dice_next(state) >> 33) % n;
}

/* In (0, 1). */
static inline double dice_uniform(uint64_t *state) {
    return ((double)(dice_next(state) >> 11) + 0.5) / 9007199254740992.0;
}

#endif
