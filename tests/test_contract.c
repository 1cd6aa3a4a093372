/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every lock kind must do, however its waiters wait, checked on each line
 * of kinds.def: whoever adds a kind is tested here without adding a test.
 */
#include "suite.h"
#include "trial.h"

#include "base/arena.h"
#include "sim/lock/lock.h"
#include "stats/audit.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* More threads than CPUs, two locks, nested, read too where that is a difference, with costs
 * everywhere. */
static const char workload[] =
    "sim: 1\n"
    "title: contract\n"
    "machine:\n"
    "  cpus: %u\n"
    "  nodes: %u\n"
    "  preemption: full\n"
    "  atomic: 5ns\n"
    "  line: {node: 50ns, remote: 80ns}\n"
    "  switch: 1us\n"
    "  wake: {call: 500ns, latency: exp(3us)}\n"
    "  syscall: 300ns\n"
    "  spin: {notice: 20ns}\n"
    "  sched: {latency: 200us, min_granularity: 50us, wakeup_granularity: 50us}\n"
    "  rcu: {grace_period: exp(20us)}\n"
    "  interrupts: {share: 5%%, duration: exp(10us)}\n"
    "sections:\n"
    "  outer: {cost: exp(3us)}\n"
    "  inner: {cost: lognormal(mean=1us, cv=2)}\n"
    "  peek: {cost: exp(2us)}\n"
    "threads:\n"
    "  nested: {count: 5, steps: [{run: exp(5us)}, {in: outer, do: [{in: inner}]}, {in: peek}, "
    "{count: op}]}\n"
    "  sleeper: {count: 3, steps: [{sleep: exp(20us)}, {in: inner}, {count: op}]}\n"
    "  plain: {count: 4, steps: [{run: exp(10us)}, {in: peek}, {in: outer}, {count: op}]}\n"
    "designs:\n"
    "  d: {locks: {a: {kind: %s%s}, b: {kind: %s%s}}, guard: {outer: a, inner: b, peek: {%s: "
    "a%s}}}\n";

/* Each kind with each way to wait that it allows, with other flags and limits, in interrupts. */
enum { VARIANTS = 200, OPTIONS = 100 };
static struct variant {
    const struct kind_info *info;
    char options[OPTIONS];
    bool interrupt; /* who peeks is in an interrupt */
} variants[VARIANTS];
static int nvariants;

static void add_variant(const struct kind_info *info, const char *options) {
    if (nvariants == VARIANTS)
        abort();
    struct variant *variant = &variants[nvariants++];
    variant->info = info;
    snprintf(variant->options, OPTIONS, "%s", options);
}

static void add_waiting(const struct kind_info *info, enum waiting waiting) {
    char options[OPTIONS];
    const char *time = waiting_is_timed(waiting) ? "(2us)" : "";
    snprintf(options, OPTIONS, ", wait: %s%s", waiting_name(waiting), time);
    add_variant(info, options);
}

/* Flags are turned round and limits taken away, each alone, and all together. */
static void add_params(const struct kind_info *info) {
    char options[OPTIONS], all[OPTIONS] = "";
    int n = 0;
    for (const struct kind_param *param = info->params; param->name != NULL; param++) {
        const char *value = param->unit == PARAM_LIMIT ? "inf" : param->value == 0 ? "yes" : "no";
        if (param->unit != PARAM_FLAG && param->unit != PARAM_LIMIT)
            continue;
        n++;
        snprintf(options, OPTIONS, ", %s: %s", param->name, value);
        add_variant(info, options);
        snprintf(all + strlen(all), OPTIONS - strlen(all), "%s", options);
    }
    if (n > 1)
        add_variant(info, all);
}

static void list_variants(void) {
    for (uint32_t i = 0; i < lock_kind_count; i++) {
        const struct kind_info *info = &lock_kinds[i]->info;
        for (int waiting = 0; waiting < WAITINGS; waiting++)
            if ((info->waits & WAITS(waiting)) != 0)
                add_waiting(info, (enum waiting)waiting);
        if (info->waits == 0)
            add_variant(info, "");
        add_params(info);
        if (info->has_readers && !may_sleep_for(info)) {
            add_variant(info, "");
            variants[nvariants - 1].interrupt = true;
        }
    }
}

static struct trial *run_as(int kind, unsigned cpus, uint64_t seed, bool profiled) {
    char text[4096];
    const char *name = variants[kind].info->name, *options = variants[kind].options;
    const char *peek = variants[kind].info->has_readers ? "read" : "write";
    snprintf(text, sizeof(text), workload, cpus, cpus > 1 ? 2 : 1, name, options, name, options,
             peek, variants[kind].interrupt ? ", context: interrupt" : "");
    struct trial *trial = trial_new(text, NULL, seed);
    if (profiled)
        sim_profile_begin(trial->sim);
    enum sim_outcome outcome = trial_run(trial, 0.2);
    /* Who must do again what was in vain is promised no end of that. */
    bool fair = outcome == SIM_OK || (outcome == SIM_STARVATION && variants[kind].info->retries);
    ck_assert_msg(fair, "%s%s: %s: %s", name, options, sim_outcome_name(outcome),
                  sim_detail(trial->sim));
    ck_assert_uint_gt(trial->n, 1000);
    return trial;
}

static struct trial *run(int kind, unsigned cpus, uint64_t seed) {
    return run_as(kind, cpus, seed, false);
}

static int by_grant(const void *a, const void *b) {
    const struct passage *p = a, *q = b;
    if (p->lock_class != q->lock_class)
        return p->lock_class < q->lock_class ? -1 : 1;
    if (p->acquired != q->acquired)
        return p->acquired < q->acquired ? -1 : 1;
    return 0;
}

static bool is_exclusive(int kind) {
    return !variants[kind].info->never_waits;
}

static void later(sim_time *time, sim_time other) {
    if (*time < other)
        *time = other;
}

START_TEST(holders_exclude_each_other) {
    if (!is_exclusive(_i))
        return;
    for (unsigned cpus = 1; cpus <= 16; cpus *= 4) {
        struct trial *trial = run(_i, cpus, 1);
        qsort(trial->passages, trial->n, sizeof(*trial->passages), by_grant);
        sim_time written[2] = {0}, used[2] = {0}; /* until, by lock class */
        for (size_t i = 0; i < trial->n; i++) {
            const struct passage *p = &trial->passages[i];
            ck_assert_int_le(p->requested, p->acquired);
            ck_assert_int_le(p->acquired, p->released);
            bool reads = (p->flags & PASSAGE_READ) != 0;
            if (reads && variants[_i].info->read_holds_nothing)
                continue;
            ck_assert_int_le(reads ? written[p->lock_class] : used[p->lock_class], p->acquired);
            later(&used[p->lock_class], p->released);
            if (!reads)
                later(&written[p->lock_class], p->released);
        }
        trial_free(trial);
    }
}
END_TEST

START_TEST(no_waiter_is_lost) {
    struct trial *trial = run(_i, 4, 2);
    enum { THREADS = 12 }; /* of the workload: a kind may have others of its own, for callbacks */
    uint64_t passages[THREADS] = {0}, late[THREADS] = {0};
    for (size_t i = 0; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i];
        passages[p->thread]++;
        late[p->thread] += p->released > TICKS_PER_SECOND / 10;
    }
    for (uint32_t t = 0; t < THREADS; t++) {
        ck_assert_uint_gt(passages[t], 10);
        ck_assert_uint_gt(late[t], 5);
    }
    for (uint32_t lock = 0; lock < trial->program->nlocks; lock++) {
        struct lock_integrals integrals;
        sim_lock_integrals(trial->sim, lock, &integrals);
        ck_assert_int_lt(integrals.open_inside, TICKS_PER_SECOND / 100);
    }
    trial_free(trial);
}
END_TEST

/* Threads that end one after another leave nobody behind who would have to be passed the lock. */
START_TEST(finite_work_ends) {
    static const char finite[] =
        "sim: 1\ntitle: t\nmachine: {cpus: 8, nodes: 2, line: {node: 50ns, remote: 80ns}, syscall: "
        "300ns, spin: {notice: 20ns}, wake: {latency: exp(3us)}}\nsections: {cs: {cost: "
        "exp(2us)}}\n"
        "threads: {t: {count: 12, iterations: 50, steps: [{run: exp(5us)}, {in: cs}, {count: "
        "op}]}}\n"
        "designs: {d: {locks: {l: {kind: %s%s}}, guard: {cs: l}}}\n";
    for (uint64_t seed = 1; seed <= 10; seed++) {
        char text[1024];
        const struct variant *variant = &variants[_i];
        snprintf(text, sizeof(text), finite, variant->info->name, variant->options);
        struct trial *trial = trial_new(text, NULL, seed);
        enum sim_outcome outcome = trial_run(trial, 10);
        ck_assert_msg(outcome == SIM_OK && trial->n == 12 * 50, "%s%s: %s: %zu passages",
                      variant->info->name, variant->options, sim_outcome_name(outcome), trial->n);
        trial_free(trial);
    }
}
END_TEST

/* Little's law and the utilisation law are exact: stamps against the engine's counts. */
START_TEST(stamps_agree_with_integrals) {
    struct trial *trial = run(_i, 4, 3);
    for (uint32_t lock = 0; lock < trial->program->nlocks; lock++) {
        struct lock_integrals integrals;
        sim_lock_integrals(trial->sim, lock, &integrals);
        int64_t inside = integrals.open_inside, held = integrals.open_held;
        uint64_t n = 0;
        for (size_t i = 0; i < trial->n; i++) {
            const struct passage *p = &trial->passages[i];
            if (p->lock_class != lock)
                continue;
            inside += p->released - p->requested;
            held += p->released - p->acquired;
            n++;
        }
        ck_assert_uint_eq(n, integrals.releases);
        ck_assert_int_eq(inside, integrals.inside);
        ck_assert_int_eq(held, integrals.held);
    }
    trial_free(trial);
}
END_TEST

START_TEST(cpu_time_is_conserved) {
    for (unsigned cpus = 1; cpus <= 16; cpus *= 4) {
        struct trial *trial = run_as(_i, cpus, 4, true);
        struct sim_counters c;
        sim_counters(trial->sim, &c);
        ck_assert_int_eq(c.run + c.spin + c.switching + c.irq, c.occupied);
        ck_assert_int_le(c.occupied, (int64_t)cpus * c.now);
        struct audit audit = {0};
        audit_profile(&audit, &c, sim_profile(trial->sim), trial->program->nframes);
        ck_assert_msg(audit_passed(&audit), "%s", audit.message);
        trial_free(trial);
    }
}
END_TEST

/* Whether somebody looks at it or not. */
START_TEST(same_seed_same_run) {
    struct trial *a = run(_i, 4, 5), *b = run_as(_i, 4, 5, true), *c = run(_i, 4, 6);
    ck_assert_uint_eq(a->n, b->n);
    ck_assert_int_eq(memcmp(a->passages, b->passages, a->n * sizeof(*a->passages)), 0);
    ck_assert(a->n != c->n || memcmp(a->passages, c->passages, a->n * sizeof(*a->passages)) != 0);
    trial_free(a);
    trial_free(b);
    trial_free(c);
}
END_TEST

/* Kinds that promise the order of arrival keep it when nobody is preempted. */
START_TEST(order_of_arrival) {
    if (!variants[_i].info->fifo || variants[_i].interrupt)
        return;
    struct trial *trial = run(_i, 16, 7);
    qsort(trial->passages, trial->n, sizeof(*trial->passages), by_grant);
    for (size_t i = 1; i < trial->n; i++) {
        const struct passage *p = &trial->passages[i - 1], *q = &trial->passages[i];
        bool both_read = (p->flags & q->flags & PASSAGE_READ) != 0;
        if (p->lock_class == q->lock_class && !both_read)
            ck_assert_int_le(p->requested, q->requested);
    }
    trial_free(trial);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("contract");
    TCase *tc = tcase_create("every kind");
    tcase_set_timeout(tc, 60);
    list_variants();
    int n = nvariants;
    tcase_add_loop_test(tc, holders_exclude_each_other, 0, n);
    tcase_add_loop_test(tc, no_waiter_is_lost, 0, n);
    tcase_add_loop_test(tc, finite_work_ends, 0, n);
    tcase_add_loop_test(tc, stamps_agree_with_integrals, 0, n);
    tcase_add_loop_test(tc, cpu_time_is_conserved, 0, n);
    tcase_add_loop_test(tc, same_seed_same_run, 0, n);
    tcase_add_loop_test(tc, order_of_arrival, 0, n);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
