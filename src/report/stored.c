/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/stored.h"

#include "report/file.h"

#include <string.h>

static const struct stored_writer formats[] = {{"text", stored_list_text, stored_moves_text},
                                               {"json", stored_list_json, stored_moves_json},
                                               {"csv", stored_list_csv, stored_moves_csv},
                                               {NULL, NULL, NULL}};

/* One of the two, the other is NULL. */
struct order {
    struct arena *arena;
    const struct writer *writer;
    const struct stored_list *list;
    const struct stored_moves *moves;
};

static const char *carry_out(void *self, FILE *out) {
    const struct order *order = self;
    const struct stored_writer *format = formats;
    while (format->name != NULL && strcmp(format->name, order->writer->name) != 0)
        format++;
    if (format->name == NULL)
        return "there is no such format of it";
    if (order->list != NULL)
        format->list(order->arena, order->list, out);
    else
        format->moves(order->arena, order->moves, out);
    return NULL;
}

const char *stored_write_list(struct arena *arena, const struct stored_list *list,
                              const struct writer *writer, const char *file) {
    return file_write(arena, file, carry_out,
                      &(struct order){.arena = arena, .writer = writer, .list = list});
}

const char *stored_write_moves(struct arena *arena, const struct stored_moves *moves,
                               const struct writer *writer, const char *file) {
    return file_write(arena, file, carry_out,
                      &(struct order){.arena = arena, .writer = writer, .moves = moves});
}
