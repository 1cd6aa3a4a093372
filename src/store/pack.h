/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_PACK_H
#define STORE_PACK_H

#include "store/record.h"

/* A point as bytes, for processes of the same program on machines of the same kind. */
const void *record_pack(struct arena *arena, struct sweep *sweep, uint32_t index, size_t *n);
/* False: it is no point of this sweep, or not all of one. */
bool record_unpack(struct arena *arena, struct sweep *sweep, const void *bytes, size_t n,
                   uint32_t *index);

#endif
