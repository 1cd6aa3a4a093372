/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "experiment/profile.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

/* A row as it comes from a frame: callers are before what they call. */
struct line {
    const char *function, *name;
    const char *part; /* of a lock, else NULL */
    uint32_t caller;
    uint32_t frame;
    enum profile_slot slot;
};

struct lines {
    struct arena *arena;
    const struct design_runs *design;
    struct line *lines;
    uint32_t n;
    uint32_t *of_frame; /* the line that what is called there has as its caller */
};

/* ---- lines of frames ---- */

static uint32_t add(struct lines *l, struct line line) {
    l->lines[l->n] = line;
    return l->n++;
}

static const char ACQUIRE[] = "acquire";

/* A kind without functions of its own is named by what it does. */
static uint32_t add_part(struct lines *l, struct line line, enum profile_slot slot,
                         const char *part, const char *function) {
    const struct program *program = l->design->program;
    const struct kind_info *kind = program->locks[program->frames[line.frame].index].info;
    line.slot = slot;
    line.part = part;
    line.function = function;
    if (function == NULL)
        line.function = arena_printf(l->arena, "%s_%s", kind->name, part);
    return add(l, line);
}

static void add_lock(struct lines *l, uint32_t index, const struct frame *frame, uint32_t caller) {
    static const struct kind_functions none = {.queued = NULL};
    const struct kind_info *kind = l->design->program->locks[frame->index].info;
    const struct kind_functions *f = kind->functions != NULL ? kind->functions : &none;
    struct line line = {.name = frame->name, .caller = caller, .frame = index};
    add_part(l, line, PROFILE_RELEASE, "release", f->release[frame->mode]);
    line.caller = add_part(l, line, PROFILE_SELF, ACQUIRE, f->acquire[frame->mode]);
    add_part(l, line, PROFILE_FIRST, "first", f->first[frame->mode]);
    if (f->queued != NULL)
        add_part(l, line, PROFILE_QUEUED, "queued", f->queued);
}

enum { LINES_OF_LOCK = 4 };

static struct lines lines_of(struct arena *arena, const struct design_runs *design) {
    const struct program *program = design->program;
    struct lines l = {.arena = arena, .design = design};
    l.lines = arena_array(arena, (size_t)program->nframes * LINES_OF_LOCK, sizeof(*l.lines));
    l.of_frame = arena_array(arena, program->nframes, sizeof(*l.of_frame));
    for (uint32_t i = 0; i < program->nframes; i++) {
        const struct frame *frame = &program->frames[i];
        uint32_t caller = frame->parent == NO_INDEX ? NO_INDEX : l.of_frame[frame->parent];
        l.of_frame[i] = l.n;
        if (frame->kind == FRAME_LOCK)
            add_lock(&l, i, frame, caller);
        else
            add(&l, (struct line){.function = frame->function,
                                  .name = frame->name,
                                  .caller = caller,
                                  .frame = i});
    }
    return l;
}

/* ---- their times ---- */

static double self_of(const struct sample *sample, const struct line *line) {
    return (double)sample->profile[line->frame].ticks[line->slot];
}

/* With all that each calls. */
static double *inclusive_times(const struct lines *l, const struct sample *sample) {
    double *ticks = arena_array(l->arena, l->n, sizeof(*ticks));
    for (uint32_t i = l->n; i-- > 0;) {
        ticks[i] += self_of(sample, &l->lines[i]);
        if (l->lines[i].caller != NO_INDEX)
            ticks[l->lines[i].caller] += ticks[i];
    }
    return ticks;
}

/* By replication, of every line. */
struct times {
    const struct lines *lines;
    double **inclusive;
    uint32_t n;
};

static struct times times_of(const struct lines *l) {
    uint32_t n = l->design->replications;
    struct times times = {l, arena_array(l->arena, n, sizeof(double *)), n};
    for (uint32_t r = 0; r < n; r++)
        times.inclusive[r] = inclusive_times(l, &l->design->samples[r]);
    return times;
}

static struct estimate share_of(const struct times *times, uint32_t line, bool self) {
    const struct lines *l = times->lines;
    double *x = arena_array(l->arena, times->n, sizeof(*x));
    for (uint32_t r = 0; r < times->n; r++) {
        const struct sample *sample = &l->design->samples[r];
        double ticks = self ? self_of(sample, &l->lines[line]) : times->inclusive[r][line];
        x[r] = sample->used.occupied > 0 ? ticks / (double)sample->used.occupied : 0;
    }
    return estimate_mean(x, times->n);
}

static struct estimate busy_cpus(const struct times *times) {
    const struct lines *l = times->lines;
    double *x = arena_array(l->arena, times->n, sizeof(*x));
    for (uint32_t r = 0; r < times->n; r++) {
        const struct sim_counters *used = &l->design->samples[r].used;
        x[r] = used->now > 0 ? (double)used->occupied / (double)used->now : 0;
    }
    return estimate_mean(x, times->n);
}

/* ---- rows ---- */

/* A line on its way to become a row. */
struct sorted {
    struct profile_row row;
    uint32_t line;
};

static int by_share(const void *a, const void *b) {
    const struct sorted *x = a, *y = b;
    if (x->row.share.mean != y->row.share.mean)
        return x->row.share.mean > y->row.share.mean ? -1 : 1;
    return x->line < y->line ? -1 : 1;
}

/* The sorted lines that each line calls, in order; the last list is that of those without caller.
 */
struct calls {
    const struct sorted *sorted;
    uint32_t *first; /* by line: place in `sorted`, or NO_INDEX */
    uint32_t *next;  /* by place in `sorted` */
};

static struct calls calls_of(const struct lines *l, const struct sorted *sorted) {
    struct calls calls = {sorted, arena_array(l->arena, l->n + 1, sizeof(uint32_t)),
                          arena_array(l->arena, l->n, sizeof(uint32_t))};
    for (uint32_t i = 0; i <= l->n; i++)
        calls.first[i] = NO_INDEX;
    for (uint32_t i = l->n; i-- > 0;) {
        uint32_t caller = l->lines[sorted[i].line].caller;
        uint32_t *first = &calls.first[caller == NO_INDEX ? l->n : caller];
        calls.next[i] = *first;
        *first = i;
    }
    return calls;
}

/* A call chain is no deeper than sections may be nested. */
static void put_rows(struct profile *out, const struct calls *calls, uint32_t first,
                     uint32_t caller, uint32_t depth) {
    for (uint32_t i = first; i != NO_INDEX; i = calls->next[i]) {
        uint32_t row = out->n++;
        out->rows[row] = calls->sorted[i].row;
        out->rows[row].depth = depth;
        out->rows[row].caller = caller;
        put_rows(out, calls, calls->first[calls->sorted[i].line], row, depth + 1);
    }
}

static bool is_profiled(const struct design_runs *design) {
    return design->replications > 0 && design->samples[0].profile != NULL;
}

struct profile profile_of(struct arena *arena, const struct design_runs *design) {
    struct profile out = {.n = 0};
    if (!is_profiled(design))
        return out;
    struct lines l = lines_of(arena, design);
    struct times times = times_of(&l);
    struct sorted *sorted = arena_array(arena, l.n, sizeof(*sorted));
    for (uint32_t i = 0; i < l.n; i++)
        sorted[i] = (struct sorted){.row = {.function = l.lines[i].function,
                                            .name = l.lines[i].name,
                                            .part = l.lines[i].part,
                                            .share = share_of(&times, i, false),
                                            .self = share_of(&times, i, true)},
                                    .line = i};
    qsort(sorted, l.n, sizeof(*sorted), by_share);
    struct calls calls = calls_of(&l, sorted);
    out.rows = arena_array(arena, l.n + 1, sizeof(*out.rows));
    out.rows[out.n++] = (struct profile_row){
        .function = "all", .name = "all", .caller = NO_INDEX, .share = {1, 1, 1}};
    put_rows(&out, &calls, calls.first[l.n], 0, 1);
    out.busy = busy_cpus(&times);
    return out;
}

/* ---- by name ---- */

static bool is_called(const struct line *line, const char *name, bool by_function) {
    if (by_function)
        return strcmp(line->function, name) == 0;
    return (line->part == NULL || line->part == ACQUIRE) && strcmp(line->name, name) == 0;
}

/* Marks the lines of that name that no other of them calls; how many there are. */
static uint32_t mark(const struct lines *l, const char *name, bool by_function, bool *marked) {
    bool *within = arena_array(l->arena, l->n, sizeof(*within));
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        uint32_t caller = l->lines[i].caller;
        bool called = is_called(&l->lines[i], name, by_function);
        bool in_one = caller != NO_INDEX && within[caller];
        within[i] = called || in_one;
        marked[i] = called && !in_one;
        n += marked[i];
    }
    return n;
}

struct estimate profile_share(struct arena *arena, const struct design_runs *design,
                              const char *name) {
    if (!is_profiled(design))
        return estimate_mean(NULL, 0);
    struct lines l = lines_of(arena, design);
    bool *marked = arena_array(arena, l.n, sizeof(*marked));
    if (mark(&l, name, true, marked) == 0)
        mark(&l, name, false, marked);
    uint32_t n = design->replications;
    double *x = arena_array(arena, n, sizeof(*x));
    for (uint32_t r = 0; r < n; r++) {
        const struct sample *sample = &design->samples[r];
        const double *ticks = inclusive_times(&l, sample);
        for (uint32_t i = 0; i < l.n; i++)
            x[r] += marked[i] && sample->used.occupied > 0
                        ? ticks[i] / (double)sample->used.occupied
                        : 0;
    }
    return estimate_mean(x, n);
}
