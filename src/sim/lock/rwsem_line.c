/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line of sleepers of an rwsem. */
#include "sim/lock/rwsem.h"

/* Readers woken by one release (MAX_READERS_WAKEUP). */
enum { READERS_AT_ONCE = 256 };

static bool is_overdue(const struct rwsem *sem, const struct thread *waiter) {
    return lock_overdue(&sem->lock, waiter, rwsem_param(sem, RWSEM_HANDOFF));
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
static void wake(struct rwsem *sem, enum rwsem_wake type) {
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

void rwsem_wake(struct rwsem *sem, enum rwsem_wake type) {
    lock_charge(&sem->lock, rwsem_param(sem, RWSEM_WAKING));
    wake(sem, type);
}

/* Somebody new is in line: those before it may have missed a release. */
static void wake_if_unwritten(struct rwsem *sem) {
    if (sem->writer != NULL)
        return;
    bool read = sem->readers + sem->entering > 0;
    if (!read)
        sem->nonspinnable = false;
    wake(sem, read ? WAKE_READERS : WAKE_ANY);
}

/* rwsem_try_write_lock(): a writer in line, not always its first. */
static bool try_from_line(struct rwsem *sem, struct thread *thread) {
    struct thread *first = sem->waiters.head;
    if (sem->handoff && thread != first && has_note(first, HANDOFF))
        return false;
    if (!rwsem_is_free(sem)) {
        if (!sem->handoff && is_overdue(sem, thread)) {
            sem->handoff = true;
            add_note(first, HANDOFF);
        }
        return false;
    }
    wait_remove(&sem->waiters, thread);
    sem->handoff = false;
    rwsem_own_write(sem, thread, 0);
    return true;
}

void rwsem_wait_in_line(struct rwsem *sem, struct thread *thread) {
    if (thread == sem->watcher)
        sem->watcher = NULL;
    if (try_from_line(sem, thread))
        return;
    if (has_note(thread, HANDOFF) && rwsem_writer_runs(sem) && !lock_need_resched(thread)) {
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
    rwsem_wait_in_line(sem, thread);
}

static void queue_reader(struct rwsem *sem, struct thread *thread) {
    sem->entering--;
    if (sem->waiters.n == 0 && sem->writer == NULL) {
        rwsem_own_read(sem, thread, 0);
        return;
    }
    lock_traced(&sem->lock, thread);
    wait_push(&sem->waiters, thread);
    wake_if_unwritten(sem);
    /* Without a note it was among the readers just let in. */
    if (has_note(thread, READER))
        lock_park(&sem->lock, thread);
}

void rwsem_queue(struct rwsem *sem, struct thread *thread) {
    if (has_note(thread, READER))
        queue_reader(sem, thread);
    else
        queue_writer(sem, thread);
}
