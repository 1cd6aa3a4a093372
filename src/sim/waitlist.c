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
