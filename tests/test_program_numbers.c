/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and their limits, and what the compiler has to say about a program. */
#include "config.h"

#include "program_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(arrivals_have_sources_and_a_pool) {
    struct compiled c = compile_text(
        "sim: 1\nobjects: {con: 3}\nsections: {cs: {cost: 1us}}\n"
        "threads:\n"
        "  a: {arrivals: poisson(4k/s), count: 2, per: con, steps: [{in: cs}, {count: op}]}\n"
        "  b: {arrivals: periodic(2ms), limit: 7, steps: [{in: cs}]}\n" GUARDED);
    const struct program *p = good(&c);
    ck_assert_uint_eq(p->groups[0].nsources, 6);
    ck_assert_uint_eq(p->groups[0].threads_per_object, 2);
    ck_assert_uint_eq(p->groups[0].nthreads, 4096);
    ck_assert_double_eq(p->groups[0].interarrival, 2500.0 * TICKS_PER_US / 10);
    ck_assert_uint_eq(p->groups[1].nthreads, 7);
    ck_assert_double_eq(p->groups[1].interarrival, 2000.0 * TICKS_PER_US);
    ck_assert(!p->finite);
    compiled_free(&c);
}
END_TEST

START_TEST(finite_jobs_make_a_finite_program) {
    struct compiled c = compile_text("sim: 1\nsections: {cs: {cost: 1us}}\n"
                                     "threads: {t: {iterations: 10k, start: 5us, pin: true, steps: "
                                     "[{in: cs}, {count: op}]}}\n" GUARDED
                                     "run: {duration: 3s, warmup: 1s, seed: 7, budget: 5M}\n");
    const struct program *p = good(&c);
    ck_assert(p->finite && p->groups[0].pin == PIN_CPU && !p->warmup_auto);
    ck_assert_uint_eq(p->groups[0].iterations, 10000);
    ck_assert_double_eq_tol(p->groups[0].start->a, 5 * TICKS_PER_US, 1e-6);
    ck_assert_int_eq(p->duration, 3 * TICKS_PER_SECOND);
    ck_assert_int_eq(p->warmup, TICKS_PER_SECOND);
    ck_assert_uint_eq(p->seed, 7);
    ck_assert_uint_eq(p->budget, 5000000);
    compiled_free(&c);
}
END_TEST

START_TEST(machine_costs_are_in_ticks) {
    struct compiled c = compile_text(
        "sim: 1\nmachine: {cpus: 8, nodes: 2, smt: 2, atomic: 15.4ns, switch: 2us,"
        " wake: {call: exp(1us)}, interrupts: {share: 20%, duration: exp(50us)}}\n"
        "sections: {cs: {cost: 1us}}\nthreads: {t: {steps: [{in: cs}, {count: op}]}}\n" GUARDED);
    const struct machine_costs *m = &good(&c)->machine;
    ck_assert_int_eq(m->atomic, 154);
    ck_assert_int_eq(m->context_switch, 2 * TICKS_PER_US);
    ck_assert_double_eq(m->wake_call->a, TICKS_PER_US);
    ck_assert_ptr_null(m->wake_latency);
    /* Of 1 unit of other work and the interrupts in it, a fifth is interrupts. */
    const struct disturbance *irq = &m->disturbances[DISTURB_IRQ];
    double interrupts = irq->rate * dist_mean(irq->duration);
    ck_assert_double_eq_tol(interrupts / (1 + interrupts), 0.2, 1e-12);
    compiled_free(&c);
}
END_TEST

/* CPUs of a node, of a machine that is written so. */
static uint32_t node_size(const char *machine) {
    char text[300];
    snprintf(text, sizeof(text),
             "sim: 1\nmachine: {%s}\nsections: {cs: {cost: 1us}}\n"
             "threads: {t: {steps: [{in: cs}, {count: op}]}}\n" GUARDED,
             machine);
    struct compiled c = compile_text(text);
    uint32_t n = good(&c)->machine.cpus_per_node;
    compiled_free(&c);
    return n;
}

START_TEST(fewer_cpus_than_a_profile_has_are_its_first) {
    ck_assert_uint_eq(node_size("profile: server-2s"), 56);
    ck_assert_uint_eq(node_size("profile: server-2s, cpus: 112"), 56);
    ck_assert_uint_eq(node_size("profile: server-2s, cpus: 57"), 56);
    ck_assert_uint_eq(node_size("profile: server-2s, cpus: 1"), 56);
    ck_assert_uint_eq(node_size("profile: amd-48, cpus: 7"), 6);
    /* A larger machine has larger nodes. */
    ck_assert_uint_eq(node_size("profile: server-2s, cpus: 128"), 64);
    /* What is written is a machine of its own. */
    ck_assert_uint_eq(node_size("profile: server-2s, cpus: 8, nodes: 2"), 4);
    ck_assert_uint_eq(node_size("profile: server-2s, nodes: 4"), 28);
    ck_assert_uint_eq(node_size("cpus: 9, nodes: 2"), 5);
    ck_assert_uint_eq(node_size("cpus: 9"), 9);
}
END_TEST

#define WITH_PARAMS(params)                                                                        \
    ONE_GROUP("{in: cs}") "designs: {d: {locks: {l: {kind: rw" params "}}, guard: {cs: l}}}\n"

START_TEST(parameters_have_units_and_defaults) {
    struct compiled c = compile_text(WITH_PARAMS(", patience: 1.5us, spin: no, bias: 10%"));
    const double *params = good(&c)->locks[0].params;
    ck_assert_double_eq(params[0], 15000);
    ck_assert_double_eq(params[1], 256);
    ck_assert_double_eq(params[2], 0.1);
    ck_assert_double_eq(params[3], 0);
    compiled_free(&c);
    c = compile_text(WITH_PARAMS(""));
    ck_assert_double_eq(good(&c)->locks[0].params[0], 4000 * TICKS_PER_US);
    compiled_free(&c);
}
END_TEST

START_TEST(parameters_are_checked) {
    expect_message(WITH_PARAMS(", reader: 3"), "unknown parameter 'reader' of kind 'rw'; did you "
                                               "mean 'readers'?");
    expect_message(WITH_PARAMS(", colour: 3"), "known: patience, readers, bias, spin");
    expect_message(WITH_PARAMS(", patience: 2h"), "the range is 0 to 3600 s");
    expect_message(WITH_PARAMS(", readers: 5G"), "the range is 0 to 4294967295");
    expect_message(WITH_PARAMS(", spin: 3us"), "error");
    expect_message(
        ONE_GROUP(
            "{in: cs}") "designs: {d: {locks: {l: {kind: mutex, spin: no}}, guard: {cs: l}}}\n",
        "unknown parameter 'spin' of kind 'mutex'; known: acquire, release");
}
END_TEST

START_TEST(a_kind_unlike_any_is_answered_with_all) {
    expect_message("sim: 1\ntitle: t\nmachine: {cpus: 2}\nsections: {cs: {cost: 1us}}\n"
                   "threads: {t: {steps: [{in: cs}, {count: op}]}}\n"
                   "designs: {d: {locks: {l: {kind: monitor_of_hoare}}, guard: {cs: l}}}\n",
                   "unknown lock kind 'monitor_of_hoare'; known: none, mutex, spin, rw, seq, rcu");
}
END_TEST

#define TWO_SECTIONS(groups, kind)                                                                 \
    "sim: 1\nobjects: {con: 3}\nsections: {a: {cost: 1us}, b: {cost: 1us}}\n"                      \
    "threads:\n  t: {per: con, steps: [{in: a, do: [{in: b}]}, {count: op}]}\n" groups             \
    "designs: {d: {locks: {l: {kind: " kind "}, m: {kind: mutex, per: con}},"                      \
    " guard: {a: l, b: m}}}\n"

static void expect_cycles(const char *text, const char *first) {
    struct compiled c = compile_text(text);
    const char *const *cycles = program_lock_cycles(c.arena, good(&c));
    if (first == NULL)
        ck_assert_ptr_null(cycles[0]);
    else
        ck_assert_str_eq(cycles[0], first);
    ck_assert(first == NULL || cycles[1] == NULL);
    compiled_free(&c);
}

START_TEST(lock_order_cycles_are_found) {
    expect_cycles(TWO_SECTIONS("", "mutex"), NULL);
    expect_cycles(TWO_SECTIONS("  u: {per: con, steps: [{in: b, do: [{in: a}]}]}\n", "mutex"),
                  "l -> m -> l");
    expect_cycles(TWO_SECTIONS("  u: {per: con, steps: [{in: b, do: [{in: a}]}]}\n", "none"), NULL);
    expect_cycles(
        TWO_SECTIONS("  u: {per: con, steps: [{in: b, do: [{pick: con, as: c}, {in: b}]}]}\n",
                     "mutex"),
        "between instances of m");
    expect_cycles("sim: 1\nsections: {a: {}, b: {}, c: {}}\n"
                  "threads:\n"
                  "  t: {steps: [{run: 1us}, {in: a, do: [{in: b}]}, {count: op}]}\n"
                  "  u: {steps: [{run: 1us}, {lock: b}, {lock: c}, {unlock: b}, {lock: a},"
                  " {unlock: a}, {unlock: c}]}\n"
                  "designs: {d: {locks: {l: {kind: mutex}, m: {kind: mutex}, n: {kind: mutex}},"
                  " guard: {a: l, b: m, c: n}}}\n",
                  "l -> m -> n -> l");
}
END_TEST

START_TEST(what_is_useless_is_warned_of) {
    expect_message(
        "sim: 1\nsections: {cs: {cost: 1us}}\nthreads: {t: {steps: [{in: cs}]}}\n" GUARDED,
        "test:3:11: warning: no step counts anything");
    expect_message(ONE_GROUP("{in: cs}") "designs: {d: {locks: {l: {kind: mutex}, m: {kind: "
                                         "spin}}, guard: {cs: l}}}\n",
                   "warning: lock 'm' guards nothing");
    expect_message("sim: 1\nsections: {cs: {cost: 1us}, b: {}}\n"
                   "threads: {t: {steps: [{in: cs}, {count: op}]}}\n"
                   "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l, b: l}}}\n",
                   "warning: no step enters section 'b'");
}
END_TEST

START_TEST(nothing_is_said_twice) {
    struct compiled c =
        compile_text(ONE_GROUP("{in: xx}") "designs:\n"
                                           "  d: {locks: {l: {kind: mutex}}, guard: {cs: l}}\n"
                                           "  e: {locks: {l: {kind: spin}}, guard: {cs: l}}\n");
    ck_assert_int_eq(diag_errors(c.diag), 1);
    ck_assert_ptr_null(c.programs[0]);
    ck_assert_ptr_null(c.programs[1]);
    compiled_free(&c);
}
END_TEST

/* n steps of the group, then the rest of a scenario. */
static char *long_text(const char *step, uint32_t n) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    fputs("sim: 1\nsections: {cs: {cost: 1us}}\nthreads: {t: {steps: [{in: cs}", out);
    for (uint32_t i = 0; i < n; i++)
        fprintf(out, ", %s", step);
    fputs("]}}\n" GUARDED, out);
    fclose(out);
    return text;
}

static void expect_too_long(const char *step, uint32_t n, const char *words) {
    char *text = long_text(step, n);
    expect_message(text, words);
    free(text);
}

START_TEST(sizes_are_bounded) {
    expect_too_long("{in: cs}", 22000, "make more than 65536 operations");
    expect_too_long("{in: cs, do: [{pick: con, as: r}]}", 1, "unknown object class 'con'");
}
END_TEST

START_TEST(printing_shows_the_design) {
    struct compiled c = compile_text(TWO_SECTIONS("", "rw, readers: 3"));
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    program_print(good(&c), out);
    fclose(out);
    ck_assert_ptr_nonnull(strstr(text, "lock l: rw"));
    ck_assert_ptr_nonnull(strstr(text, "readers: 3;"));
    ck_assert_ptr_nonnull(strstr(text, "bias: 50% (default);"));
    ck_assert_ptr_nonnull(strstr(text, "lock m: mutex, 3, one per con"));
    ck_assert_ptr_nonnull(strstr(text, "lock     m[con] at b"));
    free(text);
    compiled_free(&c);
}
END_TEST

TCase *program_numbers(void) {
    TCase *tcase = tcase_create("numbers");
    tcase_add_test(tcase, arrivals_have_sources_and_a_pool);
    tcase_add_test(tcase, finite_jobs_make_a_finite_program);
    tcase_add_test(tcase, machine_costs_are_in_ticks);
    tcase_add_test(tcase, fewer_cpus_than_a_profile_has_are_its_first);
    tcase_add_test(tcase, parameters_have_units_and_defaults);
    tcase_add_test(tcase, parameters_are_checked);
    tcase_add_test(tcase, a_kind_unlike_any_is_answered_with_all);
    tcase_add_test(tcase, sizes_are_bounded);
    return tcase;
}

TCase *program_advice(void) {
    TCase *tcase = tcase_create("advice");
    tcase_add_test(tcase, printing_shows_the_design);
    tcase_add_test(tcase, lock_order_cycles_are_found);
    tcase_add_test(tcase, what_is_useless_is_warned_of);
    tcase_add_test(tcase, nothing_is_said_twice);
    return tcase;
}
