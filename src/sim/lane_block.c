/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lane_block.h"

#include "base/wide.h"

/* Who was before him had the lock as he asked, or has at least been on another CPU. */
static WIDE_BODY void set_flags(struct block *block, uint32_t from, uint32_t to, uint32_t bits) {
    enum { WAITED = PASSAGE_WAITED | PASSAGE_CONTENDED | PASSAGE_CON_BOUNCE };
    for (uint32_t i = from; i < to; i++) {
        uint64_t key = (uint64_t)block->requested[i] << bits | block->thread[i + 1];
        uint32_t contended = block->release[i] > 2 * key;
        uint32_t bounces = block->thread[i] != block->thread[i + 1];
        block->flags[i] = (-contended & WAITED) | (-bounces & PASSAGE_ACQ_BOUNCE);
    }
}

static WIDE_BODY void add_passes(struct block_sums *sums, const struct block *block, uint32_t from,
                                 uint32_t to) {
    uint64_t requests = 0, grants = 0, releases = 0, think = 0, at_once = 0;
    uint32_t seen = 0;
    for (uint32_t i = from; i < to; i++) {
        requests += (uint64_t)block->requested[i];
        grants += (uint64_t)block->acquired[i];
        releases += (uint64_t)block->released[i];
        think += (uint64_t)block->think[i];
        at_once += block->think[i] == 0;
    }
    for (uint32_t i = from; i < to; i++)
        seen += ((block->flags[i] & PASSAGE_CONTENDED) != 0) |
                (block->released[i] != block->acquired[i]);
    sums->requests += requests;
    sums->grants += grants;
    sums->releases += releases;
    sums->think += think;
    sums->at_once += at_once;
    sums->releases_seen += seen;
}

#define CODE(name)                                                                                 \
    WIDE_##name static void set_flags_##name(struct block *block, uint32_t from, uint32_t to,      \
                                             uint32_t bits) {                                      \
        set_flags(block, from, to, bits);                                                          \
    }                                                                                              \
    WIDE_##name static void add_##name(struct block_sums *sums, const struct block *block,         \
                                       uint32_t from, uint32_t to) {                               \
        add_passes(sums, block, from, to);                                                         \
    }                                                                                              \
    static const struct block_code name = {set_flags_##name, add_##name};

WIDE(CODE)

const struct block_code *block_code(void) {
    static const struct block_code *const codes[] = {&plain, &avx2, &avx512};
    return codes[wide_best()];
}
