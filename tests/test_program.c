/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "program_help.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GUARDED "designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}\n"
#define ONE_GROUP(steps)                                                                           \
    "sim: 1\nobjects: {con: 3, page: 5}\nsections: {cs: {cost: 1us}}\n"                            \
    "threads: {t: {steps: [{count: op}, {run: 1us}, " steps "]}}\n"

static const struct op *find_op(const struct program *program, enum op_code code, int nth) {
    for (uint32_t i = 0; i < program->nops; i++)
        if (program->ops[i].code == code && nth-- == 0)
            return &program->ops[i];
    ck_abort_msg("no op %d", code);
    return NULL;
}

static void expect_codes(const struct program *program, const enum op_code *codes, uint32_t n) {
    ck_assert_uint_eq(program->nops, n);
    for (uint32_t i = 0; i < n; i++)
        ck_assert_msg(program->ops[i].code == codes[i], "op %u is %d", i, program->ops[i].code);
}

#define EXPECT_CODES(program, ...)                                                                 \
    do {                                                                                           \
        const enum op_code codes[] = {__VA_ARGS__};                                                \
        expect_codes(program, codes, sizeof(codes) / sizeof(codes[0]));                            \
    } while (0)

START_TEST(a_section_is_locks_cost_body_and_the_way_back) {
    struct compiled c = compile_text(
        "sim: 1\nsections: {outer: {cost: exp(1us), site: f+0x1}, inner: {cost: 2us}}\n"
        "threads: {t: {context: kernel, steps: [{run: 3us}, {in: outer, do: [{in: inner}]},"
        " {count: op}]}}\n"
        "designs:\n"
        "  two: {locks: {a: {kind: rw}, b: {kind: spin}}, guard: {outer: [{read: a}, b]}}\n");
    const struct program *p = good(&c);
    EXPECT_CODES(p, OP_RUN, OP_LOCK, OP_LOCK, OP_RUN, OP_RUN, OP_UNLOCK, OP_UNLOCK, OP_COUNT,
                 OP_END);
    ck_assert_uint_eq(p->ops[1].index, 0);
    ck_assert_uint_eq(p->ops[1].mode, MODE_READ);
    ck_assert_uint_eq(p->ops[2].index, 1);
    ck_assert_uint_eq(p->ops[2].mode, MODE_WRITE);
    ck_assert_uint_eq(p->ops[5].index, 1);
    ck_assert_uint_eq(p->ops[6].index, 0);
    ck_assert_uint_eq(p->ops[5].slot, p->ops[2].slot);
    ck_assert_str_eq(p->sites[p->ops[1].site], "f+0x1");
    ck_assert(!p->ops[0].user && !p->ops[3].user);
    ck_assert_double_eq(p->ops[4].dist->a, 2 * TICKS_PER_US);
    check_program(p);
    compiled_free(&c);
}
END_TEST

START_TEST(work_outside_sections_is_the_users_unless_said) {
    struct compiled c = compile_text(ONE_GROUP("{in: cs}") GUARDED);
    ck_assert(find_op(good(&c), OP_RUN, 0)->user);
    ck_assert(!find_op(good(&c), OP_RUN, 1)->user);
    compiled_free(&c);
}
END_TEST

/* Same section, same draw: what guards it, what it costs and what else is done do not matter. */
START_TEST(a_step_has_the_same_purpose_in_every_design) {
    struct compiled c = compile_text(
        "sim: 1\nsections: {a: {cost: exp(1us)}, b: {cost: exp(1us)}}\n"
        "threads: {t: {steps: [{run: exp(1us)}, {in: a, do: [{in: b}]}, {run: exp(1us)}, {in: b},"
        " {count: op}]}}\n"
        "designs:\n"
        "  nested: {locks: {l: {kind: mutex}, m: {kind: mutex}}, guard: {a: l, b: m}}\n"
        "  cheaper: {locks: {l: {kind: spin}}, guard: {b: l}, sections: {a: {cost: 1us}}}\n"
        "  shorter: {locks: {l: {kind: none}}, guard: {b: l}, threads: {t: {steps:"
        " [{lock: b}, {unlock: b}, {run: exp(2us)}, {in: b}]}}}\n");
    good(&c);
    const uint64_t *all = c.programs[0]->groups[0].purposes;
    const uint64_t *cheaper = c.programs[1]->groups[0].purposes;
    const uint64_t *shorter = c.programs[2]->groups[0].purposes;
    enum { RUN1, A, B1, RUN2, B2 };
    ck_assert_uint_eq(c.programs[0]->groups[0].nstreams, 5);
    ck_assert_uint_eq(c.programs[1]->groups[0].nstreams, 4);
    ck_assert(cheaper[0] == all[RUN1] && cheaper[1] == all[B1] && cheaper[2] == all[RUN2] &&
              cheaper[3] == all[B2]);
    ck_assert_uint_eq(c.programs[2]->groups[0].nstreams, 3);
    ck_assert(shorter[0] == all[B1] && shorter[1] == all[RUN1] && shorter[2] == all[B2]);
    compiled_free(&c);
}
END_TEST

START_TEST(purposes_differ_between_groups) {
    struct compiled c = compile_text("sim: 1\nsections: {cs: {}}\nthreads:\n"
                                     "  t: {steps: [{run: exp(1us)}, {in: cs}, {count: op}]}\n"
                                     "  u: {steps: [{run: exp(1us)}]}\n" GUARDED);
    const struct program *p = good(&c);
    ck_assert(p->groups[0].purposes[0] != p->groups[1].purposes[0]);
    compiled_free(&c);
}
END_TEST

/* Results must be the same on every machine and from release to release. */
START_TEST(purposes_are_what_they_were) {
    struct compiled c = compile_text("sim: 1\nsections: {cs: {}}\n"
                                     "threads: {t: {steps: [{run: exp(1us)}, {run: exp(1us)}, {in: "
                                     "cs}, {count: op}]}}\n" GUARDED);
    const uint64_t *purposes = good(&c)->groups[0].purposes;
    ck_assert_msg(purposes[0] == 0x8d2bee600cea3f98ULL && purposes[1] == 0xdf213f1e39c01f3eULL,
                  "%llx %llx", (unsigned long long)purposes[0], (unsigned long long)purposes[1]);
    compiled_free(&c);
}
END_TEST

START_TEST(a_lock_is_chosen_by_the_last_pick_of_its_class) {
    struct compiled c = compile_text(
        "sim: 1\nobjects: {con: 3, page: 5}\nsections: {cs: {}, other: {}}\n"
        "threads: {t: {per: con, steps: [{count: op}, {in: cs}, {pick: con, as: peer}, {in: cs},"
        " {pick: page}, {in: cs}, {in: other}]}}\n"
        "designs: {d: {locks: {l: {kind: mutex, per: con}, m: {kind: mutex, per: page}},"
        " guard: {cs: l, other: m}}}\n");
    const struct program *p = good(&c);
    uint16_t peer = find_op(p, OP_PICK, 0)->reg, page = find_op(p, OP_PICK, 1)->reg;
    ck_assert_uint_eq(find_op(p, OP_LOCK, 0)->reg, 0);
    ck_assert_uint_ne(peer, 0);
    ck_assert_uint_eq(find_op(p, OP_LOCK, 1)->reg, peer);
    ck_assert_uint_eq(find_op(p, OP_LOCK, 2)->reg, peer);
    ck_assert_uint_eq(find_op(p, OP_LOCK, 3)->reg, page);
    ck_assert_uint_eq(p->locks[1].first, 3);
    ck_assert_uint_eq(p->ninstances, 8);
    ck_assert_str_eq(p->groups[0].registers[peer], "peer");
    compiled_free(&c);
}
END_TEST

START_TEST(locks_need_not_nest) {
    struct compiled c = compile_text(
        "sim: 1\nobjects: {node: 9}\nsections: {hop: {cost: 1us}}\n"
        "threads: {t: {steps: [{pick: node, as: a}, {lock: l}, {pick: node, as: b}, {lock: hop},"
        " {unlock: l}, {unlock: hop}, {count: op}]}}\n"
        "designs: {d: {locks: {l: {kind: mutex, per: node}}, guard: {hop: l}}}\n");
    const struct program *p = good(&c);
    EXPECT_CODES(p, OP_PICK, OP_LOCK, OP_PICK, OP_LOCK, OP_RUN, OP_UNLOCK, OP_UNLOCK, OP_COUNT,
                 OP_END);
    ck_assert_uint_eq(p->ops[5].slot, p->ops[1].slot);
    ck_assert_uint_eq(p->ops[6].slot, p->ops[3].slot);
    ck_assert_uint_ne(p->ops[1].slot, p->ops[3].slot);
    ck_assert_str_eq(p->sites[p->ops[1].site], "t");
    ck_assert_str_eq(p->sites[p->ops[3].site], "hop");
    check_program(p);
    compiled_free(&c);
}
END_TEST

/* The innermost of that name is released; the other stays. */
START_TEST(the_same_section_may_be_held_twice) {
    struct compiled c = compile_text(
        "sim: 1\nobjects: {node: 9}\nsections: {hop: {}}\n"
        "threads: {t: {steps: [{run: 1us}, {pick: node, as: a}, {lock: hop}, {pick: node, as: b},"
        " {lock: hop}, {unlock: hop}, {unlock: hop}, {count: op}]}}\n"
        "designs: {d: {locks: {l: {kind: mutex, per: node}, m: {kind: none}}, guard: {hop: [l, "
        "m]}}}\n");
    const struct program *p = good(&c);
    EXPECT_CODES(p, OP_RUN, OP_PICK, OP_LOCK, OP_LOCK, OP_PICK, OP_LOCK, OP_LOCK, OP_UNLOCK,
                 OP_UNLOCK, OP_UNLOCK, OP_UNLOCK, OP_COUNT, OP_END);
    for (int i = 0; i < 4; i++)
        ck_assert_uint_eq(p->ops[7 + i].slot, p->ops[i < 2 ? 6 - i : 5 - i].slot);
    check_program(p);
    compiled_free(&c);
}
END_TEST

/* A design of locks of kind none guards as carelessly as it likes. */
START_TEST(no_lock_is_no_recursion) {
    struct compiled c = compile_text(
        "sim: 1\nsections: {a: {cost: 1us}, b: {}, c: {}}\n"
        "threads: {t: {steps: [{in: a, do: [{in: b, do: [{in: c}]}]}, {count: op}]}}\n"
        "designs: {d: {locks: {l: {kind: none}, s: {kind: spin}}, guard: {a: l, b: s, c: l}}}\n");
    check_program(good(&c));
    ck_assert_uint_ne(find_op(c.programs[0], OP_LOCK, 0)->slot,
                      find_op(c.programs[0], OP_LOCK, 2)->slot);
    compiled_free(&c);
}
END_TEST

START_TEST(a_lock_may_be_dropped_and_taken_again_inside) {
    struct compiled c = compile_text(ONE_GROUP(
        "{in: cs, do: [{choose: [{p: 0.5, do: [{unlock: cs}, {sleep: 1ms}, {lock: cs}]}]}]}")
                                         GUARDED);
    check_program(good(&c));
    compiled_free(&c);
}
END_TEST

/* What must be balanced is so in every design, guarded or not. */
START_TEST(an_unguarded_section_is_left_as_it_was_entered) {
    expect_message("sim: 1\nsections: {cs: {cost: 1us}, free: {}}\n"
                   "threads: {t: {steps: [{in: cs}, {lock: free}, {count: op}]}}\n" GUARDED,
                   "'free' is taken here and still held at the end of the steps");
}
END_TEST

START_TEST(takes_of_a_class_not_picked_are_of_any) {
    struct compiled c = compile_text(
        "sim: 1\nobjects: {con: 3}\nsections: {cs: {cost: 1us}}\n"
        "threads:\n"
        "  a: {steps: [{run: 1us}, {pick: con}, {post: w[con]}, {post: v[con]}, {count: op}]}\n"
        "  b: {steps: [{take: w[con], batch: all}, {in: cs}, {repeat: batch, do: [{run: 1us}]}]}\n"
        "  c: {per: con, steps: [{take: v[con]}, {in: cs}]}\n"
        "designs: {d: {locks: {l: {kind: mutex, per: con}}, guard: {cs: l}}}\n");
    const struct program *p = good(&c);
    const struct op *any = find_op(p, OP_TAKE, 0), *own = find_op(p, OP_TAKE, 1);
    ck_assert(any->any && !own->any);
    ck_assert_uint_eq(find_op(p, OP_LOCK, 0)->reg, any->reg);
    ck_assert_uint_eq(own->reg, 0);
    ck_assert_uint_eq(p->nqueues, 2);
    ck_assert_uint_eq(p->nqueue_instances, 6);
    ck_assert_uint_eq(p->queues[any->index].batch, TAKE_ALL);
    ck_assert_uint_eq(p->queues[own->index].batch, TAKE_ONCE);
    ck_assert_uint_eq(p->queues[own->index].first, 3);
    ck_assert_ptr_null(find_op(p, OP_REPEAT, 0)->dist);
    check_program(p);
    compiled_free(&c);
}
END_TEST

START_TEST(zipf_is_proportional) {
    struct compiled c =
        compile_text(ONE_GROUP("{pick: page, by: zipf(1.1)}, {pick: page, as: b, by: zipf(1.1)},"
                               " {pick: con, by: zipf(1.1)}, {in: cs}") GUARDED);
    const struct program *p = good(&c);
    const struct pick_table *table = &p->picks[find_op(p, OP_PICK, 0)->target];
    ck_assert_uint_eq(p->npicks, 2);
    ck_assert_uint_eq(table->n, 5);
    ck_assert_uint_eq(p->picks[find_op(p, OP_PICK, 2)->target].n, 3);
    for (uint32_t i = 1; i < 5; i++)
        ck_assert_double_eq_tol((table->p[i] - table->p[i - 1]) / table->p[0], pow(i + 1, -1.1),
                                1e-12);
    compiled_free(&c);
}
END_TEST

START_TEST(weights_are_shares) {
    struct compiled c = compile_text(ONE_GROUP(
        "{choose: [{weight: 1, do: [{in: cs}]}, {weight: 3, do: [{sleep: 1us}]}]}") GUARDED);
    const struct program *p = good(&c);
    const struct op *choose = find_op(p, OP_CHOOSE, 0);
    ck_assert_uint_eq(choose->target, 2);
    ck_assert_double_eq(p->choices[choose->index].p, 0.25);
    ck_assert_uint_eq(p->ops[p->choices[choose->index + 1].target].code, OP_SLEEP);
    check_program(p);
    compiled_free(&c);
}
END_TEST

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
    ck_assert(p->finite && p->groups[0].pinned && !p->warmup_auto);
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
    double interrupts = m->irq_rate * dist_mean(m->irq_duration);
    ck_assert_double_eq_tol(interrupts / (1 + interrupts), 0.2, 1e-12);
    compiled_free(&c);
}
END_TEST

START_TEST(a_profile_gives_way_to_few_cpus) {
    struct compiled c =
        compile_text("sim: 1\nmachine: {profile: server-2s, cpus: 1}\nsections: {cs: {cost: 1us}}\n"
                     "threads: {t: {steps: [{in: cs}, {count: op}]}}\n" GUARDED);
    ck_assert_uint_eq(good(&c)->machine.nodes, 1);
    compiled_free(&c);
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
        "unknown parameter 'spin' of kind 'mutex'; there is no parameter");
}
END_TEST

START_TEST(a_kind_unlike_any_is_answered_with_all) {
    expect_message("sim: 1\ntitle: t\nmachine: {cpus: 2}\nsections: {cs: {cost: 1us}}\n"
                   "threads: {t: {steps: [{in: cs}, {count: op}]}}\n"
                   "designs: {d: {locks: {l: {kind: monitor_of_hoare}}, guard: {cs: l}}}\n",
                   "unknown lock kind 'monitor_of_hoare'; known: none, mutex, spin, rw");
}
END_TEST

START_TEST(designs_override_costs_and_steps) {
    struct compiled c = compile_text(
        "sim: 1\nsections: {cs: {cost: 1us, site: here}}\n"
        "threads: {t: {steps: [{in: cs}, {count: op}]}}\n"
        "designs:\n  a: {locks: {l: {kind: mutex}}, guard: {cs: l}, sections: {cs: {cost: 3us}}}\n"
        "  b: {locks: {l: {kind: mutex}}, guard: {cs: l}, sections: {cs: {site: there}},"
        " threads: {t: {steps: [{in: cs}, {count: other}]}}}\n");
    const struct program *a = good(&c), *b = c.programs[1];
    ck_assert_double_eq(find_op(a, OP_RUN, 0)->dist->a, 3 * TICKS_PER_US);
    ck_assert_str_eq(a->sites[find_op(a, OP_LOCK, 0)->site], "here");
    ck_assert_double_eq(find_op(b, OP_RUN, 0)->dist->a, TICKS_PER_US);
    ck_assert_str_eq(b->sites[find_op(b, OP_LOCK, 0)->site], "there");
    ck_assert_uint_eq(a->nprogress, 2);
    ck_assert_uint_eq(b->nprogress, 2);
    ck_assert_uint_eq(find_op(a, OP_COUNT, 0)->index, 0);
    ck_assert_uint_eq(find_op(b, OP_COUNT, 0)->index, 1);
    compiled_free(&c);
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

static TCase *ops(void) {
    TCase *tcase = tcase_create("ops");
    tcase_add_test(tcase, a_section_is_locks_cost_body_and_the_way_back);
    tcase_add_test(tcase, work_outside_sections_is_the_users_unless_said);
    tcase_add_test(tcase, a_lock_is_chosen_by_the_last_pick_of_its_class);
    tcase_add_test(tcase, locks_need_not_nest);
    tcase_add_test(tcase, the_same_section_may_be_held_twice);
    tcase_add_test(tcase, no_lock_is_no_recursion);
    tcase_add_test(tcase, a_lock_may_be_dropped_and_taken_again_inside);
    tcase_add_test(tcase, an_unguarded_section_is_left_as_it_was_entered);
    tcase_add_test(tcase, takes_of_a_class_not_picked_are_of_any);
    tcase_add_test(tcase, designs_override_costs_and_steps);
    tcase_add_test(tcase, printing_shows_the_design);
    return tcase;
}

static TCase *randomness(void) {
    TCase *tcase = tcase_create("randomness");
    tcase_add_test(tcase, a_step_has_the_same_purpose_in_every_design);
    tcase_add_test(tcase, purposes_differ_between_groups);
    tcase_add_test(tcase, purposes_are_what_they_were);
    tcase_add_test(tcase, zipf_is_proportional);
    tcase_add_test(tcase, weights_are_shares);
    return tcase;
}

static TCase *numbers(void) {
    TCase *tcase = tcase_create("numbers");
    tcase_add_test(tcase, arrivals_have_sources_and_a_pool);
    tcase_add_test(tcase, finite_jobs_make_a_finite_program);
    tcase_add_test(tcase, machine_costs_are_in_ticks);
    tcase_add_test(tcase, a_profile_gives_way_to_few_cpus);
    tcase_add_test(tcase, parameters_have_units_and_defaults);
    tcase_add_test(tcase, parameters_are_checked);
    tcase_add_test(tcase, a_kind_unlike_any_is_answered_with_all);
    tcase_add_test(tcase, sizes_are_bounded);
    return tcase;
}

static TCase *advice(void) {
    TCase *tcase = tcase_create("advice");
    tcase_add_test(tcase, lock_order_cycles_are_found);
    tcase_add_test(tcase, what_is_useless_is_warned_of);
    tcase_add_test(tcase, nothing_is_said_twice);
    return tcase;
}

int main(void) {
    Suite *suite = suite_create("program");
    suite_add_tcase(suite, ops());
    suite_add_tcase(suite, randomness());
    suite_add_tcase(suite, numbers());
    suite_add_tcase(suite, advice());
    suite_add_tcase(suite, random_programs());
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
