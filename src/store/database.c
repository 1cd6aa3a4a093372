/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/database.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

/* Milliseconds to wait for another process: it holds the file as long as it writes one point. */
enum { PATIENCE = 20000, QUERIES_MAX = 64 };

/*
 * A byte that whoever writes has locked for as long as it does: beyond those of
 * SQLite, which begin at 1 GiB and are locked for each transaction alone. The lock
 * is one of the open file: those of the process SQLite lets go of, all of them.
 */
static const off_t WRITER_BYTE = 0x40000000 + 4096;

struct database {
    struct arena *arena;
    sqlite3 *sqlite;
    int lock; /* file descriptor; -1: none */
    const char *error;
    struct {
        const char *sql;
        sqlite3_stmt *statement;
    } queries[QUERIES_MAX];
    size_t nqueries;
};

static const char *lock_writer(struct database *db, const char *file) {
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = WRITER_BYTE, .l_len = 1};
    db->lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (db->lock < 0)
        return strerror(errno);
    if (fcntl(db->lock, F_OFD_SETLK, &lock) == 0)
        return NULL;
    if (errno == EAGAIN || errno == EACCES)
        return "another process is writing to it";
    return strerror(errno);
}

struct database *database_open(struct arena *arena, const char *file, enum database_use use,
                               const char **error) {
    struct database *db = arena_alloc(arena, sizeof(*db));
    db->arena = arena;
    db->lock = -1;
    *error = use == DATABASE_WRITE     ? lock_writer(db, file)
             : access(file, R_OK) != 0 ? strerror(errno)
                                       : NULL;
    /* Who reads may have to take back what one that was killed had not finished. */
    if (*error == NULL &&
        sqlite3_open_v2(file, &db->sqlite, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        *error = arena_printf(arena, "%s", sqlite3_errmsg(db->sqlite));
    if (*error == NULL) {
        sqlite3_busy_timeout(db->sqlite, PATIENCE);
        database_run(db, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;");
        return db;
    }
    database_close(db);
    return NULL;
}

/* The lock goes last: with the file, all locks of the process on it are gone, SQLite's too. */
void database_close(struct database *db) {
    for (size_t i = 0; i < db->nqueries; i++)
        sqlite3_finalize(db->queries[i].statement);
    sqlite3_close(db->sqlite);
    if (db->lock >= 0)
        close(db->lock);
}

const char *database_error(const struct database *db) {
    return db->error;
}

void database_fail(struct database *db, const char *error) {
    if (db->error == NULL)
        db->error = error;
}

static void note(struct database *db, int code) {
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE || db->error != NULL)
        return;
    int system = sqlite3_system_errno(db->sqlite);
    if (code == SQLITE_NOTADB)
        db->error = "it is no store";
    else if ((code & 0xff) == SQLITE_IOERR && system != 0)
        db->error = strerror(system);
    else
        db->error = arena_printf(db->arena, "%s", sqlite3_errmsg(db->sqlite));
}

void database_run(struct database *db, const char *sql) {
    if (db->error == NULL)
        note(db, sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL));
}

struct sqlite3_stmt *database_query(struct database *db, const char *sql) {
    for (size_t i = 0; i < db->nqueries; i++)
        if (strcmp(db->queries[i].sql, sql) == 0)
            return db->queries[i].statement;
    sqlite3_stmt *statement = NULL;
    if (db->error == NULL && db->nqueries == QUERIES_MAX)
        db->error = "too many statements";
    if (db->error == NULL)
        note(db, sqlite3_prepare_v2(db->sqlite, sql, -1, &statement, NULL));
    if (statement != NULL) {
        db->queries[db->nqueries].sql = arena_printf(db->arena, "%s", sql);
        db->queries[db->nqueries++].statement = statement;
    }
    return statement;
}

bool database_step(struct database *db, struct sqlite3_stmt *query) {
    if (query == NULL)
        return false;
    int code = sqlite3_step(query);
    note(db, code);
    if (code == SQLITE_ROW)
        return true;
    sqlite3_reset(query);
    return false;
}

int64_t database_number(struct database *db, const char *sql) {
    sqlite3_stmt *query = database_query(db, sql);
    int64_t number = 0;
    while (database_step(db, query))
        number = sqlite3_column_int64(query, 0);
    return number;
}

void database_bind_text(struct sqlite3_stmt *query, int column, const char *text) {
    sqlite3_bind_text(query, column, text, -1, SQLITE_TRANSIENT);
}

const char *database_text(struct arena *arena, struct sqlite3_stmt *query, int column) {
    const unsigned char *text = sqlite3_column_text(query, column);
    int n = sqlite3_column_bytes(query, column);
    return text != NULL ? arena_strndup(arena, (const char *)text, (size_t)n) : NULL;
}
