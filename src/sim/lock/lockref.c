/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's lockref (lib/lockref.c, Linux 6.1): a spinlock and a reference
 * count in one word. MODE_WRITE takes the spinlock. MODE_READ changes the
 * count, and holds nothing after that: it loads the word and replaces it by
 * cmpxchg, again and again until nobody else was between, as long as the
 * spinlock is free. Once it finds it taken, or has tried too often, it takes
 * the spinlock to change the count.
 *
 * A cmpxchg that fails has the line, and the fresh value, all the same: when
 * tried again at once it succeeds (commit f5fe24ef17b5, Linux 6.2 and 6.1.y);
 * after a pause, as before that commit, others were there again.
 *
 * With wait_for_unlock, nobody falls back because the spinlock is taken (Jeff
 * Layton: lockref: rework CMPXCHG_LOOP to handle contention better,
 * 2024-08-02, not merged): they read the word until they see it free.
 */
#include "sim/lock/qspin.h"

#include <math.h>

struct lockref {
    struct qspin spin;
    uint32_t version;          /* of the count */
    struct wait_list watchers; /* read the word until the spinlock is free */
};

enum { RETRIES, WAIT_FOR_UNLOCK, PAUSE, POLL };

/* What a waiter does, in its note; 0: it waits to hold the spinlock. */
enum { LOADS = 1, PAUSES, WATCHES, COUNTS };

/* The memo of a waiter: how often it tried, and what it saw of the word. */
struct attempt {
    uint32_t tries, seen; /* ... the count */
    bool taken;           /* ... the spinlock */
};

static struct attempt *attempt_of(struct lockref *ref, struct thread *thread) {
    _Static_assert(sizeof(struct attempt) <= LOCK_MEMO, "it fits");
    return lock_memo(&ref->spin.lock, thread);
}

static bool is_free(const struct lockref *ref) {
    return ref->spin.lock.owner == NULL;
}

static void look(struct lockref *ref, struct thread *thread);

/* The thread goes on waiting; the note says for what. */
static void wait(struct lockref *ref, struct thread *thread, uint8_t what) {
    bool begins = lock_note(thread) == 0;
    lock_set_note(thread, what | (lock_note(thread) & QSPIN_QUEUED));
    if (begins)
        lock_spin(&ref->spin.lock, thread);
}

static void wait_for(struct lockref *ref, struct thread *thread, uint8_t what, sim_time delay) {
    wait(ref, thread, what);
    lock_timer(&ref->spin.lock, thread, delay);
}

/* Takes the spinlock to change the count. */
static void fall_back(struct lockref *ref, struct thread *thread) {
    struct lock *lock = &ref->spin.lock;
    if (is_free(ref)) {
        ref->spin.lock.owner = thread;
        wait_for(ref, thread, COUNTS, lock_touch(lock, &lock->word, thread));
        return;
    }
    wait(ref, thread, COUNTS);
    qspin_join(&ref->spin, thread);
}

/* It has seen the spinlock taken. */
static void refused(struct lockref *ref, struct thread *thread) {
    const double *params = ref->spin.lock.params;
    if (params[WAIT_FOR_UNLOCK] != 0 && isinf(params[RETRIES])) {
        wait(ref, thread, WATCHES);
        if (is_free(ref))
            look(ref, thread); /* it was free again before this one had seen it taken */
        else
            wait_push(&ref->watchers, thread);
        return;
    }
    if (params[WAIT_FOR_UNLOCK] != 0 && ++attempt_of(ref, thread)->tries < params[RETRIES])
        wait_for(ref, thread, WATCHES, (sim_time)params[POLL]);
    else
        fall_back(ref, thread);
}

static bool sees_what_is(const struct lockref *ref, struct attempt *attempt) {
    bool same = attempt->seen == ref->version && attempt->taken == !is_free(ref);
    attempt->seen = ref->version;
    attempt->taken = !is_free(ref);
    return same;
}

/* One cmpxchg; true when it has changed the count, else it has loaded the word. */
static bool exchange(struct lockref *ref, struct thread *thread, sim_time *delay) {
    struct attempt *attempt = attempt_of(ref, thread);
    *delay = lock_touch(&ref->spin.lock, &ref->spin.lock.word, thread);
    attempt->tries++;
    bool good = sees_what_is(ref, attempt);
    if (good)
        ref->version++;
    return good;
}

/* It has loaded the word, and the line is there. */
static void try(struct lockref *ref, struct thread *thread) {
    const double *params = ref->spin.lock.params;
    const struct attempt *attempt = attempt_of(ref, thread);
    sim_time delay = 0, pause = (sim_time)params[PAUSE];
    if (attempt->taken) {
        refused(ref, thread);
        return;
    }
    if (attempt->tries >= params[RETRIES]) {
        fall_back(ref, thread);
        return;
    }
    bool good = exchange(ref, thread, &delay);
    if (!good && pause == 0 && !attempt->taken && attempt->tries < params[RETRIES])
        good = exchange(ref, thread, &delay);
    if (good)
        lock_grant(&ref->spin.lock, thread, delay);
    else
        wait_for(ref, thread, PAUSES, delay + pause);
}

static void look(struct lockref *ref, struct thread *thread) {
    struct lock *lock = &ref->spin.lock;
    sim_time delay = lock_load(lock, &lock->word, thread);
    sees_what_is(ref, attempt_of(ref, thread));
    if (delay == 0)
        try(ref, thread);
    else
        wait_for(ref, thread, LOADS, delay);
}

static void lockref_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    struct lockref *ref = (struct lockref *)lock;
    if (mode == MODE_WRITE)
        qspin_acquire(lock, thread, mode);
    else if (lock->params[RETRIES] == 0)
        fall_back(ref, thread);
    else
        look(ref, thread);
}

/* The spinlock goes to the next who waits for it, or is free, which the watchers see. */
static sim_time unlock(struct lockref *ref, struct thread *thread) {
    struct lock *lock = &ref->spin.lock;
    sim_time stored, delay = qspin_pass(&ref->spin, thread, &stored);
    struct thread *next = ref->spin.lock.owner;
    lock_storm(lock, &lock->word, next == NULL ? 0 : ref->watchers.n);
    if (next != NULL && (lock_note(next) & COUNTS) == COUNTS)
        lock_timer(lock, next, delay);
    else if (next != NULL)
        lock_grant(lock, next, delay);
    for (uint32_t n = next == NULL ? ref->watchers.n : 0; n > 0; n--)
        look(ref, wait_pop(&ref->watchers));
    return stored;
}

static void lockref_timeout(struct lock *lock, struct thread *thread) {
    struct lockref *ref = (struct lockref *)lock;
    switch (lock_note(thread) & ~QSPIN_QUEUED) {
    case LOADS:
    case PAUSES:
        try(ref, thread);
        break;
    case WATCHES:
        look(ref, thread);
        break;
    case COUNTS:
        ref->version++;
        lock_grant(lock, thread, unlock(ref, thread));
        break;
    }
}

static void lockref_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    if (mode == MODE_WRITE)
        lock_charge(lock, unlock((struct lockref *)lock, thread));
}

static const struct kind_param lockref_params[] = {
    [RETRIES] = {"retries", PARAM_LIMIT, 100, "tries before it takes the spinlock, or inf"},
    [WAIT_FOR_UNLOCK] = {"wait_for_unlock", PARAM_FLAG, 0,
                         "a taken spinlock is waited for, not fallen back to"},
    [PAUSE] = {"pause", PARAM_TIME, 0, "between two tries"},
    /* PAUSE takes 140 cycles on Skylake and later; at 2.1 GHz. */
    [POLL] = {"poll", PARAM_TIME, 67e-9,
              "between two looks at a taken spinlock, each of which is a try"},
    {0}};

const struct lock_kind lock_kind_lockref = {
    .info = {.name = "lockref",
             .source = "lib/lockref.c, Linux 6.1",
             .atomic_context = true,
             .has_readers = true,
             .read_holds_nothing = true,
             .word_is_read = true,
             .params = lockref_params},
    .size = sizeof(struct lockref),
    .acquire = lockref_acquire,
    .release = lockref_release,
    .running = lock_spin,
    .timeout = lockref_timeout,
};
