/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's rw_semaphore (kernel/locking/rwsem.c and osq_lock.c, Linux 6.1).
 *
 * A reader comes in at once unless a writer holds it or somebody waits in line;
 * with waiters it still steals the lock if nobody holds it and no hand-off is
 * due. Readers never spin. A writer spins (one at a time; the others queue in
 * the OSQ) while the owner is a writer on a CPU, or readers for a limited time,
 * after which nobody spins until a writer had it or the readers have left.
 *
 * Who cannot spin waits in a FIFO. A release wakes its head: a writer, who may
 * be robbed until it runs, or, if the head is a reader, all waiting readers, to
 * whom the lock is given before they run. The head that has waited too long
 * sets the hand-off flag, which stops thieves; a writer then watches the owner.
 */
#include "sim/lock/lock.h"

struct rwsem {
    struct lock lock;
    struct thread *writer; /* holds it */
    uint32_t readers;      /* holding it, awake or not */
    /* Flags of the owner word; they outlive the last reader. */
    bool reader_owned;
    bool nonspinnable;
    bool handoff;
    struct wait_list spinners; /* OSQ */
    struct wait_list waiters;
    struct thread *watcher; /* the first waiter, spinning on the writer after a hand-off request */
};

enum { PARAM_HANDOFF, PARAM_SLOWPATH, PARAM_WAKING, PARAM_ROUND };

/* Notes of those who wait. */
enum {
    READER = 1,
    ENTERING = 2, /* on its way into the line */
    TIMED = 4,    /* first spinner, on a lock of readers: its time is limited */
    HANDOFF = 8   /* in line, has asked for a hand-off */
};

enum wake_type { WAKE_ANY, WAKE_READERS, WAKE_READ_OWNED };

/* Readers woken by one release (MAX_READERS_WAKEUP). */
enum { READERS_AT_ONCE = 256 };

/* A spinner looks at the clock so often. */
enum { ROUNDS_PER_CHECK = 16 };

static bool has_note(const struct thread *thread, uint8_t note) {
    return (lock_note(thread) & note) != 0;
}

static void add_note(struct thread *thread, uint8_t note) {
    lock_set_note(thread, lock_note(thread) | note);
}

static void drop_note(struct thread *thread, uint8_t note) {
    lock_set_note(thread, lock_note(thread) & (uint8_t)~note);
}

static sim_time param(const struct rwsem *sem, int index) {
    return (sim_time)sem->lock.params[index];
}

static bool is_free(const struct rwsem *sem) {
    return sem->writer == NULL && sem->readers == 0;
}

static void own_read(struct rwsem *sem, struct thread *thread, sim_time code) {
    sem->readers++;
    sem->reader_owned = true;
    lock_grant(&sem->lock, thread, code + lock_touch(&sem->lock, &sem->lock.word, thread));
}

static void own_write(struct rwsem *sem, struct thread *thread, sim_time code) {
    sem->writer = thread;
    sem->reader_owned = sem->nonspinnable = false;
    if (sem->spinners.n > 0)
        drop_note(sem->spinners.head, TIMED);
    lock_grant(&sem->lock, thread, code + lock_touch(&sem->lock, &sem->lock.word, thread));
}

static bool is_overdue(const struct rwsem *sem, const struct thread *waiter) {
    return lock_overdue(&sem->lock, waiter, param(sem, PARAM_HANDOFF));
}

/* The lock is given to the readers in line, past the writers; then each is woken. */
static void wake_readers(struct rwsem *sem) {
    struct wait_list line = sem->waiters, readers = {0};
    sem->waiters = (struct wait_list){0};
    while (line.n > 0) {
        bool woken = has_note(line.head, READER) && readers.n < READERS_AT_ONCE;
        wait_push(woken ? &readers : &sem->waiters, wait_pop(&line));
    }
    sem->readers += readers.n;
    sem->reader_owned = true;
    sem->handoff = false;
    while (readers.n > 0) {
        struct thread *reader = wait_pop(&readers);
        lock_set_note(reader, 0);
        lock_grant(&sem->lock, reader, 0);
        lock_wake(&sem->lock, reader);
    }
}

/* rwsem_mark_wake() and wake_up_q(). */
static void wake_line(struct rwsem *sem, enum wake_type type) {
    struct thread *first = sem->waiters.head;
    if (!has_note(first, READER)) {
        if (type == WAKE_ANY)
            lock_wake(&sem->lock, first);
    } else if (sem->writer == NULL) {
        wake_readers(sem);
    } else if (is_overdue(sem, first)) {
        add_note(first, HANDOFF);
        sem->handoff = true;
    }
}

/* By somebody who has yet to take the line's spinlock. */
static void look_and_wake(struct rwsem *sem, enum wake_type type) {
    lock_charge(&sem->lock, param(sem, PARAM_WAKING));
    wake_line(sem, type);
}

/* Somebody new is in line: those before it may have missed a release. */
static void wake_if_unwritten(struct rwsem *sem) {
    if (sem->writer != NULL)
        return;
    if (sem->readers == 0)
        sem->nonspinnable = false;
    wake_line(sem, sem->readers > 0 ? WAKE_READERS : WAKE_ANY);
}

/* rwsem_try_write_lock(): a writer in line, not always its first. */
static bool try_from_line(struct rwsem *sem, struct thread *thread) {
    struct thread *first = sem->waiters.head;
    if (sem->handoff && thread != first && has_note(first, HANDOFF))
        return false;
    if (!is_free(sem)) {
        if (!sem->handoff && is_overdue(sem, thread)) {
            sem->handoff = true;
            add_note(first, HANDOFF);
        }
        return false;
    }
    wait_remove(&sem->waiters, thread);
    sem->handoff = false;
    own_write(sem, thread, 0);
    return true;
}

static bool writer_runs(const struct rwsem *sem) {
    return sem->writer != NULL && lock_on_cpu(sem->writer);
}

static void wait_in_line(struct rwsem *sem, struct thread *thread) {
    if (thread == sem->watcher)
        sem->watcher = NULL;
    if (try_from_line(sem, thread))
        return;
    if (has_note(thread, HANDOFF) && writer_runs(sem) && !lock_need_resched(thread)) {
        sem->watcher = thread;
        lock_spin(&sem->lock, thread);
    } else {
        lock_park(&sem->lock, thread);
    }
}

static void queue_writer(struct rwsem *sem, struct thread *thread) {
    lock_traced(&sem->lock, thread);
    wait_push(&sem->waiters, thread);
    if (sem->waiters.n > 1)
        wake_if_unwritten(sem);
    wait_in_line(sem, thread);
}

static void queue_reader(struct rwsem *sem, struct thread *thread) {
    if (sem->waiters.n == 0 && sem->writer == NULL) {
        own_read(sem, thread, 0);
        return;
    }
    lock_traced(&sem->lock, thread);
    wait_push(&sem->waiters, thread);
    wake_if_unwritten(sem);
    /* Without a note it was among the readers just let in. */
    if (has_note(thread, READER))
        lock_park(&sem->lock, thread);
}

static void queue(struct rwsem *sem, struct thread *thread) {
    if (has_note(thread, READER))
        queue_reader(sem, thread);
    else
        queue_writer(sem, thread);
}

/*
 * On the way into the line. The lock may change before the waiter is there, and
 * what it then does is its own time, not that of whoever made it give up.
 */
static void enter_line(struct rwsem *sem, struct thread *thread) {
    add_note(thread, ENTERING);
    lock_timer(&sem->lock, thread, param(sem, PARAM_SLOWPATH));
}

static void spin_into_line(struct rwsem *sem, struct thread *thread, uint8_t note) {
    lock_set_note(thread, note | ENTERING);
    lock_spin(&sem->lock, thread);
    enter_line(sem, thread);
}

static void read_acquire(struct rwsem *sem, struct thread *thread) {
    if (sem->writer == NULL && sem->waiters.n == 0) {
        own_read(sem, thread, 0);
        return;
    }
    lock_contended(&sem->lock, thread);
    if (sem->writer != NULL || sem->readers > 0 || sem->handoff) {
        spin_into_line(sem, thread, READER);
        return;
    }
    own_read(sem, thread, param(sem, PARAM_SLOWPATH));
    look_and_wake(sem, WAKE_READ_OWNED);
}

/* How long the first spinner looks at readers that have the lock (rwsem_rspin_threshold()). */
static sim_time spin_limit(const struct rwsem *sem) {
    sim_time readers = sem->readers < 30 ? sem->readers : 30;
    sim_time limit = (20 + readers) * TICKS_PER_US / 2;
    sim_time check = ROUNDS_PER_CHECK * param(sem, PARAM_ROUND);
    return check == 0 ? limit : (limit / check + 1) * check;
}

static void limit_spinning(struct rwsem *sem) {
    struct thread *first = sem->spinners.head;
    if (!sem->reader_owned || has_note(first, TIMED))
        return;
    add_note(first, TIMED);
    lock_timer(&sem->lock, first, spin_limit(sem));
}

static bool may_spin(const struct rwsem *sem) {
    return !sem->nonspinnable && (sem->reader_owned || sem->writer == NULL || writer_runs(sem));
}

static void write_acquire(struct rwsem *sem, struct thread *thread) {
    if (is_free(sem) && sem->waiters.n == 0) {
        own_write(sem, thread, 0);
        return;
    }
    lock_contended(&sem->lock, thread);
    if (lock_need_resched(thread) || !may_spin(sem)) {
        spin_into_line(sem, thread, 0);
    } else if (sem->spinners.n == 0 && is_free(sem) && !sem->handoff) {
        own_write(sem, thread, param(sem, PARAM_SLOWPATH));
    } else {
        wait_push(&sem->spinners, thread);
        lock_spin(&sem->lock, thread);
        if (thread == sem->spinners.head)
            limit_spinning(sem);
    }
}

static void rwsem_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    struct rwsem *sem = (struct rwsem *)lock;
    if (mode == MODE_READ)
        read_acquire(sem, thread);
    else
        write_acquire(sem, thread);
}

/* Owner or flags have changed: the first spinner takes the lock, goes on, or leaves. */
static void spinners_look(struct rwsem *sem) {
    while (sem->spinners.n > 0) {
        bool leaves = !may_spin(sem);
        if (!leaves && (!is_free(sem) || sem->handoff)) {
            limit_spinning(sem);
            return;
        }
        struct thread *first = wait_pop(&sem->spinners);
        lock_set_note(first, 0);
        if (leaves)
            enter_line(sem, first);
        else
            own_write(sem, first, 0);
    }
}

static void watcher_looks(struct rwsem *sem) {
    if (sem->watcher != NULL && !writer_runs(sem))
        wait_in_line(sem, sem->watcher);
}

/* Spinners see a free lock before the releaser has come to wake the line. */
static void rwsem_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    struct rwsem *sem = (struct rwsem *)lock;
    lock_charge(lock, lock_touch(lock, &lock->word, thread));
    if (mode == MODE_READ)
        sem->readers--;
    else
        sem->writer = NULL;
    if (sem->readers > 0)
        return;
    bool waited_for = sem->waiters.n > 0;
    if (waited_for)
        sem->nonspinnable = false;
    spinners_look(sem);
    if (waited_for)
        look_and_wake(sem, WAKE_ANY);
    watcher_looks(sem);
}

static void rwsem_running(struct lock *lock, struct thread *thread) {
    wait_in_line((struct rwsem *)lock, thread);
}

static void rwsem_owner_off(struct lock *lock) {
    spinners_look((struct rwsem *)lock);
    watcher_looks((struct rwsem *)lock);
}

static void rwsem_timeout(struct lock *lock, struct thread *thread) {
    struct rwsem *sem = (struct rwsem *)lock;
    if (has_note(thread, ENTERING)) {
        drop_note(thread, ENTERING);
        queue(sem, thread);
    } else if (has_note(thread, TIMED)) {
        sem->nonspinnable = true;
        spinners_look(sem);
    }
}

/* Preemption is off in the slow path until it comes to schedule(). */
static void rwsem_resched(struct lock *lock, struct thread *thread) {
    struct rwsem *sem = (struct rwsem *)lock;
    if (thread == sem->watcher) {
        wait_in_line(sem, thread);
    } else if (!has_note(thread, ENTERING)) {
        wait_remove(&sem->spinners, thread);
        lock_set_note(thread, 0);
        enter_line(sem, thread);
        spinners_look(sem);
    }
}

static const struct kind_param rwsem_params[] = {
    [PARAM_HANDOFF] = {"handoff", PARAM_TIME, 4e-3,
                       "a first waiter that waited longer, in whole ticks, asks for a hand-off"},
    [PARAM_SLOWPATH] = {"slowpath", PARAM_TIME, 0,
                        "code between a failed attempt and stealing, spinning or being in line"},
    [PARAM_WAKING] = {"waking", PARAM_TIME, 0, "code of looking whom to wake, beside the calls"},
    [PARAM_ROUND] = {"round", PARAM_TIME, 0,
                     "one round of a spinner, which looks at its limit every 16"},
    {0}};

const struct lock_kind lock_kind_rwsem = {
    .info = {.name = "rwsem",
             .source = "kernel/locking/rwsem.c, osq_lock.c, Linux 6.1",
             .has_readers = true,
             .params = rwsem_params},
    .size = sizeof(struct rwsem),
    .acquire = rwsem_acquire,
    .release = rwsem_release,
    .running = rwsem_running,
    .resched = rwsem_resched,
    .owner_off = rwsem_owner_off,
    .timeout = rwsem_timeout,
};
