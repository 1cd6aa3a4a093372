/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's percpu_rw_semaphore (kernel/locking/percpu-rwsem.c,
 * include/linux/percpu-rwsem.h, kernel/rcu/sync.c, Linux 6.1).
 *
 * A reader counts itself on its own CPU: it writes no line that others have.
 * A writer first sends readers to the slow path, where they pay a memory
 * barrier, and waits for a grace period, so that all know; then it blocks
 * them, and sleeps until those inside have left. Who is blocked, reader or
 * writer, sleeps in a FIFO. A release lets in the readers from its head up to
 * the first writer, who blocks again. The fast path comes back a grace period
 * after the last writer, and a writer before that need not wait for one.
 *
 * There is no lock_contended() in it; contention_begin is traced by all writers
 * and by readers that go to sleep.
 */
#include "sim/lock/lock.h"

enum { SLOW_READERS };

/* Where struct rcu_sync stands. */
enum sync {
    IDLE,   /* fast path for readers */
    ENTER,  /* a grace period until all readers are slow */
    PASSED, /* all readers are slow */
    EXIT,   /* a grace period until they may be fast again */
    REPLAY  /* a writer was there in the meantime: another one after it */
};

struct percpu_rwsem {
    struct lock lock;
    enum sync sync;
    uint32_t writers;         /* that want or have it */
    uint32_t readers;         /* inside */
    struct thread *writer;    /* blocks readers: it waits for those inside, or owns the lock */
    struct wait_list entered; /* writers that wait for the grace period */
    struct wait_list blocked;
};

enum { READER = 1 };

static bool is_fast(const struct percpu_rwsem *sem) {
    return sem->sync == IDLE && sem->lock.params[SLOW_READERS] == 0;
}

/* A full barrier costs as much as an atomic operation on a line of this CPU's. */
static sim_time barrier(struct lock *lock, const struct thread *thread) {
    struct line own = {.cpu = NO_INDEX};
    return lock_touch(lock, &own, thread);
}

static void wait_blocked(struct percpu_rwsem *sem, struct thread *thread, uint8_t note) {
    lock_traced(&sem->lock, thread);
    lock_set_note(thread, note);
    wait_push(&sem->blocked, thread);
    lock_park(&sem->lock, thread);
}

static void acquire_read(struct percpu_rwsem *sem, struct thread *thread) {
    if (sem->writer != NULL) {
        wait_blocked(sem, thread, READER);
        return;
    }
    sem->readers++;
    lock_grant(&sem->lock, thread, is_fast(sem) ? 0 : barrier(&sem->lock, thread));
}

/* The writer that blocks readers owns the lock once they have left. */
static void own_or_sleep(struct percpu_rwsem *sem, struct thread *thread) {
    if (sem->readers == 0)
        lock_grant(&sem->lock, thread, lock_touch(&sem->lock, &sem->lock.word, thread));
    else
        lock_park(&sem->lock, thread);
}

static void block_readers(struct percpu_rwsem *sem, struct thread *thread) {
    if (sem->writer != NULL) {
        wait_blocked(sem, thread, 0);
        return;
    }
    sem->writer = thread;
    own_or_sleep(sem, thread);
}

static void acquire_write(struct percpu_rwsem *sem, struct thread *thread) {
    lock_traced(&sem->lock, thread);
    sem->writers++;
    if (sem->sync >= PASSED || sem->lock.params[SLOW_READERS] != 0) {
        block_readers(sem, thread);
        return;
    }
    if (sem->sync == IDLE)
        lock_grace_period(&sem->lock);
    sem->sync = ENTER;
    wait_push(&sem->entered, thread);
    lock_park(&sem->lock, thread);
}

static void percpu_rwsem_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    if (mode == MODE_READ)
        acquire_read((struct percpu_rwsem *)lock, thread);
    else
        acquire_write((struct percpu_rwsem *)lock, thread);
}

static void percpu_rwsem_running(struct lock *lock, struct thread *thread) {
    struct percpu_rwsem *sem = (struct percpu_rwsem *)lock;
    if (sem->writer == thread)
        own_or_sleep(sem, thread);
    else
        block_readers(sem, thread);
}

/* rcu_sync_func() */
static void percpu_rwsem_grace_period(struct lock *lock) {
    struct percpu_rwsem *sem = (struct percpu_rwsem *)lock;
    if (sem->writers > 0) {
        sem->sync = PASSED;
        while (sem->entered.n > 0)
            lock_wake(lock, wait_pop(&sem->entered));
    } else if (sem->sync == REPLAY) {
        sem->sync = EXIT;
        lock_grace_period(lock);
    } else {
        sem->sync = IDLE;
    }
}

static void release_read(struct percpu_rwsem *sem, struct thread *thread) {
    sem->readers--;
    if (is_fast(sem))
        return;
    lock_charge(&sem->lock, barrier(&sem->lock, thread));
    if (sem->writer != NULL)
        lock_wake(&sem->lock, sem->writer);
}

/* Readers from the head of the line own the lock at once; a writer must see that they leave. */
static void let_in(struct percpu_rwsem *sem) {
    while (sem->blocked.n > 0 && sem->writer == NULL) {
        struct thread *thread = wait_pop(&sem->blocked);
        if (lock_note(thread) == READER) {
            sem->readers++;
            lock_grant(&sem->lock, thread, 0);
        } else {
            sem->writer = thread;
        }
        lock_wake(&sem->lock, thread);
    }
}

static void release_write(struct percpu_rwsem *sem, struct thread *thread) {
    lock_charge(&sem->lock, lock_touch(&sem->lock, &sem->lock.word, thread));
    sem->writer = NULL;
    let_in(sem);
    if (--sem->writers > 0)
        return;
    if (sem->sync == PASSED) {
        sem->sync = EXIT;
        lock_grace_period(&sem->lock);
    } else if (sem->sync == EXIT) {
        sem->sync = REPLAY;
    }
}

static void percpu_rwsem_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    if (mode == MODE_READ)
        release_read((struct percpu_rwsem *)lock, thread);
    else
        release_write((struct percpu_rwsem *)lock, thread);
}

static const struct kind_param percpu_rwsem_params[] = {
    [SLOW_READERS] = {"slow_readers", PARAM_FLAG, 0,
                      "no fast path, and writers need no grace period (rcu_sync_enter_start())"},
    {0}};

const struct lock_kind lock_kind_percpu_rwsem = {
    .info = {.name = "percpu-rwsem",
             .source = "kernel/locking/percpu-rwsem.c, kernel/rcu/sync.c, Linux 6.1",
             .has_readers = true,
             .nested = "would wait for itself if a writer came between",
             .params = percpu_rwsem_params},
    .size = sizeof(struct percpu_rwsem),
    .acquire = percpu_rwsem_acquire,
    .release = percpu_rwsem_release,
    .running = percpu_rwsem_running,
    .grace_period = percpu_rwsem_grace_period,
};
