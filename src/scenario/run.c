/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "scenario/loader.h"

#include <string.h>

#define FIELD(field) offsetof(struct run_spec, field)

static void read_warmup(struct loader *l, const struct node *node, void *field,
                        const struct key *key) {
    if (node->kind != NODE_SCALAR || strcmp(node->text, "auto") != 0)
        read_quantity(l, node, field, key);
}

static const struct key keys[] = {
    {"duration", read_quantity, FIELD(duration), UNIT_TIME, false, "10s"},
    {"warmup", read_warmup, FIELD(warmup), UNIT_TIME, false, "auto"},
    {"replications", read_quantity, FIELD(replications), UNIT_COUNT, false, "10"},
    {"precision", read_quantity, FIELD(precision), UNIT_SHARE, false, "1%"},
    {"seed", read_quantity, FIELD(seed), UNIT_COUNT, false, "1"},
    {"budget", read_quantity, FIELD(budget), UNIT_COUNT, false, "1G"},
    {0}};

void read_run(struct loader *l, const struct node *node, void *field, const struct key *key) {
    struct scenario *scenario = field;
    (void)key;
    read_map(l, node, "the run", keys, &scenario->run);
}

/* Warm-up and precision stay absent: that means "auto", and "all replications". */
void complete_run(struct loader *l) {
    static const char *const values[] = {"1s", NULL, "10", NULL, "1", "1G"};
    struct run_spec *run = &l->scenario->run;
    for (int i = 0; keys[i].name != NULL; i++) {
        struct quantity **q = (void *)((char *)run + keys[i].offset);
        if (*q == NULL && values[i] != NULL)
            *q = default_quantity(l, arena_printf(l->arena, "run.%s", keys[i].name),
                                  (struct pos){0}, values[i], (enum unit)keys[i].unit);
    }
    run->warmup_auto = run->warmup == NULL;
}
