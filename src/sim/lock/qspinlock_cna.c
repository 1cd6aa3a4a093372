/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's queued spinlock with the compact NUMA-aware queue of Dice and
 * Kogan (EuroSys 2019), as in the patch series "Add NUMA-awareness to
 * qspinlock", version 15, of May 2021. The head of the queue moves those
 * behind it that run on other nodes to a secondary queue, until one of its own
 * node is next or the last one is. When the secondary queue has been there for
 * too long it is put back, before all others; and when nobody else is left.
 */
#include "sim/lock/qspin.h"

struct cna {
    struct qspin spin;
    struct wait_list secondary;
    sim_time since; /* the secondary queue is not empty */
};

enum { THRESHOLD };

static const struct kind_param qspinlock_cna_params[] = {
    [THRESHOLD] = {"threshold", PARAM_TIME, 1e-3,
                   "waiters of other nodes go first again when passed over for so long"},
    {0}};

/* The secondary queue goes between the head of the queue and the rest. */
static void flush(struct cna *cna) {
    struct wait_list *queue = &cna->spin.waiters, rest = *queue;
    struct thread *head = wait_pop(&rest);
    *queue = (struct wait_list){0};
    wait_push(queue, head);
    while (cna->secondary.n > 0)
        wait_push(queue, wait_pop(&cna->secondary));
    while (rest.n > 0)
        wait_push(queue, wait_pop(&rest));
}

static void filter(struct cna *cna, const struct thread *head) {
    const struct lock *lock = &cna->spin.lock;
    struct wait_list *queue = &cna->spin.waiters;
    while (queue->n > 2) {
        struct thread *next = wait_after(head);
        if (lock_numa_node(lock, next) == lock_numa_node(lock, head))
            return;
        if (cna->secondary.n == 0)
            cna->since = lock_clock(lock);
        wait_remove(queue, next);
        wait_push(&cna->secondary, next);
    }
}

/* What the head of the queue does as it waits, and when it has the lock. */
static void order(struct cna *cna) {
    const struct lock *lock = &cna->spin.lock;
    const struct wait_list *queue = &cna->spin.waiters;
    if (queue->n == 0 || (lock_note(queue->head) & QSPIN_QUEUED) == 0)
        return;
    filter(cna, queue->head);
    bool overdue = (double)(lock_clock(lock) - cna->since) > lock->params[THRESHOLD];
    if (cna->secondary.n > 0 && (overdue || queue->n == 1))
        flush(cna);
}

static void qspinlock_cna_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    order((struct cna *)lock);
    qspin_release(lock, thread, mode);
}

const struct lock_kind lock_kind_qspinlock_cna = {
    .info = {.name = "qspinlock-cna",
             .source = "Dice and Kogan, EuroSys 2019; Linux patch series, version 15",
             .atomic_context = true,
             .waits = WAITS(WAIT_SPIN),
             .params = qspinlock_cna_params,
             .functions = &qspin_functions},
    .by_word = true,
    .size = sizeof(struct cna),
    .acquire = qspin_acquire,
    .release = qspinlock_cna_release,
    .running = lock_spin,
    .queue = qspin_queue,
};
