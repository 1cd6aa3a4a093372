/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/schema.h"

#include "base/arena.h"

#include <sqlite3.h>
#include <string.h>

/* Those without results; what is in them is told in docs/store.md. */
static const char tables[] =
    "CREATE TABLE sweep (version TEXT NOT NULL, engine TEXT NOT NULL, digest TEXT NOT NULL,"
    " seed INTEGER NOT NULL, file TEXT NOT NULL, text TEXT NOT NULL, canonical TEXT NOT NULL,"
    " points INTEGER NOT NULL);"
    "CREATE TABLE setting (number INTEGER PRIMARY KEY, path TEXT NOT NULL, value TEXT NOT NULL);"
    "CREATE TABLE axis (number INTEGER PRIMARY KEY, path TEXT NOT NULL);"
    "CREATE TABLE axis_value (axis INTEGER NOT NULL, number INTEGER NOT NULL, value TEXT NOT NULL,"
    " PRIMARY KEY (axis, number)) WITHOUT ROWID;"
    "CREATE TABLE design (number INTEGER PRIMARY KEY, name TEXT NOT NULL);"
    "CREATE TABLE subject (number INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TABLE point (point INTEGER PRIMARY KEY, digest TEXT NOT NULL, version TEXT NOT NULL,"
    " engine TEXT NOT NULL, seed INTEGER NOT NULL);"
    "CREATE TABLE point_setting (point INTEGER NOT NULL, path TEXT NOT NULL, value TEXT NOT NULL,"
    " PRIMARY KEY (point, path)) WITHOUT ROWID;";

static const char *const types[] = {[COLUMN_COUNT] = "INTEGER NOT NULL",
                                    [COLUMN_FLAG] = "INTEGER NOT NULL",
                                    [COLUMN_NUMBER] = "REAL",
                                    [COLUMN_TEXT] = "TEXT",
                                    [COLUMN_CHARS] = "TEXT NOT NULL",
                                    [COLUMN_OUTCOME] = "TEXT NOT NULL"};

static void create_records(struct database *db, struct arena *arena,
                           const struct record_kind *kind) {
    const char *sql = arena_printf(arena, "CREATE TABLE %s (", kind->table), *keys = "";
    for (uint32_t i = 0; i < kind->nkeys; i++) {
        sql = arena_printf(arena, "%s%s INTEGER NOT NULL, ", sql, kind->keys[i]);
        keys = arena_printf(arena, "%s%s%s", keys, i > 0 ? ", " : "", kind->keys[i]);
    }
    for (size_t i = 0; i < kind->ncolumns; i++)
        sql = arena_printf(arena, "%s%s %s, ", sql, kind->columns[i].name,
                           types[kind->columns[i].kind]);
    database_run(db, arena_printf(arena, "%sPRIMARY KEY (%s)) WITHOUT ROWID", sql, keys));
}

bool schema_check(struct database *db) {
    int64_t tables_there = database_number(db, "SELECT count(*) FROM sqlite_master");
    if (tables_there == 0 || database_error(db) != NULL)
        return false;
    if (database_number(db, "PRAGMA application_id") != STORE_ID)
        database_fail(db, "it is a database of something else");
    else if (database_number(db, "PRAGMA user_version") != SCHEMA)
        database_fail(db, "its schema is of another version of this program");
    return true;
}

/* ---- lists: a table of (number, text[, text]) ---- */

static void add(struct database *db, const char *sql, uint32_t number, const char *first,
                const char *second) {
    sqlite3_stmt *query = database_query(db, sql);
    if (query == NULL)
        return;
    sqlite3_bind_int64(query, 1, number);
    database_bind_text(query, 2, first);
    if (second != NULL)
        database_bind_text(query, 3, second);
    database_step(db, query);
}

static void add_axis(struct database *db, uint32_t number, const struct sweep_axis *axis) {
    add(db, "INSERT INTO axis VALUES (?, ?)", number, axis->path, NULL);
    sqlite3_stmt *query = database_query(db, "INSERT INTO axis_value VALUES (?, ?, ?)");
    for (uint32_t i = 0; query != NULL && i < axis->n; i++) {
        sqlite3_bind_int64(query, 1, number);
        sqlite3_bind_int64(query, 2, i);
        database_bind_text(query, 3, axis->values[i]);
        database_step(db, query);
    }
}

static void add_sweep(struct database *db, const struct provenance *o) {
    sqlite3_stmt *query = database_query(db, "INSERT INTO sweep VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    if (query == NULL)
        return;
    database_bind_text(query, 1, o->version);
    database_bind_text(query, 2, o->engine);
    database_bind_text(query, 3, o->digest);
    sqlite3_bind_int64(query, 4, (sqlite3_int64)o->seed);
    database_bind_text(query, 5, o->file);
    sqlite3_bind_text(query, 6, o->plan.text, (int)o->plan.length, SQLITE_TRANSIENT);
    database_bind_text(query, 7, o->canonical);
    sqlite3_bind_int64(query, 8, sweep_size(&o->plan));
    database_step(db, query);
}

void schema_create(struct database *db, struct arena *arena, const struct provenance *o,
                   const struct sweep *sweep) {
    database_run(db, "BEGIN IMMEDIATE");
    database_run(db, arena_printf(arena, "PRAGMA application_id = %d; PRAGMA user_version = %d",
                                  STORE_ID, SCHEMA));
    database_run(db, tables);
    for (int i = 0; i < RECORD_KINDS; i++)
        create_records(db, arena, &record_kinds[i]);
    add_sweep(db, o);
    for (size_t i = 0; i < o->plan.nsettings; i++)
        add(db, "INSERT INTO setting VALUES (?, ?, ?)", (uint32_t)i, o->plan.settings[i].path,
            o->plan.settings[i].value);
    for (uint32_t i = 0; i < o->plan.naxes; i++)
        add_axis(db, i, &o->plan.axes[i]);
    for (uint32_t i = 0; i < o->plan.ndesigns; i++)
        add(db, "INSERT INTO design VALUES (?, ?)", i, o->plan.designs[i], NULL);
    for (uint32_t i = 0; i < sweep->nsubjects; i++)
        add(db, "INSERT INTO subject VALUES (?, ?)", i, sweep->subjects[i].name, NULL);
    database_run(db, "COMMIT");
}

static void read_sweep(struct database *db, struct arena *arena, struct provenance *o) {
    sqlite3_stmt *query = database_query(
        db, "SELECT version, engine, digest, seed, file, text, canonical FROM sweep");
    while (database_step(db, query)) {
        o->version = database_text(arena, query, 0);
        o->engine = database_text(arena, query, 1);
        o->digest = database_text(arena, query, 2);
        o->seed = (uint64_t)sqlite3_column_int64(query, 3);
        o->file = database_text(arena, query, 4);
        o->plan.text = database_text(arena, query, 5);
        o->plan.length = (size_t)sqlite3_column_bytes(query, 5);
        o->canonical = database_text(arena, query, 6);
    }
    if (o->plan.text == NULL)
        database_fail(db, "it says nothing of its sweep");
}

/* The texts of a list in order; returns how many. */
static uint32_t read_list(struct database *db, struct arena *arena, const char *sql, uint32_t of,
                          const char ***texts) {
    uint32_t n = 0, room = 0;
    sqlite3_stmt *query = database_query(db, sql);
    if (query != NULL && sqlite3_bind_parameter_count(query) > 0)
        sqlite3_bind_int64(query, 1, of);
    while (database_step(db, query)) {
        if (n == room) {
            const char **old = *texts;
            room = 2 * room + 8;
            *texts = arena_array(arena, room, sizeof(**texts));
            if (n > 0)
                memcpy(*texts, old, n * sizeof(**texts));
        }
        (*texts)[n] = database_text(arena, query, 0);
        if ((*texts)[n++] == NULL)
            database_fail(db, "it says nothing of its sweep");
    }
    return n;
}

static void read_settings(struct database *db, struct arena *arena, struct sweep_plan *plan) {
    const char **paths = NULL, **values = NULL;
    uint32_t n = read_list(db, arena, "SELECT path FROM setting ORDER BY number", 0, &paths);
    uint32_t m = read_list(db, arena, "SELECT value FROM setting ORDER BY number", 0, &values);
    plan->nsettings = n < m ? n : m;
    struct setting *settings = arena_array(arena, plan->nsettings, sizeof(*settings));
    for (size_t i = 0; i < plan->nsettings; i++)
        settings[i] = (struct setting){paths[i], values[i]};
    plan->settings = settings;
}

static void read_axes(struct database *db, struct arena *arena, struct sweep_plan *plan) {
    const char **paths = NULL;
    plan->naxes = read_list(db, arena, "SELECT path FROM axis ORDER BY number", 0, &paths);
    struct sweep_axis *axes = arena_array(arena, plan->naxes, sizeof(*axes));
    for (uint32_t i = 0; i < plan->naxes; i++) {
        static const char sql[] = "SELECT value FROM axis_value WHERE axis = ? ORDER BY number";
        const char **values = NULL;
        axes[i].n = read_list(db, arena, sql, i, &values);
        axes[i].path = paths[i];
        axes[i].values = values;
    }
    plan->axes = axes;
}

void schema_read(struct database *db, struct arena *arena, struct provenance *o) {
    const char **designs = NULL;
    *o = (struct provenance){0};
    read_sweep(db, arena, o);
    read_settings(db, arena, &o->plan);
    read_axes(db, arena, &o->plan);
    o->plan.ndesigns = read_list(db, arena, "SELECT name FROM design ORDER BY number", 0, &designs);
    o->plan.designs = designs;
    if (o->plan.ndesigns == 0 || sweep_size(&o->plan) == 0)
        database_fail(db, "it says nothing of its sweep");
}
