/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "report/json_values.h"

#include <math.h>

enum { FORMAT = 1, DIGITS = 12 };

json_t *json_number(double x) {
    return isfinite(x) ? json_real(x) : json_null();
}

/* File names may be anything; JSON takes UTF-8 only. */
json_t *json_text(const char *s) {
    if (s == NULL)
        return json_null();
    json_t *string = json_string(s);
    if (string != NULL)
        return string;
    char ascii[1024];
    size_t n = 0;
    for (; n < sizeof(ascii) && s[n] != '\0'; n++)
        ascii[n] = (char)((unsigned char)s[n] < 0x80 ? s[n] : '?');
    return json_stringn(ascii, n);
}

json_t *json_estimate(struct estimate e) {
    return json_pack("{s:o, s:o, s:o}", "mean", json_number(e.mean), "lo", json_number(e.lo), "hi",
                     json_number(e.hi));
}

json_t *json_times(const struct time_result *time) {
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "mean", json_estimate(time->mean), "p50",
                     json_number(time->p50), "p90", json_number(time->p90), "p99",
                     json_number(time->p99), "p999", json_number(time->p999), "max",
                     json_number(time->max));
}

void json_write(json_t *root, FILE *out) {
    json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(DIGITS));
    fputc('\n', out);
    json_decref(root);
}

json_t *json_program(void) {
    return json_pack("{s:s, s:i}", "version", PACKAGE_VERSION, "format", FORMAT);
}

json_t *json_scenario(const struct scenario *scenario) {
    return json_pack("{s:o, s:o}", "file", json_text(scenario->file), "title",
                     json_text(scenario->title));
}

json_t *json_cpu(const struct cpu_result *cpu) {
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "run", json_number(cpu->run), "spin",
                     json_number(cpu->spin), "switch", json_number(cpu->switching), "irq",
                     json_number(cpu->irq), "idle", json_number(cpu->idle));
}

json_t *json_audit(const struct audit *audit) {
    return json_pack("{s:o, s:o, s:o}", "little", json_number(audit->little), "utilization",
                     json_number(audit->utilization), "time", json_number(audit->time));
}

json_t *json_precision(double precision) {
    return isfinite(precision) && precision > 0 ? json_number(precision) : json_null();
}

json_t *json_run(const struct result *result) {
    const struct runs *runs = result->runs;
    return json_pack(
        "{s:I, s:I, s:o, s:o, s:b, s:o, s:b, s:o, s:o, s:o, s:o}", "seed", (json_int_t)result->seed,
        "replications", (json_int_t)runs->replications, "duration", json_number(result->duration),
        "warmup", json_number(result->warmup), "warmup_settled", runs->warmup_settled, "precision",
        json_precision(runs->precision), "precise", runs->precise, "simulated",
        json_number(result->simulated), "acquisitions", json_number(result->acquisitions), "events",
        json_number(result->events), "wall", json_number(result->wall));
}

json_t *json_measured(const struct measured_line *line) {
    return json_pack("{s:o, s:o, s:o, s:s, s:o, s:s, s:b, s:o, s:o, s:o}", "design",
                     json_text(line->design), "subject", json_text(line->subject), "mode",
                     json_text(line->mode), "field", line->field, "site", json_text(line->site),
                     "role", line->calibrated ? "calibrated" : "predicted", "scored", line->scored,
                     "predicted", json_estimate(line->predicted), "measured",
                     json_number(line->measured), "ratio", json_number(line->ratio));
}

json_t *json_notes(struct notes notes) {
    json_t *list = json_array();
    for (uint32_t i = 0; i < notes.n; i++)
        json_array_append_new(list, json_text(notes.texts[i]));
    return list;
}
