/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/imported.h"

#include "base/arena.h"
#include "experiment/measured.h"

#include <math.h>
#include <string.h>

/* Of longer names lock_stat shows the beginning, and fewer bytes where #2 or /1 follows. */
enum { SHORTEST_CUT = 30 };

struct reader {
    struct arena *arena;
    struct diag *diag;
    const struct program *program;
    const struct imported *imported;
    struct measured *entries;
    uint32_t *lines; /* of the entries, in the file */
    uint32_t n;
};

static struct pos row_pos(const struct import_class *row) {
    return (struct pos){.source = 0, .line = row->line, .col = 1};
}

static bool is_perf(const struct import_class *row) {
    return strcmp(row->tool, "perf") == 0;
}

/* ---- which lock a row is of ---- */

static bool is_class(const char *name, const char *class_name) {
    size_t n = strlen(name);
    return strcmp(name, class_name) == 0 ||
           (n >= SHORTEST_CUT && strncmp(name, class_name, n) == 0);
}

static uint32_t lock_of_class(const struct reader *r, const struct import_class *row) {
    const struct program *program = r->program;
    for (uint32_t i = 0; i < program->nlocks; i++)
        if (is_class(row->name, program->locks[i].class_name))
            return i;
    bool only = r->imported->class_name != NULL && program->nlocks == 1 && !is_perf(row);
    return only ? 0 : NO_INDEX;
}

static size_t symbol_length(const char *site) {
    return strcspn(site, "+");
}

static bool same_symbol(const char *a, const char *b) {
    return symbol_length(a) == symbol_length(b) && strncmp(a, b, symbol_length(a)) == 0;
}

/* The lock that is taken at the site; of several the one of the row's type; NO_INDEX for none. */
static uint32_t lock_of_caller(const struct reader *r, const struct import_class *row) {
    const struct program *program = r->program;
    uint32_t found = NO_INDEX;
    for (uint32_t i = 0; i < program->nops; i++) {
        const struct op *op = &program->ops[i];
        if (op->code != OP_LOCK || !same_symbol(program->sites[op->site], row->name))
            continue;
        const char *kind = program->locks[op->index].info->name;
        bool typed = row->type != NULL && strncmp(kind, row->type, strlen(row->type)) == 0;
        if (found == NO_INDEX || typed)
            found = op->index;
    }
    return found;
}

/* ---- entries ---- */

static void add_field(struct measured *entry, const char *name, double value) {
    entry->fields[entry->nfields++] = (struct measured_field){.name = name, .value = value};
}

static struct measured *begin_entry(struct reader *r, const struct import_class *row,
                                    uint32_t lock) {
    struct measured *entry = &r->entries[r->n];
    r->lines[r->n++] = row->line;
    *entry = (struct measured){.design.text = r->program->design,
                               .lock.text = r->program->locks[lock].name,
                               .window = r->imported->window,
                               .source.text = r->imported->file};
    entry->fields = arena_array(r->arena, LOCK_STAT_FIELDS, sizeof(*entry->fields));
    return entry;
}

static struct measured_site *sites_of(struct reader *r, const struct import_site *sites,
                                      uint32_t n) {
    struct measured_site *out = arena_array(r->arena, n, sizeof(*out));
    for (uint32_t i = 0; i < n; i++)
        out[i] = (struct measured_site){{.text = sites[i].site}, (double)sites[i].count};
    return out;
}

static enum measured_mode mode_of(const struct import_class *row) {
    return row->mode == 'R' ? MEASURED_READ : row->mode == 'W' ? MEASURED_WRITE : MEASURED_ANY_MODE;
}

/* The sites of -R and -W rows are the same ones: they go with the first of the two. */
static bool has_sites(const struct reader *r, const char *lock) {
    for (uint32_t i = 0; i < r->n; i++)
        if (strcmp(r->entries[i].lock.text, lock) == 0 && r->entries[i].nwaiters > 0)
            return true;
    return false;
}

static bool is_repeated(struct reader *r, const struct import_class *row, uint32_t lock) {
    for (uint32_t i = 0; i < r->n; i++) {
        const struct measured *entry = &r->entries[i];
        if (strcmp(entry->lock.text, r->program->locks[lock].name) != 0 ||
            entry->mode != mode_of(row) || entry->caller.text != NULL)
            continue;
        diag_warn(r->diag, row_pos(row), "another row of '%s': that of line %u is compared",
                  row->name, (unsigned)r->lines[i]);
        return true;
    }
    return false;
}

static void read_lock_stat(struct reader *r, const struct import_class *row, uint32_t lock) {
    if (is_repeated(r, row, lock))
        return;
    bool sites = !has_sites(r, r->program->locks[lock].name);
    struct measured *entry = begin_entry(r, row, lock);
    entry->mode = mode_of(row);
    for (int i = 0; i < LOCK_STAT_FIELDS; i++)
        if (import_has(row, (enum import_field)i))
            add_field(entry, lock_stat_fields[i].name, row->value[i]);
    if (!sites)
        return;
    entry->waiters = sites_of(r, row->waiters, row->nwaiters);
    entry->nwaiters = row->nwaiters;
    entry->holders = sites_of(r, row->holders, row->nholders);
    entry->nholders = row->nholders;
}

/* ---- perf ---- */

enum { PERF_CONTENDED, PERF_TOTAL, PERF_MAX, PERF_AVG, PERF_FIELDS };

static const struct {
    const char *name;
    enum import_field field;
} perf_fields[PERF_FIELDS] = {
    [PERF_CONTENDED] = {"perf-contended", IMPORT_CONTENTIONS},
    [PERF_TOTAL] = {"perf-total-wait", IMPORT_WAIT_TOTAL},
    [PERF_MAX] = {"perf-max-wait", IMPORT_WAIT_MAX},
    [PERF_AVG] = {"perf-avg-wait", IMPORT_WAIT_AVG},
};

/* An entry of the same caller, to which a second row of it is added. */
static struct measured *find_caller(const struct reader *r, const char *lock, const char *caller) {
    for (uint32_t i = 0; i < r->n; i++) {
        const struct measured *entry = &r->entries[i];
        bool all = caller == NULL && entry->caller.text == NULL;
        if (strcmp(entry->lock.text, lock) == 0 &&
            (all || (caller != NULL && entry->caller.text != NULL &&
                     same_symbol(entry->caller.text, caller))))
            return &r->entries[i];
    }
    return NULL;
}

/* Of a function that waits at several places perf has a row for each, a scenario often one. */
static void add_perf_row(struct measured *entry, const struct import_class *row) {
    double count = entry->fields[PERF_CONTENDED].value, total = entry->fields[PERF_TOTAL].value;
    count += row->value[IMPORT_CONTENTIONS];
    total += row->value[IMPORT_WAIT_TOTAL];
    entry->fields[PERF_CONTENDED].value = count;
    entry->fields[PERF_TOTAL].value = total;
    entry->fields[PERF_MAX].value =
        fmax(entry->fields[PERF_MAX].value, row->value[IMPORT_WAIT_MAX]);
    entry->fields[PERF_AVG].value = count > 0 ? total / count : 0;
}

static void read_perf(struct reader *r, const struct import_class *row, uint32_t lock,
                      const char *caller) {
    const char *name = r->program->locks[lock].name;
    for (int i = 0; i < PERF_FIELDS; i++)
        if (!import_has(row, perf_fields[i].field)) {
            diag_warn(r->diag, row_pos(row), "'%s' has no %s: it is not compared", row->name,
                      perf_fields[i].name);
            return;
        }
    struct measured *entry = find_caller(r, name, caller);
    if (entry != NULL) {
        add_perf_row(entry, row);
        return;
    }
    entry = begin_entry(r, row, lock);
    entry->caller.text = caller;
    for (int i = 0; i < PERF_FIELDS; i++)
        add_field(entry, perf_fields[i].name, row->value[perf_fields[i].field]);
}

/* ---- all of them ---- */

static void read_row(struct reader *r, const struct import_class *row) {
    uint32_t lock = lock_of_class(r, row);
    bool caller = lock == NO_INDEX && is_perf(row) && row->id == NULL;
    if (caller)
        lock = lock_of_caller(r, row);
    if (lock == NO_INDEX)
        return;
    if (!is_perf(row))
        read_lock_stat(r, row, lock);
    else
        read_perf(r, row, lock,
                  caller ? arena_strndup(r->arena, row->name, symbol_length(row->name)) : NULL);
}

/* What the rows would have to be named like. */
static void nothing_found(struct reader *r, uint32_t rows) {
    const char *names = "";
    for (uint32_t i = 0; i < r->program->nlocks; i++)
        names = arena_printf(r->arena, "%s%s'%s'", names, i > 0 ? ", " : "",
                             r->program->locks[i].class_name);
    if (rows == 0 && r->imported->class_name != NULL)
        diag_error(r->diag, (struct pos){0}, "there is no class '%s' in it",
                   r->imported->class_name);
    else if (rows == 0)
        diag_error(r->diag, (struct pos){0}, "there is no table %u in it: it has %u",
                   (unsigned)r->imported->table + 1, (unsigned)import_tables(r->imported->import));
    else
        diag_error(r->diag, (struct pos){0},
                   "none of %u rows is of a lock of the design '%s': its classes are %s",
                   (unsigned)rows, r->program->design, names);
}

struct measured *imported_entries(struct arena *arena, struct diag *diag,
                                  const struct program *program, const struct imported *imported,
                                  uint32_t *n) {
    const struct import *import = imported->import;
    struct reader r = {.arena = arena, .diag = diag, .program = program, .imported = imported};
    uint32_t rows = 0;
    r.entries = arena_array(arena, import->nclasses, sizeof(*r.entries));
    r.lines = arena_array(arena, import->nclasses, sizeof(*r.lines));
    for (uint32_t i = 0; i < import->nclasses; i++) {
        const struct import_class *row = &import->classes[i];
        if (row->table != imported->table ||
            (imported->class_name != NULL && strcmp(row->name, imported->class_name) != 0))
            continue;
        rows++;
        read_row(&r, row);
    }
    *n = r.n;
    if (r.n == 0)
        nothing_found(&r, rows);
    return r.n > 0 ? r.entries : NULL;
}
