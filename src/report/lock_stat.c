/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The average replication as /proc/lock_stat would print it, in the format of version 0.4. */
#include "report/writers.h"

#include "base/arena.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_WIDTH = 40, NAME_MOST = 37, LINE_WIDTH = 221, POINTS = 4 };

static void put_run(FILE *out, char c, int indent, int n) {
    fprintf(out, "%*s", indent, "");
    for (int i = 0; i < n; i++)
        fputc(c, out);
    fputc('\n', out);
}

static void put_title(FILE *out) {
    fputs("lock_stat version 0.4\n", out);
    put_run(out, '-', 0, LINE_WIDTH);
    fprintf(out, "%*s", NAME_WIDTH, "class name");
    for (int i = 0; i < LOCK_STAT_FIELDS; i++)
        fprintf(out, " %14s", lock_stat_fields[i].name);
    fputc('\n', out);
    put_run(out, '-', 0, LINE_WIDTH);
    fputc('\n', out);
}

/* A name as the format can hold it: one line, and cut as the kernel cuts. */
static const char *clean(struct arena *arena, const char *text, size_t most, bool blanks) {
    char *copy = arena_printf(arena, "%.*s", (int)most, text);
    for (char *c = copy; *c != '\0'; c++)
        if (iscntrl((unsigned char)*c) || (*c == ' ' && !blanks))
            *c = '_';
    return copy;
}

static void put_row(FILE *out, const struct lock_stat_row *row, uint32_t n) {
    for (int i = 0; i < LOCK_STAT_FIELDS; i++) {
        const struct lock_stat_field *field = &lock_stat_fields[i];
        double value = lock_stat_field_average(field, row, n);
        fputs(i > 0 ? " " : "", out);
        if (lock_stat_field_is_time(field))
            fprintf(out, "%14.2f", value * 1e6);
        else
            fprintf(out, "%14lld", llround(value));
    }
    fputc('\n', out);
}

/* ---- contention points ---- */

struct point {
    const char *site;
    uint64_t count;
};

static int by_count(const void *a, const void *b) {
    const struct point *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->site, y->site);
}

/* FNV-1a: a pointer that is the same in every run, as short as the kernel's hashed ones. */
static uint32_t pointer(const char *site) {
    uint32_t hash = 2166136261u;
    for (; *site != '\0'; site++)
        hash = (hash ^ (unsigned char)*site) * 16777619u;
    return hash;
}

/* symbol+0xoff/0xsize, with zeroes for what the scenario leaves out */
static const char *symbol(struct arena *arena, const char *site) {
    const char *name = clean(arena, site, strlen(site), false);
    const char *offset = strstr(name, "+0x");
    if (offset == NULL)
        return arena_printf(arena, "%s+0x0/0x0", name);
    return strchr(offset, '/') != NULL ? name : arena_printf(arena, "%s/0x0", name);
}

struct table {
    struct arena *arena;
    FILE *out;
    const struct design_result *design;
    uint32_t n; /* replications */
};

static long long average(const struct table *to, uint64_t count) {
    return llround((double)count / to->n);
}

static void put_points(const struct table *to, const struct lock_result *lock, const char *name,
                       const uint64_t *counts) {
    uint32_t sites = lock->pool->sites.n;
    struct point *points = arena_array(to->arena, sites, sizeof(*points));
    for (uint32_t i = 0; i < sites; i++)
        points[i] = (struct point){result_site(to->design, lock, i), counts[i]};
    qsort(points, sites, sizeof(*points), by_count);
    int underline = (int)strlen(name) + (lock->pool->rows[MODE_READ].hold.count > 0 ? 2 : 0);
    put_run(to->out, '-', NAME_WIDTH - underline, underline);
    for (uint32_t i = 0; i < sites && i < POINTS && average(to, points[i].count) > 0; i++)
        fprintf(to->out, "%*s %14lld          [<%016" PRIx32 ">] %s\n", NAME_WIDTH, name,
                average(to, points[i].count), pointer(points[i].site),
                symbol(to->arena, points[i].site));
}

/* ---- classes ---- */

static void put_class(const struct table *to, const struct lock_result *lock) {
    const struct lock_stat_row *write = &lock->pool->rows[MODE_WRITE];
    const struct lock_stat_row *read = &lock->pool->rows[MODE_READ];
    const char *name = clean(to->arena, lock->class_name, NAME_MOST, true);
    if (write->hold.count > 0) {
        fprintf(to->out, "%*s%s:", read->hold.count > 0 ? NAME_WIDTH - 2 : NAME_WIDTH, name,
                read->hold.count > 0 ? "-W" : "");
        put_row(to->out, write, to->n);
    }
    if (read->hold.count > 0) {
        fprintf(to->out, "%*s-R:", NAME_WIDTH - 2, name);
        put_row(to->out, read, to->n);
    }
    if (average(to, write->wait.count + read->wait.count) == 0)
        return;
    put_points(to, lock, name, lock->pool->waiters);
    put_points(to, lock, name, lock->pool->holders);
    fputc('\n', to->out);
    put_run(to->out, '.', 0, LINE_WIDTH);
    fputc('\n', to->out);
}

static uint64_t contentions(const struct lock_result *lock) {
    return result_lock_stat(lock).wait.count;
}

static int by_contentions(const void *a, const void *b) {
    const struct lock_result *x = *(const struct lock_result *const *)a;
    const struct lock_result *y = *(const struct lock_result *const *)b;
    if (contentions(x) != contentions(y))
        return contentions(x) < contentions(y) ? 1 : -1;
    return strcmp(x->name, y->name);
}

static void put_design(const struct table *to) {
    uint32_t n = to->design->nlocks;
    const struct lock_result **locks = arena_array(to->arena, n, sizeof(*locks));
    for (uint32_t i = 0; i < n; i++)
        locks[i] = &to->design->locks[i];
    qsort(locks, n, sizeof(*locks), by_contentions);
    put_title(to->out);
    for (uint32_t i = 0; i < n; i++)
        put_class(to, locks[i]);
}

/* The baseline alone, unless designs were asked for by name: the file has no place for a name. */
void write_lock_stat(struct arena *arena, const struct report *report, FILE *out) {
    const struct result *result = report->result;
    uint32_t n = report->designs_named ? result->ndesigns : 1;
    for (uint32_t d = 0; d < n; d++) {
        const struct design_result *design = &result->designs[d];
        const struct table to = {arena, out, design, design->runs->replications};
        put_design(&to);
    }
}
