/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>
#include <math.h>

/* The exit status of a test program. */
static inline int suite_run(Suite *suite) {
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

static inline TCase *suite_case(Suite *suite, const char *name, SFun set_up, SFun tear_down,
                                double timeout) {
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, timeout);
    suite_add_tcase(suite, tcase);
    return tcase;
}

static inline void assert_near(double value, double expected, double relative) {
    ck_assert_msg(fabs(value - expected) <= relative * fabs(expected), "%.12g is not %.12g", value,
                  expected);
}

#endif
