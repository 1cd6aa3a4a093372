/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "suite.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/units.h"
#include "base/utf8.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

START_TEST(arena_zeroes_and_aligns) {
    struct arena *arena = arena_new();
    for (int round = 0; round < 3; round++) {
        for (size_t size = 1; size < 200000; size = size * 3 + 1) {
            unsigned char *p = arena_alloc(arena, size);
            ck_assert_uint_eq((uintptr_t)p % (size >= 64 ? 64 : 16), 0);
            for (size_t i = 0; i < size; i++) {
                ck_assert_uint_eq(p[i], 0);
                p[i] = 0xff;
            }
        }
        arena_reset(arena);
    }
    arena_free(arena);
}
END_TEST

/* ---- diag ---- */

static struct diag *diag;
static char *printed;

static void new_diag(void) {
    diag = diag_new();
}

static void free_diag(void) {
    diag_free(diag);
    free(printed);
    printed = NULL;
}

static const char *print(void) {
    size_t size;
    free(printed);
    FILE *out = open_memstream(&printed, &size);
    diag_print(diag, out);
    fclose(out);
    return printed;
}

static struct pos source(const char *name, const char *text, uint32_t line, uint16_t col) {
    return (struct pos){diag_source(diag, name, text, strlen(text)), col, line};
}

START_TEST(an_error_shows_its_line_and_place) {
    struct pos pos = source("a.yaml", "one\ntwo: 3\nthree", 2, 6);
    diag_error(diag, pos, "expected %s", "a time");
    ck_assert_str_eq(print(), "a.yaml:2:6: error: expected a time\n"
                              "  two: 3\n"
                              "       ^\n");
    ck_assert_int_eq(diag_errors(diag), 1);
}
END_TEST

START_TEST(the_caret_counts_characters_and_tabs_as_one) {
    struct pos pos = source("a", "\tgr\xc3\xbc\xc3\x9f: x", 1, 8);
    diag_error(diag, pos, "no");
    ck_assert_str_eq(print(), "a:1:8: error: no\n"
                              "   gr\xc3\xbc\xc3\x9f: x\n"
                              "         ^\n");
}
END_TEST

START_TEST(every_line_break_of_yaml_ends_a_line) {
    struct pos pos = source("a", "1\r\n2\r3\xc2\x85\x34\xe2\x80\xa8\x35\n6", 1, 1);
    for (uint32_t line = 1; line <= 6; line++) {
        char shown[16];
        pos.line = line;
        diag_error(diag, pos, "here");
        snprintf(shown, sizeof(shown), "\n  %u\n  ^\n", (unsigned)line);
        ck_assert_ptr_nonnull(strstr(print(), shown));
    }
}
END_TEST

START_TEST(what_a_terminal_could_obey_is_not_printed) {
    struct pos pos = source("a\x1b[2J", "x\x1b[2J\xff\xe2\x80\xae\x7f", 1, 1);
    diag_error(diag, pos, "text '\x1b[2J\xc2\x9b'");
    ck_assert_str_eq(print(), "a?[2J:1:1: error: text '?[2J?'\n"
                              "  x?[2J???\n"
                              "  ^\n");
}
END_TEST

START_TEST(a_long_line_is_shown_around_the_place) {
    char text[5001];
    memset(text, '.', 5000);
    memcpy(text + 2999, "#", 1);
    text[5000] = '\0';
    diag_error(diag, source("a", text, 1, 3000), "no");
    const char *line = strchr(print(), '\n') + 1, *caret = strchr(line, '\n') + 1;
    ck_assert_uint_lt(caret - line, 120);
    ck_assert_int_eq(strchr(line, '#') - line, strchr(caret, '^') - caret);
}
END_TEST

START_TEST(places_that_are_not_there_do_no_harm) {
    struct pos pos = source("a", "x", 0, 0);
    diag_error(diag, pos, "no place");
    pos.line = 9;
    pos.col = 9;
    diag_error(diag, pos, "behind the end");
    pos.line = 1;
    pos.col = UINT16_MAX;
    diag_error(diag, pos, "behind the line");
    pos.source = 7;
    diag_error(diag, pos, "no source");
    ck_assert_ptr_eq(strstr(print(), "a: error: no place\na:1:65535:"), printed);
    ck_assert_ptr_nonnull(strstr(printed, "a:9:9: error: behind the end\nerror: no source\n"));
}
END_TEST

START_TEST(the_same_error_counts_once) {
    struct pos pos = source("a", "x", 1, 1);
    for (int i = 0; i < 3; i++)
        diag_error(diag, pos, "same");
    diag_error(diag, pos, "other");
    ck_assert_int_eq(diag_errors(diag), 2);
}
END_TEST

START_TEST(errors_are_sorted_and_bounded) {
    struct pos pos = source("a", "x", 1, 1);
    for (unsigned i = 50; i > 0; i--) {
        ck_assert_int_eq(diag_full(diag), i <= 30);
        pos.line = i;
        diag_error(diag, pos, "number %u", i);
        diag_warn(diag, pos, "warning %u", i);
    }
    ck_assert_int_eq(diag_errors(diag), DIAG_LIMIT);
    ck_assert_ptr_eq(strstr(print(), "a:31:1: error: number 31\n"), printed);
    ck_assert_ptr_nonnull(strstr(printed, "further errors not shown\n"));
}
END_TEST

START_TEST(warnings_are_no_errors) {
    diag_warn(diag, source("a", "x", 1, 1), "odd");
    ck_assert_int_eq(diag_errors(diag), 0);
    ck_assert_str_eq(print(), "a:1:1: warning: odd\n  x\n  ^\n");
}
END_TEST

START_TEST(a_very_long_message_is_cut) {
    char *text = malloc(100001);
    memset(text, 'x', 100000);
    text[100000] = '\0';
    diag_error(diag, (struct pos){0}, "%s", text);
    free(text);
    ck_assert_uint_lt(strlen(print()), 1100);
    ck_assert_ptr_nonnull(strstr(printed, "x...\n"));
}
END_TEST

START_TEST(any_number_of_sources_may_come) {
    for (int i = 0; i < 1000; i++)
        diag_error(diag, source("a", "x", 1, 1), "%d", i);
    ck_assert_int_eq(diag_errors(diag), DIAG_LIMIT);
}
END_TEST

/* ---- names and UTF-8 ---- */

static const char *nearest(const char *word) {
    static const char *const names[] = {"cost", "site", "count", "waittime-avg", "p"};
    return nearest_name(word, names, sizeof(names) / sizeof(names[0]));
}

START_TEST(slips_of_the_pen_are_understood) {
    ck_assert_str_eq(nearest("cots"), "cost");
    ck_assert_str_eq(nearest("costs"), "cost");
    ck_assert_str_eq(nearest("cst"), "cost");
    ck_assert_str_eq(nearest("coun"), "count");
    ck_assert_str_eq(nearest("waittime_avg"), "waittime-avg");
    ck_assert_str_eq(nearest("wait-time-avg"), "waittime-avg");
    ck_assert_ptr_null(nearest("banana"));
    ck_assert_ptr_null(nearest("q"));
    ck_assert_ptr_null(nearest(""));
    char word[3000];
    memset(word, 'c', sizeof(word) - 1);
    word[sizeof(word) - 1] = '\0';
    ck_assert_ptr_null(nearest(word));
}
END_TEST

/* Bytes taken, and whether they are a character. */
static void decodes(const char *text, size_t n, size_t used, uint32_t expected) {
    uint32_t code;
    ck_assert_uint_eq(utf8_decode(text, n, &code), used);
    ck_assert_uint_eq(code, expected);
}

START_TEST(utf8_is_read_strictly) {
    decodes("a", 1, 1, 'a');
    decodes("\xc3\xbc", 2, 2, 0xfc);
    decodes("\xe2\x82\xac", 3, 3, 0x20ac);
    decodes("\xf0\x9f\x94\x92", 4, 4, 0x1f512);
    decodes("\xc3", 1, 1, 0xfffd);                 /* cut off */
    decodes("\xc3(", 2, 1, 0xfffd);                /* not continued */
    decodes("\xbc", 1, 1, 0xfffd);                 /* no start */
    decodes("\xc0\xaf", 2, 1, 0xfffd);             /* overlong */
    decodes("\xed\xa0\x80", 3, 1, 0xfffd);         /* surrogate */
    decodes("\xf4\x90\x80\x80", 4, 1, 0xfffd);     /* beyond Unicode */
    decodes("\xf8\x88\x80\x80\x80", 5, 1, 0xfffd); /* five bytes */
    ck_assert_uint_eq(utf8_count("a\xc3\xbc\xff", 4), 3);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base");
    TCase *arena = tcase_create("arena"), *errors = tcase_create("diag");
    TCase *names = tcase_create("names");
    tcase_add_test(arena, arena_zeroes_and_aligns);
    tcase_add_checked_fixture(errors, new_diag, free_diag);
    tcase_add_test(errors, an_error_shows_its_line_and_place);
    tcase_add_test(errors, the_caret_counts_characters_and_tabs_as_one);
    tcase_add_test(errors, every_line_break_of_yaml_ends_a_line);
    tcase_add_test(errors, what_a_terminal_could_obey_is_not_printed);
    tcase_add_test(errors, a_long_line_is_shown_around_the_place);
    tcase_add_test(errors, places_that_are_not_there_do_no_harm);
    tcase_add_test(errors, the_same_error_counts_once);
    tcase_add_test(errors, errors_are_sorted_and_bounded);
    tcase_add_test(errors, warnings_are_no_errors);
    tcase_add_test(errors, a_very_long_message_is_cut);
    tcase_add_test(errors, any_number_of_sources_may_come);
    tcase_add_test(names, slips_of_the_pen_are_understood);
    tcase_add_test(names, utf8_is_read_strictly);
    suite_add_tcase(suite, arena);
    suite_add_tcase(suite, errors);
    suite_add_tcase(suite, names);
    return suite_run(suite);
}
