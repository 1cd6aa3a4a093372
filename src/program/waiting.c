/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the waiters of a lock wait: `wait: spin-then-park(20us)`, against what the kind allows. */
#include "base/units.h"
#include "program/compile.h"

#include <math.h>
#include <string.h>

static const struct policy {
    const char *name;
    bool timed;
} policies[WAITINGS] = {
    [WAIT_SPIN] = {"spin", false},
    [WAIT_PARK] = {"park", false},
    [WAIT_SPIN_THEN_PARK] = {"spin-then-park", true},
    [WAIT_OPTIMISTIC] = {"optimistic", false},
    [WAIT_ADAPTIVE] = {"adaptive", false},
};

const char *waiting_name(enum waiting waiting) {
    return policies[waiting].name;
}

bool waiting_is_timed(enum waiting waiting) {
    return policies[waiting].timed;
}

static const char *list_allowed(struct compiler *c, uint32_t allowed) {
    const char *list = "", *before = "";
    for (int i = 0; i < WAITINGS; i++) {
        if ((allowed & WAITS(i)) == 0)
            continue;
        list = arena_printf(c->arena, "%s%s%s%s", list, before, policies[i].name,
                            policies[i].timed ? "(TIME)" : "");
        before = ", ";
    }
    return list;
}

static void refuse(struct compiler *c, const struct name *wait, const struct kind_info *kind) {
    if (kind->waits == 0)
        diag_error(c->diag, wait->pos, "how kind '%s' waits is part of the kind: it has no 'wait'",
                   kind->name);
    else
        diag_error(c->diag, wait->pos, "kind '%s' cannot wait by '%s'; it allows: %s", kind->name,
                   wait->text, list_allowed(c, kind->waits));
}

/* The time of "spin-then-park(20us)", or an error. */
static void read_spin(struct compiler *c, struct lock_class *class, const struct name *wait,
                      size_t word) {
    static const double LONGEST = 3600.0;
    size_t length = strlen(wait->text);
    double seconds = 0;
    if (wait->text[word] != '(' || wait->text[length - 1] != ')' ||
        parse_time(wait->text + word + 1, length - word - 2, &seconds) != NULL ||
        !(seconds >= 0 && seconds <= LONGEST))
        diag_error(c->diag, wait->pos,
                   "expected a time to spin, up to an hour, such as %.*s(20us), not '%s'",
                   (int)word, wait->text, wait->text);
    class->spin_time = (sim_time)round(seconds * (double)TICKS_PER_SECOND);
}

void compile_waiting(struct compiler *c, uint32_t lock) {
    struct lock_class *class = &c->program->locks[lock];
    const struct name *wait = &c->locks[lock].decl->wait;
    const struct kind_info *kind = class->info;
    class->waiting = kind->waiting;
    if (wait->text == NULL)
        return;
    size_t word = strcspn(wait->text, "(");
    for (int i = 0; i < WAITINGS; i++) {
        const struct policy *policy = &policies[i];
        if (strlen(policy->name) != word || strncmp(policy->name, wait->text, word) != 0 ||
            (kind->waits & WAITS(i)) == 0 || (wait->text[word] != '\0' && !policy->timed))
            continue;
        class->waiting = (uint8_t)i;
        if (policy->timed)
            read_spin(c, class, wait, word);
        return;
    }
    refuse(c, wait, kind);
}
