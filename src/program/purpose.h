/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PROGRAM_PURPOSE_H
#define PROGRAM_PURPOSE_H

#include "base/arena.h"
#include "scenario/scenario.h"

#include <stdint.h>

/*
 * The purpose of a random stream is what its step is: the group, the kind of
 * step, the name it works on, and which of the group's steps of that kind and
 * name. Nothing of a design is in it, so a step draws the same numbers in
 * every design.
 */

/* How often each kind and name was seen, as an open hash table. */
struct tally {
    struct tally_entry {
        uint64_t key;
        uint32_t count;
    } * entries;
    uint32_t size; /* a power of two, or 0 */
    uint32_t n;
};

/* The purpose of the group's next step, to be called once for each step in order. */
uint64_t next_purpose(struct arena *arena, struct tally *tally, const char *group,
                      const struct step *step);

#endif
