/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef IMPORT_MODEL_WRITER_H
#define IMPORT_MODEL_WRITER_H

#include "import/model.h"

/* A scenario as it is written; only for src/import/model*.c. */
struct text {
    struct arena *arena;
    const struct model *model;
    const struct model_run *run;
    char *out;
    size_t n, room;
};

void text_put(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* In double quotes, as YAML reads it back. */
const char *text_quoted(struct text *t, const char *text);
const char *text_time(struct text *t, double seconds, int digits);
/* The path of a parameter of writers (0) or readers (1). */
const char *text_parameter(struct text *t, const char *name, int mode);
/* How long a hold at a site takes, as an expression. */
const char *text_cost(struct text *t, const struct model_site *s);

void text_put_threads(struct text *t);
void text_put_measured(struct text *t);

bool model_has_objects(const struct model *model);
/* CPUs that are busy with this lock, or that its threads may want at once. */
double model_busy_cpus(const struct model *model);

#endif
