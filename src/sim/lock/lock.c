/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lock/lock.h"

#include <string.h>

#define KIND(name) extern const struct lock_kind lock_kind_##name;
#include "sim/lock/kinds.def"
#undef KIND

#define KIND(name) &lock_kind_##name,
const struct lock_kind *const lock_kinds[] = {
#include "sim/lock/kinds.def"
};
#undef KIND

#define KIND(name) &lock_kind_##name.info,
const struct kind_info *const lock_kind_infos[] = {
#include "sim/lock/kinds.def"
};
#undef KIND

const uint32_t lock_kind_count = sizeof(lock_kinds) / sizeof(lock_kinds[0]);

const struct kind_info *lock_kind_info(const char *name) {
    for (uint32_t i = 0; i < lock_kind_count; i++)
        if (strcmp(lock_kind_infos[i]->name, name) == 0)
            return lock_kind_infos[i];
    return NULL;
}
