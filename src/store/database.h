/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef STORE_DATABASE_H
#define STORE_DATABASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * An SQLite file. The first thing that goes wrong is kept, and whatever comes
 * after it does nothing. Every change is one transaction in SQLite's rollback
 * journal, flushed to the disk: a process that is killed, or a machine that
 * loses power, leaves the file as it was before or after it.
 */
struct arena;
struct sqlite3_stmt;
struct database;

enum database_use {
    DATABASE_READ,  /* it exists; somebody may be writing */
    DATABASE_WRITE, /* created when it does not exist; nobody else may be writing */
};

/* NULL and *error when it cannot be had at all. */
struct database *database_open(struct arena *arena, const char *file, enum database_use use,
                               const char **error);
void database_close(struct database *db);
/* What went wrong, or NULL. */
const char *database_error(const struct database *db);
/* Something that SQLite does not know is wrong; the text must stay. */
void database_fail(struct database *db, const char *error);

/* Statements without results. */
void database_run(struct database *db, const char *sql);
/* A number that the query gives. */
int64_t database_number(struct database *db, const char *sql);

/*
 * The statement is made once for each text and then kept. NULL after an error.
 * It must have been stepped to its end, or reset, before it is used again.
 */
struct sqlite3_stmt *database_query(struct database *db, const char *sql);
/* True: there is a row; false: it is done, and ready for the next use. */
bool database_step(struct database *db, struct sqlite3_stmt *query);

void database_bind_text(struct sqlite3_stmt *query, int column, const char *text);
/* Copied; NULL when it is. */
const char *database_text(struct arena *arena, struct sqlite3_stmt *query, int column);

#endif
