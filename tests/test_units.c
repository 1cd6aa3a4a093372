/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "suite.h"

#include "base/units.h"

#include <check.h>
#include <math.h>
#include <string.h>

typedef const char *parser(const char *text, size_t n, double *value);

struct good {
    parser *parse;
    const char *text;
    double value;
};

static const struct good goods[] = {
    {parse_time, "0", 0},
    {parse_time, "0.0", 0},
    {parse_time, "13us", 13e-6},
    {parse_time, "13 us", 13e-6},
    {parse_time, "13\xc2\xb5s", 13e-6}, /* micro sign */
    {parse_time, "13\xce\xbcs", 13e-6}, /* Greek mu */
    {parse_time, "0.2ms", 0.2e-3},
    {parse_time, ".5s", 0.5},
    {parse_time, "40.5ns", 40.5e-9},
    {parse_time, "1e3ns", 1e-6},
    {parse_time, "1.5E-3s", 1.5e-3},
    {parse_time, "300s", 300},
    {parse_time, "2min", 120},
    {parse_time, "1h", 3600},
    {parse_time, "87000h", 87000 * 3600.0},
    {parse_rate, "3.5k/s", 3500},
    {parse_rate, "200/ms", 200e3},
    {parse_rate, "0/s", 0},
    {parse_rate, "60/min", 1},
    {parse_rate, "1/us", 1e6},
    {parse_share, "8%", 0.08},
    {parse_share, "0.08", 0.08},
    {parse_share, "0", 0},
    {parse_share, "1", 1},
    {parse_share, "100%", 1},
    {parse_number, "1.5", 1.5},
    {parse_number, "10k", 10e3},
    {parse_number, "2M", 2e6},
    {parse_number, "3G", 3e9},
    {parse_number, "1e18", 1e18},
    {parse_count, "64", 64},
    {parse_count, "1.5k", 1500},
    {parse_count, "33994666", 33994666},
    {parse_count, "0", 0},
    {parse_count, "9007199254740991", 9007199254740991.0},
};

START_TEST(numbers_are_read_as_people_write_them) {
    const struct good *g = &goods[_i];
    double value = -1;
    const char *expected = g->parse(g->text, strlen(g->text), &value);
    ck_assert_msg(expected == NULL, "'%s': %s", g->text, expected);
    ck_assert_msg(fabs(value - g->value) <= 1e-15 * g->value, "'%s' is %g", g->text, value);
}
END_TEST

struct bad {
    parser *parse;
    const char *text;
};

static const struct bad bads[] = {
    {parse_time, ""},
    {parse_time, "13"},
    {parse_time, "us"},
    {parse_time, "13us "},
    {parse_time, " 13us"},
    {parse_time, "13  us"},
    {parse_time, "-1us"},
    {parse_time, "+1us"},
    {parse_time, "nan"},
    {parse_time, "inf"},
    {parse_time, "infs"},
    {parse_time, "nans"},
    {parse_time, "0x10s"},
    {parse_time, "1,5us"},
    {parse_time, "1.5.5us"},
    {parse_time, "1e400s"},
    {parse_time, "88000h"},
    {parse_time, "13US"},
    {parse_time, "1e us"},
    {parse_time, "."},
    {parse_time, ".us"},
    {parse_time, "13u"},
    {parse_time, "13uss"},
    {parse_time, "1m"},
    {parse_rate, "3.5k"},
    {parse_rate, "/s"},
    {parse_rate, "3/"},
    {parse_rate, "3/x"},
    {parse_rate, "-3/s"},
    {parse_rate, "1e18/ns"},
    {parse_rate, "1/s/s"},
    {parse_share, "120%"},
    {parse_share, "1.01"},
    {parse_share, "-1%"},
    {parse_share, "8 %"},
    {parse_share, "8%%"},
    {parse_share, "nan"},
    {parse_share, ""},
    {parse_number, "1e19"},
    {parse_number, "ten"},
    {parse_number, "1kk"},
    {parse_number, "-1"},
    {parse_count, "1.5"},
    {parse_count, "1.0005k"},
    {parse_count, "1e18"},
    {parse_count, "-1"},
    {parse_count, "64 cpus"},
    {parse_count, "0.5"},
    {parse_number, "000000000000000000000000000000000000000000000000000000000000000000000001"},
};

START_TEST(what_is_no_number_is_refused_with_a_reason) {
    double value;
    const char *expected = bads[_i].parse(bads[_i].text, strlen(bads[_i].text), &value);
    ck_assert_msg(expected != NULL, "'%s' is taken for a number", bads[_i].text);
    ck_assert_uint_gt(strlen(expected), 5);
}
END_TEST

START_TEST(only_the_given_length_is_read) {
    double value;
    ck_assert_ptr_null(parse_time("13us, 5us", 4, &value));
    ck_assert_ptr_null(parse_count("6499", 2, &value));
    ck_assert_double_eq(value, 64);
}
END_TEST

START_TEST(what_is_written_can_be_read_back) {
    char text[32];
    double back;
    for (double x = 1.234567e-9; x < 1e8; x *= 1.37) {
        format_time(text, sizeof(text), x);
        ck_assert_msg(parse_time(text, strlen(text), &back) == NULL, "%g: '%s'", x, text);
        ck_assert_msg(fabs(back / x - 1) < 0.0051, "%g is written as %s", x, text);
    }
    for (double x = 1.234567; x < 9e14; x *= 1.37) {
        format_count(text, sizeof(text), x);
        ck_assert_msg(parse_number(text, strlen(text), &back) == NULL, "%g: '%s'", x, text);
        ck_assert_msg(fabs(back / x - 1) < 0.0051, "%g is written as %s", x, text);
    }
}
END_TEST

START_TEST(three_digits_are_written) {
    static const struct {
        double value;
        const char *time, *count;
    } rows[] = {{0, "0 s", "0"},           {3.2749e-6, "3.27 us", NULL},
                {9.996, "10.0 s", "10.0"}, {999.6e-9, "1.00 us", NULL},
                {36.95e6, NULL, "37.0M"},  {36949999, NULL, "36.9M"},
                {64, "64.0 s", "64"},      {999.7, "1000 s", "1.00k"},
                {-0.5, "-500 ms", "-0.50"}};
    char text[32];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].time != NULL)
            ck_assert_str_eq(format_time(text, sizeof(text), rows[i].value), rows[i].time);
        if (rows[i].count != NULL)
            ck_assert_str_eq(format_count(text, sizeof(text), rows[i].value), rows[i].count);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("units");
    TCase *read = tcase_create("read"), *write = tcase_create("write");
    tcase_add_loop_test(read, numbers_are_read_as_people_write_them, 0,
                        sizeof(goods) / sizeof(goods[0]));
    tcase_add_loop_test(read, what_is_no_number_is_refused_with_a_reason, 0,
                        sizeof(bads) / sizeof(bads[0]));
    tcase_add_test(read, only_the_given_length_is_read);
    tcase_add_test(write, what_is_written_can_be_read_back);
    tcase_add_test(write, three_digits_are_written);
    suite_add_tcase(suite, read);
    suite_add_tcase(suite, write);
    return suite_run(suite);
}
