/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/text.h"

#include "base/arena.h"
#include "report/cells.h"
#include "report/notes.h"
#include "report/writers.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { NAME_WIDTH = 16, DETAIL_LINES = 6 };

/* ---- what was run ---- */

static const char *warmup_text(struct arena *arena, const struct result *result) {
    if (result->warmup == 0)
        return "";
    return arena_printf(arena, " after %s of warm-up", cell_time(result->warmup).text);
}

static const char *replications_text(struct arena *arena, const struct result *result) {
    uint32_t most = result->runs->replications, least = most;
    for (uint32_t d = 0; d < result->ndesigns; d++)
        if (result->designs[d].runs->replications < least)
            least = result->designs[d].runs->replications;
    if (least < most)
        return arena_printf(arena, "%u to %u replications", least, most);
    return arena_printf(arena, "%u replication%s", most, most == 1 ? "" : "s");
}

void text_header(struct arena *arena, const struct result *result, FILE *out) {
    const struct program *program = result->designs[0].runs->program;
    const char *profile = result->scenario->machine.profile;
    const char *length = program->finite
                             ? "until done"
                             : arena_printf(arena, "of %s%s", cell_time(result->duration).text,
                                            warmup_text(arena, result));
    put_wrapped(out, result->scenario->title != NULL ? result->scenario->title : "(no title)", 2);
    put_wrapped(out,
                arena_printf(arena,
                             "%s, %u CPUs; %s %s, seed %llu; %s acquisitions in %s; intervals "
                             "are 95%%",
                             profile != NULL ? profile : "ideal machine", program->machine.cpus,
                             replications_text(arena, result), length,
                             (unsigned long long)result->seed,
                             cell_count(result->acquisitions).text, cell_time(result->wall).text),
                2);
}

/* What the scenario says about its designs. */
static void put_docs(const struct result *result, FILE *out) {
    bool first = true;
    for (uint32_t d = 0; d < result->ndesigns; d++) {
        const struct design_result *design = &result->designs[d];
        if (design->doc == NULL)
            continue;
        fputs(first ? "\n" : "", out);
        first = false;
        put_padded(out, design->name, NAME_WIDTH);
        fprintf(out, "  %s\n", design->doc);
    }
}

/* ---- designs compared ---- */

/* lock_stat's, of all lock classes together, per replication. */
static double contentions(const struct design_result *design) {
    double n = 0;
    for (uint32_t i = 0; i < design->nlocks; i++)
        n += (double)result_lock_stat(&design->locks[i]).wait.count;
    return n / design->runs->replications;
}

/* What designs are compared by: the time they need, or else their first progress point. */
static const char *speed_title(struct arena *arena, const struct result *result) {
    if (result->designs[0].finite)
        return "elapsed";
    return result->nprogress > 0 ? arena_printf(arena, "%s/s", result->progress[0]) : "";
}

static void put_speed(const struct result *result, const struct design_result *design, FILE *out) {
    struct estimate e = {NAN, NAN, NAN};
    if (design->finite)
        e = design->elapsed;
    else if (result->nprogress > 0)
        e = design->rates[0];
    fprintf(out, "%8s %-6s", cell_value(design->finite ? UNIT_TIME : UNIT_RATE, e.mean).text,
            cell_precision(e).text);
}

static void put_speedup(const struct result *result, uint32_t design, FILE *out) {
    if (design == 0 && result->designs[0].outcome == SIM_OK) {
        fprintf(out, "%8s\n", "baseline");
        return;
    }
    struct estimate e = {NAN, NAN, NAN};
    if (design > 0 && result->designs[design].finite)
        e = result->compare[design - 1].elapsed;
    else if (design > 0 && result->nprogress > 0)
        e = result->compare[design - 1].speedup[0];
    const char *space = isfinite(estimate_precision(&e)) ? " " : "";
    fprintf(out, "%8s%s%s\n", cell_ratio(e.mean).text, space, cell_precision(e).text);
}

/* What went wrong, and who suffers, comes before any figure. */
static void put_outcome(struct arena *arena, const struct design_result *design, FILE *out) {
    put_padded(out, design->name, NAME_WIDTH);
    fputs("  ", out);
    for (const char *c = sim_outcome_name(design->outcome); *c != '\0'; c++)
        fputc(toupper((unsigned char)*c), out);
    fprintf(out, " in %u of %u replications\n", design->failures, design->runs->replications);
    const char *line = design->detail;
    for (int i = 0; i < DETAIL_LINES && *line != '\0'; i++) {
        size_t length = strcspn(line, "\n");
        put_wrapped(out, arena_printf(arena, "  %.*s", (int)length, line), 4);
        line += length + (line[length] != '\0');
    }
}

static void put_design(struct arena *arena, const struct result *result, uint32_t index,
                       FILE *out) {
    const struct design_result *design = &result->designs[index];
    bool well = design->outcome == SIM_OK;
    if (!well)
        put_outcome(arena, design, out);
    if (design->cut_short)
        return;
    put_padded(out, well ? design->name : "  what it served", NAME_WIDTH);
    put_speed(result, design, out);
    struct time_result wait = design_wait(arena, design);
    fprintf(out, " %7s %-6s %7s %7s %11s %8s ", cell_time(wait.mean.mean).text,
            cell_precision(wait.mean).text, cell_time(wait.p99).text, cell_time(wait.max).text,
            cell_count(contentions(design)).text, cell_share(design->cpu.spin).text);
    put_speedup(result, index, out);
}

static void put_designs(struct arena *arena, const struct result *result, FILE *out) {
    fputc('\n', out);
    put_padded(out, "design", NAME_WIDTH);
    fputs("  ", out);
    put_padded(out, speed_title(arena, result), 16);
    fprintf(out, "%5s %14s %7s %11s %8s %8s\n", "wait", "p99", "max", "contentions", "spinning",
            "speed-up");
    for (uint32_t d = 0; d < result->ndesigns; d++)
        put_design(arena, result, d, out);
}

/* The progress points that are not in the table. */
static void put_more_progress(struct arena *arena, const struct result *result, FILE *out) {
    for (uint32_t p = result->designs[0].finite ? 0 : 1; p < result->nprogress; p++) {
        const char *line = arena_printf(arena, "%s/s:", result->progress[p]);
        for (uint32_t d = 0; d < result->ndesigns; d++) {
            struct estimate e = result->designs[d].rates[p];
            line = arena_printf(arena, "%s%s %s %s", line, d > 0 ? "," : "",
                                result->designs[d].name, cell_interval(UNIT_RATE, e).text);
        }
        put_wrapped(out, line, 2);
    }
}

/* Of the groups that end by themselves, as time(1) prints it. */
static void put_cpu_times(struct arena *arena, const struct result *result, FILE *out) {
    for (uint32_t g = 0; g < result->designs[0].ngroups; g++) {
        if (!result->designs[0].groups[g].finite)
            continue;
        const char *line =
            arena_printf(arena, "CPU time of %s, user + sys:", result->designs[0].groups[g].name);
        for (uint32_t d = 0; d < result->ndesigns; d++) {
            const struct group_result *group = &result->designs[d].groups[g];
            line = arena_printf(arena, "%s%s %s %s + %s", line, d > 0 ? "," : "",
                                result->designs[d].name, cell_time(group->user.mean).text,
                                cell_time(group->sys.mean).text);
        }
        put_wrapped(out, line, 2);
    }
}

static bool has_wait_ratio(const struct comparison *c) {
    return cell_says_something(c->wait_total) || cell_says_something(c->true_wait_total);
}

static const char *wait_ratio(struct arena *arena, struct estimate ratio) {
    return cell_says_something(ratio)
               ? arena_printf(arena, "%s", cell_interval(UNIT_RATIO, ratio).text)
               : "-";
}

/* Of all lock classes together. */
static void put_wait_ratios(struct arena *arena, const struct result *result, FILE *out) {
    bool first = true;
    for (uint32_t d = 1; d < result->ndesigns; d++) {
        const struct comparison *c = &result->compare[d - 1];
        if (!has_wait_ratio(c))
            continue;
        if (first) {
            put_padded(out, arena_printf(arena, "total wait: %s /", result->designs[0].name), 32);
            fprintf(out, "%22s %22s\n", "in lock_stat", "in truth");
        }
        first = false;
        put_padded(out, c->design->name, 32);
        fprintf(out, "%22s ", wait_ratio(arena, c->wait_total));
        fprintf(out, "%22s\n", wait_ratio(arena, c->true_wait_total));
    }
}

void write_text(struct arena *arena, const struct report *report, FILE *out) {
    const struct result *result = report->result;
    text_header(arena, result, out);
    put_docs(result, out);
    put_designs(arena, result, out);
    put_more_progress(arena, result, out);
    put_cpu_times(arena, result, out);
    put_wait_ratios(arena, result, out);
    text_locks(arena, result, out);
    text_profile(arena, result, out);
    text_measured(arena, report, out);
    if (report->sensitivity != NULL)
        text_sensitivity(arena, report->sensitivity, out);
    struct notes notes = notes_of(arena, report);
    for (uint32_t i = 0; i < notes.n; i++) {
        fputs(i == 0 ? "\n" : "", out);
        put_wrapped(out, arena_printf(arena, "- %s", notes.texts[i]), 2);
    }
}
