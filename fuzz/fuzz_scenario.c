/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever bytes a scenario has, loading and compiling it ends, soon, in
 * programs or in errors, and a program runs with its accounts in balance. The
 * input is the text; what follows a first zero byte is one --set, path and
 * value divided at "=".
 */
#include "base/arena.h"
#include "program/program.h"
#include "sim/lock/lock.h"
#include "sim/sim.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct setting split(char *text) {
    struct setting setting = {.path = text, .value = ""};
    char *equals = strchr(text, '=');
    if (equals != NULL) {
        *equals = '\0';
        setting.value = equals + 1;
    }
    return setting;
}

/* A loaded scenario promises this much to the rooms that follow. */
static void check(const struct scenario *s) {
    for (uint32_t i = 0; i < s->nquantities; i++) {
        double mean = dist_mean(s->quantities[i]->dist), cv = dist_cv(s->quantities[i]->dist);
        if (!(mean >= 0 && mean < 1e19 && cv >= 0 && cv < 1e10))
            abort();
        if (s->quantities[i]->path == NULL || s->quantities[i]->text == NULL)
            abort();
    }
    for (int i = 0; i < MACHINE_FIELDS; i++)
        if (s->machine.fields[i] == NULL)
            abort();
    if (s->nthreads == 0 || s->ndesigns == 0 || s->run.duration == NULL)
        abort();
}

struct sums { /* of the passages of a lock class */
    uint64_t n;
    int64_t inside, held;
};

static void add(void *self, const struct passages *passages) {
    struct sums *sums = (struct sums *)self + passages->lock_class;
    for (size_t i = 0; i < passages->n; i++) {
        const struct passage p = passage_at(passages, i);
        if (p.requested > p.acquired || p.acquired > p.released)
            abort();
        sums->n++;
        sums->inside += p.released - p.requested;
        sums->held += p.released - p.acquired;
    }
}

/* Some events of a program of a size that is worth the fuzzer's time. */
static void run(struct arena *arena, struct program *program) {
    enum { EVENTS = 5000, THREADS = 2000, INSTANCES = 5000, CPUS = 1000 };
    if (program->nthreads > THREADS || program->ninstances > INSTANCES ||
        program->nqueue_instances > INSTANCES || program->machine.cpus > CPUS)
        return;
    program->budget = EVENTS;
    struct sums *sums = arena_array(arena, program->nlocks, sizeof(*sums));
    const struct observer observer = {sums, add};
    struct sim *sim = sim_new(arena, program, program->seed, 0, &observer);
    if (sim_run_until(sim, program->warmup + program->duration) == SIM_OK)
        sim_finish(sim);
    struct sim_counters c;
    sim_counters(sim, &c);
    if (c.run + c.spin + c.switching + c.irq != c.occupied)
        abort();
    for (uint32_t i = 0; i < program->nlocks; i++) {
        struct lock_integrals at;
        sim_lock_integrals(sim, i, &at);
        if (at.releases != sums[i].n || at.inside != sums[i].inside + at.open_inside ||
            at.held != sums[i].held + at.open_held)
            abort();
    }
}

static void compile(struct arena *arena, struct diag *diag, const struct scenario *scenario) {
    for (uint32_t i = 0; i < scenario->ndesigns; i++) {
        int before = diag_errors(diag);
        struct program *program = program_compile(arena, diag, scenario, &scenario->designs[i],
                                                  lock_kind_infos, lock_kind_count);
        if (program == NULL && diag_errors(diag) == before && !diag_full(diag) && i == 0)
            abort();
        if (program == NULL)
            continue;
        program_lock_cycles(arena, program);
        run(arena, program);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static FILE *sink;
    if (sink == NULL)
        sink = fopen("/dev/null", "w");
    const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
    size_t length = zero != NULL ? (size_t)(zero - data) : size;
    char *text = malloc(size + 1);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    struct setting setting = split(text + (zero != NULL ? length + 1 : size));
    struct arena *arena = arena_new();
    struct diag *diag = diag_new();
    const struct scenario *scenario =
        scenario_load(arena, diag, "fuzz.yaml", text, length, &setting, zero != NULL);
    if ((scenario == NULL) != (diag_errors(diag) > 0))
        abort();
    if (scenario != NULL) {
        check(scenario);
        compile(arena, diag, scenario);
    }
    diag_print(diag, sink);
    diag_free(diag);
    arena_free(arena);
    free(text);
    return 0;
}
