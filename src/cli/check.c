/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim check: the resolved scenario with every number and where it comes from. */
#include "base/arena.h"
#include "cli/load.h"
#include "cli/verbs.h"

#include <string.h>

static void print_place(const struct scenario *scenario, const struct quantity *q) {
    if (q->origin == ORIGIN_DEFAULT)
        printf("default");
    else if (q->origin == ORIGIN_PROFILE)
        printf("profile %s", scenario->machine.profile);
    else if (q->pos.source != 0)
        printf("%s, command line", origin_name(q->origin));
    else
        printf("%s, line %u", origin_name(q->origin), (unsigned)q->pos.line);
}

static void print_quantity(const struct scenario *scenario, const struct quantity *q) {
    printf("  %-40s %-28s ", q->path, q->text);
    print_place(scenario, q);
    if (q->expression != NULL)
        printf(", computed from %s", q->expression);
    if (q->low != NULL)
        printf(", range %s..%s", q->low, q->high);
    if (q->source != NULL)
        printf(" (%s)", q->source);
    putchar('\n');
}

static const char *const preemptions[] = {
    [PREEMPT_NONE] = "none", [PREEMPT_VOLUNTARY] = "voluntary", [PREEMPT_FULL] = "full"};

static void print_scenario(const struct scenario *scenario) {
    printf("%s: %s\n", scenario->file, scenario->title);
    for (uint32_t i = 0; i < scenario->nquantities; i++)
        print_quantity(scenario, scenario->quantities[i]);
    printf("  %-40s %s\n", "machine.preemption", preemptions[scenario->machine.preemption]);
    if (scenario->run.warmup_auto)
        printf("  %-40s auto\n", "run.warmup");
}

static void print_sweep(const struct scenario *scenario) {
    for (uint32_t i = 0; i < scenario->nsweep; i++) {
        const struct sweep_axis *axis = &scenario->sweep[i];
        printf("  sweep %-34s ", axis->path);
        for (uint32_t j = 0; j < axis->n; j++)
            printf("%s%s", j > 0 ? ", " : "", axis->values[j]);
        putchar('\n');
    }
}

static void print_cycles(struct arena *arena, const struct program *program) {
    for (const char *const *cycle = program_lock_cycles(arena, program); *cycle != NULL; cycle++)
        printf("  lock order: %s\n", *cycle);
}

int verb_check(const struct options *options) {
    struct loaded loaded;
    int status = load(&loaded, options);
    if (status == EXIT_GOOD) {
        print_scenario(loaded.scenario);
        print_sweep(loaded.scenario);
        for (uint32_t i = 0; i < loaded.nprograms; i++) {
            putchar('\n');
            program_print(loaded.programs[i], stdout);
            print_cycles(loaded.arena, loaded.programs[i]);
        }
        puts("\nok");
    }
    load_free(&loaded);
    return status;
}
