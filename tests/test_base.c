/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>

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

int main(void) {
    Suite *suite = suite_create("base");
    TCase *arena = tcase_create("arena");
    tcase_add_test(arena, arena_zeroes_and_aligns);
    suite_add_tcase(suite, arena);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
