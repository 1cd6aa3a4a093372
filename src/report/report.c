/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/report.h"

#include "report/file.h"
#include "report/writers.h"

const struct writer writers[] = {{"text", write_text, sweep_text, imports_text},
                                 {"json", write_json, sweep_json, imports_json},
                                 {"csv", write_csv, sweep_csv, NULL},
                                 {"lock_stat", write_lock_stat, NULL, NULL},
                                 {NULL, NULL, NULL, NULL}};

struct order {
    struct arena *arena;
    const struct report *report;
    const struct sweep_report *sweep;
    const struct import_report *imports;
    const struct writer *writer;
};

static const char *carry_out(void *self, FILE *out) {
    const struct order *order = self;
    if (order->imports != NULL)
        order->writer->imports(order->arena, order->imports, out);
    else if (order->sweep != NULL)
        order->writer->sweep(order->arena, order->sweep, out);
    else
        order->writer->write(order->arena, order->report, out);
    return NULL;
}

const char *report_write(struct arena *arena, const struct report *report,
                         const struct writer *writer, const char *file) {
    return file_write(arena, file, carry_out, &(struct order){arena, report, NULL, NULL, writer});
}

const char *report_write_sweep(struct arena *arena, const struct sweep_report *report,
                               const struct writer *writer, const char *file) {
    return file_write(arena, file, carry_out, &(struct order){arena, NULL, report, NULL, writer});
}

const char *report_write_imports(struct arena *arena, const struct import_report *report,
                                 const struct writer *writer, const char *file) {
    return file_write(arena, file, carry_out, &(struct order){arena, NULL, NULL, report, writer});
}
