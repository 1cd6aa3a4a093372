/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/measured.h"

#include <math.h>
#include <string.h>

/* Figures that are written with few digits, or computed anew from totals, are the same. */
static const double SAME = 1e-3;

static bool same_text(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static const struct measured_field *find_field(const struct measured *entry, const char *name) {
    for (uint32_t i = 0; i < entry->nfields; i++)
        if (strcmp(entry->fields[i].name, name) == 0)
            return &entry->fields[i];
    return NULL;
}

bool measured_same(const struct measured *stated, const struct measured *found) {
    if (!same_text(stated->design.text, found->design.text) ||
        !same_text(stated->lock.text, found->lock.text) ||
        !same_text(stated->progress.text, found->progress.text) ||
        !same_text(stated->threads.text, found->threads.text) ||
        !same_text(stated->caller.text, found->caller.text) || stated->mode != found->mode)
        return false;
    uint32_t equal = 0;
    for (uint32_t i = 0; i < stated->nfields; i++) {
        const struct measured_field *field = find_field(found, stated->fields[i].name);
        if (field == NULL)
            continue;
        if (fabs(field->value - stated->fields[i].value) > SAME * fabs(field->value))
            return false;
        equal++;
    }
    return equal > 0 || (stated->nfields == 0 && stated->nprofile == found->nprofile);
}
