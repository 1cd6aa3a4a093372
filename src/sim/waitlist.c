/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/core.h"

void wait_push(struct wait_list *list, struct thread *thread) {
    thread->wait_prev = list->tail;
    thread->wait_next = NULL;
    if (list->tail == NULL)
        list->head = thread;
    else
        list->tail->wait_next = thread;
    list->tail = thread;
    list->n++;
}

void wait_remove(struct wait_list *list, struct thread *thread) {
    if (thread->wait_prev == NULL)
        list->head = thread->wait_next;
    else
        thread->wait_prev->wait_next = thread->wait_next;
    if (thread->wait_next == NULL)
        list->tail = thread->wait_prev;
    else
        thread->wait_next->wait_prev = thread->wait_prev;
    list->n--;
}

struct thread *wait_pop(struct wait_list *list) {
    struct thread *thread = list->head;
    if (thread != NULL)
        wait_remove(list, thread);
    return thread;
}

struct thread *wait_after(const struct thread *thread) {
    return thread->wait_next;
}

static struct thread *next_running(struct thread *thread) {
    while (thread != NULL && !lock_on_cpu(thread))
        thread = thread->wait_next;
    return thread;
}

uint32_t wait_running(const struct wait_list *list) {
    uint32_t n = 0;
    for (struct thread *t = next_running(list->head); t != NULL; t = next_running(t->wait_next))
        n++;
    return n;
}

struct thread *wait_take_running(struct wait_list *list, struct lock *lock) {
    uint32_t n = wait_running(list);
    if (n == 0)
        return NULL;
    struct thread *chosen = next_running(list->head);
    for (uint32_t skip = lock_random(lock, n); skip > 0; skip--)
        chosen = next_running(chosen->wait_next);
    wait_remove(list, chosen);
    return chosen;
}
