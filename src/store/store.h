/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "store/provenance.h"

/*
 * The points of one sweep in an SQLite file (docs/store.md). A point is there
 * whole or not at all, whenever the process that writes it ends.
 */
struct store;

/* One to read; NULL and *error when there is none. */
struct store *store_open(struct arena *arena, const char *file, const char **error);
/*
 * One to write: created when there is none, refused when it is of another
 * origin or when somebody else is writing.
 */
struct store *store_begin(struct arena *arena, const char *file, const struct provenance *ours,
                          const struct sweep *sweep, const char **error);
void store_close(struct store *store);

const struct provenance *store_provenance(const struct store *store);
/* Reads the points that the sweep does not have yet. Returns NULL, or else what went wrong. */
const char *store_load(struct store *store, struct arena *arena, struct sweep *sweep);
/* In one transaction. */
const char *store_put(struct store *store, struct sweep *sweep, uint32_t index);

#endif
