/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lock/rwspin.h"

static sim_time own(struct rwspin *rw, struct thread *thread, bool reads) {
    sim_time delay = lock_touch(&rw->lock, &rw->lock.word, thread);
    if (reads)
        rw->readers++;
    else
        rw->writer = thread;
    lock_grant(&rw->lock, thread, delay);
    return delay;
}

/* Do those in the queue have nodes, and only its head looks at the lock? */
static bool has_nodes(const struct rwspin *rw, const struct wait_list *list) {
    return list == &rw->queue && rw->lock.kind->queue != NULL;
}

static void wait_in(struct rwspin *rw, struct wait_list *list, struct thread *thread, bool reads) {
    sim_time swapped = lock_touch(&rw->lock, &rw->lock.word, thread);
    lock_contended(&rw->lock, thread);
    if (!lock_in_interrupt(thread))
        lock_traced(&rw->lock, thread);
    lock_set_note(thread, reads ? RWSPIN_READER : 0);
    if (has_nodes(rw, list))
        node_wait(&rw->lock, thread, list->tail, swapped);
    wait_push(list, thread);
    lock_spin(&rw->lock, thread);
}

static bool is_free_for(const struct rwspin *rw, bool reads) {
    return rw->writer == NULL && (reads || rw->readers == 0);
}

/* Who passes those that wait does so when the writer leaves, too. */
static void acquire(struct rwspin *rw, struct thread *thread, bool reads, bool passes) {
    if ((passes || rw->queue.n == 0) && is_free_for(rw, reads))
        own(rw, thread, reads);
    else
        wait_in(rw, passes ? &rw->waiting_readers : &rw->queue, thread, reads);
}

void rwspin_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    bool reads = mode == MODE_READ;
    acquire((struct rwspin *)lock, thread, reads, reads && lock_in_interrupt(thread));
}

void rwspin_acquire_readers_pass(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    bool reads = mode == MODE_READ;
    acquire((struct rwspin *)lock, thread, reads, reads);
}

/* Lets in whoever can come in, from the head of the list. */
static void let_in(struct rwspin *rw, struct wait_list *list) {
    struct lock *lock = &rw->lock;
    while (list->n > 0) {
        bool reads = lock_note(list->head) == RWSPIN_READER;
        if (!is_free_for(rw, reads))
            return;
        struct thread *first = wait_pop(list);
        if (has_nodes(rw, list))
            lock_keep(lock, &lock->word, lock_transit(lock, lock_node(lock, first)));
        sim_time delay = own(rw, first, reads);
        if (has_nodes(rw, list) && list->n > 0)
            node_lead(lock, first, list->head, delay);
    }
}

void rwspin_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    struct rwspin *rw = (struct rwspin *)lock;
    if (rw->waiting_readers.n > 0)
        lock_share(lock, &lock->word, rw->waiting_readers.head);
    lock_charge(lock, node_free(lock, thread, rw->queue.head));
    if (mode == MODE_READ)
        rw->readers--;
    else
        rw->writer = NULL;
    let_in(rw, &rw->waiting_readers);
    let_in(rw, &rw->queue);
}
