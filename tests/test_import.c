/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Readers of lock_stat, perf lock, klockstat and mutrace against real samples, see tests/data. */
#include "config.h"

#include "import/measurement.h"
#include "mutate.h"
#include "suite.h"

#include "base/arena.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;
static struct diag *diag;

static void start(void) {
    arena = arena_new();
    diag = diag_new();
}

static void stop(void) {
    diag_free(diag);
    arena_free(arena);
}

/* ---- rows as text ---- */

static const char *field_text(const struct import_class *c, int i) {
    if (!import_has(c, (enum import_field)i))
        return "-";
    bool time = lock_stat_fields[i].kind != FIELD_COUNT;
    return arena_printf(arena, "%.13g", c->value[i] * (time ? 1e6 : 1));
}

static const char *sites_text(const struct import_site *sites, uint32_t n) {
    const char *text = "";
    for (uint32_t i = 0; i < n; i++)
        text = arena_printf(arena, "%s %s=%llu", text, sites[i].site,
                            (unsigned long long)sites[i].count);
    return text;
}

/* Everything but the line, which comes first. */
static const char *row_text(const struct import_class *c) {
    const char *text = arena_printf(arena, "%u %s%s%.1s", (unsigned)c->table, c->name,
                                    c->mode != 0 ? "-" : "", &c->mode);
    if (c->type != NULL)
        text = arena_printf(arena, "%s (%s)", text, c->type);
    if (c->id != NULL)
        text = arena_printf(arena, "%s #%s", text, c->id);
    for (int i = 0; i < LOCK_STAT_FIELDS; i++)
        text = arena_printf(arena, "%s%s%s", text, i == 0 ? " : " : " ", field_text(c, i));
    return arena_printf(arena, "%s |%s |%s", text, sites_text(c->waiters, c->nwaiters),
                        sites_text(c->holders, c->nholders));
}

/* ---- samples ---- */

static const struct sample {
    const char *file;
    unsigned except; /* mutations that need this */
} samples[] = {
    {"lock_stat/01_numbered_lines_v04.txt", UNNUMBERED | UNQUOTED},
    {"lock_stat/05_blog_cn_names_with_spaces_quotes_hash_slash_2021_v04.txt", 0},
    {"lock_stat/06_wb_list_lock_2011_wrapped_v03.txt", 0},
    {"lock_stat/07_mmap_sem_2008_wrapped_v03.txt", 0},
    {"lock_stat/09_zram_2023_no_separators_v04.txt", ONE_HEADER},
    {"lock_stat/13_memcg_res_counter_kamezawa_2009_v03.txt", 0},
    {"lock_stat/17_res_counter_balbir_2009_quoted_wrapped.txt", UNQUOTED},
    {"lock_stat/19_negative_average_v04.txt", ONE_HEADER | UNQUOTED},
    {"lock_stat/20_tasklist_lock_3runs_wrapped_full_2024.txt", ONE_HEADER},
    {"lock_stat/26_docs_line_numbered_tabs_v04.txt", UNNUMBERED | UNQUOTED},
    {"lock_stat/40_ceph_messenger_2026_collapsed_before_after.txt", ONE_HEADER},
    {"perf_lock/host_klock_fpos_b16384_t0_n2.contention.txt", 0},
    {"perf_lock/host_klock_fpos_b16384_t0_n4.contention.txt", 0},
    {"perf_lock/klockstat_bcc_tables.txt", 0},
    {"perf_lock/mutrace_samples.txt", 0},
    {"perf_lock/perf61_all_modes_local.txt", 0},
    {"perf_lock/perf_samples_web.txt", 0},
};

enum { SAMPLES = sizeof(samples) / sizeof(samples[0]), LOCK_STAT_SAMPLES = 11 };

static const char *sample_path(int i, const char *end) {
    const char *srcdir = getenv("top_srcdir");
    return arena_printf(arena, "%s/tests/data/%s%s", srcdir != NULL ? srcdir : ".", samples[i].file,
                        end);
}

static char *read_text(const char *path) {
    enum { ROOM = 1 << 18 };
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s cannot be read", path);
    char *text = arena_array(arena, ROOM, 1);
    size_t n = fread(text, 1, ROOM - 1, file);
    ck_assert_msg(n < ROOM - 1, "%s is too long", path);
    fclose(file);
    return text;
}

static const struct import *read_import(const char *name, const char *text, const char *tool) {
    const struct import *import = import_read(arena, diag, name, text, strlen(text), tool);
    if (import == NULL)
        diag_print(diag, stderr);
    ck_assert_msg(import != NULL, "%s was refused", name);
    return import;
}

/* What is expected was checked without the reader: see tests/data/lock_stat/README.md. */
START_TEST(samples_are_read_to_the_last_row) {
    const char *expected = read_text(sample_path(_i, ".expected"));
    const char *path = sample_path(_i, "");
    const struct import *import = read_import(path, read_text(path), NULL);
    for (uint32_t i = 0; i < import->nclasses; i++) {
        const struct import_class *c = &import->classes[i];
        const char *row = arena_printf(arena, "%u %s", c->line, row_text(c));
        size_t n = strcspn(expected, "\n");
        ck_assert_str_eq(row, arena_strndup(arena, expected, n));
        expected += n + (expected[n] == '\n');
    }
    ck_assert_str_eq(expected, "");
    ck_assert_uint_eq(import->unread, 0);
}
END_TEST

static void expect_same_rows(const char *name, const struct import *import, const char *text) {
    const struct import *other = read_import(name, text, NULL);
    uint32_t n = import->nclasses < other->nclasses ? import->nclasses : other->nclasses;
    for (uint32_t i = 0; i < n; i++)
        ck_assert_msg(strcmp(row_text(&import->classes[i]), row_text(&other->classes[i])) == 0,
                      "%s:\n%s\nas a row became\n%s\nin\n%.2000s", name,
                      row_text(&import->classes[i]), row_text(&other->classes[i]), text);
    ck_assert_msg(import->nclasses == other->nclasses, "%s: %u rows instead of %u\n%.3000s", name,
                  (unsigned)other->nclasses, (unsigned)import->nclasses, text);
}

static void mutate(const struct sample *sample, const char *text, const struct mutation *list) {
    const struct import *import = read_import(sample->file, text, NULL);
    for (const struct mutation *m = list; m->name != NULL; m++)
        if ((m->needs & sample->except) == 0)
            expect_same_rows(arena_printf(arena, "%s, %s", sample->file, m->name), import,
                             m->apply(arena, text));
}

START_TEST(pasting_changes_no_row) {
    const char *text = read_text(sample_path(_i, ""));
    mutate(&samples[_i], text, any_mutations);
    if (_i < LOCK_STAT_SAMPLES)
        mutate(&samples[_i], text, lock_stat_mutations);
}
END_TEST

/* ---- what is no such file, and rows that cannot be read ---- */

#define COLUMNS                                                                                    \
    "class name con-bounces contentions waittime-min waittime-max waittime-total waittime-avg "    \
    "acq-bounces acquisitions holdtime-min holdtime-max holdtime-total holdtime-avg\n"
#define NUMBERS "1 2 0.50 1.50 2.00 1.00 3 4 0.10 0.70 1.00 0.25"

static const struct {
    const char *text, *tool, *reason;
} refused[] = {
    {"", NULL, "this is no output of lock_stat, perf lock, klockstat or mutrace"},
    {"Dear all,\nthe lock hurts: 3 of 4 CPUs spin.\n", NULL, "this is no output of"},
    {"\x7f\x45LF\x02\x01\x01\0\0\0 not text", NULL, "this is no output of"},
    {"sim: 1\ntitle: A scenario\n", NULL, "this is no output of"},
    {"lock_stat version 0.4\nhello\n", NULL, "looks like output of lock_stat, but it has no row"},
    {COLUMNS "-----\n", NULL, "looks like output of lock_stat, but it has no row"},
    {COLUMNS "l: 1 2 0.50 1.50 2.00 1.00 3 4 0.10\n", NULL, "no row of it can be read"},
    {COLUMNS "l: 1.50 2 0.50 1.50 2.00 1.00 3 4 0.10 0.70 1.00 0.25\n", NULL,
     "no row of it can be read"}, /* half a bounce */
    {COLUMNS "l: " NUMBERS " 9\n", NULL, "no row of it can be read"},
    {"class name con-bounces contentions waittime-min nicetime-min\nl: 1 2 0.50 0.70\n", NULL,
     "no row of it can be read"},
    {" lock-classes:            1234 [max: 8192]\n direct dependencies:     5678\n", NULL,
     "this is no output of"}, /* /proc/lockdep_stats */
    {"Adaptive mutex spin: 53 events in 2.4 seconds\nCount indv cuml rcnt nsec Lock\n"
     "   12  23%  23% 0.00  1204 pse_mutex\n",
     NULL, "this is no output of"}, /* lockstat(1M) of Solaris */
    {"slabinfo - version: 2.1\nkmalloc-64 1 2 64 64 1 : tunables 0 0 0 : slabdata 1 1 0\n", NULL,
     "this is no output of"},
    {" contended   total wait     max wait     avg wait         type   caller\n\n", NULL,
     "looks like output of perf, but it has no row"},
    {"l: " NUMBERS "\n", "perf", "this is no output of perf"},
};

/* What diag says, as text. */
static const char *said(void) {
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    diag_print(diag, out);
    fclose(out);
    const char *copy = arena_strndup(arena, text, n);
    free(text);
    return copy;
}

START_TEST(what_is_no_such_file_is_refused) {
    const char *text = refused[_i].text;
    size_t length = text[0] == '\x7f' ? 18 : strlen(text);
    ck_assert_ptr_null(import_read(arena, diag, "f", text, length, refused[_i].tool));
    ck_assert_int_eq(diag_errors(diag), 1);
    ck_assert_msg(strstr(said(), refused[_i].reason) != NULL, "%s", said());
}
END_TEST

static const struct {
    const char *text, *row, *warning;
    unsigned unread;
} damaged[] = {
    {"a: " NUMBERS "\nb: 1 2 0.50 1.50 2.00\nc: " NUMBERS "\n",
     "0 a : 1 2 0.5 1.5 2 1 3 4 0.1 0.7 1 0.25 | |",
     "f:2:1: warning: a row with 5 numbers that fit no version of lock_stat", 1},
    {COLUMNS "a: " NUMBERS "\nb: 1 2 0.50 ...\n", NULL, "f:3:1: warning: a row with 3 numbers", 1},
    {COLUMNS "a: " NUMBERS "\nb: 1 2 0.50 1.5O 2.00 1.00 3 4 0.10 0.70 1.00 0.25\n", NULL,
     "f:3:1: warning: a row with 3 numbers", 1},
    {"a: " NUMBERS "\n----\nb 7 [<00ff>] f+0x1/0x2\n",
     "0 a : 1 2 0.5 1.5 2 1 3 4 0.1 0.7 1 0.25 | |",
     "f:3:1: warning: a contention point without the row of its lock", 1},
    {"a: 1 2 0.50 1.50 2.00 0.-32 3 4 0.10 0.70 1.00 -1.11\n",
     "0 a : 1 2 0.5 1.5 2 1 3 4 0.1 0.7 1 0.25 | |", NULL, 0},
    {"lock_stat version 0.4\n*WARNING* lock debugging disabled!! - possibly due to a lockdep "
     "warning\na: " NUMBERS "\n",
     NULL, "f:2:1: warning: lockdep had turned itself off: these numbers stopped growing", 0},
    {" contended   total wait     max wait     avg wait         type   caller\n"
     " 3 4.00 us 2.00 us 1.33 us mutex f+0x1\n 5 6.00 us\n",
     "0 f+0x1 (mutex) : - 3 - 2 4 1.33 - - - - - - | f+0x1=3 |",
     "f:3:11: warning: a row that is left out: expected a time with a unit (ns, us, ms, s, m or "
     "h), "
     "for 'max wait'",
     1},
    {"# output: contended; total wait; avg wait; type; caller; stacktrace\n"
     "3; 4000; 1333; rwsem:R; f+0x1; g|h\n5; 6000\n7; x; 1; mutex; f; g\n",
     "0 f+0x1-R (rwsem) : - 3 - - 4 1.333 - - - - - - | f+0x1=3 |",
     "f:4:4: warning: a row that is left out: expected a whole number of ns, for 'total wait'", 2},
    /* a second begin is the same wait; an end without begin, and a begin without end, are none */
    {"a b 7 [000] 1.000000: lock:contention_begin: 0x10 (flags=MUTEX|SPIN)\n"
     "\t ffff mutex_lock+0x1 (k)\n\t ffff f+0x1 (k)\n\t ffff g+0x1 (k)\n\n"
     "a b 7 [000] 1.000002: lock:contention_begin: 0x10 (flags=MUTEX)\n\t ffff h+0x1 (k)\n\n"
     "c 8/8 [001] 1.000003: lock:contention_end: 0x10 (ret=0)\n"
     "c 8/8 [001] 1.000004: lock:contention_begin: 0x20 (flags=SPIN|WRITE)\n"
     "a b 7 [000] 1.000005: lock:contention_end: 0x10 (ret=0)\n",
     "0 0x10 (mutex) #0x10 : - 1 5 5 5 5 - - - - - - | f+0x1=1 |",
     "f: warning: 1 wait had not ended when the trace did, and is left out", 0},
};

START_TEST(what_cannot_be_read_has_a_warning_and_the_rest_is_used) {
    const struct import *import = read_import("f", damaged[_i].text, NULL);
    ck_assert_uint_ge(import->nclasses, 1);
    if (damaged[_i].row != NULL)
        ck_assert_str_eq(row_text(&import->classes[0]), damaged[_i].row);
    if (damaged[_i].warning != NULL)
        ck_assert_msg(strstr(said(), damaged[_i].warning) != NULL, "%s", said());
    else
        ck_assert_str_eq(said(), "");
    ck_assert_uint_eq(import->unread, damaged[_i].unread);
}
END_TEST

/* Three lines of a table, and a fourth behind them; what is expected where, or NULL: it is no row.
 */
static const char perf_table[] = " contended total wait max wait avg wait type caller\n\n"
                                 " 3 4.00 us 2.00 us 1.33 us mutex f+0x1\n";
static const char perf_report[] =
    "Name acquired contended avg wait total wait max wait min wait\n\n"
    "f 3 2 4.00 us 8.00 us 5.00 us 3.00 us\n";
static const char perf_csv[] = "$ perf lock contention -x,\n"
                               "# output: contended, total wait, max wait, avg wait, type, caller\n"
                               "3, 4000, 2000, 1333, mutex, f+0x1\n";
static const char perf_script[] = "a 1 [000] 1.000000: lock:contention_begin: 0xa (flags=SPIN)\n\n"
                                  "a 1 [000] 1.000030: lock:contention_end: 0xa (ret=0)\n";
static const char lock_stat[] = COLUMNS "----\nl: " NUMBERS "\n";
static const char klockstat[] = "Tracing\nCaller Avg Spin Count Max spin Total spin\n"
                                "f+0x2e 3675 5 5468 18379\n";
static const char mutrace[] = "mutrace: Showing 1 of 2 mutexes:\n"
                              "Mutex # Locked Changed Cont. tot.Time[ms] Flags\n"
                              "0 200211 153664 95985 991.349 M-.--.\n";
static const char lockstat[] =
    "thread 1\n\n mutex 0x7 ::: wait time 28.80us ::: hold time 35.98us ::: enter count 6842\n";

#define COUNT "expected a count, of at most 18 digits"
#define TIME "expected a time with a unit (ns, us, ms, s, m or h), for "

static const struct {
    const char *table, *line, *warning;
} fourth[] = {
    {perf_table, "-5 17.99 ms 762.67 us 166.60 us mutex g", "f:4:1: " COUNT ", for 'contended'"},
    {perf_table, "abc 17.99 ms 762.67 us 166.60 us mutex g", "f:4:1: " COUNT},
    {perf_table, "nan nan ms 762.67 us 166.60 us mutex g", "f:4:1: " COUNT},
    {perf_table, "1,200 17.99 ms 762.67 us 166.60 us mutex g", "f:4:1: " COUNT},
    {perf_table, "18446744073709551616 17.99 ms 762.67 us 166.60 us mutex g", "f:4:1: " COUNT},
    {perf_table, "5 17,99 ms 762.67 us 166.60 us mutex g", "f:4:3: " TIME "'total wait'"},
    {perf_table, "5 17.99 parsec 762.67 us 166.60 us mutex g", "f:4:3: " TIME "'total wait'"},
    {perf_table, "5 17.99 ms 1e300 us 166.60 us mutex g", "f:4:12: " TIME "'max wait'"},
    {perf_table, "5 17.99 ms mutex g", "f:4:12: " TIME "'max wait'"},
    {perf_table, "5 a b c d e", "f:4:3: " TIME "'total wait'"},
    {perf_table, "5 17.99 ms 762.67 us 166.60 us mutex", "f:4:32: expected type and caller"},
    {perf_table, "0xffffffff821fd09f  rwsem_down_write_slowpath+0x37f", NULL},
    {perf_table, "=== output for debug===\nbad: 0, total: 3\nbad rate: 0.00 %", NULL},
    {perf_table, "$ perf lock contention\n10 groups of 400 processes", NULL},
    {perf_report, "g 3 x 4.00 us 8.00 us 5.00 us 3.00 us", "f:4:5: " COUNT ", for 'contended'"},
    {perf_report, "g 3 2 4,00 us 8.00 us 5.00 us 3.00 us", "f:4:7: " TIME "'avg wait'"},
    {perf_report, "=== output for debug===\nbad: 0, total: 3", NULL},
    {perf_csv, "-5, 4000, 2000, 1333, mutex, g", "f:4:1: " COUNT ", for 'contended'"},
    {perf_csv, "5, 4.0, 2000, 1333, mutex, g", "f:4:4: expected a whole number of ns, for 'total"},
    {perf_csv, "1,200, 4000, 2000, 1333, mutex, g", "f:4:20: expected the type of a lock"},
    {perf_csv, "5, 4000, 2000, 1333", "f:4:1: expected 6 fields, with ',' between"},
    {perf_csv, "and so on, and on", NULL},
    {perf_script, "a 1 [000] x: lock:contention_begin: 0xa (flags=SPIN)",
     "f:4:14: expected a thread"},
    {perf_script, "a 1 1.00004: lock:contention_begin: 0xa (flags=SPIN)",
     "f:4:14: expected a thread"},
    {perf_script, "a 1 [000] 1.00004: sched:sched_switch: prev_pid=1", NULL},
    {lock_stat, "m: -5 2 0.50 1.50 2.00 1.00 3 4 0.10 0.70 1.00 0.25", "f:4:4: " COUNT},
    {lock_stat, "m: abc 2 0.50 1.50 2.00 1.00 3 4 0.10 0.70 1.00 0.25", "f:4:4: " COUNT},
    {lock_stat, "m: 1,200 2 0.50 1.50 2.00 1.00 3 4 0.10 0.70 1.00 0.25", "f:4:4: " COUNT},
    {lock_stat, "m: 1 9223372036854775808 0.50 1.50 2.00 1.00 3 4 0.10 0.70 1.00 0.25",
     "f:4:6: " COUNT},
    {lock_stat, "m: 1 2 0,50 1.50 2.00 1.00 3 4 0.10 0.70 1.00 0.25",
     "f:4:8: expected a time in us"},
    {lock_stat, "l x [<00ff>] g+0x1/0x2", "f:4:1: expected a lock, a count, [<ADDRESS>]"},
    {lock_stat, "l -1 [<00ff>] g+0x1/0x2", "f:4:1: expected a lock, a count, [<ADDRESS>]"},
    {lock_stat, "As 2 of 4 threads of 64 wait 3 us, 5 of 6 times.", NULL},
    {klockstat, "g+0x22 4,5 2 5468 18379",
     "f:4:8: expected a time, in ns or with a unit, for 'Avg'"},
    {klockstat, "g+0x22 4250 -2 5468 18379", "f:4:13: " COUNT ", for 'Count'"},
    {klockstat, "klockstat -i 5 -n 10 (on another host)\ng+0x22", NULL},
    {mutrace, "1 200211 -1 95985 991.349 M-.--.", "f:4:10: " COUNT ", for 'Changed'"},
    {mutrace, "1 200211 1 95985 991,349 M-.--.", "f:4:18: expected a number of ms, for 'tot.Time"},
    {mutrace, "x 200211 1 95985 991.349 M-.--.", "f:4:1: " COUNT ", for 'Mutex #'"},
    {mutrace, "Cond # Waits Signals Cont. tot.Time[ms] Flags\n1 2 3 4", NULL},
    {lockstat, "mutex 0x8 ::: wait time 2 parsec ::: hold time 1us ::: enter count 1",
     "f:4:1: expected mutex, its address"},
    {lockstat, "primes_loop+0x35 [/opt/parprimes] (4009f0)", NULL},
};

#undef COUNT
#undef TIME

START_TEST(no_row_is_left_out_without_a_word) {
    const char *text = arena_printf(arena, "%s%s\n", fourth[_i].table, fourth[_i].line);
    const struct import *import = read_import("f", text, NULL);
    ck_assert_uint_eq(import->nclasses, 1);
    ck_assert_uint_eq(import->unread, fourth[_i].warning != NULL);
    const char *line = said(), *place = fourth[_i].warning != NULL ? fourth[_i].warning : "";
    size_t n = strcspn(place, " ");
    const char *expected = place + n;
    ck_assert_msg(strncmp(line, place, n) == 0 && strstr(line, expected) != NULL, "%s", line);
}
END_TEST

START_TEST(a_stopped_table_may_be_empty) {
    const struct import *import = read_import(
        "f",
        read_text(arena_printf(arena, "%s/tests/data/lock_stat/15_disabled_warning_v04.txt",
                               getenv("top_srcdir") != NULL ? getenv("top_srcdir") : ".")),
        NULL);
    ck_assert(import->stopped);
    ck_assert_uint_eq(import->nclasses, 0);
}
END_TEST

/* Each single wait of each lock, with threads and locks interleaved. */
START_TEST(a_trace_gives_every_wait) {
    static const char trace[] = "a 1 [000] 1.000000: lock:contention_begin: 0xa (flags=SPIN)\n"
                                "b 2 [001] 1.000010: lock:contention_begin: 0xb (flags=READ)\n"
                                "c 3 [002] 1.000020: lock:contention_begin: 0xa (flags=SPIN)\n"
                                "a 1 [000] 1.000030: lock:contention_end: 0xa (ret=0)\n"
                                "b 2 [001] 1.000050: lock:contention_end: 0xb (ret=0)\n"
                                "c 3 [002] 1.000120: lock:contention_end: 0xa (ret=0)\n";
    const struct import *import = read_import("f", trace, NULL);
    ck_assert_uint_eq(import->nclasses, 2);
    const struct import_class *a = &import->classes[0], *b = &import->classes[1];
    ck_assert_uint_eq(a->nwaits, 2);
    ck_assert_uint_eq(b->nwaits, 1);
    ck_assert_double_eq_tol(a->waits[0], 30e-6, 1e-12);
    ck_assert_double_eq_tol(a->waits[1], 100e-6, 1e-12);
    ck_assert_double_eq_tol(b->waits[0], 40e-6, 1e-12);
    ck_assert_int_eq(b->mode, 'R');
}
END_TEST

START_TEST(fields_are_those_of_lock_stat) {
    ck_assert_str_eq(lock_stat_fields[IMPORT_CON_BOUNCES].name, "con-bounces");
    ck_assert_str_eq(lock_stat_fields[IMPORT_WAIT_AVG].name, "waittime-avg");
    ck_assert_str_eq(lock_stat_fields[IMPORT_ACQUISITIONS].name, "acquisitions");
    ck_assert_str_eq(lock_stat_fields[IMPORT_HOLD_AVG].name, "holdtime-avg");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("import");
    TCase *tests = tcase_create("samples");
    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, samples_are_read_to_the_last_row, 0, SAMPLES);
    tcase_add_loop_test(tests, pasting_changes_no_row, 0, SAMPLES);
    tcase_add_loop_test(tests, what_is_no_such_file_is_refused, 0,
                        sizeof(refused) / sizeof(refused[0]));
    tcase_add_loop_test(tests, what_cannot_be_read_has_a_warning_and_the_rest_is_used, 0,
                        sizeof(damaged) / sizeof(damaged[0]));
    tcase_add_loop_test(tests, no_row_is_left_out_without_a_word, 0,
                        sizeof(fourth) / sizeof(fourth[0]));
    tcase_add_test(tests, a_stopped_table_may_be_empty);
    tcase_add_test(tests, a_trace_gives_every_wait);
    tcase_add_test(tests, fields_are_those_of_lock_stat);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
