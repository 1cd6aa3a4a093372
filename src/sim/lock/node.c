/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lock/node.h"

void node_join(struct lock *lock, struct thread *thread, struct thread *before, sim_time swapped) {
    if (lock->free_lines)
        return;
    struct line *link = lock_node(lock, before);
    lock_keep(lock, link, swapped);
    lock_keep(lock, lock_node(lock, thread), lock_store(lock, link, thread));
}

sim_time node_store(struct lock *lock, const struct thread *thread, struct thread *to) {
    return lock->free_lines ? 0 : lock_store(lock, lock_node(lock, to), thread);
}

sim_time node_load(struct lock *lock, struct thread *thread) {
    return node_store(lock, thread, thread);
}

void node_wait(struct lock *lock, struct thread *thread, struct thread *before, sim_time swapped) {
    if (before != NULL)
        node_join(lock, thread, before, swapped);
    else
        lock_keep(lock, lock_node(lock, thread), swapped);
}

void node_lead(struct lock *lock, const struct thread *thread, struct thread *head,
               sim_time delay) {
    lock_keep(lock, lock_node(lock, head), delay);
    node_store(lock, thread, head);
    node_load(lock, head);
}

sim_time node_free(struct lock *lock, const struct thread *thread, struct thread *head) {
    sim_time late = head == NULL ? 0 : lock_transit(lock, lock_node(lock, head));
    if (head != NULL && late == 0)
        lock_share(lock, &lock->word, head);
    sim_time stored = lock_touch(lock, &lock->word, thread);
    if (head != NULL)
        lock_keep(lock, &lock->word, late);
    return stored;
}
