/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/report.h"

#include "report/file.h"
#include "report/writers.h"

const struct writer writers[] = {
    {"text", write_text, sweep_text, imports_text, validation_text, calibration_text},
    {"json", write_json, sweep_json, imports_json, validation_json, calibration_json},
    {"csv", write_csv, sweep_csv, NULL, validation_csv, NULL},
    {"lock_stat", write_lock_stat, NULL, NULL, NULL, NULL},
    {"markdown", NULL, NULL, NULL, validation_markdown, NULL},
    {NULL, NULL, NULL, NULL, NULL, NULL}};

/* One of the reports, the others are NULL. */
struct order {
    struct arena *arena;
    const struct writer *writer;
    const struct report *report;
    const struct sweep_report *sweep;
    const struct import_report *imports;
    const struct calibration *calibration;
};

static const char *carry_out(void *self, FILE *out) {
    const struct order *order = self;
    if (order->calibration != NULL)
        order->writer->calibration(order->arena, order->calibration, out);
    else if (order->imports != NULL)
        order->writer->imports(order->arena, order->imports, out);
    else if (order->sweep != NULL)
        order->writer->sweep(order->arena, order->sweep, out);
    else if (order->report->validation != NULL)
        order->writer->validation(order->arena, order->report, out);
    else
        order->writer->write(order->arena, order->report, out);
    return NULL;
}

const char *report_write(struct arena *arena, const struct report *report,
                         const struct writer *writer, const char *file) {
    return file_write(arena, file, carry_out,
                      &(struct order){.arena = arena, .writer = writer, .report = report});
}

const char *report_write_sweep(struct arena *arena, const struct sweep_report *report,
                               const struct writer *writer, const char *file) {
    return file_write(arena, file, carry_out,
                      &(struct order){.arena = arena, .writer = writer, .sweep = report});
}

const char *report_write_imports(struct arena *arena, const struct import_report *report,
                                 const struct writer *writer, const char *file) {
    return file_write(arena, file, carry_out,
                      &(struct order){.arena = arena, .writer = writer, .imports = report});
}

const char *report_write_calibration(struct arena *arena, const struct calibration *calibration,
                                     const struct writer *writer, const char *file) {
    return file_write(
        arena, file, carry_out,
        &(struct order){.arena = arena, .writer = writer, .calibration = calibration});
}
