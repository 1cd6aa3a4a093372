/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's mutex (kernel/locking/mutex.c and osq_lock.c, Linux 6.1).
 *
 * Who asks while the owner runs on a CPU spins: spinners queue in the OSQ and
 * only its head watches the owner. When the owner leaves its CPU, or a spinner
 * must reschedule, spinners go to the FIFO of sleepers. A release wakes the
 * first sleeper, but whoever comes first takes the lock: a newcomer, the OSQ
 * head, or the sleeper, who after losing once marks the lock for hand-off (the
 * next release gives it to him) and spins on the owner beside the OSQ head.
 *
 * lock_contended() is called only on the way to sleep; contention_begin is
 * traced before spinning. A spinner that must reschedule does so before it
 * tries the lock again, and before lock_contended().
 */
#include "sim/lock/node.h"

struct mutex {
    struct lock lock;
    struct wait_list spinners; /* OSQ */
    struct wait_list sleepers;
    struct thread *watcher; /* the first sleeper, awake and spinning on the owner */
    bool handoff;
};

/* The note of a waiter that made way for others: before it queued to sleep, or after. */
enum { YIELDED = 1, YIELDED_SLEEPER };

static sim_time own(struct mutex *mutex, struct thread *thread) {
    sim_time delay = lock_touch(&mutex->lock, &mutex->lock.word, thread);
    mutex->lock.owner = thread;
    lock_grant(&mutex->lock, thread, delay);
    return delay;
}

static void own_as_head(struct mutex *mutex) {
    struct thread *thread = wait_pop(&mutex->spinners);
    sim_time delay = own(mutex, thread);
    if (mutex->spinners.n > 0)
        node_lead(&mutex->lock, thread, mutex->spinners.head, delay);
}

static void sleep_in_line(struct mutex *mutex, struct thread *thread) {
    lock_contended(&mutex->lock, thread);
    lock_set_note(thread, 0);
    wait_push(&mutex->sleepers, thread);
    lock_park(&mutex->lock, thread);
}

/* The first sleeper leaves the line with the lock; the last to leave clears the flags. */
static void own_from_line(struct mutex *mutex, struct thread *thread) {
    wait_remove(&mutex->sleepers, thread);
    if (mutex->sleepers.n == 0)
        mutex->handoff = false;
    own(mutex, thread);
}

static void mutex_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    struct mutex *mutex = (struct mutex *)lock;
    if (mutex->lock.owner == NULL) {
        own(mutex, thread);
        return;
    }
    /* The attempt, and a swap of the OSQ's tail, which is on the same line. */
    sim_time swapped = lock_touch(lock, &lock->word, thread);
    lock_traced(lock, thread);
    if (lock_need_resched(thread)) {
        lock_set_note(thread, YIELDED);
        lock_yield(lock, thread);
    } else if (lock_on_cpu(mutex->lock.owner)) {
        node_wait(lock, thread, mutex->spinners.tail, swapped);
        wait_push(&mutex->spinners, thread);
        lock_spin(lock, thread);
    } else {
        sleep_in_line(mutex, thread);
    }
}

/* The first sleeper is awake and did not get the lock: it watches the owner or sleeps again. */
static void watch_or_sleep(struct mutex *mutex, struct thread *thread) {
    mutex->handoff = true;
    if (lock_on_cpu(mutex->lock.owner) && !lock_need_resched(thread)) {
        mutex->watcher = thread;
        lock_spin(&mutex->lock, thread);
    } else {
        lock_park(&mutex->lock, thread);
    }
}

static void mutex_running(struct lock *lock, struct thread *thread) {
    struct mutex *mutex = (struct mutex *)lock;
    uint8_t note = lock_note(thread);
    if (note == YIELDED) {
        if (mutex->lock.owner == NULL)
            own(mutex, thread);
        else
            sleep_in_line(mutex, thread);
        return;
    }
    if (mutex->lock.owner == NULL || mutex->lock.owner == thread) {
        own_from_line(mutex, thread);
    } else if (note == YIELDED_SLEEPER) {
        lock_set_note(thread, 0);
        lock_park(lock, thread);
    } else {
        watch_or_sleep(mutex, thread);
    }
}

static void mutex_owner_off(struct lock *lock) {
    struct mutex *mutex = (struct mutex *)lock;
    if (mutex->watcher != NULL) {
        struct thread *thread = mutex->watcher;
        mutex->watcher = NULL;
        lock_park(lock, thread);
    }
    while (mutex->spinners.n > 0)
        sleep_in_line(mutex, wait_pop(&mutex->spinners));
}

/* The lock is the first sleeper's, awake or not; if not, spinners see an owner off its CPU. */
static void hand_off(struct mutex *mutex, struct thread *first) {
    mutex->handoff = false;
    if (mutex->watcher == first) {
        mutex->watcher = NULL;
        own_from_line(mutex, first);
    } else {
        mutex->lock.owner = first;
        mutex_owner_off(&mutex->lock);
    }
}

static void mutex_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    struct mutex *mutex = (struct mutex *)lock;
    struct thread *first = mutex->sleepers.head;
    if (mutex->watcher != NULL)
        lock_share(lock, &lock->word, mutex->watcher);
    lock_charge(lock, node_free(lock, thread, mutex->spinners.head));
    mutex->lock.owner = NULL;
    if (mutex->handoff)
        hand_off(mutex, first);
    else if (mutex->spinners.n > 0)
        own_as_head(mutex);
    if (first != NULL)
        lock_wake(lock, first);
}

static void mutex_resched(struct lock *lock, struct thread *thread) {
    struct mutex *mutex = (struct mutex *)lock;
    if (thread == mutex->watcher) {
        mutex->watcher = NULL;
        lock_set_note(thread, YIELDED_SLEEPER);
    } else {
        wait_remove(&mutex->spinners, thread);
        lock_set_note(thread, YIELDED);
    }
    lock_yield(lock, thread);
}

static const struct wait_list *mutex_queue(const struct lock *lock) {
    return &((const struct mutex *)lock)->spinners;
}

static const struct kind_param mutex_params[] = {{0}};

static const struct kind_functions mutex_functions = {.acquire = {"__mutex_lock"},
                                                      .release = {"mutex_unlock"},
                                                      .first = {"mutex_spin_on_owner"},
                                                      .queued = "osq_lock"};

const struct lock_kind lock_kind_mutex = {
    .info = {.name = "mutex",
             .source = "kernel/locking/mutex.c, osq_lock.c, Linux 6.1",
             .waits = WAITS(WAIT_OPTIMISTIC),
             .waiting = WAIT_OPTIMISTIC,
             .params = mutex_params,
             .functions = &mutex_functions},
    .by_word = true,
    .size = sizeof(struct mutex),
    .acquire = mutex_acquire,
    .release = mutex_release,
    .running = mutex_running,
    .resched = mutex_resched,
    .owner_off = mutex_owner_off,
    .queue = mutex_queue,
};
