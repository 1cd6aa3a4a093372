/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of the lines at their right ends, moved apart where they would overlap. */
#include "report/plot_data.h"

#include "base/arena.h"

#include <math.h>
#include <stdlib.h>

/* Height of a line of text, as a share of the panel's. */
static const double LINE = 0.058;

static int from_above(const void *a, const void *b) {
    const struct plot_label *x = a, *y = b;
    if (x->height != y->height)
        return x->height > y->height ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

double plot_height(const struct plot_data *data, double value) {
    if (data->log)
        return log(value / data->low) / log(data->high / data->low);
    return (value - data->low) / (data->high - data->low);
}

static double last_value(const struct plot_line *line, uint32_t nplaces) {
    while (nplaces > 0 && isnan(line->values[nplaces - 1].speed.mean))
        nplaces--;
    return nplaces > 0 ? line->values[nplaces - 1].speed.mean : NAN;
}

/* Down from the top, and then up again from the bottom. */
static void move_apart(struct plot_label *labels, uint32_t n) {
    for (uint32_t i = 1; i < n; i++)
        labels[i].height = fmin(labels[i].height, labels[i - 1].height - LINE);
    if (n > 0)
        labels[n - 1].height = fmax(labels[n - 1].height, 0);
    for (uint32_t i = n; i-- > 1;)
        labels[i - 1].height = fmax(labels[i - 1].height, labels[i].height + LINE);
}

struct plot_label *plot_labels(struct arena *arena, const struct plot_data *data, uint32_t nplaces,
                               uint32_t *n) {
    struct plot_label *labels = arena_array(arena, data->nlines, sizeof(*labels));
    *n = 0;
    for (uint32_t i = 0; i < data->nlines; i++) {
        double value = last_value(&data->lines[i], nplaces);
        if (!isnan(value))
            labels[(*n)++] = (struct plot_label){i, plot_height(data, value)};
    }
    qsort(labels, *n, sizeof(*labels), from_above);
    move_apart(labels, *n);
    return labels;
}
