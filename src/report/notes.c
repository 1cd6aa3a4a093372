/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/notes.h"

#include "base/arena.h"
#include "experiment/doubt.h"
#include "report/cells.h"

#include <math.h>
#include <string.h>

/* A view is misleading when it is off by this factor ... */
static const double MISLEADING = 1.5;
/* ... in something that takes at least this share of the threads' time. */
static const double SUBSTANTIAL = 1e-5;
/* A mean wait matters if it makes up more than these shares of the design's waiting and CPU time.
 */
static const double SHARE_OF_WAITING = 0.01, SHARE_OF_CPUS = 1e-4;

struct noter {
    struct arena *arena;
    const struct report *report;
    struct notes notes;
    uint32_t room;
};

static void note(struct noter *to, const char *text) {
    struct notes *notes = &to->notes;
    if (notes->n == to->room) {
        to->room = to->room * 2 + 8;
        const char **texts = arena_array(to->arena, to->room, sizeof(*texts));
        if (notes->n > 0)
            memcpy(texts, notes->texts, notes->n * sizeof(*texts));
        notes->texts = texts;
    }
    notes->texts[notes->n++] = text;
}

static const char *hidden_name(const char *kind) {
    bool optimistic = strcmp(kind, "mutex") == 0 || strcmp(kind, "rwsem") == 0;
    return optimistic ? "optimistic spinning" : "waiting without lock_contended()";
}

static void note_hidden_wait(struct noter *to, const struct design_result *design,
                             const struct lock_result *lock) {
    double n = design->runs->replications;
    struct lock_stat_row row = result_lock_stat(lock);
    double shown = ticks_to_seconds((double)row.wait.total) / n;
    double truth = ticks_to_seconds((double)lock->pool->waited_time) / n;
    double all = design->simulated / n * design->runs->program->nthreads;
    if (truth < shown * MISLEADING || truth <= SUBSTANTIAL * all)
        return;
    note(to, arena_printf(to->arena,
                          "%s: lock_stat shows %s of waiting on %s; the true wait is %s: the rest "
                          "is %s, which lock_stat books as hold time.",
                          design->name, cell_time(shown).text, lock->name, cell_time(truth).text,
                          hidden_name(lock->kind)));
}

static void note_hidden_waits(struct noter *to) {
    const struct result *result = to->report->result;
    for (uint32_t d = 0; d < result->ndesigns; d++)
        for (uint32_t i = 0; i < result->designs[d].nlocks; i++)
            note_hidden_wait(to, &result->designs[d], &result->designs[d].locks[i]);
}

/* "falls by a factor of 35.0" */
static const char *change(struct arena *arena, double ratio, const char *falls, const char *rises) {
    return arena_printf(arena, "%s by a factor of %s", ratio >= 1 ? falls : rises,
                        cell_ratio(ratio >= 1 ? ratio : 1 / ratio).text);
}

/* What most of the waiting is that lock_stat does not show of the design. */
static const char *hidden_by(const struct design_result *design) {
    const char *kind = "";
    int64_t most = 0;
    for (uint32_t i = 0; i < design->nlocks; i++) {
        const struct lock_result *lock = &design->locks[i];
        int64_t hidden = lock->pool->waited_time - result_lock_stat(lock).wait.total;
        if (hidden > most) {
            most = hidden;
            kind = lock->kind;
        }
    }
    return hidden_name(kind);
}

static void note_true_gain(struct noter *to, const struct comparison *c) {
    double shown = c->wait_total.mean, truth = c->true_wait_total.mean;
    if (!(shown > 0 && truth > 0) || fabs(log(truth / shown)) < log(MISLEADING) ||
        !cell_says_something(c->wait_total))
        return;
    bool agree = (shown >= 1) == (truth >= 1);
    const struct design_result *blind = truth > shown ? to->report->result->designs : c->design;
    note(to, arena_printf(
                 to->arena,
                 "%s: the total wait %s in lock_stat %s in truth: %s of %s is hold time "
                 "to lock_stat, which cannot show that it %s.",
                 c->design->name, change(to->arena, shown, "falls", "rises"),
                 change(to->arena, truth, agree ? "and" : "but falls", agree ? "and" : "but rises"),
                 hidden_by(blind), blind->name, truth > shown ? "goes away" : "comes"));
}

static void note_outcomes(struct noter *to) {
    const struct result *result = to->report->result;
    for (uint32_t d = 0; d < result->ndesigns; d++) {
        const struct design_result *design = &result->designs[d];
        if (design->outcome == SIM_OK)
            continue;
        note(to, arena_printf(to->arena,
                              "%s ended in %s in %u of %u replications: nothing is claimed for "
                              "%s.",
                              design->name, sim_outcome_name(design->outcome), design->failures,
                              design->runs->replications,
                              d > 0 ? "it" : "any design against it, as it is the baseline"));
    }
}

/* ---- of groups of threads ---- */

const char *cpu_wait_text(struct arena *arena, double share) {
    if (isinf(share))
        return "many times";
    return share >= 1 ? arena_printf(arena, "%s times", cell_ratio(share).text)
                      : arena_printf(arena, "%s of", cell_share(share).text);
}

static const struct group_result *group_of(const struct design_result *design, const char *name) {
    for (uint32_t i = 0; i < design->ngroups; i++)
        if (strcmp(design->groups[i].name, name) == 0)
            return &design->groups[i];
    return NULL;
}

static double counts_per_run(const struct result *result, const struct design_result *design,
                             uint32_t point) {
    double length = design->finite ? design->elapsed.mean : result->duration;
    return point == NO_INDEX ? 1 : design->rates[point].mean * length;
}

/* Of all groups. */
static double cpu_time(const struct design_result *design) {
    double sum = 0;
    for (uint32_t g = 0; g < design->ngroups; g++)
        sum += design->groups[g].cpu.mean;
    return sum;
}

/* Of the group of this name, in all designs from this one on. */
static void note_cpu_wait(struct noter *to, uint32_t first, const struct group_result *named) {
    const struct result *result = to->report->result;
    const char *waits = "", *up_to = "";
    double most = 0;
    for (uint32_t d = first; d < result->ndesigns; d++) {
        const struct design_result *design = &result->designs[d];
        const struct group_result *group = group_of(design, named->name);
        if (group == NULL || !(group->run_delay.mean > CPU_WAIT_MATTERS * cpu_time(design)))
            continue;
        double counts = counts_per_run(result, design, named->point);
        up_to = *waits != '\0' ? "up to " : "";
        waits = arena_printf(to->arena, "%s%s %s %s", waits, *waits != '\0' ? "," : "",
                             design->name, cell_time(group->run_delay.mean / counts).text);
        most = fmax(most, group->run_delay.mean / group->cpu.mean);
    }
    if (*waits == '\0')
        return;
    const char *unit = named->point == NO_INDEX
                           ? "In each run"
                           : arena_printf(to->arena, "For each %s", result->progress[named->point]);
    note(to, arena_printf(to->arena, "%s, %s waited for a CPU, %s%s its CPU time:%s.", unit,
                          named->name, up_to, cpu_wait_text(to->arena, most), waits));
}

static void note_cpu_waits(struct noter *to) {
    const struct result *result = to->report->result;
    for (uint32_t d = 0; d < result->ndesigns; d++)
        for (uint32_t g = 0; g < result->designs[d].ngroups; g++) {
            const struct group_result *group = &result->designs[d].groups[g];
            uint32_t first = 0;
            while (group_of(&result->designs[first], group->name) == NULL)
                first++;
            if (first == d)
                note_cpu_wait(to, d, group);
        }
}

const char *behind_text(struct arena *arena, double behind) {
    return arena_printf(arena,
                        "outrun what is done: about %s more are inside at the end of each run than "
                        "at its beginning. There is no steady state, or none in so short a run",
                        cell_count(behind).text);
}

static void note_behind(struct noter *to) {
    const struct result *result = to->report->result;
    for (uint32_t d = 0; d < result->ndesigns; d++)
        for (uint32_t g = 0; g < result->designs[d].ngroups; g++) {
            const struct group_result *group = &result->designs[d].groups[g];
            if (group->behind > 0)
                note(to, arena_printf(to->arena,
                                      "%s: arrivals of %s %s: figures depend on the duration.",
                                      result->designs[d].name, group->name,
                                      behind_text(to->arena, group->behind)));
        }
}

/* ---- of the runs ---- */

static void note_runs(struct noter *to) {
    const struct runs *runs = to->report->result->runs;
    if (!runs->precise)
        note(to, arena_printf(to->arena,
                              "The wanted precision was not reached: the widest interval is %s "
                              "after %u replications.",
                              cell_reached(runs->precision).text, runs->replications));
    if (!runs->warmup_settled)
        note(to, "The pilot run never became steady: means over the run depend on its length.");
    if (runs->replications == 1)
        note(to, "One replication: there are no intervals.");
}

/* ---- means that are known less well than they look ---- */

/* What it takes, rounded up to one digit. */
static const char *cure(struct arena *arena, const struct result *result,
                        const struct design_result *design, double more) {
    double least = more * (design->finite ? design->runs->replications : result->duration);
    double digit = pow(10, floor(log10(least)));
    least = ceil(least / digit) * digit;
    if (design->finite)
        return arena_printf(arena, "at least %.0f replications (--replications)", least);
    return arena_printf(arena, "replications of at least %s (--duration)", cell_time(least).text);
}

static void note_doubt(struct noter *to, const struct design_result *design,
                       const struct lock_result *lock, const struct doubt *doubt) {
    const char *reason =
        doubt->uneven
            ? arena_printf(to->arena, "replications differ by %s (standard deviation)",
                           cell_share(doubt->spread).text)
            : arena_printf(to->arena,
                           "the longest wait and those behind it may be %s of all waiting",
                           cell_share(doubt->episode).text);
    note(to,
         arena_printf(to->arena,
                      "%s: the true mean wait on %s may be outside its interval more often than "
                      "1 time in 20, mostly above: %s. It takes %s.",
                      design->name, lock->name, reason,
                      cure(to->arena, to->report->result, design, doubt->more)));
}

/* Of the lock with the worst. */
static void note_doubts(struct noter *to, const struct design_result *design) {
    const struct lock_result *worst = NULL;
    struct doubt most = {0};
    double least = SHARE_OF_CPUS * design->runs->program->machine.cpus, all = 0;
    for (uint32_t i = 0; i < design->nlocks; i++)
        all += design->locks[i].waiting.mean;
    for (uint32_t i = 0; i < design->nlocks; i++) {
        const struct lock_result *lock = &design->locks[i];
        struct doubt doubt = doubt_of_wait(design, i);
        if (!doubt.doubtful || doubt.more <= most.more ||
            lock->waiting.mean <= fmax(least, SHARE_OF_WAITING * all))
            continue;
        most = doubt;
        worst = lock;
    }
    if (worst != NULL)
        note_doubt(to, design, worst, &most);
}

static bool any_fitted(const struct measured_lines *lines) {
    for (uint32_t i = 0; i < lines->n; i++)
        if (lines->lines[i].calibrated)
            return true;
    return false;
}

static void note_roles(struct noter *to) {
    if (any_fitted(&to->report->measured))
        note(to, "Calibrated figures were fitted to the measurement beside them: they agree "
                 "because they were made to. Only predicted figures test the model.");
}

struct notes notes_of(struct arena *arena, const struct report *report) {
    struct noter to = {.arena = arena, .report = report};
    note_outcomes(&to);
    note_behind(&to);
    note_cpu_waits(&to);
    note_hidden_waits(&to);
    for (uint32_t i = 0; i + 1 < report->result->ndesigns; i++)
        note_true_gain(&to, &report->result->compare[i]);
    note_roles(&to);
    for (uint32_t d = 0; d < report->result->ndesigns; d++)
        if (report->result->designs[d].outcome == SIM_OK)
            note_doubts(&to, &report->result->designs[d]);
    note_runs(&to);
    return to.notes;
}

/* ---- of a validation ---- */

static uint32_t count_calibrated(const struct scenario *scenario) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < scenario->nquantities; i++)
        n += scenario->quantities[i]->origin == ORIGIN_CALIBRATED;
    return n;
}

static bool says_what_was_fitted(const struct scenario *scenario) {
    for (uint32_t i = 0; i < scenario->nmeasured; i++)
        if (scenario->measured[i].calibrated)
            return true;
    return false;
}

/* Fitted figures may be counted as predicted, for want of being told. */
static void note_unknown_fit(struct noter *to) {
    const struct scenario *scenario = to->report->result->scenario;
    uint32_t n = count_calibrated(scenario);
    if (n == 0 || says_what_was_fitted(scenario))
        return;
    note(to, arena_printf(to->arena,
                          "%u number%s of the scenario %s calibrated, and it does not say to what: "
                          "if it was to what is measured here, agreement proves nothing.",
                          n, n == 1 ? "" : "s", n == 1 ? "is" : "are"));
}

static void note_test(struct noter *to) {
    const struct validation *v = to->report->validation;
    uint32_t outside = v->counts[VERDICT_OUTSIDE] - v->outside_fitted;
    if (v->counts[VERDICT_OK] + outside == 0)
        note(to, "Nothing here is a test of the model: no figure is both predicted and scored.");
}

static void note_unsure(struct noter *to) {
    const struct validation *v = to->report->validation;
    uint32_t n = 0;
    for (uint32_t i = 0; i < v->n; i++)
        n += v->lines[i].unsure;
    if (n > 0)
        note(to, arena_printf(to->arena,
                              "%u verdict%s with a question mark: the interval of the prediction "
                              "reaches across the tolerance, longer runs would tell.",
                              n, n == 1 ? "" : "s"));
}

struct notes notes_of_validation(struct arena *arena, const struct report *report) {
    struct noter to = {.arena = arena, .report = report};
    note_outcomes(&to);
    note_behind(&to);
    note_test(&to);
    note_roles(&to);
    note_unknown_fit(&to);
    note_unsure(&to);
    note_runs(&to);
    return to.notes;
}
