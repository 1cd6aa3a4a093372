/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "store/database.h"
#include "store/provenance.h"
#include "store/record.h"

/* The tables of a store, and the provenance in them. */

enum { SCHEMA = 3, STORE_ID = 0x6c6b736d /* "lksm", SQLite's application_id */ };

/* Fails unless it is a store of this schema; false: it is an empty file. */
bool schema_check(struct database *db);
void schema_create(struct database *db, struct arena *arena, const struct provenance *provenance,
                   const struct sweep *sweep);
void schema_read(struct database *db, struct arena *arena, struct provenance *provenance);

#endif
