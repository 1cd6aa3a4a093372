/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "program_help.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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
    ck_assert_uint_eq(c.programs[1]->groups[0].nstreams, 5);
    ck_assert_mem_eq(cheaper, all, 5 * sizeof(*all));
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

/* What is done again begins where the lock is asked for, not at the lock around it. */
START_TEST(retries_begin_at_their_lock) {
    struct compiled c =
        compile_text(ONE_GROUP("{in: cs, do: [{repeat: 3, do: [{run: 1us}]}]}, {lock: cs}, "
                               "{unlock: cs}") "designs: {d: {locks: {l: {kind: seq}, m: {kind: "
                                               "spin}}, guard: {cs: [m, {read: l}]}}}\n");
    const struct program *program = good(&c);
    check_program(program);
    for (int nth = 0; nth < 4; nth += 2) {
        const struct op *begin = &program->ops[find_op(program, OP_UNLOCK, nth)->target];
        ck_assert_int_eq(begin->code, OP_LOCK);
        ck_assert_int_eq(begin->mode, MODE_READ);
        ck_assert_ptr_eq(begin, find_op(program, OP_LOCK, nth + 1));
    }
    compiled_free(&c);
}
END_TEST

static void expect_end_of_update(const char *params, enum op_code code, int mode) {
    char text[1024];
    snprintf(text, sizeof(text),
             "%sdesigns: {d: {locks: {l: {kind: rcu%s}, m: {kind: spin}}, guard: {cs: [l, m]}}}\n",
             ONE_GROUP("{in: cs}"), params);
    struct compiled c = compile_text(text);
    const struct program *program = good(&c);
    check_program(program);
    const struct op *end = find_op(program, OP_UNLOCK, 1) + 1;
    ck_assert_int_eq(end->code, code);
    ck_assert_int_eq(end->mode, mode);
    ck_assert_uint_eq(program->ngroups, code == OP_CALL_RCU ? 2 : 1);
    compiled_free(&c);
}

/* After its section, and after the lock within has been released. */
START_TEST(updates_end_as_their_lock_says) {
    expect_end_of_update("", OP_SYNCHRONIZE, RCU_NORMAL);
    expect_end_of_update(", expedited: yes", OP_SYNCHRONIZE, RCU_EXPEDITED);
    expect_end_of_update(", synchronize: no, callback: 1us", OP_CALL_RCU, 0);
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
    return tcase;
}

static TCase *randomness(void) {
    TCase *tcase = tcase_create("randomness");
    tcase_add_test(tcase, a_step_has_the_same_purpose_in_every_design);
    tcase_add_test(tcase, purposes_differ_between_groups);
    tcase_add_test(tcase, retries_begin_at_their_lock);
    tcase_add_test(tcase, updates_end_as_their_lock_says);
    tcase_add_test(tcase, purposes_are_what_they_were);
    tcase_add_test(tcase, zipf_is_proportional);
    tcase_add_test(tcase, weights_are_shares);
    return tcase;
}

int main(void) {
    Suite *suite = suite_create("program");
    suite_add_tcase(suite, ops());
    suite_add_tcase(suite, randomness());
    suite_add_tcase(suite, program_numbers());
    suite_add_tcase(suite, program_advice());
    suite_add_tcase(suite, random_programs());
    return suite_run(suite);
}
