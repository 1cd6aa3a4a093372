/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run queues against a list in order. */
#include "dice.h"
#include "suite.h"

#include "sim/run_queue.h"

#include <check.h>
#include <string.h>

enum { THREADS = 300 };

static struct thread threads[THREADS], *list[THREADS];
static uint32_t n; /* in the list */

static const struct program_group free_group = {.pin = PIN_NO}, pinned_group = {.pin = PIN_CPU};
static const struct machine_costs machine = {.migration_cost = 100};
static struct sim sim = {.now = 1000, .machine = &machine, .threads = threads};

static void list_add(struct thread *thread) {
    uint32_t i = n++;
    for (; i > 0 && list[i - 1]->vruntime > thread->vruntime; i--)
        list[i] = list[i - 1];
    list[i] = thread;
}

static struct thread *list_take(uint32_t i) {
    struct thread *thread = list[i];
    n--;
    memmove(&list[i], &list[i + 1], (n - i) * sizeof(*list));
    return thread;
}

/* Movable and not hot. */
static struct thread *list_take_cold(void) {
    for (uint32_t i = 0; i < n; i++)
        if (list[i]->group == &free_group && (!list[i]->ran || list[i]->moved_at <= 900))
            return list_take(i);
    return NULL;
}

static void add(struct cpu *cpu, struct thread *thread, uint64_t *state) {
    thread->vruntime = dice_below(state, 40); /* many are equal */
    thread->group = dice_below(state, 3) == 0 ? &pinned_group : &free_group;
    thread->ran = dice_below(state, 2) == 0;
    thread->moved_at = 850 + dice_below(state, 100);
    run_queue_add(&sim, cpu, thread);
    list_add(thread);
}

START_TEST(threads_leave_in_order) {
    uint64_t state = 1;
    struct cpu cpu = {.ready = NO_INDEX};
    struct thread *away[THREADS], *thread;
    uint32_t naway = THREADS;
    for (uint32_t i = 0; i < THREADS; i++) {
        threads[i].id = i;
        away[i] = &threads[i];
    }
    for (int i = 0; i < 100000; i++) {
        uint32_t grows = i / 1000 % 2 == 0 ? 2 : 1;
        if (dice_below(&state, 3) < grows && naway > 0) {
            add(&cpu, away[--naway], &state);
        } else if (n > 0 && dice_below(&state, 2) == 0) {
            thread = run_queue_take(&sim, &cpu);
            ck_assert_ptr_eq(thread, list_take(0));
            away[naway++] = thread;
        } else {
            thread = run_queue_take_cold(&sim, &cpu);
            ck_assert_ptr_eq(thread, list_take_cold());
            if (thread != NULL)
                away[naway++] = thread;
        }
        ck_assert(n + naway == THREADS && (cpu.ready == NO_INDEX) == (n == 0));
    }
}
END_TEST

static uint32_t depth(const struct thread *of, uint32_t id) {
    if (id == NO_INDEX)
        return 0;
    uint32_t left = depth(of, of[id].run_left), right = depth(of, of[id].run_right);
    return 1 + (left > right ? left : right);
}

/* Threads in order, as at the beginning of a run, must not make a list of it. */
START_TEST(queues_of_neighbours_are_shallow) {
    enum { MANY = 100000 };
    static struct thread many[MANY];
    const struct sim of_many = {.threads = many};
    for (int order = -1; order <= 1; order++) {
        struct cpu cpu = {.ready = NO_INDEX};
        for (uint32_t i = 0; i < MANY; i++) {
            many[i] = (struct thread){.id = i, .vruntime = order * (sim_time)i};
            run_queue_add(&of_many, &cpu, &many[i]);
        }
        ck_assert_uint_lt(depth(many, cpu.ready), 100);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("run queue");
    TCase *tcase = tcase_create("run queue");
    tcase_add_test(tcase, threads_leave_in_order);
    tcase_add_test(tcase, queues_of_neighbours_are_shallow);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
