/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenarios made at random: those that compile must keep what program.h promises. */
#include "config.h"

#include "dice.h"
#include "program_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct maker {
    uint64_t state;
    FILE *out;
    uint32_t left; /* steps */
};

static uint32_t below(struct maker *m, uint32_t n) {
    return dice_below(&m->state, n);
}

static void make_steps(struct maker *m, int depth);

static const char *const sections[] = {"a", "b", "c", "d"};
enum { SECTIONS = 4 };
static const char *const kinds[] = {"none", "mutex", "mutex", "rw", "rw", "spin"};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };
static const char *const simple[] = {
    "run: exp(1us)",
    "run: 1us",
    "pick: page",
    "pick: con, as: other, by: zipf(1.1)",
    "count: op",
    "post: v",
    "write: cache",
    "post: z[con]",
    "post: w[con]",
    "complete: f",
    "call_rcu: 1us",
    "rcu_read: [{count: op}]",
    "complete: g[con], all: yes",
    "pick: page, as: p, by: round-robin",
    "pick: con, as: other, other_than: con",
};
static const char *const risky[] = {
    "sleep: 1ms",
    "read: state",
    "take: v, batch: all",
    "take: w[con]",
    "pick: con",
    "post: x",
    "take: y",
    "post: w[other]",
    "take: z[con], batch: pending",
    "take: u[con]",
    "wait_for: f",
    "synchronize_rcu: normal",
    "rcu_read: [{take: y}]",
    "call_rcu: [{sleep: 1us}]",
    "wait_for: g[con]",
    "pick: con, as: third, other_than: other, by: zipf(2)",
};
enum { SIMPLE = sizeof(simple) / sizeof(simple[0]), RISKY = sizeof(risky) / sizeof(risky[0]) };

static void make_body(struct maker *m, int depth) {
    fputs("do: [", m->out);
    make_steps(m, depth + 1);
    fputs("]", m->out);
}

/* Mostly another at every depth, so that most nestings are not recursions. */
static const char *make_section(struct maker *m, int depth) {
    return sections[below(m, 12) != 0 && depth < SECTIONS ? (uint32_t)depth : below(m, SECTIONS)];
}

/* Lock and unlock around what is between, mostly; now and then something is forgotten. */
static void make_pair(struct maker *m, int depth) {
    const char *section = make_section(m, depth);
    fprintf(m->out, "{lock: %s}, ", section);
    make_steps(m, depth + 1);
    if (below(m, 20) != 0)
        fprintf(m->out, ", {unlock: %s}", section);
}

static void make_branches(struct maker *m, int depth) {
    fputs("{choose: [{weight: 1, ", m->out);
    make_body(m, depth);
    fputs("}, {weight: 2, ", m->out);
    make_body(m, depth);
    fputs("}]}", m->out);
}

static void make_step(struct maker *m, int depth) {
    static const char *const counts[] = {"3", "uniform(0, 4)", "2", "exp(3)", "0", "batch"};
    switch (depth >= SECTIONS ? 0 : below(m, 8)) {
    case 0:
    case 1:
    case 2:
        fprintf(m->out, "{%s}",
                below(m, 8) != 0 ? simple[below(m, SIMPLE)] : risky[below(m, RISKY)]);
        return;
    case 3:
        make_pair(m, depth);
        return;
    case 4:
        make_branches(m, depth);
        return;
    case 5:
        fprintf(m->out, "{repeat: %s, ", counts[below(m, 6)]);
        break;
    default:
        fprintf(m->out, "{in: %s, ", make_section(m, depth));
    }
    make_body(m, depth);
    fputs("}", m->out);
}

static void make_steps(struct maker *m, int depth) {
    uint32_t n = 1 + below(m, 3);
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0)
            fputs(", ", m->out);
        make_step(m, depth);
    }
}

static const char *const instances[] = {", of: con", ", of: [con, other], ordered: yes",
                                        ", of: [other, con]", ", of: [con, con]",
                                        ", context: interrupt"};
enum { INSTANCES = sizeof(instances) / sizeof(instances[0]) };

static void make_design(struct maker *m, const char *name) {
    bool per[SECTIONS];
    fprintf(m->out, "  %s:\n    locks: {", name);
    for (int i = 0; i < SECTIONS; i++) {
        per[i] = below(m, 4) == 0;
        fprintf(m->out, "%sl%d: {kind: %s%s}", i == 0 ? "" : ", ", i, kinds[below(m, KINDS)],
                per[i] ? ", per: con" : "");
    }
    fputs("}\n    guard: {", m->out);
    for (int i = 0; i < SECTIONS; i++) {
        if (below(m, 4) == 0)
            continue;
        uint32_t lock = below(m, 8) != 0 ? (uint32_t)i : below(m, SECTIONS);
        bool named = below(m, per[lock] ? 2 : 60) == 0;
        fprintf(m->out, "%s: {write: l%u%s}, ", sections[i], lock,
                named ? instances[below(m, INSTANCES)] : "");
    }
    fputs("}\n", m->out);
}

static char *make_scenario(uint64_t seed) {
    char *text = NULL;
    size_t size = 0;
    struct maker m = {.state = seed, .out = open_memstream(&text, &size)};
    fputs("sim: 1\nobjects: {con: 3, page: 5}\nlines: {cache: {}, state: {per: con, packed: 2}}\n"
          "sections: {a: {cost: exp(1us), writes: cache}, b: {cost: 2us}, c: {}, d: {cost: "
          "exp(3us)}}\nthreads:\n",
          m.out);
    fputs("  base: {per: con, steps: [{run: 1us}, {post: v}, {post: w[con]}, {post: u[con]}, "
          "{post: z[con]},"
          " {take: z[con], batch: pending}, {take: v, batch: all}, {take: w[con]},"
          " {complete: f}, {complete: g[con]}, {wait_for: f}, {wait_for: g[con]}]}\n"
          "  any: {steps: [{take: u[con]}]}\n",
          m.out);
    for (uint32_t g = 0, n = 1 + below(&m, 2); g < n; g++) {
        bool per = below(&m, 2) == 0;
        fprintf(m.out, "  g%u: {%ssteps: [{run: 1us}, ", g, per ? "per: con, " : "");
        fputs(!per && below(&m, 8) != 0 ? "{pick: con}, " : "", m.out);
        fputs(below(&m, 2) != 0 ? "{pick: con, as: other}, " : "", m.out);
        make_steps(&m, 0);
        fputs("]}\n", m.out);
    }
    fputs("designs:\n", m.out);
    make_design(&m, "first");
    make_design(&m, "second");
    fclose(m.out);
    return text;
}

static const struct op *skip_locks(const struct op *op) {
    while (op->code == OP_LOCK || op->code == OP_UNLOCK || op->code == OP_ORDER)
        op++;
    return op;
}

/* Whatever guards the sections, the same steps draw from the same streams. */
static void check_same_work(const struct program *a, const struct program *b) {
    for (uint32_t g = 0; g < a->ngroups; g++) {
        const struct op *p = &a->ops[a->groups[g].first_op], *q = &b->ops[b->groups[g].first_op];
        for (p = skip_locks(p), q = skip_locks(q); p->code != OP_END;
             p = skip_locks(p + 1), q = skip_locks(q + 1)) {
            ck_assert_uint_eq(p->code, q->code);
            ck_assert_uint_eq(p->stream, q->stream);
        }
        ck_assert_uint_eq(q->code, OP_END);
        ck_assert_uint_eq(a->groups[g].nstreams, b->groups[g].nstreams);
        for (uint32_t i = 0; i < a->groups[g].nstreams; i++)
            ck_assert(a->groups[g].purposes[i] == b->groups[g].purposes[i]);
    }
}

/* How often each mistake was made tells that the makers reach them all. */
static const char *const mistakes[] = {
    "holds already",   "must not sleep",      "still held at the end",
    "no con has been", "posted but never",    "taken but never",
    "needs a take",    "guards nothing that", "no 'con' has been picked",
    "is one for all",  "in an interrupt",     "no 'other' has been picked",
};
enum { MISTAKES = sizeof(mistakes) / sizeof(mistakes[0]) };

START_TEST(what_compiles_keeps_the_promises) {
    int good_ones = 0, locks = 0, seen[MISTAKES] = {0};
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        char *text = make_scenario(seed);
        struct compiled c = compile_text(text);
        ck_assert_msg(c.scenario != NULL, "%s\n%s", text, c.messages);
        const struct program *a = c.programs[0], *b = c.programs[1];
        for (int i = 0; i < MISTAKES; i++)
            seen[i] += strstr(c.messages, mistakes[i]) != NULL;
        if (a != NULL)
            check_program(a);
        if (a != NULL && b != NULL) {
            check_program(b);
            check_same_work(a, b);
            program_lock_cycles(c.arena, b);
            good_ones++;
            for (uint32_t i = 0; i < b->nops; i++)
                locks += b->ops[i].code == OP_LOCK;
        } else {
            ck_assert_int_gt(diag_errors(c.diag), 0);
        }
        compiled_free(&c);
        free(text);
    }
    ck_assert_int_gt(good_ones, 100);
    ck_assert_int_gt(locks, good_ones);
    for (int i = 0; i < MISTAKES; i++)
        ck_assert_msg(seen[i] > 3, "%s: %d times", mistakes[i], seen[i]);
}
END_TEST

TCase *random_programs(void) {
    TCase *tcase = tcase_create("random");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, what_compiles_keeps_the_promises);
    return tcase;
}
