/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LOCK_RWSEM_H
#define SIM_LOCK_RWSEM_H

#include "sim/lock/node.h"

/* What the two parts of the rwsem share: rwsem.c, and the line of sleepers in rwsem_line.c. */
struct rwsem {
    struct lock lock;
    struct thread *writer; /* holds it */
    uint32_t readers;      /* holding it, awake or not */
    uint32_t entering;     /* readers on their way into the line: they are counted, too */
    bool handoff;          /* only the first in line gets it */
    /* Flags of the owner word; they outlive the last reader. */
    bool reader_owned;
    bool nonspinnable;
    struct wait_list spinners; /* OSQ */
    struct wait_list waiters;
    struct thread *watcher; /* the first waiter, spinning on the writer after a hand-off request */
};

enum { RWSEM_HANDOFF, RWSEM_SLOWPATH, RWSEM_WAKING, RWSEM_ROUND };

/* Notes of those who wait. */
enum {
    READER = 1,
    ENTERING = 2, /* on its way into the line */
    TIMED = 4,    /* first spinner, on a lock of readers: its time is limited */
    HANDOFF = 8   /* in line, has asked for a hand-off */
};

enum rwsem_wake { WAKE_ANY, WAKE_READERS, WAKE_READ_OWNED };

static inline bool has_note(const struct thread *thread, uint8_t note) {
    return (lock_note(thread) & note) != 0;
}

static inline void add_note(struct thread *thread, uint8_t note) {
    lock_set_note(thread, lock_note(thread) | note);
}

static inline void drop_note(struct thread *thread, uint8_t note) {
    lock_set_note(thread, lock_note(thread) & (uint8_t)~note);
}

static inline sim_time rwsem_param(const struct rwsem *sem, int index) {
    return (sim_time)sem->lock.params[index];
}

static inline bool rwsem_is_free(const struct rwsem *sem) {
    return sem->writer == NULL && sem->readers + sem->entering == 0;
}

static inline bool rwsem_writer_runs(const struct rwsem *sem) {
    return sem->writer != NULL && lock_on_cpu(sem->writer);
}

/* The lock is the thread's, after code that took so long; from now until it has it. */
void rwsem_own_read(struct rwsem *sem, struct thread *thread, sim_time code);
sim_time rwsem_own_write(struct rwsem *sem, struct thread *thread, sim_time code);

/* For those who are not in line: wakes its head, if there is one to wake. It is not empty. */
void rwsem_wake(struct rwsem *sem, enum rwsem_wake type);
/* Puts the thread in line, or lets it in. */
void rwsem_queue(struct rwsem *sem, struct thread *thread);
/* A writer in line is awake: it gets the lock, watches its owner, or sleeps. */
void rwsem_wait_in_line(struct rwsem *sem, struct thread *thread);

#endif
