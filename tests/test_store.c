/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stores: what is read is what was written, bit by bit; what is not whole is refused. */
#include "config.h"

#include "dice.h"
#include "suite.h"

#include "base/arena.h"
#include "base/digest.h"
#include "experiment/moved.h"
#include "experiment/programs.h"
#include "store/pack.h"
#include "store/record.h"
#include "store/store.h"

#include <check.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char text[] =
    "sim: 1\n"
    "machine: {cpus: 2}\n"
    "sections: {a: {cost: exp(1us)}, b: {cost: exp(1us)}}\n"
    "threads: {t: {count: 3, steps: [{run: exp(5us)}, {in: a}, {in: b}, {count: op}]}}\n"
    "designs:\n"
    "  one: {locks: {l: {kind: mutex}}, guard: {a: l, b: l}}\n"
    "  two: {locks: {l: {kind: mutex}, m: {kind: spinlock}}, guard: {a: l, b: m}}\n"
    "run: {duration: 1ms, warmup: 0, replications: 3}\n";

static struct arena *arena;
static struct diag *diag;
static char file[] = "test-store.XXXXXX";
static struct sweep_plan plan;

static void set_up(void) {
    static const char *const values[] = {"1", "2"};
    static const char *const designs[] = {"one", "two"};
    static const struct sweep_axis axis = {"machine.cpus", values, 2};
    arena = arena_new();
    diag = diag_new();
    strcpy(file + strlen(file) - 6, "XXXXXX");
    close(mkstemp(file));
    struct scenario *scenario = scenario_load(arena, diag, "s.yaml", text, strlen(text), NULL, 0);
    ck_assert_ptr_nonnull(scenario);
    plan = (struct sweep_plan){.scenario = scenario,
                               .text = text,
                               .length = strlen(text),
                               .axes = &axis,
                               .naxes = 1,
                               .designs = designs,
                               .ndesigns = 2,
                               .jobs = 1};
    plan.program = programs_compile(arena, diag, scenario, designs, 2)[0];
}

static void tear_down(void) {
    unlink(file);
    arena_free(arena);
    diag_free(diag);
}

/* ---- records ---- */

struct tape {
    char bytes[1 << 16];
    size_t n;
    uint64_t random;
};

/* Doubles of every kind; -0.0 is none that results have. */
static double odd_number(uint64_t *random) {
    static const double odd[] = {
        INFINITY, -INFINITY,          NAN,  1.0 / 3,   5e-324, 1e308,  -1.5,
        0,        9007199254740991.0, 1e-9, 123456789, 0.1,    1 << 30};
    dice_next(random);
    return odd[(*random >> 33) % (sizeof(odd) / sizeof(odd[0]))] * (*random >> 63 ? 1 : 3);
}

static bool make_odd(void *self, const struct record_kind *kind, const uint32_t *keys,
                     void *record) {
    struct tape *tape = self;
    (void)keys;
    for (size_t i = 0; i < kind->ncolumns; i++)
        if (kind->columns[i].kind == COLUMN_NUMBER) {
            double x = odd_number(&tape->random) + 0.0;
            memcpy((char *)record + kind->columns[i].offset, &x, sizeof(x));
        }
    return true;
}

static void tape_bytes(struct tape *tape, const void *bytes, size_t n) {
    ck_assert_uint_lt(tape->n + n, sizeof(tape->bytes));
    memcpy(tape->bytes + tape->n, bytes, n);
    tape->n += n;
}

static bool take_down(void *self, const struct record_kind *kind, const uint32_t *keys,
                      void *record) {
    tape_bytes(self, keys, kind->nkeys * sizeof(*keys));
    for (size_t i = 0; i < kind->ncolumns; i++) {
        const char *at = (const char *)record + kind->columns[i].offset;
        const char *string;
        double x;
        switch (kind->columns[i].kind) {
        case COLUMN_NUMBER:
            memcpy(&x, at, sizeof(x));
            x = isnan(x) ? NAN : x; /* there is one that is as good as all */
            tape_bytes(self, &x, sizeof(x));
            break;
        case COLUMN_TEXT:
            memcpy(&string, at, sizeof(string));
            tape_bytes(self, string != NULL ? string : "\1", string != NULL ? strlen(string) : 1);
            break;
        case COLUMN_CHARS:
            tape_bytes(self, at, MESSAGE_SIZE);
            break;
        case COLUMN_FLAG:
            tape_bytes(self, at, sizeof(bool));
            break;
        default:
            tape_bytes(self, at, sizeof(uint32_t));
        }
    }
    return true;
}

static struct tape *tape_of(struct sweep *sweep, uint32_t index) {
    struct tape *tape = arena_alloc(arena, sizeof(*tape));
    const struct record_stream stream = {tape, take_down};
    ck_assert(record_point_write(&stream, sweep, index));
    ck_assert_uint_gt(tape->n, 1000);
    return tape;
}

static struct store *begin(struct sweep *sweep) {
    const char *error;
    const struct provenance ours = provenance_of(arena, &plan, sweep->seed);
    struct store *store = store_begin(arena, file, &ours, sweep, &error);
    ck_assert_pstr_eq(error, NULL);
    return store;
}

START_TEST(what_is_read_is_what_was_written) {
    struct sweep *sweep = sweep_run(arena, &plan), *read = sweep_new(arena, &plan);
    struct tape *random = arena_alloc(arena, sizeof(*random));
    random->random = (uint64_t)_i;
    const struct record_stream stream = {random, make_odd};
    struct store *store = begin(sweep);
    for (uint32_t i = 0; i < 2; i++) {
        ck_assert(record_point_write(&stream, sweep, i));
        sweep->points[i].designs[i].detail = i == 0 ? "a line\nand 'another'" : "";
        strcpy(sweep->points[i].audit.message, "broken");
        sweep->points[i].designs[1].values[0] = NULL; /* cut short */
        ck_assert_pstr_eq(store_put(store, sweep, i), NULL);
    }
    store_close(store);
    store = begin(read);
    ck_assert_pstr_eq(store_load(store, arena, read), NULL);
    store_close(store);
    for (uint32_t i = 0; i < 2; i++) {
        struct tape *a = tape_of(sweep, i), *b = tape_of(read, i);
        ck_assert_uint_eq(a->n, b->n);
        ck_assert_mem_eq(a->bytes, b->bytes, a->n);
        ck_assert_str_eq(read->points[i].values[0], i == 0 ? "1" : "2");
        ck_assert_ptr_null(read->points[i].designs[1].values[0]);
    }
}
END_TEST

START_TEST(what_is_unpacked_is_what_was_packed) {
    struct sweep *sweep = sweep_run(arena, &plan), *read = sweep_new(arena, &plan);
    struct tape *random = arena_alloc(arena, sizeof(*random));
    const struct record_stream stream = {random, make_odd};
    ck_assert(record_point_write(&stream, sweep, 1));
    sweep->points[1].designs[0].detail = "";
    size_t n;
    uint32_t index;
    const char *bytes = record_pack(arena, sweep, 1, &n);
    ck_assert(record_unpack(arena, read, bytes, n, &index));
    ck_assert_uint_eq(index, 1);
    struct tape *a = tape_of(sweep, 1), *b = tape_of(read, 1);
    ck_assert_uint_eq(a->n, b->n);
    ck_assert_mem_eq(a->bytes, b->bytes, a->n);
    for (size_t cut = 0; cut < n; cut++) {
        char *part = malloc(cut + 1); /* so that reading beyond it is seen */
        memcpy(part, bytes, cut);
        ck_assert(!record_unpack(arena, read, part, cut, &index));
        free(part);
    }
}
END_TEST

/* ---- what is not whole ---- */

static void change(const char *sql) {
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static const struct {
    const char *sql, *error;
} damages[] = {
    {"DELETE FROM point_result WHERE point = 1", "a row is missing in point_result"},
    {"DELETE FROM rate WHERE design = 1", "a row is missing in rate"},
    {"DELETE FROM replication WHERE replication = 2", "a row is missing in replication"},
    {"DELETE FROM lock_result WHERE lock = 1", "a row is missing in lock_result"},
    {"UPDATE design_result SET outcome = 'fine'", "it has an outcome that is unknown"},
    {"UPDATE point SET point = 7 WHERE point = 1", "it has a point that is none of its sweep"},
    {"DELETE FROM sweep", "it says nothing of its sweep"},
    {"DELETE FROM design", "it says nothing of its sweep"},
    {"DELETE FROM axis_value", "it says nothing of its sweep"},
    {"DROP TABLE rate", "no such table: rate"},
    {"PRAGMA user_version = 9", "its schema is of another version of this program"},
    {"PRAGMA application_id = 9", "it is a database of something else"},
};

START_TEST(what_is_not_whole_is_refused) {
    struct sweep *sweep = sweep_run(arena, &plan), *read = sweep_new(arena, &plan);
    struct store *store = begin(sweep);
    for (uint32_t i = 0; i < 2; i++)
        ck_assert_pstr_eq(store_put(store, sweep, i), NULL);
    store_close(store);
    change(damages[_i].sql);
    const char *error;
    store = store_open(arena, file, &error);
    if (store != NULL) {
        error = store_load(store, arena, read);
        store_close(store);
    }
    ck_assert_pstr_eq(error, damages[_i].error);
}
END_TEST

START_TEST(a_point_is_there_whole_or_not_at_all) {
    struct sweep *sweep = sweep_run(arena, &plan), *read = sweep_new(arena, &plan);
    struct store *store = begin(sweep);
    ck_assert_pstr_eq(store_put(store, sweep, 0), NULL);
    ck_assert_pstr_ne(store_put(store, sweep, 0), NULL);
    ck_assert_pstr_ne(store_put(store, sweep, 1), NULL); /* nothing goes on after an error */
    store_close(store);
    store = begin(sweep);
    ck_assert_pstr_eq(store_load(store, arena, read), NULL);
    store_close(store);
    ck_assert(sweep_has(&read->points[0]));
    ck_assert(!sweep_has(&read->points[1]));
}
END_TEST

START_TEST(one_writes_at_a_time) {
    struct sweep *sweep = sweep_new(arena, &plan);
    const struct provenance ours = provenance_of(arena, &plan, sweep->seed);
    struct store *store = begin(sweep);
    const char *error;
    ck_assert_ptr_null(store_begin(arena, file, &ours, sweep, &error));
    ck_assert_str_eq(error, "another process is writing to it");
    struct store *reader = store_open(arena, file, &error);
    ck_assert_ptr_nonnull(reader);
    store_close(reader);
    store_close(store);
    store_close(begin(sweep));
}
END_TEST

/* ---- provenance ---- */

START_TEST(digests_are_those_of_fnv) {
    ck_assert_uint_eq(digest_bytes(DIGEST_BASIS, "", 0), 0xcbf29ce484222325u);
    ck_assert_uint_eq(digest_bytes(DIGEST_BASIS, "a", 1), 0xaf63dc4c8601ec8cu);
    ck_assert_uint_eq(digest_bytes(DIGEST_BASIS, "foobar", 6), 0x85944171f73967e8u);
}
END_TEST

START_TEST(canonical_text_is_of_values) {
    static const char one[] = "a: {b: [1, x y], c: {}}\nsweep: {a.b.0: 1..4}\nd: \"1\\n2\"\n";
    static const char two[] = "# comment\na:\n  b:\n  - 1\n  - 'x y'\n  c: {}\nd: \"1\\n2\"\n";
    const struct setting setting = {"a.b.0", "7"};
    ck_assert_str_eq(scenario_canonical(arena, one, strlen(one), NULL, 0),
                     "a.b.0: 1\na.b.1: x y\na.c: {}\nd: 1\\n2\n");
    ck_assert_str_eq(scenario_canonical(arena, one, strlen(one), NULL, 0),
                     scenario_canonical(arena, two, strlen(two), NULL, 0));
    ck_assert_str_eq(scenario_canonical(arena, two, strlen(two), &setting, 1),
                     "a.b.0: 7\na.b.1: x y\na.c: {}\nd: 1\\n2\n");
}
END_TEST

/* ---- documentation ---- */

static char *read_whole(const char *name) {
    FILE *in = fopen(name, "r");
    ck_assert_msg(in != NULL, "%s", name);
    char *all = arena_alloc(arena, 1 << 16);
    size_t n = fread(all, 1, (1 << 16) - 1, in);
    fclose(in);
    all[n] = '\0';
    return all;
}

/* The part of the page below the title "### `table`". */
static const char *section(char *page, const char *table) {
    char *begin = strstr(page, arena_printf(arena, "\n### `%s`", table));
    ck_assert_msg(begin != NULL, "docs/store.md does not tell of table %s", table);
    char *end = strstr(begin + 1, "\n##");
    return arena_strndup(arena, begin, end != NULL ? (size_t)(end - begin) : strlen(begin));
}

START_TEST(every_column_is_documented) {
    const char *top = getenv("top_srcdir");
    char *page = read_whole(arena_printf(arena, "%s/docs/store.md", top != NULL ? top : "."));
    sqlite3 *db;
    sqlite3_stmt *query;
    int columns = 0;
    store_close(begin(sweep_new(arena, &plan)));
    ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db,
                                        "SELECT m.name, c.name FROM sqlite_master m, "
                                        "pragma_table_info(m.name) c WHERE m.type = 'table'",
                                        -1, &query, NULL),
                     SQLITE_OK);
    for (; sqlite3_step(query) == SQLITE_ROW; columns++) {
        const char *table = (const char *)sqlite3_column_text(query, 0);
        const char *column = (const char *)sqlite3_column_text(query, 1);
        ck_assert_msg(strstr(section(page, table), arena_printf(arena, "`%s`", column)) != NULL,
                      "docs/store.md does not tell of %s.%s", table, column);
    }
    sqlite3_finalize(query);
    sqlite3_close(db);
    ck_assert_int_gt(columns, 80);
}
END_TEST

/* ---- comparing ---- */

START_TEST(values_move_beyond_their_intervals) {
    struct sweep *a = sweep_run(arena, &plan), *b = sweep_run(arena, &plan);
    struct moved *moved = moved_new(arena, a, b);
    ck_assert_uint_eq(moved->points, 2);
    ck_assert_uint_eq(moved->counts[MOVE_SAME], moved->nvalues);
    b->seed++;
    struct estimate *rate = &b->points[1].designs[0].rates[0];
    double half = (rate->hi - rate->lo) / 2;
    static const struct {
        double widths;
        enum move move;
    } steps[] = {{1.4, MOVE_WITHIN}, {-1.4, MOVE_WITHIN}, {1.43, MOVE_MOVED}, {-1.43, MOVE_MOVED}};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        const struct estimate old = *rate;
        double shift = steps[i].widths * half;
        *rate = (struct estimate){old.mean + shift, old.lo + shift, old.hi + shift};
        moved = moved_new(arena, a, b);
        ck_assert_uint_eq(moved->counts[MOVE_SAME], moved->nvalues - 1);
        ck_assert_uint_eq(moved->counts[steps[i].move], 1);
        *rate = old;
    }
    *rate = (struct estimate){rate->mean + 1, NAN, NAN};
    ck_assert_uint_eq(moved_new(arena, a, b)->counts[MOVE_UNKNOWN], 1);
}
END_TEST

/* One part in a thousand more in each replication is no chance where the seeds are the same. */
START_TEST(rates_of_equal_seeds_are_compared_by_pairs) {
    struct sweep *a = sweep_run(arena, &plan), *b = sweep_run(arena, &plan);
    struct sweep_design *design = &b->points[1].designs[0];
    double *values = arena_array(arena, design->replications, sizeof(*values));
    for (uint32_t r = 0; r < design->replications; r++)
        values[r] = design->values[0][r] * 1.001;
    design->values[0] = values;
    design->rates[0] = estimate_mean(values, design->replications);
    ck_assert_uint_eq(moved_new(arena, a, b)->counts[MOVE_MOVED], 1);
    b->seed++;
    ck_assert_uint_eq(moved_new(arena, a, b)->counts[MOVE_MOVED], 0);
    ck_assert_uint_eq(moved_new(arena, a, b)->counts[MOVE_WITHIN], 1);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("store");
    TCase *tcase = tcase_create("store");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, what_is_read_is_what_was_written, 0, 5);
    tcase_add_test(tcase, what_is_unpacked_is_what_was_packed);
    tcase_add_loop_test(tcase, what_is_not_whole_is_refused, 0,
                        sizeof(damages) / sizeof(damages[0]));
    tcase_add_test(tcase, a_point_is_there_whole_or_not_at_all);
    tcase_add_test(tcase, one_writes_at_a_time);
    tcase_add_test(tcase, digests_are_those_of_fnv);
    tcase_add_test(tcase, canonical_text_is_of_values);
    tcase_add_test(tcase, every_column_is_documented);
    tcase_add_test(tcase, values_move_beyond_their_intervals);
    tcase_add_test(tcase, rates_of_equal_seeds_are_compared_by_pairs);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
