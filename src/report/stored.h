/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_STORED_H
#define REPORT_STORED_H

#include "experiment/moved.h"
#include "report/report.h"
#include "store/provenance.h"

/* What a store has, point by point, and where that is from. */
struct stored_list {
    const char *file;
    const struct provenance *provenance;
    const struct sweep *sweep; /* all of it, or a choice */
};

/* Two stores compared. */
struct stored_moves {
    struct stored_list a, b;
    const struct moved *moved;
};

/* A format, as struct writer. */
struct stored_writer {
    const char *name;
    void (*list)(struct arena *arena, const struct stored_list *list, FILE *out);
    void (*moves)(struct arena *arena, const struct stored_moves *moves, FILE *out);
};

/* As report_write_sweep(), in one of the formats that sweeps have. */
const char *stored_write_list(struct arena *arena, const struct stored_list *list,
                              const struct writer *writer, const char *file);
const char *stored_write_moves(struct arena *arena, const struct stored_moves *moves,
                               const struct writer *writer, const char *file);

void stored_list_text(struct arena *arena, const struct stored_list *list, FILE *out);
void stored_list_csv(struct arena *arena, const struct stored_list *list, FILE *out);
void stored_list_json(struct arena *arena, const struct stored_list *list, FILE *out);
void stored_moves_text(struct arena *arena, const struct stored_moves *moves, FILE *out);
void stored_moves_csv(struct arena *arena, const struct stored_moves *moves, FILE *out);
void stored_moves_json(struct arena *arena, const struct stored_moves *moves, FILE *out);

#endif
