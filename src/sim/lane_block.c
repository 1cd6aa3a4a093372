/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lane_block.h"

#include "base/wide.h"

/* Who was before him had the lock as he asked, or has at least been on another CPU. */
static WIDE_BODY void book(struct block_sums *sums, struct booked *booked,
                           const struct block *block, uint32_t from, uint32_t to, uint32_t bits) {
    enum { WAITED = PASSAGE_WAITED | PASSAGE_CONTENDED | PASSAGE_CON_BOUNCE };
    const uint64_t ids = ((uint64_t)1 << bits) - 1;
    uint64_t requests = 0, grants = 0, releases = 0, think = 0, at_once = 0, seen = 0;
    const uint64_t *request = block->request + from, *release = block->release + from;
    const uint64_t *next = block->next + from;
    for (uint32_t i = 0; i < to - from; i++) {
        uint64_t key = request[i + 1], requested = key >> bits;
        uint64_t released = release[i + 1] >> (bits + 1), again = next[i] >> bits;
        bool contended = release[i] > 2 * key;
        bool bounces = ((request[i] ^ key) & ids) != 0;
        uint64_t acquired = contended ? release[i] >> (bits + 1) : requested;
        requests += requested;
        grants += acquired;
        releases += released;
        think += again - released;
        at_once += again == released;
        seen += contended | (released != acquired);
        booked->requested[i] = (sim_time)requested;
        booked->acquired[i] = (sim_time)acquired;
        booked->released[i] = (sim_time)released;
        booked->thread[i] = (uint32_t)(key & ids);
        booked->flags[i] = (contended ? WAITED : 0) | (bounces ? PASSAGE_ACQ_BOUNCE : 0);
    }
    sums->requests += requests;
    sums->grants += grants;
    sums->releases += releases;
    sums->think += think;
    sums->at_once += at_once;
    sums->releases_seen += seen;
}

#define CODE(name)                                                                                 \
    WIDE_##name static void book_##name(struct block_sums *sums, struct booked *booked,            \
                                        const struct block *block, uint32_t from, uint32_t to,     \
                                        uint32_t bits) {                                           \
        book(sums, booked, block, from, to, bits);                                                 \
    }                                                                                              \
    static const struct block_code name = {book_##name};

WIDE(CODE)

const struct block_code *block_code(void) {
    static const struct block_code *const codes[] = {&plain, &avx2, &avx512};
    return codes[wide_best()];
}
