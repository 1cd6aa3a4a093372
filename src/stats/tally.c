/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/tally.h"

#include "base/wide.h"

#include <string.h>

static WIDE_BODY struct flag_range find_range(const uint32_t *flags, size_t n) {
    uint32_t any = 0, all = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        any |= flags[i];
        all &= flags[i];
    }
    return (struct flag_range){any, all};
}

static WIDE_BODY uint64_t count_flags(const uint32_t *flags, size_t n, struct flag_set of) {
    uint32_t found = 0;
    for (size_t i = 0; i < n; i++)
        found += (flags[i] & of.mask) == of.flags;
    return found;
}

/* ---- spans ---- */

static WIDE_BODY void add_span(struct span *into, const sim_time *from, const sim_time *to,
                               size_t n) {
    struct span sum = {.count = n, .min = TIME_NEVER};
    for (size_t i = 0; i < n; i++) {
        sim_time x = to[i] - from[i];
        sum.total += x;
        sum.min = x < sum.min ? x : sum.min;
        sum.max = x > sum.max ? x : sum.max;
    }
    span_merge(into, &sum);
}

static WIDE_BODY void add_span_of(struct span *into, const sim_time *from, const sim_time *to,
                                  size_t n, const uint32_t *flags, struct flag_set of) {
    struct span sum = {.min = TIME_NEVER};
    for (size_t i = 0; i < n; i++) {
        sim_time in = -(sim_time)((flags[i] & of.mask) == of.flags);
        sim_time x = (to[i] - from[i]) & in, low = x | (TIME_NEVER & ~in);
        sum.count -= (uint64_t)in;
        sum.total += x;
        sum.min = low < sum.min ? low : sum.min;
        sum.max = x > sum.max ? x : sum.max;
    }
    span_merge(into, &sum);
}

/* ---- histograms ---- */

/*
 * The bucket of a time below 2^52: the exponent and the first seven bits behind
 * the point of the number that it is in floating point, unless it is so small
 * that it has a bucket of its own.
 */
static WIDE_BODY uint64_t bucket_of(uint64_t ticks) {
    const uint64_t two_52 = 0x4330000000000000ULL;
    uint64_t bits = ticks | two_52;
    double value;
    memcpy(&value, &bits, sizeof(value));
    value -= 0x1p52;
    memcpy(&bits, &value, sizeof(bits));
    uint64_t bucket = (bits >> (52 - HIST_SUB_BITS)) - (1023 + HIST_SUB_BITS - 1) * HIST_SUB;
    uint64_t small = -(uint64_t)((int64_t)ticks < HIST_SUB);
    return bucket ^ ((bucket ^ ticks) & small);
}

enum { CHUNK = PASSAGES_MOST };

static WIDE_BODY void count_buckets(uint64_t *buckets, const uint64_t *bucket, size_t n) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        buckets[bucket[i]]++;
        buckets[bucket[i + 1]]++;
        buckets[bucket[i + 2]]++;
        buckets[bucket[i + 3]]++;
    }
    for (; i < n; i++)
        buckets[bucket[i]]++;
}

static WIDE_BODY struct span add_chunk(struct hist *hist, const sim_time *from, const sim_time *to,
                                       size_t n) {
    uint64_t bucket[CHUNK];
    struct span sum = {.count = n, .min = TIME_NEVER};
    for (size_t i = 0; i < n; i++) {
        sim_time x = to[i] - from[i];
        sum.total += x;
        sum.min = x < sum.min ? x : sum.min;
        sum.max = x > sum.max ? x : sum.max;
        bucket[i] = bucket_of((uint64_t)x);
    }
    for (size_t i = 0; i < n && sum.max >= (sim_time)1 << 52; i++)
        bucket[i] = hist_bucket((uint64_t)(to[i] - from[i]));
    hist_make_buckets(hist, hist_bucket((uint64_t)sum.max));
    count_buckets(hist->buckets, bucket, n);
    hist->count += n;
    hist->sum += sum.total;
    hist->min = sum.min < hist->min ? sum.min : hist->min;
    hist->max = sum.max > hist->max ? sum.max : hist->max;
    return sum;
}

static WIDE_BODY struct span add_hist(struct hist *hist, const sim_time *from, const sim_time *to,
                                      size_t n) {
    struct span sum = {0};
    for (size_t done = 0; done < n; done += CHUNK) {
        const struct span chunk =
            add_chunk(hist, from + done, to + done, n - done < CHUNK ? n - done : CHUNK);
        span_merge(&sum, &chunk);
    }
    return sum;
}

/* ---- for all CPUs and for some ---- */

#define TALLY(name)                                                                                \
    WIDE_##name static struct flag_range range_##name(const uint32_t *flags, size_t n) {           \
        return find_range(flags, n);                                                               \
    }                                                                                              \
    WIDE_##name static uint64_t count_##name(const uint32_t *flags, size_t n,                      \
                                             struct flag_set of) {                                 \
        return count_flags(flags, n, of);                                                          \
    }                                                                                              \
    WIDE_##name static struct span hist_##name(struct hist *into, const sim_time *from,            \
                                               const sim_time *to, size_t n) {                     \
        return add_hist(into, from, to, n);                                                        \
    }                                                                                              \
    WIDE_##name static void span_##name(struct span *into, const sim_time *from,                   \
                                        const sim_time *to, size_t n) {                            \
        add_span(into, from, to, n);                                                               \
    }                                                                                              \
    WIDE_##name static void span_of_##name(struct span *into, const sim_time *from,                \
                                           const sim_time *to, size_t n, const uint32_t *flags,    \
                                           struct flag_set of) {                                   \
        add_span_of(into, from, to, n, flags, of);                                                 \
    }                                                                                              \
    static const struct tally name = {range_##name, count_##name, hist_##name, span_##name,        \
                                      span_of_##name};

WIDE(TALLY)

const struct tally *tally_best(void) {
    static const struct tally *const tallies[] = {&plain, &avx2, &avx512};
    return tallies[wide_best()];
}
