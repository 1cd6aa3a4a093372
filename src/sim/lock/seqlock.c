/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's seqlock_t (include/linux/seqlock.h, Linux 6.1): a spinlock among
 * writers, and a sequence number that each of them advances before and after.
 * A reader spins while a writer is inside, notes the number, reads, and does it
 * all again if the number has changed in the meantime. Readers write nothing,
 * so they delay each other as little as they delay writers.
 *
 * lock_stat sees the writers, as of a spinlock. It does not see that readers
 * wait, and nor does perf.
 */
#include "sim/lock/qspin.h"

struct seqlock {
    struct qspin writers;
    uint64_t writes;          /* begun: half of the sequence number, rounded up */
    struct wait_list readers; /* that spin until the writer has left */
};

/* What a reader notes. */
static uint64_t *noted(const struct lock *lock, struct thread *thread) {
    return lock_memo(lock, thread);
}

static void begin_read(struct seqlock *seq, struct thread *thread) {
    struct lock *lock = &seq->writers.lock;
    *noted(lock, thread) = seq->writes;
    lock_grant(lock, thread, lock_load(lock, &lock->word, thread));
}

static void spin_or_read(struct seqlock *seq, struct thread *thread) {
    if (seq->writers.lock.owner == NULL) {
        begin_read(seq, thread);
        return;
    }
    wait_push(&seq->readers, thread);
    lock_spin(&seq->writers.lock, thread);
}

static void seqlock_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    struct seqlock *seq = (struct seqlock *)lock;
    if (mode == MODE_READ) {
        spin_or_read(seq, thread);
        return;
    }
    if (seq->writers.lock.owner == NULL)
        seq->writes++;
    qspin_acquire(lock, thread, mode);
}

/* Those that are off their CPUs look when they are back. */
static void let_readers_begin(struct seqlock *seq) {
    for (uint32_t n = seq->readers.n; n > 0; n--) {
        struct thread *thread = wait_pop(&seq->readers);
        if (lock_on_cpu(thread))
            begin_read(seq, thread);
        else
            wait_push(&seq->readers, thread);
    }
}

static void seqlock_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    struct seqlock *seq = (struct seqlock *)lock;
    if (mode == MODE_READ)
        return;
    qspin_release(lock, thread, mode);
    if (seq->writers.lock.owner != NULL)
        seq->writes++;
    else
        let_readers_begin(seq);
}

static bool seqlock_retry(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    const struct seqlock *seq = (const struct seqlock *)lock;
    return mode == MODE_READ && *noted(lock, thread) != seq->writes;
}

/* Only readers can have been preempted. */
static void seqlock_running(struct lock *lock, struct thread *thread) {
    struct seqlock *seq = (struct seqlock *)lock;
    wait_remove(&seq->readers, thread);
    spin_or_read(seq, thread);
}

static const struct kind_param seqlock_params[] = {{0}};

const struct lock_kind lock_kind_seqlock = {
    .info = {.name = "seqlock",
             .source = "include/linux/seqlock.h, Linux 6.1",
             .atomic_writer = true,
             .has_readers = true,
             .retries = true,
             .word_is_read = true,
             .params = seqlock_params},
    .size = sizeof(struct seqlock),
    .acquire = seqlock_acquire,
    .release = seqlock_release,
    .retry = seqlock_retry,
    .running = seqlock_running,
};
