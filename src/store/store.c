/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store.h"

#include "base/arena.h"
#include "store/schema.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

struct store {
    struct arena *arena;
    struct database *db;
    struct provenance provenance;
    const char *inserts[RECORD_KINDS], *selects[RECORD_KINDS];
};

/* ---- one record ---- */

static void make_statements(struct store *store, int index) {
    const struct record_kind *kind = &record_kinds[index];
    struct arena *arena = store->arena;
    const char *marks = "?", *names = kind->columns[0].name, *where = "";
    for (size_t i = 1; i < kind->nkeys + kind->ncolumns; i++)
        marks = arena_printf(arena, "%s, ?", marks);
    for (size_t i = 1; i < kind->ncolumns; i++)
        names = arena_printf(arena, "%s, %s", names, kind->columns[i].name);
    for (uint32_t i = 0; i < kind->nkeys; i++)
        where = arena_printf(arena, "%s%s%s = ?", where, i > 0 ? " AND " : "", kind->keys[i]);
    store->inserts[index] = arena_printf(arena, "INSERT INTO %s VALUES (%s)", kind->table, marks);
    store->selects[index] =
        arena_printf(arena, "SELECT %s FROM %s WHERE %s", names, kind->table, where);
}

static void bind_column(sqlite3_stmt *query, int i, const struct column *column,
                        const void *record) {
    const void *at = (const char *)record + column->offset;
    switch (column->kind) {
    case COLUMN_COUNT:
        sqlite3_bind_int64(query, i, *(const uint32_t *)at);
        break;
    case COLUMN_FLAG:
        sqlite3_bind_int64(query, i, *(const bool *)at);
        break;
    case COLUMN_NUMBER: /* SQLite makes NULL of what is no number */
        sqlite3_bind_double(query, i, *(const double *)at);
        break;
    case COLUMN_TEXT:
        database_bind_text(query, i, *(const char *const *)at);
        break;
    case COLUMN_CHARS:
        database_bind_text(query, i, at);
        break;
    case COLUMN_OUTCOME:
        database_bind_text(query, i, sim_outcome_name(*(const enum sim_outcome *)at));
        break;
    }
}

static enum sim_outcome outcome_of(struct store *store, const char *name) {
    for (int i = SIM_OK; i <= SIM_OVERLOAD; i++)
        if (name != NULL && strcmp(sim_outcome_name((enum sim_outcome)i), name) == 0)
            return (enum sim_outcome)i;
    database_fail(store->db, "it has an outcome that is unknown");
    return SIM_OK;
}

static void read_column(struct store *store, struct arena *arena, sqlite3_stmt *query, int i,
                        const struct column *column, void *record) {
    void *at = (char *)record + column->offset;
    const char *text;
    switch (column->kind) {
    case COLUMN_COUNT:
        *(uint32_t *)at = (uint32_t)sqlite3_column_int64(query, i);
        break;
    case COLUMN_FLAG:
        *(bool *)at = sqlite3_column_int64(query, i) != 0;
        break;
    case COLUMN_NUMBER:
        *(double *)at =
            sqlite3_column_type(query, i) != SQLITE_NULL ? sqlite3_column_double(query, i) : NAN;
        break;
    case COLUMN_TEXT:
        *(const char **)at = database_text(arena, query, i);
        break;
    case COLUMN_CHARS:
        text = database_text(arena, query, i);
        memset(at, 0, MESSAGE_SIZE);
        snprintf(at, MESSAGE_SIZE, "%s", text != NULL ? text : "");
        break;
    case COLUMN_OUTCOME:
        *(enum sim_outcome *)at = outcome_of(store, database_text(arena, query, i));
        break;
    }
}

static sqlite3_stmt *query_for(struct store *store, const char *sql, const struct record_kind *kind,
                               const uint32_t *keys) {
    sqlite3_stmt *query = database_query(store->db, sql);
    for (uint32_t i = 0; query != NULL && i < kind->nkeys; i++)
        sqlite3_bind_int64(query, (int)i + 1, keys[i]);
    return query;
}

static bool put_record(void *self, const struct record_kind *kind, const uint32_t *keys,
                       void *record) {
    struct store *store = self;
    sqlite3_stmt *query = query_for(store, store->inserts[kind - record_kinds], kind, keys);
    for (size_t i = 0; query != NULL && i < kind->ncolumns; i++)
        bind_column(query, (int)(kind->nkeys + i) + 1, &kind->columns[i], record);
    database_step(store->db, query);
    return database_error(store->db) == NULL;
}

struct reading {
    struct store *store;
    struct arena *arena;
};

static bool get_record(void *self, const struct record_kind *kind, const uint32_t *keys,
                       void *record) {
    struct reading *r = self;
    struct database *db = r->store->db;
    sqlite3_stmt *query = query_for(r->store, r->store->selects[kind - record_kinds], kind, keys);
    bool found = false;
    while (database_step(db, query)) {
        for (size_t i = 0; i < kind->ncolumns; i++)
            read_column(r->store, r->arena, query, (int)i, &kind->columns[i], record);
        found = true;
    }
    if (!found)
        database_fail(db, arena_printf(r->arena, "a row is missing in %s", kind->table));
    return database_error(db) == NULL;
}

/* ---- points ---- */

static void put_provenance(struct store *store, const struct sweep *sweep, uint32_t index) {
    struct database *db = store->db;
    const struct provenance *o = &store->provenance;
    struct arena *arena = arena_new();
    const char *const *values = sweep->points[index].values;
    sqlite3_stmt *query = database_query(db, "INSERT INTO point VALUES (?, ?, ?, ?, ?)");
    if (query != NULL) {
        sqlite3_bind_int64(query, 1, index);
        database_bind_text(query, 2, provenance_point_digest(arena, o, values));
        database_bind_text(query, 3, o->version);
        database_bind_text(query, 4, o->engine);
        sqlite3_bind_int64(query, 5, (sqlite3_int64)o->seed);
        database_step(db, query);
    }
    query = database_query(db, "INSERT INTO point_setting VALUES (?, ?, ?)");
    for (uint32_t i = 0; query != NULL && i < o->plan.naxes; i++) {
        sqlite3_bind_int64(query, 1, index);
        database_bind_text(query, 2, o->plan.axes[i].path);
        database_bind_text(query, 3, values[i]);
        database_step(db, query);
    }
    arena_free(arena);
}

const char *store_put(struct store *store, struct sweep *sweep, uint32_t index) {
    const struct record_stream stream = {store, put_record};
    database_run(store->db, "BEGIN IMMEDIATE");
    put_provenance(store, sweep, index);
    record_point_write(&stream, sweep, index);
    database_run(store->db, "COMMIT");
    return database_error(store->db);
}

const char *store_load(struct store *store, struct arena *arena, struct sweep *sweep) {
    struct reading reading = {store, arena};
    const struct record_stream stream = {&reading, get_record};
    database_run(store->db, "BEGIN"); /* it is read as it is now, whoever goes on writing */
    sqlite3_stmt *query = database_query(store->db, "SELECT point FROM point ORDER BY point");
    while (database_step(store->db, query)) {
        int64_t index = sqlite3_column_int64(query, 0);
        if (index < 0 || index >= sweep->npoints)
            database_fail(store->db, "it has a point that is none of its sweep");
        else if (!sweep_has(&sweep->points[index]))
            record_point_read(&stream, arena, sweep, (uint32_t)index);
    }
    database_run(store->db, "COMMIT");
    return database_error(store->db);
}

/* ---- the store ---- */

static struct store *store_new(struct arena *arena, const char *file, enum database_use use,
                               const char **error) {
    struct store *store = arena_alloc(arena, sizeof(*store));
    store->arena = arena;
    store->db = database_open(arena, file, use, error);
    for (int i = 0; i < RECORD_KINDS; i++)
        make_statements(store, i);
    return store->db != NULL ? store : NULL;
}

/* The store if all is well, else it is closed. */
static struct store *unless_wrong(struct store *store, const char **error) {
    *error = database_error(store->db);
    if (*error == NULL)
        return store;
    store_close(store);
    return NULL;
}

struct store *store_open(struct arena *arena, const char *file, const char **error) {
    struct store *store = store_new(arena, file, DATABASE_READ, error);
    if (store == NULL)
        return NULL;
    if (!schema_check(store->db))
        database_fail(store->db, "it is no store");
    schema_read(store->db, arena, &store->provenance);
    return unless_wrong(store, error);
}

struct store *store_begin(struct arena *arena, const char *file, const struct provenance *ours,
                          const struct sweep *sweep, const char **error) {
    struct store *store = store_new(arena, file, DATABASE_WRITE, error);
    if (store == NULL)
        return NULL;
    if (!schema_check(store->db))
        schema_create(store->db, arena, ours, sweep);
    schema_read(store->db, arena, &store->provenance);
    if (database_error(store->db) == NULL) {
        const char *difference = provenance_difference(arena, &store->provenance, ours);
        if (difference != NULL)
            database_fail(store->db, difference);
    }
    return unless_wrong(store, error);
}

void store_close(struct store *store) {
    database_close(store->db);
}

const struct provenance *store_provenance(const struct store *store) {
    return &store->provenance;
}
