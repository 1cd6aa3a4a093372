/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/text.h"

#include "base/arena.h"
#include "report/cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A tornado: one bar per assumption from its low end to its high end, widest first. */
enum { PATH = 34, RANGE = 18, BAR = 30, SHORT_PATH = 28, PAIR = 18 };

static const enum unit units[SENSITIVITY_OUTPUTS] = {
    [OUT_WAIT_RATIO] = UNIT_RATIO,  [OUT_TRUE_WAIT_RATIO] = UNIT_RATIO,
    [OUT_CONTENTIONS] = UNIT_COUNT, [OUT_WAIT_AVG] = UNIT_TIME,
    [OUT_THROUGHPUT] = UNIT_RATE,   [OUT_SPEEDUP] = UNIT_RATIO,
};

/* The bars show one output; where there is a speed-up, it says more than the throughput. */
static bool in_columns(const struct sensitivity *s, int output) {
    bool compared = isfinite(s->base[OUT_SPEEDUP].mean);
    return output != (int)s->sorted_by && output != (compared ? OUT_THROUGHPUT : OUT_SPEEDUP);
}

struct scale { /* logarithms at both ends of the bars */
    double low, high;
};

static void widen(struct scale *scale, double value) {
    if (!isfinite(value) || value <= 0)
        return;
    scale->low = fmin(scale->low, log(value));
    scale->high = fmax(scale->high, log(value));
}

static struct scale scale_of(const struct sensitivity *s) {
    struct scale scale = {INFINITY, -INFINITY};
    widen(&scale, s->base[s->sorted_by].mean);
    for (uint32_t i = 0; i < s->n; i++) {
        widen(&scale, s->rows[i].low[s->sorted_by].mean);
        widen(&scale, s->rows[i].high[s->sorted_by].mean);
    }
    return scale;
}

static int place(const struct scale *scale, double value) {
    if (!isfinite(value) || value <= 0 || scale->high <= scale->low)
        return 0;
    return (int)lround((log(value) - scale->low) / (scale->high - scale->low) * (BAR - 1));
}

/* L and H mark the ends, | the result as described. */
static void draw_bar(char bar[BAR + 1], const struct scale *scale, double low, double high,
                     double base) {
    int from = place(scale, low), to = place(scale, high);
    memset(bar, ' ', BAR);
    memset(bar + (from < to ? from : to), '=', (size_t)abs(to - from) + 1);
    bar[place(scale, base)] = '|';
    if (from != to) {
        bar[from] = 'L';
        bar[to] = 'H';
    }
    int length = BAR;
    while (length > 0 && bar[length - 1] == ' ')
        length--;
    bar[length] = '\0';
}

static void put_bars(struct arena *arena, const struct sensitivity *s, FILE *out) {
    struct scale scale = scale_of(s);
    enum unit unit = units[s->sorted_by];
    for (uint32_t i = 0; i < s->n; i++) {
        const struct sensitivity_row *row = &s->rows[i];
        double low = row->low[s->sorted_by].mean, high = row->high[s->sorted_by].mean;
        char bar[BAR + 1];
        draw_bar(bar, &scale, low, high, s->base[s->sorted_by].mean);
        put_tail(out, row->path, PATH);
        put_padded(out, arena_printf(arena, " %s..%s", row->low_text, row->high_text), RANGE);
        fprintf(out, "%8s %8s %s\n", cell_value(unit, low).text, cell_value(unit, high).text, bar);
    }
}

static void put_others(struct arena *arena, const struct sensitivity *s, FILE *out) {
    fputc('\n', out);
    put_padded(out, "from low to high", SHORT_PATH);
    for (int o = 0; o < SENSITIVITY_OUTPUTS; o++)
        if (in_columns(s, o))
            fprintf(out, "%*s", PAIR, sensitivity_outputs[o].title);
    fputc('\n', out);
    for (uint32_t i = 0; i < s->n; i++) {
        put_tail(out, s->rows[i].path, SHORT_PATH);
        for (int o = 0; o < SENSITIVITY_OUTPUTS; o++) {
            if (!in_columns(s, o))
                continue;
            const char *pair =
                arena_printf(arena, "%s..%s", cell_value(units[o], s->rows[i].low[o].mean).text,
                             cell_value(units[o], s->rows[i].high[o].mean).text);
            fprintf(out, "%*s", PAIR, pair);
        }
        fputc('\n', out);
    }
}

void text_sensitivity(struct arena *arena, const struct sensitivity *s, FILE *out) {
    struct estimate base = s->base[s->sorted_by];
    fputc('\n', out);
    if (s->n == 0) {
        fputs("sensitivity: nothing is marked `origin: assumed` with a range\n", out);
        return;
    }
    const char *length =
        isnan(s->duration) ? "" : arena_printf(arena, " of %s", cell_time(s->duration).text);
    put_wrapped(out,
                arena_printf(arena,
                             "sensitivity of %s, lock %s, to each assumption alone: %s is %s as "
                             "described (%u runs%s each)",
                             s->design, s->lock, sensitivity_outputs[s->sorted_by].title,
                             cell_interval(units[s->sorted_by], base).text,
                             (unsigned)s->replications, length),
                2);
    put_padded(out, "assumption", PATH);
    put_padded(out, " range", RANGE);
    fprintf(out, "%8s %8s\n", "at low", "at high");
    put_bars(arena, s, out);
    put_others(arena, s, out);
}
