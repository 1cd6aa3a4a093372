/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/purpose.h"

#include "base/digest.h"

#include <string.h>

/* The terminator is hashed too: "ab" "c" is not "a" "bc". */
static uint64_t hash_text(uint64_t hash, const char *text) {
    return digest_bytes(hash, text, strlen(text) + 1);
}

/* Byte by byte, so that the order of bytes in memory does not matter. */
static uint64_t hash_number(uint64_t hash, uint32_t number) {
    for (int shift = 0; shift < 32; shift += 8) {
        unsigned char byte = (unsigned char)(number >> shift);
        hash = digest_bytes(hash, &byte, 1);
    }
    return hash;
}

/* FNV leaves the high bits of short keys alike: finish with the mixer of SplitMix64. */
static uint64_t finish(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

static const char *const kind_keys[] = {
    [STEP_RUN] = "run",           [STEP_DELAY] = "delay",
    [STEP_SLEEP] = "sleep",       [STEP_IN] = "section",
    [STEP_PICK] = "pick",         [STEP_POST] = "post",
    [STEP_TAKE] = "take",         [STEP_COUNT] = "count",
    [STEP_CHOOSE] = "choose",     [STEP_REPEAT] = "repeat",
    [STEP_LOCK] = "section",      [STEP_UNLOCK] = "unlock",
    [STEP_COMPLETE] = "complete", [STEP_WAIT_FOR] = "wait_for",
    [STEP_RCU_READ] = "rcu_read", [STEP_SYNCHRONIZE] = "synchronize_rcu",
    [STEP_CALL_RCU] = "call_rcu", [STEP_READ] = "read",
    [STEP_WRITE] = "write",
};

static uint64_t step_key(const char *group, const struct step *step) {
    uint64_t hash = hash_text(DIGEST_BASIS, group);
    hash = hash_text(hash, kind_keys[step->kind]);
    return hash_text(hash, step->name.text == NULL ? "" : step->name.text);
}

static struct tally_entry *find(const struct tally *tally, uint64_t key) {
    uint32_t i = (uint32_t)finish(key) & (tally->size - 1);
    while (tally->entries[i].count != 0 && tally->entries[i].key != key)
        i = (i + 1) & (tally->size - 1);
    return &tally->entries[i];
}

static void grow(struct arena *arena, struct tally *tally) {
    struct tally old = *tally;
    tally->size = old.size == 0 ? 16 : 2 * old.size;
    tally->entries = arena_array(arena, tally->size, sizeof(*tally->entries));
    for (uint32_t i = 0; i < old.size; i++)
        if (old.entries[i].count != 0)
            *find(tally, old.entries[i].key) = old.entries[i];
}

uint64_t next_purpose(struct arena *arena, struct tally *tally, const char *group,
                      const struct step *step) {
    if (2 * tally->n >= tally->size)
        grow(arena, tally);
    uint64_t key = step_key(group, step);
    struct tally_entry *entry = find(tally, key);
    tally->n += entry->count == 0;
    entry->key = key;
    return finish(hash_number(key, entry->count++));
}
