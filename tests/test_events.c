/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event set against the obvious way to find the earliest event. */
#include "suite.h"

#include "base/arena.h"
#include "sim/events.h"
#include "sim/random.h"

#include <check.h>
#include <math.h>

enum { SOURCES = 137, SPLIT = SOURCES / 2 };

/* By turns for so many rounds events become many, and few again. */
enum { TIDE = 1000 };

struct model {
    struct arena *arena;
    struct events events;
    struct stream stream;
    sim_time times[SOURCES];
    bool in_row;
    uint32_t turns; /* from the tree to the row, or back */
};

static void model_begin(struct model *m, bool row) {
    *m = (struct model){.arena = arena_new(), .stream = stream_new(3, 0, 0, 0)};
    events_init(&m->events, m->arena, 3, SPLIT, SOURCES);
    if (row)
        events_allow_row(&m->events);
    for (int i = 0; i < SOURCES; i++)
        m->times[i] = TIME_NEVER;
    m->in_row = row;
}

static void set(struct model *m, uint32_t source, sim_time time) {
    m->times[source] = time;
    if (source < SPLIT)
        events_set_often(&m->events, source, time);
    else
        events_set_seldom(&m->events, source, time);
}

static void clear(struct model *m, uint32_t source, bool keeps_leaf) {
    m->times[source] = TIME_NEVER;
    if (source >= SPLIT)
        events_clear_seldom(&m->events, source);
    else if (keeps_leaf)
        events_clear(&m->events, source);
    else
        events_give_up(&m->events, source);
}

static uint32_t first_of(const struct model *m) {
    uint32_t best = 0;
    for (uint32_t i = 1; i < SOURCES; i++)
        if (m->times[i] < m->times[best])
            best = i;
    return best;
}

/* What the header says of the row. */
static void row_is_sound(const struct events *events) {
    uint64_t before = EVENT_NONE;
    uint32_t n = 0;
    ck_assert_int_le(events->top - events->row, ROW_MOST);
    for (const uint64_t *key = events->row; key < events->top; key++) {
        ck_assert_uint_lt(*key, before);
        before = *key;
        ck_assert_uint_eq(events->leaf[event_source(events, *key)], 0);
    }
    for (uint32_t i = 0; i < SPLIT; i++)
        n += events->leaf[i] != NO_LEAF;
    ck_assert_uint_eq(n, events->top - events->row);
    ck_assert(events->often.tree[1] == EVENT_NONE);
}

static void is_right(struct model *m) {
    bool in_row = m->events.top != NULL;
    m->turns += in_row != m->in_row;
    m->in_row = in_row;
    if (in_row)
        row_is_sound(&m->events);
    uint32_t best = first_of(m), any = stream_below(&m->stream, SPLIT);
    uint64_t key = events_first(&m->events);
    if (m->times[best] == TIME_NEVER) {
        ck_assert(key == EVENT_NONE);
    } else {
        ck_assert_int_eq((sim_time)(key >> m->events.bits), m->times[best]);
        ck_assert_uint_eq(event_source(&m->events, key), best);
    }
    ck_assert_int_eq(events_time(&m->events, any), m->times[any]);
}

START_TEST(they_come_in_order) {
    struct model m;
    model_begin(&m, _i != 0);
    for (int round = 0; round < 20 * TIDE; round++) {
        uint32_t source = stream_below(&m.stream, SOURCES), what = stream_below(&m.stream, 8);
        if (what < (round / TIDE % 2 == 0 ? 2 : 7))
            clear(&m, source, what == 0);
        else
            set(&m, source, stream_below(&m.stream, 50));
        is_right(&m);
    }
    ck_assert(_i == 0 ? m.turns == 0 : m.turns > 10);
    arena_free(m.arena);
}
END_TEST

/* While an event is handled others are set and cleared, as often as not more than there is room
 * for; then its source goes on, waits for its next event or has none. */
static void handle(struct model *m, uint32_t source, sim_time now, bool rises) {
    uint32_t others = stream_below(&m->stream, 4), what = stream_below(&m->stream, 8);
    if (source < SPLIT)
        events_begin(&m->events, source);
    for (uint32_t i = 0; i < others; i++) {
        uint32_t other = stream_below(&m->stream, SOURCES);
        if (other == source)
            continue;
        if (stream_below(&m->stream, 4) < (rises ? 1 : 3))
            clear(m, other, rises);
        else
            set(m, other, now + stream_below(&m->stream, 50));
    }
    sim_time next = now + 1 + stream_below(&m->stream, 20);
    if (what < 2 || (what < 6 && source >= SPLIT)) {
        clear(m, source, rises);
    } else if (what < 4 || source >= SPLIT) {
        set(m, source, next);
    } else {
        uint64_t key = event_key(&m->events, source, next);
        uint64_t limit = what == 4 ? key : EVENT_NONE;
        m->times[source] = next;
        bool first = first_of(m) == source,
             goes_on = events_goes_on(&m->events, source, key, limit);
        ck_assert(!goes_on || (first && limit != key));
        /* What comes seldom may seem to be earlier than it is. */
        ck_assert(goes_on || !first || limit == key || m->events.seldom.tree[1] < key);
        if (goes_on)
            clear(m, source, false);
    }
}

START_TEST(they_are_handled_in_order) {
    struct model m;
    model_begin(&m, _i != 0);
    for (int round = 0; round < 20 * TIDE; round++) {
        uint64_t key = events_first(&m.events);
        sim_time now = key == EVENT_NONE ? round : (sim_time)(key >> m.events.bits);
        uint32_t source = event_source(&m.events, key);
        if (key == EVENT_NONE)
            set(&m, stream_below(&m.stream, SOURCES), now);
        else
            handle(&m, source, now, round / TIDE % 2 == 0);
        is_right(&m);
    }
    ck_assert(_i == 0 ? m.turns == 0 : m.turns > 10);
    arena_free(m.arena);
}
END_TEST

START_TEST(beyond_the_horizon_they_come_last) {
    struct arena *arena = arena_new();
    struct events events;
    events_init(&events, arena, 1, 1, 5);
    events_set_often(&events, 0, (sim_time)1 << 61);
    events_set_seldom(&events, 1, 7);
    ck_assert_uint_eq(event_source(&events, events_first(&events)), 1);
    events_clear_seldom(&events, 1);
    ck_assert_uint_eq(event_source(&events, events_first(&events)), 0);
    arena_free(arena);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("events");
    TCase *tcase = tcase_create("events");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, they_come_in_order, 0, 2);
    tcase_add_loop_test(tcase, they_are_handled_in_order, 0, 2);
    tcase_add_test(tcase, beyond_the_horizon_they_come_last);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
