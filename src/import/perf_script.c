/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * perf lock script, or any trace with contention_begin and contention_end: the
 * only source of single waits. A row is of one lock, by its address, in one
 * mode. As perf does it, a mutex's second begin, when it goes from spinning to
 * sleep, is passed over: the wait began with the first.
 */
#include "base/arena.h"
#include "import/map.h"
#include "import/readers.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { SITES_MOST = 64 }; /* of one lock; the last stands for all others */

struct site {
    struct import_site at[SITES_MOST];
    uint32_t n;
};

struct event {
    bool begin;
    uint64_t thread, lock;
    double time;
    struct token address, flags;
};

struct pending {
    struct event since;
    bool waits;
    const char *site;
};

struct trace {
    struct reading *reading;
    uint32_t begin; /* its first row in reading->classes */
    struct map rows, threads;
    struct pending *pending;
    uint32_t npending, pending_room;
    struct pending *open; /* its stack is being read */
    struct site **sites;  /* by row */
    uint32_t sites_room;
    double *waits;
    uint32_t *wait_rows;
    uint32_t nwaits, waits_room;
};

/* ---- lines ---- */

static bool ends_with(const struct token *t, const char *end) {
    size_t n = strlen(end);
    return t->n >= n && memcmp(t->text + t->n - n, end, n) == 0;
}

/* "27106", "27106/27106", "git-27106" */
static uint64_t thread_of(const struct token *t) {
    size_t from = t->n;
    while (from > 0 && isdigit((unsigned char)t->text[from - 1]))
        from--;
    uint64_t thread = 0;
    for (; from < t->n; from++)
        thread = thread * 10 + (uint64_t)(t->text[from] - '0');
    return thread;
}

static bool read_address(const struct token *t, uint64_t *address) {
    *address = 0;
    for (size_t i = 2; i < t->n; i++) {
        unsigned char c = (unsigned char)t->text[i];
        if (!isxdigit(c))
            return false;
        *address = *address * 16 + (uint64_t)(isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
    }
    return t->n > 2 && token_begins(t, "0x");
}

static bool is_cpu(const struct token *t) {
    return t->n > 2 && t->text[0] == '[' && t->text[t->n - 1] == ']' &&
           isdigit((unsigned char)t->text[1]);
}

static bool is_event_name(const struct token *word) {
    return ends_with(word, "contention_begin:") || ends_with(word, "contention_end:");
}

static bool is_contention(struct scan scan, struct token *word) {
    while (token_on_line(&scan, word))
        if (is_event_name(word))
            return true;
    return false;
}

/* "git 27106 [000]  1445.182857: lock:contention_begin: 0xffff888627c2ba40 (flags=SPIN)" */
static bool read_event(struct scan scan, struct event *e) {
    struct token word, before = {0}, time = {0};
    bool cpu = false;
    e->flags = (struct token){.text = "", .n = 0};
    while (token_on_line(&scan, &word)) {
        if (is_event_name(&word))
            break;
        if (is_cpu(&word) && before.n > 0 && !cpu) {
            e->thread = thread_of(&before);
            cpu = true;
        }
        before = time = word;
    }
    e->begin = ends_with(&word, "contention_begin:");
    if (!cpu || time.n < 2 || !ends_with(&time, ":") || !token_next(&scan, &e->address))
        return false;
    time.n--;
    if (!token_next(&scan, &e->flags) || !token_begins(&e->flags, "(flags"))
        e->flags.n = 0;
    return token_decimal(&time, &e->time) && read_address(&e->address, &e->lock);
}

/* ---- rows ---- */

static bool has_flag(const struct token *flags, const char *flag) {
    size_t n = strlen(flag);
    for (size_t i = 0; i + n <= flags->n; i++)
        if (memcmp(flags->text + i, flag, n) == 0)
            return true;
    return false;
}

/* LCB_F_* of include/trace/events/lock.h */
static const char *type_of(const struct token *flags) {
    bool two_modes = has_flag(flags, "READ") || has_flag(flags, "WRITE");
    if (has_flag(flags, "PERCPU"))
        return "percpu-rwsem";
    if (has_flag(flags, "RT"))
        return two_modes ? "rwlock-rt" : "rt-mutex";
    if (has_flag(flags, "MUTEX"))
        return "mutex";
    if (has_flag(flags, "SPIN"))
        return two_modes ? "rwlock" : "spinlock";
    return two_modes ? "rwsem" : "semaphore";
}

static uint32_t row_of(struct trace *t, const struct event *e) {
    struct reading *reading = t->reading;
    char mode = has_flag(&e->flags, "READ") ? 'R' : has_flag(&e->flags, "WRITE") ? 'W' : 0;
    uint32_t *row = map_find(reading->arena, &t->rows, e->lock, (uint64_t)mode);
    if (*row != MAP_NEW)
        return *row;
    *row = reading->n - t->begin;
    struct import_class *c = add_class(reading, &perf_script_reader, &e->address);
    c->name = c->id = token_text(reading, &e->address);
    c->mode = mode;
    c->type = type_of(&e->flags);
    set_field(c, IMPORT_WAIT_MIN, INFINITY);
    set_field(c, IMPORT_WAIT_MAX, 0);
    set_field(c, IMPORT_WAIT_TOTAL, 0);
    set_field(c, IMPORT_CONTENTIONS, 0);
    if (*row >= t->sites_room)
        t->sites = map_grow(reading->arena, t->sites, &t->sites_room, sizeof(*t->sites));
    t->sites[*row] = arena_alloc(reading->arena, sizeof(**t->sites));
    return *row;
}

static struct pending *pending_of(struct trace *t, const struct event *e) {
    uint32_t *index = map_find(t->reading->arena, &t->threads, e->thread, e->lock);
    if (*index == MAP_NEW) {
        if (t->npending == t->pending_room)
            t->pending =
                map_grow(t->reading->arena, t->pending, &t->pending_room, sizeof(*t->pending));
        *index = t->npending++;
        t->pending[*index] = (struct pending){.waits = false};
    }
    return &t->pending[*index];
}

static void count_site(struct site *sites, const char *site) {
    uint32_t i = 0;
    while (i < sites->n && strcmp(sites->at[i].site, site) != 0)
        i++;
    if (i == SITES_MOST)
        i--;
    else if (i == sites->n) {
        sites->n++;
        sites->at[i].site = i + 1 < SITES_MOST ? site : "(other)";
    }
    sites->at[i].count++;
}

static void add_wait(struct trace *t, const struct pending *p, double wait) {
    uint32_t row = row_of(t, &p->since);
    struct import_class *c = &t->reading->classes[t->begin + row];
    c->value[IMPORT_CONTENTIONS]++;
    c->value[IMPORT_WAIT_TOTAL] += wait;
    c->value[IMPORT_WAIT_MIN] = fmin(c->value[IMPORT_WAIT_MIN], wait);
    c->value[IMPORT_WAIT_MAX] = fmax(c->value[IMPORT_WAIT_MAX], wait);
    if (p->site != NULL)
        count_site(t->sites[row], p->site);
    if (t->nwaits == t->waits_room) {
        uint32_t room = t->waits_room;
        t->waits = map_grow(t->reading->arena, t->waits, &room, sizeof(*t->waits));
        t->wait_rows =
            map_grow(t->reading->arena, t->wait_rows, &t->waits_room, sizeof(*t->wait_rows));
    }
    t->waits[t->nwaits] = wait;
    t->wait_rows[t->nwaits++] = row;
}

static void take_event(struct trace *t, const struct event *e) {
    struct pending *p = pending_of(t, e);
    t->open = NULL;
    if (e->begin && !p->waits) {
        *p = (struct pending){*e, true, NULL};
        t->open = p;
    } else if (!e->begin && p->waits) {
        /* stamps are in us, or in ns: what is beyond is noise of binary fractions */
        add_wait(t, p, fmax(round((e->time - p->since.time) * 1e9) * 1e-9, 0));
        p->waits = false;
    }
}

/* Functions of locks and of the scheduler: who called them is of interest. */
static bool is_lock_function(const struct token *t) {
    static const char *const names[] = {"__traceiter_", "trace_contention",
                                        "bpf_",         "__bpf_",
                                        "_raw_",        "__raw_",
                                        "do_raw_",      "native_queued_",
                                        "queued_",      "__pv_",
                                        "pv_",          "mutex_",
                                        "__mutex_",     "ww_mutex",
                                        "__ww_",        "osq_",
                                        "rwsem_",       "down_",
                                        "__down_",      "up_",
                                        "rt_mutex",     "__rt_",
                                        "rt_spin",      "rtlock",
                                        "percpu_down",  "__percpu_down",
                                        "percpu_rw",    "schedule",
                                        "__schedule",   "preempt_schedule",
                                        "raw_spin_rq_", "[unknown]"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (token_begins(t, names[i]))
            return true;
    return false;
}

/* "ffffffff8220150b __schedule+0xad ([kernel.kallsyms])" */
static void take_frame(struct trace *t, struct scan scan) {
    struct token address, symbol;
    if (t->open == NULL || t->open->site != NULL || !token_on_line(&scan, &address) ||
        !token_on_line(&scan, &symbol))
        return;
    for (size_t i = 0; i < address.n; i++)
        if (!isxdigit((unsigned char)address.text[i]))
            return;
    if (!is_lock_function(&symbol))
        t->open->site = token_text(t->reading, &symbol);
}

/* ---- the text ---- */

/* The waits of each row together, as it points to its own. */
static void share_waits(struct trace *t) {
    uint32_t n = t->reading->n - t->begin;
    double **at = arena_array(t->reading->arena, n, sizeof(*at));
    double *sorted = arena_array(t->reading->arena, t->nwaits, sizeof(*sorted));
    for (uint32_t i = 0; i < n; i++) {
        struct import_class *c = &t->reading->classes[t->begin + i];
        c->nwaits = (uint32_t)c->value[IMPORT_CONTENTIONS];
        c->waits = at[i] = sorted;
        c->waiters = t->sites[i]->at;
        c->nwaiters = t->sites[i]->n;
        sorted += c->nwaits;
        set_field(c, IMPORT_WAIT_AVG, c->value[IMPORT_WAIT_TOTAL] / c->nwaits);
    }
    for (uint32_t i = 0; i < t->nwaits; i++)
        *at[t->wait_rows[i]]++ = t->waits[i];
}

static void warn_unended(const struct trace *t) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->npending; i++)
        n += t->pending[i].waits;
    const struct pos nowhere = {.source = t->reading->source};
    if (n > 0)
        diag_warn(t->reading->diag, nowhere,
                  "%u wait%s had not ended when the trace did, and %s left out", (unsigned)n,
                  n == 1 ? "" : "s", n == 1 ? "is" : "are");
}

static void read_trace(struct reading *reading, struct scan scan) {
    struct trace t = {.reading = reading, .begin = reading->n};
    struct event event;
    struct token word;
    begin_table(reading);
    t.begin = reading->n;
    do {
        if (read_event(scan, &event))
            take_event(&t, &event);
        else if (is_contention(scan, &word))
            unread_row(
                reading, &word,
                "an event that is left out: expected a thread, [CPU], seconds: and 0xADDRESS");
        else
            take_frame(&t, scan);
    } while (next_line(&scan));
    share_waits(&t);
    warn_unended(&t);
}

static enum sign sniff(struct scan at) {
    struct event event;
    return read_event(at, &event) ? SIGN_TABLE : SIGN_NONE;
}

const struct reader perf_script_reader = {"perf", sniff, read_trace};
