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
#include "sim/lock/rwsem.h"

/* A spinner looks at the clock so often. */
enum { ROUNDS_PER_CHECK = 16 };

void rwsem_own_read(struct rwsem *sem, struct thread *thread, sim_time code) {
    sem->readers++;
    sem->reader_owned = true;
    lock_grant(&sem->lock, thread, code + lock_touch(&sem->lock, &sem->lock.word, thread));
}

sim_time rwsem_own_write(struct rwsem *sem, struct thread *thread, sim_time code) {
    sim_time delay = code + lock_touch(&sem->lock, &sem->lock.word, thread);
    sem->writer = thread;
    sem->reader_owned = sem->nonspinnable = false;
    if (sem->spinners.n > 0)
        drop_note(sem->spinners.head, TIMED);
    lock_grant(&sem->lock, thread, delay);
    return delay;
}

/*
 * On the way into the line. The lock may change before the waiter is there, and
 * what it then does is its own time, not that of whoever made it give up.
 */
static void enter_line(struct rwsem *sem, struct thread *thread) {
    add_note(thread, ENTERING);
    lock_timer(&sem->lock, thread, rwsem_param(sem, RWSEM_SLOWPATH));
}

static void spin_into_line(struct rwsem *sem, struct thread *thread, uint8_t note) {
    lock_set_note(thread, note | ENTERING);
    lock_spin(&sem->lock, thread);
    enter_line(sem, thread);
}

static void read_acquire(struct rwsem *sem, struct thread *thread) {
    if (sem->writer == NULL && sem->waiters.n == 0) {
        rwsem_own_read(sem, thread, 0);
        return;
    }
    lock_touch(&sem->lock, &sem->lock.word, thread); /* the attempt */
    lock_contended(&sem->lock, thread);
    bool others_read = sem->readers + sem->entering > 0;
    if (sem->writer != NULL || sem->handoff || (others_read && sem->reader_owned)) {
        sem->entering++;
        spin_into_line(sem, thread, READER);
        return;
    }
    rwsem_own_read(sem, thread, rwsem_param(sem, RWSEM_SLOWPATH));
    if (!others_read)
        rwsem_wake(sem, WAKE_READ_OWNED);
}

/* How long the first spinner looks at readers that have the lock (rwsem_rspin_threshold()). */
static sim_time spin_limit(const struct rwsem *sem) {
    sim_time readers = sem->readers < 30 ? sem->readers : 30;
    sim_time limit = (20 + readers) * TICKS_PER_US / 2;
    sim_time check = ROUNDS_PER_CHECK * rwsem_param(sem, RWSEM_ROUND);
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
    return !sem->nonspinnable &&
           (sem->reader_owned || sem->writer == NULL || rwsem_writer_runs(sem));
}

static void write_acquire(struct rwsem *sem, struct thread *thread) {
    if (rwsem_is_free(sem) && sem->waiters.n == 0) {
        rwsem_own_write(sem, thread, 0);
        return;
    }
    /* The attempt, and a swap of the OSQ's tail, which is on the same line. */
    sim_time swapped = lock_touch(&sem->lock, &sem->lock.word, thread);
    lock_contended(&sem->lock, thread);
    if (lock_need_resched(thread) || !may_spin(sem)) {
        spin_into_line(sem, thread, 0);
    } else if (sem->spinners.n == 0 && rwsem_is_free(sem) && !sem->handoff) {
        rwsem_own_write(sem, thread, rwsem_param(sem, RWSEM_SLOWPATH));
    } else {
        node_wait(&sem->lock, thread, sem->spinners.tail, swapped);
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
        if (!leaves && (!rwsem_is_free(sem) || sem->handoff)) {
            limit_spinning(sem);
            return;
        }
        struct thread *first = wait_pop(&sem->spinners);
        lock_set_note(first, 0);
        sim_time delay = 0;
        if (leaves)
            enter_line(sem, first);
        else
            delay = rwsem_own_write(sem, first, 0);
        if (sem->spinners.n > 0)
            node_lead(&sem->lock, first, sem->spinners.head, delay);
    }
}

static void watcher_looks(struct rwsem *sem) {
    if (sem->watcher != NULL && !rwsem_writer_runs(sem))
        rwsem_wait_in_line(sem, sem->watcher);
}

/* Spinners see a free lock before the releaser has come to wake the line. */
static void rwsem_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    struct rwsem *sem = (struct rwsem *)lock;
    if (sem->watcher != NULL)
        lock_share(lock, &lock->word, sem->watcher);
    lock_charge(lock, node_free(lock, thread, sem->spinners.head));
    if (mode == MODE_READ)
        sem->readers--;
    else
        sem->writer = NULL;
    if (sem->readers > 0 || (mode == MODE_READ && sem->entering > 0))
        return;
    bool waited_for = sem->waiters.n > 0;
    if (waited_for)
        sem->nonspinnable = false;
    spinners_look(sem);
    if (waited_for)
        rwsem_wake(sem, WAKE_ANY);
    watcher_looks(sem);
}

static void rwsem_running(struct lock *lock, struct thread *thread) {
    rwsem_wait_in_line((struct rwsem *)lock, thread);
}

static void rwsem_owner_off(struct lock *lock) {
    spinners_look((struct rwsem *)lock);
    watcher_looks((struct rwsem *)lock);
}

static void rwsem_timeout(struct lock *lock, struct thread *thread) {
    struct rwsem *sem = (struct rwsem *)lock;
    if (has_note(thread, ENTERING)) {
        drop_note(thread, ENTERING);
        rwsem_queue(sem, thread);
        spinners_look(sem);
    } else if (has_note(thread, TIMED)) {
        sem->nonspinnable = true;
        spinners_look(sem);
    }
}

/* Preemption is off in the slow path until it comes to schedule(). */
static void rwsem_resched(struct lock *lock, struct thread *thread) {
    struct rwsem *sem = (struct rwsem *)lock;
    if (thread == sem->watcher) {
        rwsem_wait_in_line(sem, thread);
    } else if (!has_note(thread, ENTERING)) {
        wait_remove(&sem->spinners, thread);
        lock_set_note(thread, 0);
        enter_line(sem, thread);
        spinners_look(sem);
    }
}

static const struct wait_list *rwsem_queue_of_spinners(const struct lock *lock) {
    return &((const struct rwsem *)lock)->spinners;
}

static const struct kind_functions rwsem_functions = {
    .acquire = {[MODE_READ] = "down_read", [MODE_WRITE] = "down_write"},
    .release = {[MODE_READ] = "up_read", [MODE_WRITE] = "up_write"},
    .first = {"rwsem_spin_on_owner", "rwsem_spin_on_owner"},
    .queued = "osq_lock"};

static const struct kind_param rwsem_params[] = {
    [RWSEM_HANDOFF] = {"handoff", PARAM_TIME, 4e-3,
                       "a first waiter that waited longer, in whole ticks, asks for a hand-off"},
    [RWSEM_SLOWPATH] = {"slowpath", PARAM_TIME, 0,
                        "code between a failed attempt and stealing, spinning or being in line"},
    [RWSEM_WAKING] = {"waking", PARAM_TIME, 0, "code of looking whom to wake, beside the calls"},
    [RWSEM_ROUND] = {"round", PARAM_TIME, 0,
                     "one round of a spinner, which looks at its limit every 16"},
    {0}};

const struct lock_kind lock_kind_rwsem = {
    .info = {.name = "rwsem",
             .source = "kernel/locking/rwsem.c, osq_lock.c, Linux 6.1",
             .has_readers = true,
             .nested = "would wait for itself if a writer came between",
             .waits = WAITS(WAIT_OPTIMISTIC),
             .waiting = WAIT_OPTIMISTIC,
             .params = rwsem_params,
             .functions = &rwsem_functions},
    .size = sizeof(struct rwsem),
    .acquire = rwsem_acquire,
    .release = rwsem_release,
    .running = rwsem_running,
    .resched = rwsem_resched,
    .owner_off = rwsem_owner_off,
    .timeout = rwsem_timeout,
    .queue = rwsem_queue_of_spinners,
};
